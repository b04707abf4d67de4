//! What is derived from real folders' documents, against what the real libraries show of them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test"
)]

use modelgate::{Limits, inspect, report};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Keys of `effective` that are compared, and how many folders may disagree.
static KEYS: [(&str, usize); 13] = [
    ("architectures", 0),
    ("bos_token_id", 0),
    ("dtype", 0),
    ("eos_token_id", 0),
    ("hidden_size", 0),
    ("max_position_embeddings", 0),
    ("model_type", 0),
    ("num_attention_heads", 0),
    ("num_hidden_layers", 0),
    ("pad_token_id", 0),
    ("text_model_type", 0),
    ("tie_word_embeddings", 0),
    ("vocab_size", 0),
];

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("MODELGATE_CORPUS");
    if root.is_none() {
        println!("skipped: MODELGATE_CORPUS is not set");
    }
    root.map(|root| PathBuf::from(root).join("corpus/hf-folders"))
}

fn lines(path: PathBuf) -> Vec<Value> {
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Numbers are compared as numbers: 1.0 is 1.
fn same(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() < 1e-9,
        _ => match (left, right) {
            (Value::Array(left), Value::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
            }
            (Value::Object(left), Value::Object(right)) => {
                left.len() == right.len()
                    && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
            }
            _ => left == right,
        },
    }
}

#[derive(Default)]
struct Score {
    seen: usize,
    wrong: BTreeMap<String, Vec<String>>,
}

impl Score {
    fn compare(&mut self, key: &str, name: &str, expected: &Value, found: &Value) {
        let wrong = self.wrong.entry(key.to_owned()).or_default();
        if !same(expected, found) {
            wrong.push(format!("{name}: expected {expected}, found {found}"));
        }
    }

    fn print(&self) {
        println!("{} folders", self.seen);
        for (key, wrong) in &self.wrong {
            println!("{key:26} {} of {} right", self.seen - wrong.len(), self.seen);
            wrong.iter().take(12).for_each(|line| println!("    {line}"));
        }
    }
}

#[test]
fn folders_show_what_transformers_shows() {
    let Some(corpus) = corpus() else { return };
    let expected = lines(corpus.join("expected.jsonl"));
    assert!(expected.len() >= 230, "only {} folders", expected.len());
    let mut score = Score::default();
    for case in expected.iter().filter(|case| case.get("effective").is_some()) {
        let name = case["name"].as_str().unwrap();
        let inspection = inspect::inspect(corpus.join("folders").join(name), &Limits::default()).unwrap();
        let json = report::inspect_json(&inspection);
        let folder = &json["facts"]["folder"];
        score.seen += 1;
        for (key, _) in KEYS {
            score.compare(key, name, &case["effective"][key], &folder["effective"][key]);
        }
        for key in ["num_key_value_heads", "sliding_window", "is_encoder_decoder"] {
            score.compare(key, name, &case["effective"][key], &folder["effective"][key]);
        }
        for key in ["derived", "key", "max_model_len", "assumed", "rope"] {
            let label = format!("vllm.{key}");
            score.compare(&label, name, &case["effective"]["vllm"][key], &folder["effective"]["vllm"][key]);
        }
        for key in ["arch_roles", "causal_lm_class", "image_text_class"] {
            score.compare(key, name, &case[key], &folder[key]);
        }
        score.compare("config_class", name, &case["config_class"], &folder["effective"]["config_class"]);
        if folder["quantization"]["pointer"] != "/text_config/quantization_config" {
            score.compare("quant_method", name, &case["raw"]["quant_method"], &folder["quantization"]["quant_method"]);
        }
        if let Some(standing) = case.get("transformers_quant") {
            score.compare("transformers_quant", name, standing, &folder["quantization"]["transformers"]);
        }
    }
    score.print();
    assert!(score.seen >= 155, "only {} folders have facts", score.seen);
    for (key, allowed) in KEYS {
        let wrong = score.wrong.get(key).map_or(0, Vec::len);
        assert!(wrong <= allowed, "{key}: {wrong} folders disagree, {allowed} are allowed");
    }
}
