//! The project's own models against the formats' reference writers and readers, and the real models where fetched.

mod common;

use common::bases;
use modelgate::format::{gguf, safetensors};
use modelgate::{Gate, Limits, inspect};
use std::fs;
use std::path::{Path, PathBuf};

fn test_models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("test-models")
}

#[test]
fn committed_models_are_what_the_generator_makes() {
    let mut files = 0;
    for name in ["tiny-llama", "tiny-llama.gguf", "tiny-lora.safetensors"] {
        let model = bases::base(name);
        let folder = if model.load.is_empty() { test_models().join(name) } else { test_models() };
        for (file, content) in &model.files {
            let made = content.image();
            let committed = fs::read(folder.join(file)).unwrap();
            assert!(committed == made.head, "{file} is stale: run `cargo run --example make-test-models`");
            assert_eq!(committed.len() as u64, made.size);
            files += 1;
        }
    }
    assert_eq!(files, 9);
}

#[test]
fn gguf_of_the_reference_writer_reads_as_written() {
    use gguf::Value;
    let bytes = fs::read(test_models().join("reference/gguf-py.gguf")).unwrap();
    let document = gguf::parse(&bytes, &Limits::default()).unwrap();
    let values = [
        ("general.architecture", Value::String(b"llama")),
        ("llama.context_length", Value::U32(4096)),
        ("test.uint8", Value::U8(200)),
        ("test.int8", Value::I8(-100)),
        ("test.uint16", Value::U16(60_000)),
        ("test.int16", Value::I16(-30_000)),
        ("test.uint32", Value::U32(4_000_000_000)),
        ("test.int32", Value::I32(-2_000_000_000)),
        ("test.uint64", Value::U64(1 << 63)),
        ("test.int64", Value::I64(-(1 << 62))),
        ("test.bool", Value::Bool(true)),
        ("test.float32", Value::F32(0.5)),
        ("test.float64", Value::F64(0.25)),
    ];
    for (key, value) in values {
        assert_eq!(document.value(key), Some(value), "{key}");
    }
    let Some(Value::Array(numbers)) = document.value("test.numbers") else { panic!("no numbers") };
    assert_eq!(numbers.scalars().collect::<Vec<_>>(), [Value::I32(1), Value::I32(-2), Value::I32(3)]);
    let Some(Value::Array(words)) = document.value("test.words") else { panic!("no words") };
    assert_eq!(words.strings().collect::<Vec<_>>(), [b"one".as_slice(), b"two", b"", b"vier"]);
    let shapes: Vec<_> =
        document.tensors.iter().map(|tensor| (tensor.name, tensor.dimensions, tensor.type_id)).collect();
    let expected =
        [(b"matrix".as_slice(), [3, 2, 1, 1], 0), (b"vector", [5, 1, 1, 1], 1), (b"packed", [32, 2, 1, 1], 8)];
    assert_eq!(shapes, expected);
}

#[test]
fn safetensors_of_the_reference_writer_reads_as_written() {
    let bytes = fs::read(test_models().join("reference/safetensors.safetensors")).unwrap();
    let document = safetensors::parse(&bytes, &Limits::default()).unwrap();
    let mut tensors: Vec<_> =
        document.tensors.iter().map(|t| (t.name.to_string(), t.dtype.name(), t.shape.to_vec())).collect();
    tensors.sort();
    let expected = [
        ("empty", "F16", vec![0, 4]),
        ("matrix", "F32", vec![2, 3]),
        ("scalar", "I64", vec![]),
        ("vector", "U8", vec![5]),
    ];
    assert_eq!(tensors, expected.map(|(name, dtype, shape)| (name.to_owned(), dtype, shape)));
    let quote = document.metadata.iter().find(|(key, _)| key == "quote").unwrap();
    assert_eq!(quote.1.decode(), "say \"hi\" \u{e9}\n");
}

/// The real model named `name`, if `test-models/fetch` was run.
fn fetched(name: &str) -> Option<PathBuf> {
    let path = test_models().join("fetched").join(name);
    if !path.exists() {
        println!("skipped: test-models/fetched/{name} is not there; run test-models/fetch");
    }
    path.exists().then_some(path)
}

#[test]
fn real_smollm2_passes_for_llama_cpp_only() {
    let Some(path) = fetched("SmolLM2-135M-Instruct.Q4_1.gguf") else { return };
    let verdict = Gate::for_engine("llama-cpp").unwrap().check(&path).unwrap();
    assert!(verdict.is_accepted(), "{:?}", verdict.judgement().findings);
    let inspection = inspect::inspect(&path, &Limits::default()).unwrap();
    let config = inspection.derived.config.unwrap();
    let config = config.as_llm().unwrap();
    assert_eq!(config.model_family.as_deref(), Some("llama"));
    assert_eq!(config.architecture.as_deref(), Some("LlamaForCausalLM"));
    assert_eq!(config.context_length, Some(8192));
    assert_eq!(config.quantization.as_deref(), Some("Q4_1"));
    assert_eq!(config.tokenizer.bos_token.as_deref(), Some("<|im_start|>"));
    assert_eq!(config.tokenizer.eos_token.as_deref(), Some("<|im_end|>"));
    let refused = Gate::for_engine("transformers").unwrap().check(&path).unwrap();
    assert_eq!(refused.judgement().findings[0].cause.name, "wrong-file-kind");
}

#[test]
fn real_gemma_3_passes_without_a_template() {
    let Some(path) = fetched("gemma-3-270m-q4_k_m.gguf") else { return };
    let verdict = Gate::for_engine("llama-cpp").unwrap().check(&path).unwrap();
    assert!(verdict.is_accepted(), "{:?}", verdict.judgement().findings);
    let config = verdict.judgement().derived.config.as_ref().unwrap().as_llm().unwrap();
    assert_eq!(config.model_family.as_deref(), Some("gemma3"));
    assert_eq!(config.tokenizer.chat_template, None);
}
