//! A model of 64 GB is judged in the memory of its header.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests write files, and a fault of theirs fails the test"
)]

use modelgate::Gate;
use serde_json::{Map, json};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Resident bytes at most, while a file of this many bytes is judged.
const RESIDENT: u64 = 32 << 20;
const FILE: u64 = 64 << 30;

#[test]
fn memory_does_not_follow_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    write(&path);
    for engine in ["stable-diffusion", "comfyui"] {
        let verdict = Gate::for_engine(engine).expect("a profile").check(&path).expect("a verdict");
        let identity = verdict.judgement().derived.image.as_deref().expect("an identification");
        assert_eq!(identity.family, Some("wan"));
        assert!(verdict.judgement().facts.size_bytes() > FILE);
    }
    let Some(peak) = peak() else { return println!("skipped: this system does not tell the peak of memory") };
    println!("{} bytes of file, {peak} bytes resident at most", FILE);
    assert!(peak < RESIDENT, "{peak} bytes were resident, expected less than {RESIDENT}");
}

/// A sparse file: names and shapes of a large backbone, and no data.
fn write(path: &Path) {
    let mut header = Map::new();
    let mut at = 0_u64;
    let mut tensor = |name: String, shape: &[u64]| {
        let end = at + shape.iter().product::<u64>() * 2;
        header.insert(name, json!({ "dtype": "BF16", "shape": shape, "data_offsets": [at, end] }));
        at = end;
    };
    tensor("head.modulation".to_owned(), &[1, 2, 5120]);
    tensor("patch_embedding.weight".to_owned(), &[5120, 16, 1, 2, 2]);
    for block in 0..40 {
        for number in 0..9 {
            tensor(format!("blocks.{block}.self_attn.q.{number}"), &[18_200, 5120]);
        }
        tensor(format!("blocks.{block}.self_attn.q.weight"), &[5120, 5120]);
    }
    let text = serde_json::to_vec(&header).expect("a header");
    let mut file = File::create(path).expect("a file");
    file.write_all(&(text.len() as u64).to_le_bytes()).expect("room");
    file.write_all(&text).expect("room");
    file.set_len(8 + text.len() as u64 + at).expect("a sparse file");
}

/// The most memory that was ever resident, in bytes, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}
