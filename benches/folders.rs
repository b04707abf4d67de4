//! Whole folders through the gate, warm: `cargo bench --bench folders`. Shards are sparse files: only headers are read.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench makes and reads its own files"
)]

mod common;

use common::folder::{DENSE, EXPERTS, dense, experts, write};
use common::json::{GEMMA, tokenizer};
use cpu_time::ProcessTime;
use modelgate::{Gate, Limits, derive, facts, source};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// The least wall-clock and CPU time of what `work` does, over a second or so.
fn least(mut work: impl FnMut()) -> (f64, f64) {
    let (mut wall, mut cpu) = (Duration::MAX, Duration::MAX);
    for _ in 0..40 {
        let (start, start_cpu) = (Instant::now(), ProcessTime::now());
        work();
        (wall, cpu) = (wall.min(start.elapsed()), cpu.min(start_cpu.elapsed()));
    }
    (wall.as_secs_f64() * 1e3, cpu.as_secs_f64() * 1e3)
}

/// What a verdict takes, and its stages.
fn measure(name: &str, home: &Path) {
    let (gate, limits) = (Gate::for_engine("transformers").unwrap(), Limits::default());
    let verdict = gate.check(home).unwrap();
    let codes: Vec<_> = verdict.judgement().findings.iter().map(|finding| finding.cause.code.0).collect();
    println!("{name}: accepted {}, {codes:?}", verdict.is_accepted());
    let locate = || source::locate(home, &limits).unwrap();
    let print = |what: &str, (wall, cpu): (f64, f64)| println!("  {what:<24} {wall:>8.2} ms, CPU {cpu:>8.2} ms");
    print("locating", least(|| drop(locate())));
    print("and facts", least(|| drop(facts::learn(&locate(), &limits).unwrap())));
    let learned = || facts::learn(&locate(), &limits).unwrap();
    print("and derivation", least(|| drop(derive::derive(&learned()))));
    print("and rules: the verdict", least(|| drop(gate.check(home).unwrap())));
}

fn main() {
    let only = std::env::args().find(|argument| !argument.starts_with('-') && !argument.contains('/'));
    for (name, config, tensors, shards) in [("dense", DENSE, dense(), 30), ("experts", EXPERTS, experts(), 163)] {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let home = tempfile::tempdir().unwrap();
        let shards = write(home.path(), config, &tensors, shards);
        fs::write(home.path().join("tokenizer.model"), "").unwrap();
        measure(&format!("{name}: {shards} shards, {} tensors", tensors.len()), home.path());
        if only.is_none() {
            let text = tokenizer(GEMMA);
            fs::write(home.path().join("tokenizer.json"), &text).unwrap();
            measure(&format!("{name}, with a tokenizer.json of {} bytes", text.len()), home.path());
        }
    }
}
