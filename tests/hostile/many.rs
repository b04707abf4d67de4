//! Long lists and tables in every document of a folder: time stays in proportion, whoever looks for whom among them.

use super::common::bases;
use super::judge::{Clock, folder, full, hold};
use modelgate::Gate;
use modelgate::engine::PROFILES;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// So many elements that a search of each among all takes seconds.
const COUNT: usize = if cfg!(debug_assertions) { 20_000 } else { 50_000 };
/// What a judgement of such a document may take of a processor: several times what it does take.
const TIME: Duration = Duration::from_millis(1000);

/// Documents whose members are looked at one by one.
static DOCUMENTS: [&str; 11] = [
    "adapter_config.json",
    "added_tokens.json",
    "config.json",
    "generation_config.json",
    "hf_quant_config.json",
    "model_index.json",
    "params.json",
    "processor_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
];

/// The keys that a short run tries: those that hold lists or tables in real files.
static KEYS: [&str; 12] = [
    "added_tokens",
    "added_tokens_decoder",
    "additional_special_tokens",
    "architectures",
    "auto_map",
    "chat_template",
    "eos_token_id",
    "layer_types",
    "modules_to_save",
    "quantization_config",
    "rope_scaling",
    "target_modules",
];

fn text(at: usize) -> Value {
    format!("model.layers.{at}.self_attn").into()
}

/// Lists and tables of one kind of element each.
fn crowds() -> Vec<(&'static str, Value)> {
    let list = |element: fn(usize) -> Value| Value::Array((0..COUNT).map(element).collect());
    let table = |element: fn(usize) -> Value| -> Value {
        let members = (0..COUNT).map(|at| (format!("k{at}"), element(at)));
        Value::Object(members.collect::<Map<_, _>>())
    };
    vec![
        ("bytes in one text", "a\u{0}é".repeat(COUNT).into()),
        ("texts", list(text)),
        ("numbers", list(|at| at.into())),
        ("pairs", list(|at| json!([text(at), text(at)]))),
        (
            "tokens",
            list(|at| json!({ "id": at, "content": text(at), "special": true, "name": text(at), "template": "a" })),
        ),
        ("a table of texts", table(text)),
        ("a table of numbers", table(|at| at.into())),
        (
            "a table of tables",
            table(|at| json!({ "content": text(at), "r": at, "num_bits": 4, "targets": [text(at)] })),
        ),
        ("a table of pairs", table(|at| json!(["diffusers", text(at)]))),
    ]
}

/// Every word of the sources that could be a key.
fn words() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                words.extend(text.split('"').filter(|word| is_key(word)).map(str::to_owned));
            }
        }
    }
    words
}

fn is_key(word: &str) -> bool {
    (3..40).contains(&word.len()) && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Judges for every engine in turn, and panics where that takes too long.
fn bounded(path: &Path, turn: usize, what: &str) -> Duration {
    let profile = PROFILES[turn % PROFILES.len()];
    let start = Clock::start();
    if let Ok(verdict) = Gate::with_profile(profile).check(path) {
        hold(&verdict);
    }
    let took = start.elapsed();
    assert!(took < TIME, "{what}: {took:?} for {}", profile.label);
    took
}

/// The document with a crowd at `key`, in place of what stands there.
fn with(document: &Value, key: &str, crowd: &str) -> String {
    let mut rest = document.clone();
    rest.as_object_mut().unwrap().remove(key);
    let rest = rest.to_string();
    let comma = if rest == "{}" { "" } else { "," };
    format!("{{\"{key}\":{crowd}{comma}{}", &rest[1..])
}

#[test]
fn crowds_in_documents() {
    let home = folder();
    let model = bases::llama_folder();
    let load = model.write(home.path());
    let crowds: Vec<_> = crowds().into_iter().map(|(kind, crowd)| (kind, crowd.to_string())).collect();
    let keys: Vec<String> = if full() { words().into_iter().collect() } else { KEYS.map(str::to_owned).to_vec() };
    let (mut tried, mut slowest) = (0, Duration::ZERO);
    for (place, name) in DOCUMENTS.into_iter().enumerate() {
        let path = home.path().join(name);
        let sound = fs::read_to_string(&path).ok();
        let document = sound.as_deref().map_or(json!({}), |text| serde_json::from_str(text).unwrap());
        for (at, key) in keys.iter().enumerate() {
            let (kind, crowd) = &crowds[(at + place) % crowds.len()];
            fs::write(&path, with(&document, key, crowd)).unwrap();
            slowest = slowest.max(bounded(&load, tried, &format!("{name}: {key} with {COUNT} {kind}")));
            tried += 1;
        }
        match sound {
            Some(text) => fs::write(&path, text).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
    }
    println!("{tried} documents with crowds of {COUNT}, {slowest:?} at most");
}

/// Crowds that meet each other: what one document names is looked for in another. Judged for every engine.
fn crowds_that_meet(what: &str, put: impl FnOnce(&Path, &mut dyn FnMut(&str, Value))) {
    let home = folder();
    let load = bases::llama_folder().write(home.path());
    put(&load, &mut |name, value| {
        let path = load.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, value.to_string()).unwrap();
    });
    let took = (0..PROFILES.len()).map(|turn| bounded(&load, turn, what)).max().unwrap();
    println!("{what}: {took:?}");
}

#[test]
fn special_tokens_in_a_vocabulary() {
    let texts: Vec<String> = (0..COUNT).map(|at| format!("<{at:06}>")).collect();
    crowds_that_meet("special tokens in a vocabulary", |_, put| {
        let vocabulary: Map<_, _> =
            texts.iter().rev().enumerate().map(|(id, text)| (text.clone(), id.into())).collect();
        let added: Vec<_> = (0..COUNT).map(|id| json!({ "id": COUNT + id, "content": format!("[{id:06}]") })).collect();
        put(
            "tokenizer.json",
            json!({ "added_tokens": added, "model": { "type": "BPE", "vocab": vocabulary, "merges": [] } }),
        );
        let all: Vec<_> = texts.iter().cloned().chain((0..COUNT).rev().map(|id| format!("[{id:06}]"))).collect();
        put("tokenizer_config.json", json!({ "additional_special_tokens": all, "eos_token": "<000001>" }));
    });
}

#[test]
fn ends_among_added_tokens() {
    crowds_that_meet("ends among added tokens", |_, put| {
        let added: Vec<_> = (0..COUNT).map(|id| json!({ "id": id, "content": format!("<{id}>") })).collect();
        put("tokenizer.json", json!({ "added_tokens": added, "model": { "type": "BPE", "vocab": {}, "merges": [] } }));
        put("generation_config.json", json!({ "eos_token_id": (0..COUNT).rev().collect::<Vec<_>>() }));
        put(
            "tokenizer_config.json",
            json!({ "chat_template": "{{ messages[0].content }}<|im_end|>", "eos_token": "<5>" }),
        );
    });
}

#[test]
fn shards_among_files() {
    crowds_that_meet("shards among files", |home, put| {
        let file = |at: usize| format!("model-{at:05}-of-100000.safetensors");
        let shard = fs::read(home.join("model-00001-of-00002.safetensors")).unwrap();
        (0..200).for_each(|at| fs::write(home.join(file(at)), &shard).unwrap());
        (200..4000).for_each(|at| fs::write(home.join(file(at)), "").unwrap());
        let map: Map<_, _> = (0..COUNT).map(|at| (format!("t{at}"), file(COUNT - at).into())).collect();
        put("model.safetensors.index.json", json!({ "metadata": {}, "weight_map": map }));
    });
}

#[test]
fn shards_of_a_pipeline() {
    crowds_that_meet("shards and components of a pipeline", |_, put| {
        let components: Map<_, _> =
            (0..COUNT).map(|at| (format!("c{at}"), json!(["diffusers", "UNet2DModel"]))).collect();
        put("model_index.json", Value::Object(components));
        let map: Map<_, _> = (0..COUNT).map(|at| (format!("t{at}"), format!("{at:06}.safetensors").into())).collect();
        put("c0/diffusion_pytorch_model.safetensors.index.json", json!({ "weight_map": map }));
        put("c0/config.json", json!({}));
    });
}
