//! Names that lead elsewhere, and things in place of files that are none.
//!
//! Where something must not be opened, a pipe that nobody writes to stands there: opening it would never return.

use super::common::{Model, bases, gguf, write_image};
use super::judge::{folder, full, judge, judge_by_windows, judge_twice};
use modelgate::engine::PROFILES;
use modelgate::{Gate, Verdict};
use serde_json::json;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What stands something in the place of a path.
type Put = fn(&Path);

/// Longer than any judgement here takes, shorter than anyone waits for a test.
const PATIENCE: Duration = Duration::from_secs(60);

/// Every name that a model's folder may hold and some reader opens.
static NAMES: [&str; 26] = [
    "README.md",
    "adapter_config.json",
    "adapter_model.safetensors",
    "additional_chat_templates/a.jinja",
    "added_tokens.json",
    "chat_template.jinja",
    "chat_template.json",
    "config.json",
    "generation_config.json",
    "hf_quant_config.json",
    "model-00001-of-00002.safetensors",
    "model.safetensors",
    "model.safetensors.index.json",
    "model_index.json",
    "params.json",
    "processor_config.json",
    "pytorch_model.bin",
    "scheduler/scheduler_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "unet",
    "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors",
    "unet/diffusion_pytorch_model.safetensors.index.json",
    "vocab.json",
];

/// What `work` returns, unless it blocks.
fn in_time<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    let worker = thread::spawn(move || sender.send(work()).unwrap());
    match receiver.recv_timeout(PATIENCE) {
        Ok(answer) => answer,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what}: blocked"),
        Err(mpsc::RecvTimeoutError::Disconnected) => std::panic::resume_unwind(worker.join().unwrap_err()),
    }
}

fn judged_in_time(what: &str, path: &Path) -> Vec<String> {
    let path = path.to_path_buf();
    let (by_map, by_windows) =
        in_time(what, move || (if full() { judge_twice(&path) } else { judge(&path) }, judge_by_windows(&path)));
    assert_eq!(by_map, by_windows, "{what}");
    by_map
}

fn check(engine: &str, path: &Path) -> Verdict {
    let (gate, path) = (Gate::for_engine(engine).unwrap(), path.to_path_buf());
    in_time(engine, move || gate.check(path).unwrap())
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn llama(home: &Path) -> PathBuf {
    let path = home.join("llama");
    bases::llama_folder().write(&path);
    path
}

/// A pipeline of one component, whose files stand one folder down.
fn pipeline(home: &Path) -> PathBuf {
    let path = home.join("pipeline");
    let put = |value: serde_json::Value| super::common::Content::Json(value);
    let mut model = bases::base("tiny-lora.safetensors");
    let weights = model.files.pop_first().unwrap().1;
    let index = json!({ "_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"],
        "scheduler": ["diffusers", "PNDMScheduler"] });
    model.files.extend([
        ("model_index.json".to_owned(), put(index)),
        ("scheduler/scheduler_config.json".to_owned(), put(json!({ "prediction_type": "epsilon" }))),
        ("unet/config.json".to_owned(), put(json!({ "_class_name": "UNet2DConditionModel" }))),
        ("unet/diffusion_pytorch_model.safetensors".to_owned(), weights),
    ]);
    model.load = String::new();
    model.write(&path);
    path
}

/// Puts something at `name` in place of what stands there.
fn replace(folder: &Path, name: &str, put: impl FnOnce(&Path)) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    let _ = fs::remove_dir_all(&path);
    put(&path);
    path
}

/// In a sound folder, one name after the other is something else. Gives all reports.
fn every_name_is(what: &str, put: impl Fn(&Path)) -> Vec<String> {
    let home = folder();
    let mut reports = Vec::new();
    for name in NAMES {
        let pipeline_too = name.contains('/') || ["model_index.json", "unet"].contains(&name);
        for model in [llama(home.path())].into_iter().chain(pipeline_too.then(|| pipeline(home.path()))) {
            replace(&model, name, &put);
            reports.extend(judged_in_time(&format!("{name} is {what}"), &model));
            fs::remove_dir_all(&model).unwrap();
        }
    }
    reports
}

/// A file outside of the folder is there and can be read: nothing of it may be told.
#[test]
fn links_to_files_outside() {
    let outside = folder();
    let secret = outside.path().join("secret");
    let text = r#"{"architectures": ["SecretWords"], "model_type": "secret_words", "license": "secret-words"}"#;
    fs::write(&secret, text.repeat(1000)).unwrap();
    let reports = every_name_is("a link to a file outside", |path| symlink(&secret, path).unwrap());
    let told =
        reports.iter().find(|report| report.to_lowercase().contains("secret_words") || report.contains("Secret"));
    assert_eq!(told, None);
    fs::write(&secret, text).unwrap();
    fs::create_dir(outside.path().join("inside")).unwrap();
    for name in ["config.json", "diffusion_pytorch_model.safetensors", "a.jinja"] {
        fs::copy(&secret, outside.path().join("inside").join(name)).unwrap();
    }
    let link = |path: &Path| symlink(outside.path().join("inside"), path).unwrap();
    let reports = every_name_is("a link to a folder outside", link);
    assert!(!reports.iter().any(|report| report.contains("secret_words") || report.contains("SecretWords")));
}

#[test]
fn pipes_in_place_of_files() {
    every_name_is("a pipe", pipe);
}

#[test]
fn links_to_pipes_in_place_of_files() {
    let outside = folder();
    pipe(&outside.path().join("pipe"));
    every_name_is("a link to a pipe", |path| symlink(outside.path().join("pipe"), path).unwrap());
}

#[test]
fn devices_in_place_of_files() {
    let devices = ["/dev/zero", "/proc/kmsg", "/dev/null", "/dev/random", "/dev/tty", "/proc/self/mem"];
    for device in devices.into_iter().take(if full() { devices.len() } else { 2 }) {
        every_name_is(device, |path| symlink(device, path).unwrap());
    }
}

#[test]
fn folders_in_place_of_files() {
    every_name_is("a folder", |path| fs::create_dir(path).unwrap());
}

#[test]
fn links_that_lead_to_themselves() {
    every_name_is("a link to itself", |path| symlink(path.file_name().unwrap(), path).unwrap());
    let home = folder();
    let llama = llama(home.path());
    symlink(".", llama.join("again")).unwrap();
    symlink("..", llama.join("above")).unwrap();
    judged_in_time("links to the folder itself", &llama);
}

#[test]
fn names_that_are_not_utf_8() {
    let home = folder();
    let llama = llama(home.path());
    let name = OsStr::from_bytes(b"model-\xFF.safetensors");
    fs::copy(llama.join("model-00001-of-00002.safetensors"), llama.join(name)).unwrap();
    judged_in_time("a name that is not UTF-8", &llama);
    let renamed = home.path().join(OsStr::from_bytes(b"\xFF\xFE"));
    fs::rename(&llama, &renamed).unwrap();
    judged_in_time("a folder that is not UTF-8", &renamed);
    let single = home.path().join(OsStr::from_bytes(b"\xC3\x28.gguf"));
    fs::copy(bases::base("tiny-llama.gguf").write(home.path()), &single).unwrap();
    judged_in_time("a file that is not UTF-8", &single);
}

/// The path itself is something odd.
#[test]
fn the_path_itself() {
    let home = folder();
    let (fifo, looped) = (home.path().join("model.gguf"), home.path().join("loop.gguf"));
    pipe(&fifo);
    symlink("loop.gguf", &looped).unwrap();
    let paths = [fifo, looped, "/dev/zero".into(), "/dev/null".into(), "/proc/self/mem".into(), "".into(), "/".into()];
    for path in paths {
        for report in judged_in_time(&path.display().to_string(), &path) {
            assert!(!report.contains("\"accepted\":true"), "{report}");
        }
    }
}

/// A part of a split GGUF is a pipe, a folder, a device.
#[test]
fn parts_that_are_no_files() {
    let puts: [(&str, Put); 3] = [
        ("a pipe", pipe),
        ("a folder", |path| fs::create_dir(path).unwrap()),
        ("a device", |path| symlink("/dev/zero", path).unwrap()),
    ];
    for (what, put) in puts {
        let home = folder();
        let first = home.path().join("model-00001-of-00003.gguf");
        fs::rename(bases::base("tiny-llama.gguf").write(home.path()), &first).unwrap();
        put(&home.path().join("model-00002-of-00003.gguf"));
        judged_in_time(what, &first);
    }
}

/// A llama folder whose index says that the second shard stands at `name`.
fn with_index_entry(home: &Path, name: &str) -> PathBuf {
    let llama = llama(home);
    let index = llama.join("model.safetensors.index.json");
    let text = fs::read_to_string(&index).unwrap();
    fs::write(&index, text.replace("model-00002-of-00002.safetensors", name)).unwrap();
    llama
}

fn transformers_has_rules() -> bool {
    !modelgate::engine::find("transformers").unwrap().rules.is_empty()
}

fn refused_by_transformers(llama: &Path, what: &str) {
    judged_in_time(what, llama);
    let verdict = check("transformers", llama);
    assert!(!verdict.is_accepted() || !transformers_has_rules(), "{what} was accepted");
}

#[test]
fn an_index_names_nothing_outside() {
    let home = folder();
    pipe(&home.path().join("secret"));
    let absolute = home.path().join("secret");
    let up = "../".repeat(40) + absolute.to_str().unwrap().trim_start_matches('/');
    let names = ["../secret", "a/../../secret", absolute.to_str().unwrap(), &up, "./../secret", "/dev/zero"];
    for name in names {
        let llama = with_index_entry(home.path(), name);
        refused_by_transformers(&llama, name);
        fs::remove_dir_all(llama).unwrap();
    }
}

#[test]
fn a_shard_that_links_outside() {
    let home = folder();
    let second = "model-00002-of-00002.safetensors";
    let llama = llama(home.path());
    fs::rename(llama.join(second), home.path().join(second)).unwrap();
    symlink(format!("../{second}"), llama.join(second)).unwrap();
    refused_by_transformers(&llama, "a shard that links outside");
    fs::remove_file(llama.join(second)).unwrap();
    symlink("..", llama.join("up")).unwrap();
    let index = llama.join("model.safetensors.index.json");
    let text = fs::read_to_string(&index).unwrap().replace(second, &format!("up/{second}"));
    fs::write(index, text).unwrap();
    refused_by_transformers(&llama, "a folder that links outside");
}

/// The hub's cache keeps files as links into `blobs`: those lead out of the folder and must work.
#[test]
fn hub_cache_links_work() {
    let home = folder();
    let plain = llama(home.path());
    let repository = home.path().join("models--tiny--llama");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let snapshot = repository.join("snapshots").join(commit);
    for folder in ["blobs", "refs"] {
        fs::create_dir_all(repository.join(folder)).unwrap();
    }
    fs::create_dir_all(&snapshot).unwrap();
    fs::write(repository.join("refs/main"), commit).unwrap();
    for (at, entry) in fs::read_dir(&plain).unwrap().enumerate() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), repository.join(format!("blobs/{at:064}"))).unwrap();
        symlink(format!("../../blobs/{at:064}"), snapshot.join(entry.file_name())).unwrap();
    }
    let wanted = check("transformers", &plain);
    assert!(wanted.is_accepted(), "{:?}", wanted.judgement().findings);
    for path in [&snapshot, &repository] {
        let verdict = check("transformers", path);
        assert!(verdict.is_accepted(), "{}: {:?}", path.display(), verdict.judgement().findings);
    }
}

/// A repository whose snapshots lie elsewhere is none of this model's.
#[test]
fn a_hub_cache_leads_nowhere_else() {
    let home = folder();
    let outside = llama(home.path());
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let repository = |name: &str| {
        let repository = home.path().join(name);
        fs::create_dir_all(repository.join("refs")).unwrap();
        fs::create_dir_all(repository.join("blobs")).unwrap();
        fs::write(repository.join("README.md"), "a card").unwrap();
        repository
    };
    let all = repository("all");
    fs::create_dir(home.path().join("elsewhere")).unwrap();
    fs::rename(&outside, home.path().join("elsewhere").join(commit)).unwrap();
    symlink("../elsewhere", all.join("snapshots")).unwrap();
    let [named, only] = ["named", "only"].map(|name| {
        let repository = repository(name);
        fs::create_dir(repository.join("snapshots")).unwrap();
        symlink(format!("../../elsewhere/{commit}"), repository.join("snapshots").join(commit)).unwrap();
        repository
    });
    fs::write(named.join("refs/main"), commit).unwrap();
    for repository in [all, named, only] {
        for report in judged_in_time("a snapshot elsewhere", &repository) {
            assert!(!report.contains("accepted\":true") && !report.contains("LlamaForCausalLM"), "{report}");
        }
        assert!(!check("transformers", &repository).is_accepted());
    }
    let piped = repository("piped");
    fs::create_dir(piped.join("snapshots")).unwrap();
    pipe(&piped.join("refs/main"));
    judged_in_time("a ref that is a pipe", &piped);
}

fn codes(verdict: &Verdict) -> Vec<String> {
    verdict.judgement().findings.iter().map(|finding| finding.cause.code.to_string()).collect()
}

/// Further parts of a split set lie beside the first, or beside what the first is a link to.
#[test]
fn a_part_that_links_outside() {
    let home = folder();
    let name = |number: u32| format!("tiny-{number:05}-of-00002.gguf");
    let [inside, outside, linked] = ["inside", "outside", "linked"].map(|name| home.path().join(name));
    for folder in [&inside, &outside, &linked] {
        fs::create_dir(folder).unwrap();
    }
    let Some((_, super::common::Content::Gguf(mut first))) = bases::base("tiny-llama.gguf").files.pop_first() else {
        panic!("a GGUF")
    };
    let count = first.tensors.len();
    let mut second = first.clone();
    second.tensors = first.tensors.split_off(count - 1);
    for (number, part) in [(0, &mut first), (1, &mut second)] {
        part.key("split.count", gguf::Value::U16(2));
        part.key("split.no", gguf::Value::U16(number));
        part.key("split.tensors.count", gguf::Value::I32(count as i32));
    }
    write_image(&outside.join(name(1)), &first.image());
    write_image(&outside.join(name(2)), &second.image());
    let judged = |path: &Path| {
        judged_in_time("a split set", path);
        check("llama-cpp", path)
    };
    let whole = judged(&outside.join(name(1)));
    assert!(whole.is_accepted(), "{:?}", whole.judgement().findings);
    for number in [1, 2] {
        symlink(outside.join(name(number)), linked.join(name(number))).unwrap();
    }
    assert!(judged(&linked.join(name(1))).is_accepted(), "a set of links to a set was rejected");
    fs::copy(outside.join(name(1)), inside.join(name(1))).unwrap();
    symlink(outside.join(name(2)), inside.join(name(2))).unwrap();
    let refused = judged(&inside.join(name(1)));
    assert_eq!(codes(&refused), ["BNDL105"], "{:?}", refused.judgement().findings);
    assert!(!refused.judgement().unknown.is_empty(), "the set was not read to its end, and nothing says so");
    for (put, told) in [(None, "is missing"), (Some("pipe"), "is a pipe"), (Some("nowhere"), "is a link to nowhere")] {
        fs::remove_file(inside.join(name(2))).unwrap();
        match put {
            None => {}
            Some("pipe") => pipe(&inside.join(name(2))),
            Some(target) => symlink(target, inside.join(name(2))).unwrap(),
        }
        let refused = judged(&inside.join(name(1)));
        let findings = &refused.judgement().findings;
        assert_eq!(codes(&refused), ["LCPP132"], "{findings:?}");
        assert!(findings[0].message.contains(told), "{findings:?}");
        if put.is_none() {
            fs::write(inside.join(name(2)), "").unwrap();
        }
    }
    assert!(!judged(&inside).is_accepted(), "a folder whose set lies elsewhere was accepted");
}

/// An index that names 100,000 shards: bounded time and memory, and a finding.
#[test]
fn an_index_of_many_shards() {
    let home = folder();
    let llama = llama(home.path());
    let map: serde_json::Map<_, _> =
        (0..100_000).map(|at| (format!("t{at}"), json!(format!("model-{at:05}-of-100000.safetensors")))).collect();
    let index = json!({ "metadata": {}, "weight_map": map }).to_string();
    let bytes = index.len();
    fs::write(llama.join("model.safetensors.index.json"), index).unwrap();
    for profile in PROFILES {
        let start = Instant::now();
        let (verdict, held) = super::memory::peak_of(|| Gate::with_profile(profile).check(&llama).unwrap());
        assert!(!verdict.is_accepted() || !transformers_has_rules(), "accepted for {}", profile.label);
        assert!(held < 16 * bytes, "{held} bytes held for an index of {bytes}");
        assert!(start.elapsed() < PATIENCE / 4, "took {:?}", start.elapsed());
        println!("an index of 100,000 shards, {}: {:?}, {held} bytes for {bytes}", profile.label, start.elapsed());
        let findings = verdict.judgement().findings.len();
        assert!(findings < 100, "{findings} findings for {}", profile.label);
    }
}

/// A folder of more entries than a model can have: files, broken links, folders.
#[test]
fn a_folder_of_many_entries() {
    let puts: [(&str, Put); 3] = [
        ("files", |path| drop(File::create(path).unwrap())),
        ("broken links", |path| symlink("nowhere", path).unwrap()),
        ("folders", |path| fs::create_dir(path).unwrap()),
    ];
    for (what, put) in puts {
        let home = folder();
        let llama = llama(home.path());
        (0..20_000).for_each(|at| put(&llama.join(format!("{at:05}.safetensors"))));
        let start = Instant::now();
        let (_, held) = super::memory::peak_of(|| judge(&llama));
        assert!(held < 32 << 20, "{held} bytes held for many {what}");
        assert!(start.elapsed() < PATIENCE, "many {what} took {:?}", start.elapsed());
    }
}

/// Whatever else in a folder names files: code, templates, parts of a pipeline. Pipes stand where they would lead.
#[test]
fn other_names_lead_nowhere() {
    let home = folder();
    pipe(&home.path().join("secret.py"));
    pipe(&home.path().join("secret"));
    fs::create_dir(home.path().join("outside")).unwrap();
    for name in ["config.json", "diffusion_pytorch_model.safetensors", "scheduler_config.json"] {
        pipe(&home.path().join("outside").join(name));
    }
    let outside = home.path().join("outside").display().to_string();
    let include = |tag: &str| format!("{{% {tag} '../secret' %}}{{{{ messages[0]['content'] }}}}");
    let documents = [
        ("config.json", json!({ "model_type": "llama", "auto_map": { "AutoModel": "../secret--secret.Model" } })),
        ("tokenizer_config.json", json!({ "auto_map": { "AutoTokenizer": ["../secret.Tokenizer", null] } })),
        ("tokenizer_config.json", json!({ "tokenizer_file": "../secret", "vocab_file": "/dev/zero" })),
        ("tokenizer_config.json", json!({ "chat_template": include("include") })),
        ("tokenizer_config.json", json!({ "chat_template": include("extends") })),
        (
            "tokenizer_config.json",
            json!({ "chat_template": "{% import '../secret' as a %}{% from '../secret' import b %}" }),
        ),
        ("generation_config.json", json!({ "assistant_model": "../secret", "_name_or_path": "/dev/zero" })),
        ("model_index.json", json!({ "_class_name": "A", "../outside": ["diffusers", "UNet2DModel"] })),
        ("model_index.json", json!({ "_class_name": "A", outside: ["diffusers", "UNet2DModel"], "..": ["a", "b"] })),
        ("adapter_config.json", json!({ "base_model_name_or_path": "../outside", "auto_mapping": "../secret" })),
    ];
    for (name, value) in documents {
        let llama = llama(home.path());
        fs::write(llama.join(name), value.to_string()).unwrap();
        judged_in_time(&format!("{name}: {value}"), &llama);
        fs::remove_dir_all(llama).unwrap();
    }
}

#[test]
fn an_adapter_names_nothing_outside() {
    let home = folder();
    pipe(&home.path().join("secret"));
    for name in ["../secret", "/dev/zero", "../../../../../dev/zero"] {
        let mut model = Model::default();
        let adapter = home.path().join("adapter");
        let put = |value: serde_json::Value| super::common::Content::Json(value);
        let config = json!({ "base_model_name_or_path": name, "peft_type": "LORA", "r": 8 });
        model.files.insert("adapter_config.json".to_owned(), put(config));
        model.write(&adapter);
        judged_in_time(name, &adapter);
    }
}
