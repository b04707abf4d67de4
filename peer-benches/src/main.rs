//! Every Rust peer beside our readers: one process, taking turns, CPU time, ratios. Run with `cargo run --release`.

#[path = "../../benches/common/mod.rs"]
mod common;
mod visitor;

use common::measure::{Run, run, table};
use modelgate::Limits;
use modelgate::format::{gguf as ours, index, safetensors as ours_safetensors, tokenizer_json};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

fn on_disk(name: &str, header: &[u8], data: u64) -> PathBuf {
    let path = std::env::temp_dir().join(format!("modelgate-peers-{}-{name}", std::process::id()));
    std::fs::remove_file(&path).ok();
    let mut file = File::create(&path).expect("a temporary file");
    file.write_all(header).expect("room in the temporary folder");
    file.set_len(header.len() as u64 + data).expect("a sparse file");
    path
}

fn map(path: &PathBuf) -> memmap2::Mmap {
    // SAFETY: the bench's own file, which nobody else writes.
    unsafe { memmap2::Mmap::map(&File::open(path).expect("the file")).expect("a map") }
}

fn every_string(document: &ours::Document<'_>) -> u64 {
    let arrays = document.keys.iter().filter_map(|key| match key.value {
        ours::Value::Array(array) => Some(array),
        _ => None,
    });
    arrays.map(|array| u64::from(array.is_utf8())).sum()
}

fn gguf_peers<'a>(path: &'a PathBuf, limits: &'a Limits) -> Vec<Run<'a>> {
    let name = path.to_str().expect("a plain path");
    let buffered = move || BufReader::new(File::open(path).expect("the file"));
    vec![
        run("modelgate, memory map", move || ours::parse(&map(path), limits).unwrap().header_bytes),
        run("modelgate, every string's UTF-8 checked", move || {
            let bytes = map(path);
            every_string(&ours::parse(&bytes, limits).unwrap())
        }),
        run("naive walker, no checks", move || common::gguf::naive(&map(path))),
        run("ggus 0.5", move || ggus::GGuf::new(&map(path)).unwrap().meta_kvs.len() as u64),
        run("gguf 0.1.2", move || {
            gguf::GGUFFile::read(&map(path)).ok().flatten().map_or(0, |it| it.tensors.len() as u64)
        }),
        run("llama-gguf 0.14", move || llama_gguf::gguf::GgufFile::open(path).unwrap().data.metadata.len() as u64),
        run("gguf-llms 0.0.2, without the tensors", move || {
            let mut file = buffered();
            let keys = gguf_llms::GgufHeader::parse(&mut file).unwrap().n_kv;
            gguf_llms::GgufReader::read_metadata(&mut file, keys).unwrap().len() as u64
        }),
        run("gguf-rs 0.1.8", move || gguf_rs::get_gguf_container(name).unwrap().decode().unwrap().num_tensor()),
        run("candle-core 0.11", move || {
            candle_core::quantized::gguf_file::Content::read(&mut buffered()).unwrap().tensor_infos.len() as u64
        }),
    ]
}

fn main() {
    let limits = Limits::default();
    for (name, size) in [("like Llama 3.1 8B", common::gguf::LLAMA), ("like Gemma 3", common::gguf::GEMMA)] {
        let (header, data) = common::gguf::header(size);
        let path = on_disk("gguf", &header, data);
        table(&format!("GGUF {name}, {} bytes of header", header.len()), &mut gguf_peers(&path, &limits), 12);
    }
    safetensors_peers(&limits);
    json_peers(&limits);
}

fn safetensors_peers(limits: &Limits) {
    use common::pictures::{flux, sdxl};
    use common::safetensors::{lora, shards};
    let cases = [
        ("like SDXL", vec![sdxl()], 60),
        ("like Flux", vec![flux()], 100),
        ("LoRA with 1 MB of tags", vec![lora()], 40),
        ("30 shards", shards(30, 720), 60),
        ("163 shards", shards(163, 91_991), 8),
    ];
    for (name, headers, rounds) in cases {
        let files: Vec<_> = headers.iter().map(|(header, data)| map(&on_disk("shard", header, *data))).collect();
        let mut runs = [
            run("modelgate", || {
                files.iter().map(|file| ours_safetensors::parse(file, limits).unwrap().tensors.len() as u64).sum()
            }),
            run("serde_json into borrowed structs", || files.iter().map(|file| visitor::header(file)).sum()),
            run("safetensors 0.8", || {
                files.iter().map(|file| safetensors::SafeTensors::deserialize(file).unwrap().len() as u64).sum()
            }),
        ];
        table(&format!("safetensors {name}"), &mut runs, rounds);
    }
}

fn json_peers(limits: &Limits) {
    let text = common::json::index(163, 91_991);
    let mut runs = [
        run("modelgate", || index::parse(text.as_bytes(), limits).unwrap().weight_map.len() as u64),
        run("serde_json into borrowed structs", || visitor::index(&text)),
        run("serde_json Value", || {
            serde_json::from_str::<serde_json::Value>(&text).unwrap()["weight_map"].as_object().unwrap().len() as u64
        }),
    ];
    table(&format!("index of 91,991 tensors, {} bytes", text.len()), &mut runs, 8);
    for (name, size) in [("like Llama 3.1", common::json::LLAMA), ("like Gemma 3", common::json::GEMMA)] {
        let text = common::json::tokenizer(size);
        let wanted = ["<|begin_of_text|>", "<|eot_id|>", "abc", "<unk>"];
        let mut runs = [
            run("modelgate", || tokenizer_json::parse(text.as_bytes(), limits, &wanted).unwrap().size()),
            run("serde_json, streaming visitor", || visitor::tokenizer(&text, &wanted)),
            run("serde_json Value", || {
                serde_json::from_str::<serde_json::Value>(&text).unwrap()["model"].as_object().unwrap().len() as u64
            }),
            run("tokenizers 0.23", || tokenizers::Tokenizer::from_bytes(&text).unwrap().get_vocab_size(true) as u64),
        ];
        table(&format!("tokenizer.json {name}, {} bytes", text.len()), &mut runs, 4);
    }
}
