//! From a file to a verdict for picture models, by CPU time in one run: `cargo bench --bench image`. With
//! `MODELGATE_CORPUS` set, every listing of the corpus is judged as well.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench makes and reads its own files"
)]

mod common;
#[path = "../tests/image_support/mod.rs"]
mod image_support;

use common::measure::{Run, minima, run, table};
use modelgate::{Gate, Limits, format};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

const ENGINES: [&str; 2] = ["stable-diffusion", "comfyui"];

fn main() {
    let Some(corpus) = image_support::corpus() else { return };
    let root = std::env::temp_dir().join(format!("modelgate-bench-image-{}", std::process::id()));
    let expected = image_support::read_json(&corpus.join("expected.json"));
    let ids: Vec<&String> = expected.as_object().expect("cases").keys().collect();
    let paths: Vec<(String, PathBuf)> = ids
        .iter()
        .map(|id| {
            let folder = root.join(id);
            std::fs::create_dir_all(&folder).expect("a folder");
            ((*id).clone(), image_support::rebuild(&image_support::listing(&corpus, id), &folder))
        })
        .collect();
    one(&paths);
    for engine in ENGINES {
        all(engine, &paths);
    }
    std::fs::remove_dir_all(&root).expect("the folder");
}

fn judge(gate: &Gate, path: &Path) -> u64 {
    gate.check(path).expect("a verdict").judgement().findings.len() as u64
}

/// The safetensors file with most tensors, side by side with reading its header alone.
fn one(paths: &[(String, PathBuf)]) {
    let largest = paths.iter().filter(|(_, path)| path.extension().is_some_and(|end| end == "safetensors"));
    let largest = largest.max_by_key(|(_, path)| header_bytes(path)).expect("a file");
    let path = &largest.1;
    let limits = Limits::default();
    let gates = ENGINES.map(|engine| Gate::for_engine(engine).expect("a profile"));
    let tensors = safetensors_crate(&map(path));
    let mut runs = vec![
        run("safetensors crate: map, parse the header", || safetensors_crate(&map(path))),
        run("modelgate: map, parse the header", || {
            format::safetensors::parse(&map(path), &limits).expect("sound").tensors.len() as u64
        }),
    ];
    for (engine, gate) in ENGINES.iter().zip(&gates) {
        runs.push(run(format!("modelgate: file to verdict for {engine}"), || judge(gate, path)));
    }
    table(&format!("{} ({tensors} tensors, {} bytes of header)", largest.0, header_bytes(path)), &mut runs, 100);
}

fn header_bytes(path: &Path) -> u64 {
    let mut length = [0; 8];
    let read = File::open(path).expect("the file").read_exact(&mut length);
    read.map_or(0, |()| u64::from_le_bytes(length))
}

fn safetensors_crate(bytes: &[u8]) -> u64 {
    safetensors::SafeTensors::read_metadata(bytes).expect("a sound header").1.tensors().len() as u64
}

fn map(path: &Path) -> memmap2::Mmap {
    #[allow(unsafe_code, reason = "the bench's own file, which nobody cuts")]
    // SAFETY: nobody else writes this file.
    unsafe {
        memmap2::Mmap::map(&File::open(path).expect("the file")).expect("a map")
    }
}

fn all(engine: &str, paths: &[(String, PathBuf)]) {
    let gate = Gate::for_engine(engine).expect("a profile");
    let mut runs: Vec<Run<'_>> = paths.iter().map(|(id, path)| run(id, || judge(&gate, path))).collect();
    let times = minima(&mut runs, 20);
    let total: Duration = times.iter().sum();
    println!("\n{engine}: {} models to verdicts in {:.1} ms", times.len(), total.as_secs_f64() * 1e3);
    let mut slow: Vec<_> = runs.iter().map(|run| &run.name).zip(&times).collect();
    slow.sort_by_key(|(_, time)| std::cmp::Reverse(**time));
    for (name, time) in slow.iter().take(8) {
        println!("  {name:<44} {:>12.1} µs", time.as_secs_f64() * 1e6);
    }
}
