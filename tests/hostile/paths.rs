//! Names that lead elsewhere, and things in place of files that are none.
//!
//! Where something must not be opened, a pipe that nobody writes to stands there: opening it would never return.

use super::common::{Model, bases};
use super::judge::{folder, full, judge, judge_twice};
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
static NAMES: [&str; 18] = [
    "README.md",
    "adapter_config.json",
    "adapter_model.safetensors",
    "additional_chat_templates/a.jinja",
    "added_tokens.json",
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "hf_quant_config.json",
    "model-00001-of-00002.safetensors",
    "model.safetensors",
    "model.safetensors.index.json",
    "model_index.json",
    "params.json",
    "pytorch_model.bin",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
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
    in_time(what, move || if full() { judge_twice(&path) } else { judge(&path) })
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

/// Puts something at `name` in place of what stands there.
fn replace(folder: &Path, name: &str, put: impl FnOnce(&Path)) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    put(&path);
    path
}

/// In a sound folder, one name after the other is something else.
fn every_name_is(what: &str, put: impl Fn(&Path)) {
    let home = folder();
    for name in NAMES {
        let llama = llama(home.path());
        replace(&llama, name, &put);
        judged_in_time(&format!("{name} is {what}"), &llama);
        fs::remove_dir_all(&llama).unwrap();
    }
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
