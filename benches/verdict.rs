//! From path to verdict, by CPU time in one run: what facts, derivation and rules add to reading the header, and a scan
//! of 1,000 models. `cargo bench --bench verdict`. With `MODELGATE_CORPUS` set, headers of real picture models as well,
//! whose tensors are counted one by one. `cargo bench --bench verdict -- pictures` measures these alone; so do `folders`,
//! `llama` and `scan`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench makes and reads its own files"
)]

mod common;
#[path = "../tests/image_support/mod.rs"]
mod image_support;

use common::folder;
use common::measure::{run, table};
use modelgate::format::{gguf, index, safetensors, tokenizer_json};
use modelgate::{Gate, Limits, derive, facts, source};
use serde_json::json;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const PICTURES: [&str; 2] = ["stable-diffusion", "comfyui"];

fn write(path: &Path, header: &[u8], data: u64) {
    let mut file = File::create(path).expect("a temporary file");
    file.write_all(header).expect("room in the temporary folder");
    file.set_len(header.len() as u64 + data).expect("a sparse file");
}

/// Reads headers safely: the files are found first, and looked at again in the end.
fn safely(path: &Path, read: impl Fn() -> u64) -> u64 {
    let artifact = source::locate(path, &Limits::default()).expect("a model");
    let size = read();
    assert!(artifact.changed().is_none(), "nobody writes here");
    size
}

/// Measures the walk's stages for one engine; `read` reads the headers and does nothing with them.
fn stages(engine: &str, what: &str, path: &Path, rounds: usize, read: impl Fn() -> u64) -> Vec<f64> {
    let limits = Limits::default();
    let learn = || facts::learn(&source::locate(path, &limits).expect("a model"), &limits).expect("facts");
    let gate = Gate::for_engine(engine).expect("an engine");
    let verdict = gate.check(path).expect("a verdict");
    assert!(verdict.is_accepted(), "{engine} rejects {what}: {}", modelgate::report::check_text(&verdict));
    let mut runs = [
        run("headers alone", &read),
        run("files found, read, looked at again", || safely(path, &read)),
        run("and facts", || learn().size_bytes()),
        run("and derivation", || u64::from(derive::derive(&learn()).config.is_some())),
        run("and rules: the verdict", || u64::from(gate.check(path).expect("a verdict").is_accepted())),
    ];
    let times = table(&format!("{engine}, {what}"), &mut runs, rounds);
    if let [headers, safely, .., verdict] = times.as_slice() {
        let more = |part: f64| part / headers * 100.0;
        println!("  {:.0} % more than the headers", more(verdict - headers));
        println!("  {:.0} % for facts, derivation and rules", more(verdict - safely));
    }
    times
}

fn header_of(path: &Path) -> u64 {
    let bytes = source::open(path).expect("the file");
    safetensors::parse(&bytes, &Limits::default()).expect("a sound header").tensors.len() as u64
}

fn llama_cpp(home: &Path) {
    let limits = Limits::default();
    for (name, size) in [
        ("like Llama 3.1", common::gguf::LLAMA),
        ("like Gemma 3", common::gguf::GEMMA),
        ("like SmolLM2", common::gguf::SMALL),
    ] {
        let (header, data) = common::gguf::header(size);
        let path = home.join("model.gguf");
        write(&path, &header, data);
        let times = stages("llama-cpp", name, &path, 60, || read_gguf(&path, &limits));
        // Without a vocabulary: what facts take besides the look at the tokens.
        let bare = common::gguf::Size { tokens: 0, merges: 0, ..size };
        let bare = more(home, "without a vocabulary", bare, Stage::Facts).0;
        // Of few tokens: what else there is, in microseconds that milliseconds do not drown.
        let few = common::gguf::Size { tokens: FEW, merges: 0, ..size };
        let with = |what: &str, template| more(home, what, common::gguf::Size { template, ..few }, Stage::Verdict);
        let plain = with("with few tokens, without a chat template", None);
        let own = with("with few tokens and its chat template", few.template);
        let other = with("with few tokens and a template of Qwen's kind", Some(common::gguf::QWEN_TEMPLATE));
        let [headers, safely, facts, _, verdict] = times.as_slice() else { return };
        let look = facts - headers - bare;
        println!("  the look at the vocabulary: {look:.0} µs");
        for (what, (more, rest)) in [
            ("all else beside the headers", (verdict - headers - look, verdict - safely - look)),
            ("the same with few tokens", own),
            ("and with a template of Qwen's kind", other),
            ("and without a chat template", plain),
        ] {
            let part = |more: f64| more / headers * 100.0;
            println!("  {what}: {more:.0} µs, {:.0} %; facts, derivation and rules {:.0} %", part(more), part(rest));
        }
    }
}

/// A vocabulary that takes no time: one of 512 tokens takes 4 to 10 µs.
const FEW: usize = 16;

enum Stage {
    Facts,
    Verdict,
}

/// How much more than its header a model takes, and how much more than its header read safely, in microseconds.
fn more(home: &Path, what: &str, size: common::gguf::Size, stage: Stage) -> (f64, f64) {
    let limits = Limits::default();
    let (header, data) = common::gguf::header(size);
    let path = home.join("variant.gguf");
    write(&path, &header, data);
    let gate = Gate::for_engine("llama-cpp").expect("an engine");
    assert!(matches!(stage, Stage::Facts) || gate.check(&path).expect("a verdict").is_accepted(), "{what}");
    let learn = || facts::learn(&source::locate(&path, &limits).expect("a model"), &limits).expect("facts");
    let mut runs = [
        run("headers alone", || read_gguf(&path, &limits)),
        run("files found, read, looked at again", || safely(&path, || read_gguf(&path, &limits))),
        match stage {
            Stage::Facts => run("and facts", || learn().size_bytes()),
            Stage::Verdict => run("the verdict", || u64::from(gate.check(&path).expect("a verdict").is_accepted())),
        },
    ];
    let times = table(what, &mut runs, 200);
    let [headers, safely, all] = times.as_slice() else { return (0.0, 0.0) };
    (all - headers, all - safely)
}

fn read_gguf(path: &Path, limits: &Limits) -> u64 {
    gguf::parse(&source::open(path).expect("the file"), limits).expect("a sound header").header_bytes
}

fn images(home: &Path) {
    use common::pictures;
    for (name, (header, data)) in [
        ("SDXL", pictures::sdxl()),
        ("Stable Diffusion 1.5", pictures::sd1()),
        ("Flux", pictures::flux()),
        ("a LoRA for SDXL", pictures::sdxl_lora()),
        ("a LoRA for Flux", pictures::flux_lora()),
        ("Flux's autoencoder", pictures::flux_autoencoder()),
        ("T5", pictures::t5()),
    ] {
        let path = home.join("model.safetensors");
        write(&path, &header, data);
        for engine in PICTURES {
            stages(engine, name, &path, 100, || header_of(&path));
        }
    }
}

/// Real models, told by what they are: the first complete one in the corpus of each kind.
fn real_images(home: &Path) {
    let Some(corpus) = image_support::corpus() else { return };
    let expected = image_support::read_json(&corpus.join("expected.json"));
    let whole = json!({ "unet": true, "vae": true, "text_encoder": true });
    let checkpoint = |family: &str| json!({ "type": "Checkpoint", "family": family, "format": "native-dit" });
    let whole = |family: &str| json!({ "type": "Checkpoint", "family": family, "variant": null, "format": "ldm-checkpoint", "components": whole });
    let adapter = |family: &str| json!({ "type": "LORA", "family": family, "format": "lora-kohya" });
    for (name, description) in [
        ("SDXL", whole("sdxl")),
        ("Stable Diffusion 1.5", whole("sd1")),
        ("Flux", checkpoint("flux")),
        ("Stable Diffusion 3", checkpoint("sd3")),
        ("Qwen-Image", checkpoint("qwen-image")),
        ("Wan", checkpoint("wan")),
        ("a LoRA for SDXL", adapter("sdxl")),
        ("a LoRA for Flux", adapter("flux")),
        ("Flux's autoencoder", json!({ "type": "VAE", "family": "flux" })),
        ("T5", json!({ "type": "TextEncoder", "format": "t5" })),
    ] {
        let id = image_support::like(&expected, &description);
        let path = image_support::rebuild(&image_support::listing(&corpus, &id), &home.join("real"));
        for engine in PICTURES {
            stages(engine, &format!("a real {name}"), &path, 100, || header_of(&path));
        }
    }
}

/// Folders of real sizes in real models' names, with and without a chat template.
fn transformers(home: &Path) {
    for (name, config, tensors, shards, size) in [
        ("one file, a tokenizer.json of 2 MB", folder::SMALL, folder::small(), 1, common::json::SMALL),
        ("30 shards, a tokenizer.json of 9 MB", folder::DENSE, folder::dense(), 30, common::json::LLAMA),
        ("163 shards, the same tokenizer", folder::EXPERTS, folder::experts(), 163, common::json::LLAMA),
    ] {
        let home = home.join(format!("{shards} shards"));
        fs::create_dir(&home).expect("a folder");
        let shards = folder::write(&home, config, &tensors, shards);
        fs::write(home.join("tokenizer.json"), common::json::tokenizer(size)).expect("a tokenizer");
        fs::write(home.join("generation_config.json"), GENERATION).expect("a document");
        let rounds = if shards > 100 { 10 } else { 60 };
        for template in [None, Some(common::gguf::QWEN_TEMPLATE.text)] {
            let settings = json!({ "bos_token": "<|reserved_special_token_0|>", "eos_token": "<|reserved_special_token_1|>",
                "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 8192, "chat_template": template });
            fs::write(home.join("tokenizer_config.json"), settings.to_string()).expect("a document");
            let name = format!("{name}, {} a chat template", if template.is_some() { "with" } else { "without" });
            stages("transformers", &name, &home, rounds, || headers_of(&home, shards));
        }
    }
}

const GENERATION: &str =
    r#"{"_from_model_config":true,"bos_token_id":1,"eos_token_id":2,"transformers_version":"4.46.1"}"#;

/// Every document and every header of the folder, one by one.
fn headers_of(home: &Path, shards: usize) -> u64 {
    let limits = Limits::default();
    let open = |name: &str| source::open(&home.join(name)).expect("the file");
    let mut sum =
        tokenizer_json::parse(&open("tokenizer.json"), &limits, &["<s>", "</s>"]).expect("a tokenizer").size();
    for name in ["config.json", "generation_config.json", "tokenizer_config.json"] {
        let bytes = open(name);
        sum += modelgate::format::json::parse(&bytes, &limits).expect("a document").root.members().len() as u64;
    }
    if shards > 1 {
        let bytes = open("model.safetensors.index.json");
        sum += index::parse(&bytes, &limits).expect("an index").weight_map.len() as u64;
    }
    sum + (0..shards).map(|number| header_of(&home.join(folder::weights(number, shards)))).sum::<u64>()
}

fn scan(home: &Path) {
    let root = home.join("many");
    fs::create_dir(&root).expect("a folder");
    for number in 0..1000 {
        fs::copy("test-models/tiny-llama.gguf", root.join(format!("{number:04}.gguf"))).expect("a copy");
    }
    let gate = Gate::for_engine("llama-cpp").expect("an engine");
    let start = Instant::now();
    let models = source::discover(&root, &Limits::default()).expect("models").models;
    let accepted = models.iter().filter(|model| gate.check(model).is_ok_and(|verdict| verdict.is_accepted())).count();
    println!("\nscan: {accepted} of {} small models accepted in {:?}, one thread", models.len(), start.elapsed());
}

fn main() {
    let home = std::env::temp_dir().join(format!("modelgate-verdict-{}", std::process::id()));
    fs::create_dir_all(&home).expect("a temporary folder");
    let only = std::env::args().find(|word| ["folders", "llama", "pictures", "scan"].contains(&word.as_str()));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("pictures") {
        images(&home);
        real_images(&home);
    }
    if wanted("llama") {
        llama_cpp(&home);
    }
    if wanted("folders") {
        transformers(&home);
    }
    if wanted("scan") {
        scan(&home);
    }
    fs::remove_dir_all(&home).expect("the temporary folder");
}
