//! Public reports of files that crash or corrupt engines on load: each shape, its engine, and the code that refuses it.
//! docs/engines/reports.md has the table of all reports; those of whole models are cases in `test-models/cases`.

use super::bombs::{gguf, safetensors, string};
use super::common::{Content, Model, bases};
use super::judge::{folder, hold};
use modelgate::Gate;
use std::fs;

/// A tensor's name, dimensions, type and place in a GGUF.
fn tensor(bytes: &mut Vec<u8>, name: &str, dimensions: &[u64], kind: u32, offset: u64) {
    string(bytes, name.as_bytes());
    bytes.extend((dimensions.len() as u32).to_le_bytes());
    dimensions.iter().for_each(|size| bytes.extend(size.to_le_bytes()));
    bytes.extend(kind.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
}

fn one_tensor(dimensions: &[u64], kind: u32) -> Vec<u8> {
    let mut bytes = gguf(1, 1);
    string(&mut bytes, b"general.architecture");
    bytes.extend(8_u32.to_le_bytes());
    string(&mut bytes, b"llama");
    tensor(&mut bytes, "token_embd.weight", dimensions, kind, 0);
    bytes.resize(bytes.len() + 4096, 0);
    bytes
}

fn one_key(name: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes = gguf(0, 1);
    string(&mut bytes, name.as_bytes());
    bytes.extend(kind.to_le_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len() + 64, 0);
    bytes
}

fn one_record(record: &str, data: usize) -> Vec<u8> {
    safetensors(format!(r#"{{"weight":{record}}}"#).as_bytes(), data)
}

/// The report, its engine, the file's name and bytes, and the code that must be among the errors.
fn reports() -> Vec<(&'static str, &'static str, &'static str, Vec<u8>, &'static str)> {
    let wraps = r#"{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}"#;
    let negative = r#"{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}"#;
    let inconsistent = r#"{"dtype":"F64","shape":[4],"data_offsets":[0,16]}"#;
    let string_of_a_gib = [(1_u64 << 30).to_le_bytes().as_slice(), b"short"].concat();
    let array_of_strings = [8_u32.to_le_bytes().as_slice(), &(1_u64 << 30).to_le_bytes()].concat();
    let mut pads_over = gguf(2, 0);
    tensor(&mut pads_over, "a", &[(1 << 62) - 1], 0, 0);
    tensor(&mut pads_over, "b", &[8], 0, 0);
    pads_over.resize(pads_over.len() + 4096, 0);
    vec![
        (
            "leejet/stable-diffusion.cpp#1396",
            "stable-diffusion",
            "a.safetensors",
            one_record(inconsistent, 16),
            "SAFE005",
        ),
        ("leejet/stable-diffusion.cpp#1876", "stable-diffusion", "a.safetensors", one_record(wraps, 0), "SAFE005"),
        ("leejet/stable-diffusion.cpp#1876", "stable-diffusion", "a.safetensors", one_record(negative, 4), "SAFE003"),
        ("ggml-org/llama.cpp#24759", "llama-cpp", "a.gguf", pads_over, "GGUF011"),
        ("ggml-org/llama.cpp#18674", "llama-cpp", "a.gguf", one_tensor(&[1152, (1 << 42) + 1], 8), "LCPP104"),
        ("ggml-org/llama.cpp#15711", "llama-cpp", "a.gguf", [gguf(1 << 54, 0), vec![0; 64]].concat(), "GGUF004"),
        ("ggml-org/llama.cpp#24997", "llama-cpp", "a.gguf", one_key("general.alignment", 4, &[0, 0, 0, 0]), "GGUF007"),
        ("ggml-org/llama.cpp#26318", "llama-cpp", "a.gguf", one_key("general.alignment", 5, &[32, 0, 0, 0]), "GGUF007"),
        ("ggml-org/ggml#709", "llama-cpp", "a.gguf", one_tensor(&[1, 1, 1, 1, 1], 0), "GGUF009"),
        ("ggml-org/ggml#709", "llama-cpp", "a.gguf", one_tensor(&[1], 99), "GGUF010"),
        ("ggml-org/ggml#1516", "llama-cpp", "a.gguf", one_key("general.name", 8, &string_of_a_gib), "GGUF004"),
        ("ggml-org/ggml#1516", "llama-cpp", "a.gguf", one_key("general.tags", 9, &array_of_strings), "GGUF004"),
        ("ggml-org/llama.cpp#10104", "llama-cpp", "a.gguf", architecture("sd3"), "LCPP101"),
        ("ggml-org/llama.cpp#27166", "llama-cpp", "a.gguf", architecture("clip"), "LCPP103"),
    ]
}

fn architecture(name: &str) -> Vec<u8> {
    let value = [&(name.len() as u64).to_le_bytes(), name.as_bytes()].concat();
    one_key("general.architecture", 8, &value)
}

#[test]
fn every_report_is_refused_by_the_engine_that_it_hurts() {
    for (report, engine, name, bytes, code) in reports() {
        let home = folder();
        let path = home.path().join(name);
        fs::write(&path, bytes).unwrap();
        let verdict = Gate::for_engine(engine).unwrap().check(&path).unwrap();
        hold(&verdict);
        let codes: Vec<_> = verdict.judgement().findings.iter().map(|finding| finding.cause.code.0).collect();
        assert!(!verdict.is_accepted() && codes.contains(&code), "{report}: {codes:?}, expected {code}");
    }
}

/// vllm-project/vllm#54230: vLLM loads the later copy, TGI stops, transformers is told, and llama.cpp takes no folder.
#[test]
fn a_stale_tensor_is_refused_where_it_hurts() {
    let mut model: Model = bases::llama_folder();
    let shard = |model: &mut Model, number: u32, name: &str| {
        let file = format!("model-{number:05}-of-00002.safetensors");
        let Some(Content::Safetensors(shard)) = model.files.get_mut(&file) else { panic!("a shard") };
        shard.tensor(name, "BF16", &[275, 64]);
    };
    shard(&mut model, 2, "model.embed_tokens.weight");
    let verdict_of = |model: &Model, engine: &str| {
        let home = folder();
        let verdict = Gate::for_engine(engine).unwrap().check(model.write(home.path())).unwrap();
        let codes: Vec<_> = verdict.judgement().findings.iter().map(|finding| finding.cause.code.0).collect();
        (verdict.is_accepted(), codes)
    };
    let (accepted, codes) = verdict_of(&model, "vllm");
    assert!(!accepted && codes.contains(&"VLLM112"), "{codes:?}");
    let (accepted, codes) = verdict_of(&model, "tgi");
    assert!(!accepted && codes.contains(&"BNDL116"), "{codes:?}");
    let (accepted, codes) = verdict_of(&model, "transformers");
    assert!(accepted && codes.contains(&"BNDL116"), "{codes:?}");
    // The other way round the right one is loaded last.
    let mut model = bases::llama_folder();
    shard(&mut model, 1, "lm_head.weight");
    let (accepted, codes) = verdict_of(&model, "vllm");
    assert!(accepted && codes.contains(&"BNDL116"), "{codes:?}");
}
