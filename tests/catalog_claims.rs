//! Catalog entries held against models, through the gate and through the program.

mod common;

use common::gguf::Value as Key;
use common::{Content, Model, bases};
use modelgate::{Gate, Limits, ModelEntry};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of this test's own, emptied.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("catalog-claims").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The tiny GGUF, which also says what it was made from.
fn gguf(folder: &Path) -> PathBuf {
    let mut gguf = bases::llama_gguf();
    gguf.key("general.base_model.count", Key::U32(1));
    gguf.key("general.base_model.0.name", Key::String("Base 1B".to_owned()));
    gguf.key("general.base_model.0.organization", Key::String("Workshop".to_owned()));
    gguf.key("general.base_model.0.repo_url", Key::String("https://hub.example/workshop/base-1b".to_owned()));
    Model::single("tiny.gguf", Content::Gguf(gguf)).write(folder)
}

fn entry_of(path: &Path) -> Value {
    serde_json::to_value(ModelEntry::from_path(path, &Limits::default()).unwrap()).unwrap()
}

fn with(mut entry: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        *entry.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
    }
    entry
}

fn lies() -> [(&'static str, Value); 8] {
    [
        ("/model_type", json!("image")),
        ("/size", json!(71_200_000_000_u64)),
        ("/config/architecture", json!("Qwen2ForCausalLM")),
        ("/config/context_length", json!(131_072)),
        ("/config/quantization", json!("Q4_K_M")),
        ("/config/base_model", json!("workshop/base-7b")),
        ("/config/tokenizer/eos_token", json!("<|endoftext|>")),
        ("/config/tokenizer/chat_template", json!("{{ messages[0].content }}")),
    ]
}

/// Codes, with both values, of the findings on the catalog.
fn catalog_findings(engine: &str, path: &Path, entry: &Value) -> Vec<(String, Value, Value)> {
    let entry = serde_json::from_value(entry.clone()).unwrap();
    let verdict = Gate::for_engine(engine).unwrap().against(&entry).check(path).unwrap();
    let findings = verdict.judgement().findings.iter().filter(|finding| finding.cause.code.0.starts_with("CAT"));
    findings
        .map(|finding| {
            let value = |value: &Option<Value>| value.clone().unwrap_or_default();
            (finding.cause.code.to_string(), value(&finding.expected), value(&finding.found))
        })
        .collect()
}

#[test]
fn an_entry_derived_from_a_model_passes_against_it() {
    let folder = folder("honest");
    let gguf = gguf(&folder);
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-models/tiny-llama");
    let lora = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-models/tiny-lora.safetensors");
    let mut seen = 0;
    for (engine, path) in [("llama-cpp", &gguf), ("transformers", &tiny), ("comfyui", &lora)] {
        let Ok(entry) = ModelEntry::from_path(path, &Limits::default()) else { continue };
        assert_eq!(catalog_findings(engine, path, &serde_json::to_value(&entry).unwrap()), [], "{engine}");
        seen += 1;
    }
    assert!(seen >= 2, "only {seen} models were derived");
}

#[test]
fn eight_lies_are_eight_findings_with_both_values() {
    let folder = folder("lies");
    let path = gguf(&folder);
    let truth = entry_of(&path);
    let lies = lies();
    let found = catalog_findings("llama-cpp", &path, &with(truth.clone(), &lies));
    assert_eq!(found.len(), 8, "{found:#?}");
    for (pointer, lie) in &lies {
        let both = found.iter().any(|(_, expected, fact)| expected == lie && fact == truth.pointer(pointer).unwrap());
        assert!(both, "{pointer}: {found:#?}");
    }
    for lie in &lies {
        let alone = catalog_findings("llama-cpp", &path, &with(truth.clone(), std::slice::from_ref(lie)));
        assert_eq!(alone.len(), 1, "{lie:?}: {alone:#?}");
    }
}

fn modelgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_modelgate")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_program_writes_the_corrected_entry_and_it_passes() {
    let folder = folder("program");
    let path = gguf(&folder);
    let mut lying = with(entry_of(&path), &lies());
    lying["vendor"] = json!({"kept": [1, 2]});
    let (entry, out) = (folder.join("entry.json"), folder.join("corrected.json"));
    fs::write(&entry, lying.to_string()).unwrap();
    let (entry_name, out_name) = (entry.to_str().unwrap(), out.to_str().unwrap());
    let check = |entry: &str, more: &[&str]| {
        let arguments = [&["check", "--engine", "llama-cpp", "--format", "json", "--entry", entry], more].concat();
        modelgate(&arguments)
    };

    let rejected = check(entry_name, &["--fix-entry", out_name]);
    assert_eq!(rejected.status.code(), Some(1), "{}", text(&rejected.stderr));
    let report: Value = serde_json::from_slice(&rejected.stdout).unwrap();
    assert_eq!(report["findings"].as_array().unwrap().len(), 8, "{report:#}");
    assert_eq!(fs::read_to_string(&entry).unwrap(), lying.to_string(), "the input was written to");

    let corrected: Value = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(corrected["vendor"], lying["vendor"]);
    let accepted = check(out_name, &[]);
    assert_eq!(accepted.status.code(), Some(0), "{}", text(&accepted.stdout));
    assert!(!text(&accepted.stdout).contains("CAT"));

    let refused = check(entry_name, &["--fix-entry", entry_name]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("cannot write"), "{}", text(&refused.stderr));
    assert_eq!(fs::read_to_string(&entry).unwrap(), lying.to_string(), "the input was overwritten");
}

#[test]
fn a_typo_in_an_entry_is_named_with_its_place() {
    let folder = folder("typo");
    let entry = folder.join("entry.json");
    fs::write(&entry, "{\n  \"id\": \"a\",\n  \"name\": \"A\",\n  \"path\": \"a.gguf\",\n  \"model_type\": \"lm\"\n}")
        .unwrap();
    let output = modelgate(&["check", "--engine", "llama-cpp", "--entry", entry.to_str().unwrap()]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    let complaint = text(&output.stderr);
    assert!(complaint.contains("unknown variant `lm`") && complaint.contains("line 5 column"), "{complaint}");
}

#[test]
fn what_is_not_available_is_not_judged() {
    let folder = folder("status");
    let path = gguf(&folder);
    let mut entry = entry_of(&path);
    entry["status"] = json!({"Failed": {"error": "connection lost"}});
    let file = folder.join("entry.json");
    fs::write(&file, entry.to_string()).unwrap();
    let output = modelgate(&["check", "--engine", "llama-cpp", "--entry", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("is not available: its download failed: connection lost"));
}
