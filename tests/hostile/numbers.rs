//! Numbers that a stranger may choose, each as large as it can be: nothing loops, allocates or multiplies by them.

use super::common::{Content, Model, bases, gguf};
use super::judge::{Clock, folder, full, report_of};
use super::memory::peak_of;
use modelgate::Gate;
use modelgate::engine::PROFILES;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// What a judgement of a tiny model may take and hold, whatever its numbers say.
const TIME: Duration = Duration::from_millis(if cfg!(debug_assertions) { 3000 } else { 100 });
const MEMORY: usize = 8 << 20;

/// Counts of a config that readers multiply and loop by, beside those that the tiny model has.
static COUNTS: [&str; 12] = [
    "expert_interval",
    "head_dim",
    "mlp_only_layers",
    "moe_intermediate_size",
    "n_routed_experts",
    "n_shared_experts",
    "num_experts",
    "num_experts_per_tok",
    "num_local_experts",
    "num_nextn_predict_layers",
    "original_max_position_embeddings",
    "sliding_window",
];

static GGUF_COUNTS: [&str; 9] = [
    "llama.attention.key_length",
    "llama.attention.value_length",
    "llama.expert_count",
    "llama.expert_used_count",
    "llama.leading_dense_block_count",
    "llama.nextn_predict_layers",
    "llama.rope.dimension_count",
    "llama.vocab_size",
    "split.count",
];

/// Judges for every engine; in a short run for two, the next ones at each turn.
fn bounded(what: &str, path: &Path, turn: usize) {
    let engines = if full() { PROFILES.len() } else { 2 };
    for profile in PROFILES.iter().cycle().skip(turn * engines % PROFILES.len()).take(engines) {
        let start = Clock::start();
        let (_, held) = peak_of(|| report_of(&Gate::with_profile(profile), path));
        assert!(start.elapsed() < TIME, "{what}: {:?} for {}", start.elapsed(), profile.label);
        assert!(held < MEMORY, "{what}: {held} bytes for {}", profile.label);
    }
}

fn huge() -> [Value; 10] {
    let [large, larger, largest] = [1 << 16, 100_000, 1 << 20].map(|number| json!(number));
    [
        large,
        larger,
        largest,
        json!(1_000_000_000),
        json!(i32::MAX),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(-1),
        json!(0),
        json!(1e308),
    ]
}

fn with_config(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Model {
    let mut model = bases::base("tiny-llama");
    let Some(Content::Json(Value::Object(config))) = model.files.get_mut("config.json") else { panic!("a config") };
    change(config);
    model
}

#[test]
fn huge_numbers_in_a_config() {
    let Some(Content::Json(Value::Object(config))) = bases::base("tiny-llama").files.remove("config.json") else {
        panic!("a config")
    };
    let numbers = config.iter().filter(|(_, value)| value.is_number()).map(|(key, _)| key.as_str());
    let home = folder();
    for (at, key) in numbers.chain(COUNTS).enumerate() {
        for (turn, value) in huge().into_iter().enumerate() {
            let what = format!("{key} = {value}");
            bounded(
                &what,
                &with_config(|config| drop(config.insert(key.to_owned(), value))).write(home.path()),
                at + turn,
            );
        }
    }
}

/// However many layers the config claims, the weights lack them: told, not passed over.
#[test]
fn layers_that_are_not_there() {
    let home = folder();
    for layers in [3, 1000, 1 << 16, (1 << 16) + 1, 1_000_000, i64::MAX] {
        let model = with_config(|config| drop(config.insert("num_hidden_layers".to_owned(), layers.into())));
        let verdict = Gate::for_engine("transformers").unwrap().check(model.write(home.path())).unwrap();
        let codes: Vec<_> = verdict.judgement().findings.iter().map(|finding| finding.cause.name).collect();
        assert!(codes.contains(&"layers-missing"), "{layers} layers: {codes:?}");
    }
}

/// All of them at once, for model types that have layers of experts, of windows and of vision.
#[test]
fn huge_numbers_of_every_kind() {
    let home = folder();
    let types = ["deepseek_v3", "gemma3", "gpt_oss", "llama4", "mixtral", "nemotron_h", "qwen2_moe", "qwen3_next"];
    for (at, model_type) in types.into_iter().enumerate() {
        for (turn, value) in huge().into_iter().enumerate() {
            let what = format!("{model_type}, {value}");
            let model = with_config(|config| {
                let numbers: Vec<_> =
                    config.iter().filter(|(_, value)| value.is_number()).map(|(key, _)| key.clone()).collect();
                for key in numbers.into_iter().chain(COUNTS.map(str::to_owned)) {
                    config.insert(key, value.clone());
                }
                config.insert("text_config".to_owned(), Value::Object(config.clone()));
                config.insert("model_type".to_owned(), model_type.into());
            });
            bounded(&what, &model.write(home.path()), at + turn);
        }
    }
}

#[test]
fn huge_numbers_in_a_gguf() {
    let Some((_, Content::Gguf(sound))) = bases::base("tiny-llama.gguf").files.pop_first() else { panic!("a GGUF") };
    let home = folder();
    let path = home.path().join("model.gguf");
    let numbers = sound.keys.iter().filter(|(_, value)| matches!(value, gguf::Value::U32(_) | gguf::Value::U16(_)));
    let names: Vec<_> = numbers.map(|(name, _)| name.as_str()).chain(GGUF_COUNTS).collect();
    for (at, name) in names.into_iter().enumerate() {
        for (turn, value) in [0, 1 << 16, 1_000_000_000, i32::MAX as u32, u32::MAX].into_iter().enumerate() {
            let mut model = sound.clone();
            model.keys.retain(|(known, _)| known != name);
            model.keys.push((name.to_owned(), gguf::Value::U32(value)));
            super::common::write_image(&path, &Content::Gguf(model).image());
            bounded(&format!("{name} = {value}"), &path, at + turn);
        }
    }
}
