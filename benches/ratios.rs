//! Ratios that the readers must keep, by CPU time in one run: `cargo bench --bench ratios`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench makes and reads its own files"
)]

mod common;

use common::measure::{run, table};
use modelgate::Limits;
use modelgate::format::{Input, Windows, gguf, index, safetensors, tokenizer_json};
use modelgate::source::Handle;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

fn on_disk(name: &str, header: &[u8], data: u64) -> PathBuf {
    let path = std::env::temp_dir().join(format!("modelgate-bench-{}-{name}", std::process::id()));
    std::fs::remove_file(&path).ok();
    let mut file = File::create(&path).expect("a temporary file");
    file.write_all(header).expect("room in the temporary folder");
    file.set_len(header.len() as u64 + data).expect("a sparse file");
    path
}

fn map(path: &PathBuf) -> memmap2::Mmap {
    #[allow(unsafe_code, reason = "the bench's own file, which nobody cuts")]
    // SAFETY: nobody else writes this file.
    unsafe {
        memmap2::Mmap::map(&File::open(path).expect("the file")).expect("a map")
    }
}

fn main() {
    let only = std::env::args().nth(1).filter(|name| !name.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("gguf") {
        gguf();
    }
    if wanted("safetensors") {
        safetensors();
    }
    if wanted("json") {
        json();
    }
}

fn gguf() {
    let limits = Limits::default();
    for (name, size) in [
        ("none", common::gguf::NO_VOCABULARY),
        ("llama", common::gguf::LLAMA),
        ("gemma", common::gguf::GEMMA),
        ("small", common::gguf::SMALL),
    ] {
        let (header, data) = common::gguf::header(size);
        let path = on_disk(name, &header, data);
        let bytes = map(&path);
        let mut runs = [
            run("parse, map and unmap", || gguf::parse(&map(&path), &limits).unwrap().header_bytes),
            run("read by windows, open and close", || windowed(&path, &limits)),
            run("naive walker, map and unmap", || common::gguf::naive(&map(&path))),
            run("parse, mapped before", || gguf::parse(&bytes, &limits).unwrap().header_bytes),
            run("naive walker, mapped before", || common::gguf::naive(&bytes)),
        ];
        table(&format!("gguf {name} ({} bytes of header)", header.len()), &mut runs, 200);
        std::fs::remove_file(&path).expect("the file");
    }
}

fn windowed(path: &Path, limits: &Limits) -> u64 {
    let handle = Handle::open(path).expect("the file");
    gguf::read(Input::windowed(&Windows::new(&handle)), limits).expect("a sound header").header_bytes
}

mod borrowed {
    //! What a reader written in an afternoon would be: serde_json into structs that borrow.

    use serde::Deserialize;
    use std::borrow::Cow;

    #[derive(Deserialize)]
    pub(super) struct Tensor<'a> {
        #[serde(borrow)]
        pub(super) dtype: Cow<'a, str>,
        pub(super) shape: Vec<u64>,
        pub(super) data_offsets: (u64, u64),
    }
}

/// Borrowed structs without the tree that a flattened field costs: what serde_json can do at best.
struct Best;

impl<'de> serde::de::Visitor<'de> for Best {
    type Value = u64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a header")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
        let mut tensors = Vec::new();
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if name == "__metadata__" {
                map.next_value::<std::collections::HashMap<std::borrow::Cow<'de, str>, std::borrow::Cow<'de, str>>>()?;
            } else {
                tensors.push((name, map.next_value::<borrowed::Tensor<'de>>()?));
            }
        }
        let size = |tensor: &borrowed::Tensor<'_>| {
            tensor.data_offsets.1 + tensor.dtype.len() as u64 + tensor.shape.len() as u64
        };
        Ok(tensors.iter().map(|(_, tensor)| size(tensor)).sum())
    }
}

fn best(bytes: &[u8]) -> u64 {
    use serde::Deserializer;
    let length = usize::try_from(u64::from_le_bytes(*bytes.first_chunk().unwrap())).unwrap();
    let text = std::str::from_utf8(bytes.get(8..8 + length).unwrap()).unwrap();
    serde_json::Deserializer::from_str(text).deserialize_map(Best).unwrap()
}

fn safetensors() {
    use common::pictures::{flux, sdxl};
    use common::safetensors::{lora, shards};
    let limits = Limits::default();
    let cases = [
        ("sdxl", vec![sdxl()], 100),
        ("flux", vec![flux()], 200),
        ("lora with tags", vec![lora()], 50),
        ("30 shards", shards(30, 720), 100),
        ("163 shards", shards(163, 91_991), 10),
    ];
    for (name, headers, rounds) in cases {
        let files: Vec<_> = headers.iter().map(|(header, data)| map(&on_disk("shard", header, *data))).collect();
        let count = |tensors: usize| tensors as u64;
        let mut runs = [
            run("parse", || {
                files.iter().map(|file| count(safetensors::parse(file, &limits).unwrap().tensors.len())).sum()
            }),
            run("parse with reused room", || {
                let mut room = Vec::new();
                let mut sum = 0;
                for file in &files {
                    room = safetensors::parse_with(file, &limits, room).unwrap().tensors;
                    sum += count(room.len());
                }
                sum
            }),
            run("serde_json into borrowed structs", || files.iter().map(|file| best(file)).sum()),
            run("safetensors crate", || {
                files.iter().map(|file| count(::safetensors::SafeTensors::deserialize(file).unwrap().len())).sum()
            }),
        ];
        let bytes: usize = headers.iter().map(|(header, _)| header.len()).sum();
        table(&format!("safetensors {name} ({bytes} bytes of header)"), &mut runs, rounds);
    }
}

fn json() {
    let limits = Limits::default();
    for (name, shards, tensors) in [("163 shards", 163, 91_991), ("30 shards", 30, 720)] {
        let text = common::json::index(shards, tensors);
        let mut runs = [
            run("parse", || index::parse(text.as_bytes(), &limits).unwrap().weight_map.len() as u64),
            run("utf-8 check alone", || simdutf8::basic::from_utf8(text.as_bytes()).unwrap().len() as u64),
            run("serde_json value", || {
                serde_json::from_str::<serde_json::Value>(&text).unwrap().as_object().unwrap().len() as u64
            }),
        ];
        table(&format!("index {name} ({} bytes)", text.len()), &mut runs, 10);
    }
    for (name, size) in [("llama", common::json::LLAMA), ("gemma", common::json::GEMMA)] {
        let text = common::json::tokenizer(size);
        let wanted = ["<|begin_of_text|>", "<|eot_id|>", "Ġthe", "<unk>"];
        let mut runs = [
            run("parse", || tokenizer_json::parse(text.as_bytes(), &limits, &wanted).unwrap().size()),
            run("utf-8 check alone", || simdutf8::basic::from_utf8(text.as_bytes()).unwrap().len() as u64),
            run("serde_json skip", || {
                serde_json::from_str::<serde::de::IgnoredAny>(&text).unwrap();
                text.len() as u64
            }),
        ];
        table(&format!("tokenizer {name} ({} bytes)", text.len()), &mut runs, 10);
    }
}
