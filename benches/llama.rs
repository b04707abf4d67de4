//! From a path to the whole verdict for llama.cpp, in process and warm, by CPU time: `cargo bench --bench llama`.
//! Needs the models that `test-models/fetch` gets; those that are not there are skipped.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench reads its own files"
)]

mod common;

use common::measure::{run, table};
use modelgate::format::gguf::{Value, parse};
use modelgate::{Gate, Limits};
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// Models, and the milliseconds that their verdict may take.
const MODELS: [(&str, f64); 2] = [("SmolLM2-135M-Instruct.Q4_1.gguf", 3.0), ("gemma-3-270m-q4_k_m.gguf", 15.0)];

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-models/fetched");
    for (name, allowed) in MODELS {
        let path = folder.join(name);
        if path.is_file() {
            measure(name, &path, allowed)
        } else {
            println!("skipped: {} is not there", path.display())
        }
    }
}

fn measure(name: &str, path: &Path, allowed: f64) {
    let gate = Gate::for_engine("llama-cpp").expect("the profile");
    let bytes = fs::read(path).expect("the file");
    let limits = Limits::default();
    let parsed = |bytes| parse(bytes, &limits).expect("a sound header");
    let mut runs = vec![
        run("header: parsed, nothing else", || parsed(&bytes).tensors.len() as u64),
        run("header: parsed, tokens in a set of the library", || duplicates(&parsed(&bytes))),
        run("file: mapped and judged", || {
            let verdict = gate.check(path).expect("a verdict");
            assert!(verdict.is_accepted(), "{name} is sound");
            verdict.judgement().findings.len() as u64
        }),
    ];
    let times = table(name, &mut runs, 40);
    let milliseconds = times[2] / 1000.0;
    println!("  {milliseconds:.2} ms of {allowed} allowed");
    assert!(milliseconds <= allowed, "{name} took {milliseconds:.2} ms");
}

/// The tokens that stand twice, found the plain way, to compare with.
fn duplicates(document: &modelgate::format::gguf::Document<'_>) -> u64 {
    let Some(Value::Array(tokens)) = document.value("tokenizer.ggml.tokens") else { return 0 };
    let mut seen = HashSet::new();
    tokens.strings().filter(|token| !seen.insert(*token)).count() as u64
}
