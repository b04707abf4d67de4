//! Each reader on inputs at the size of real headers, with bytes a second: `cargo bench --bench headers`. For people; the
//! ratios that must hold are in `ratios`, the counts in `counts`.

#![allow(clippy::expect_used, missing_docs, reason = "a bench makes its own inputs")]

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use modelgate::Limits;
use modelgate::format::{Input, Windows, gguf, index, tokenizer_json};
use std::hint::black_box;

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

criterion_group!(headers, gguf_headers, indexes, tokenizers);
criterion_main!(headers);
