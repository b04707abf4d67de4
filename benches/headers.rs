//! Each reader on inputs at the size of real headers, with bytes a second: `cargo bench --bench headers`. For people; the
//! ratios that must hold are in `ratios`, the counts in `counts`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    missing_docs,
    reason = "a bench makes its own inputs"
)]

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use modelgate::Limits;
use modelgate::format::{Input, Windows, gguf, index, safetensors, tokenizer_json};
use modelgate::source::{self, Bytes};
use std::fs::File;
use std::hint::black_box;
use std::io::Write;

fn gguf_headers(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("gguf");
    for (name, size) in [("llama", common::gguf::LLAMA), ("gemma", common::gguf::GEMMA), ("small", common::gguf::SMALL)]
    {
        let header = common::gguf::header(size).0;
        let bytes = header.as_slice();
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(format!("{name}/whole"), |bencher| {
            bencher.iter(|| gguf::parse(black_box(bytes), &limits).expect("sound").header_bytes);
        });
        group.bench_function(format!("{name}/windows"), |bencher| {
            bencher.iter(|| {
                let windows = Windows::new(black_box(&bytes));
                gguf::read(Input::windowed(&windows), &limits).expect("sound").header_bytes
            });
        });
    }
    group.finish();
}

/// Headers on disk, their data sections holes: several files are the shards of one model.
fn mapped(headers: &[common::safetensors::Header]) -> Vec<Bytes> {
    let home = tempfile::tempdir().expect("a temporary folder");
    let open = |(number, (header, data)): (usize, &common::safetensors::Header)| {
        let path = home.path().join(number.to_string());
        let mut file = File::create(&path).expect("a temporary file");
        file.write_all(header).expect("room in the temporary folder");
        file.set_len(header.len() as u64 + data).expect("a sparse file");
        source::open(&path).expect("the file")
    };
    headers.iter().enumerate().map(open).collect()
}

fn safetensors_headers(criterion: &mut Criterion) {
    use common::pictures::{flux, sdxl};
    use common::safetensors::{lora, shards};
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("safetensors");
    for (name, headers) in [
        ("sdxl", vec![sdxl()]),
        ("flux", vec![flux()]),
        ("a LoRA with tags", vec![lora()]),
        ("45,000 tensors", shards(1, 45_000)),
        ("30 shards", shards(30, 720)),
        ("163 shards", shards(163, 91_991)),
    ] {
        let files = mapped(&headers);
        group.throughput(Throughput::Bytes(headers.iter().map(|(header, _)| header.len() as u64).sum()));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let read = |file| safetensors::parse(black_box(file), &limits).expect("sound").tensors.len();
                files.iter().map(|file| read(file)).sum::<usize>()
            });
        });
    }
    group.finish();
}

fn indexes(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("index");
    for (shards, tensors) in [(30, 720), (163, 91_991)] {
        let text = common::json::index(shards, tensors);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{shards} shards"), |bencher| {
            bencher.iter(|| index::parse(black_box(text.as_bytes()), &limits).expect("sound").weight_map.len());
        });
    }
    group.finish();
}

fn tokenizers(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("tokenizer.json");
    group.sample_size(20);
    for (name, size) in [("strings", common::json::LLAMA), ("pairs", common::json::GEMMA)] {
        let text = common::json::tokenizer(size);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher
                .iter(|| tokenizer_json::parse(black_box(text.as_bytes()), &limits, &["<unk>"]).expect("sound").size());
        });
    }
    group.finish();
}

criterion_group!(headers, gguf_headers, safetensors_headers, indexes, tokenizers);
criterion_main!(headers);
