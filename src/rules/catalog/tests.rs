//! Entries with planted lies against derived configs.

use super::*;
use crate::catalog::ModelEntry;
use crate::config::{CheckpointType, Config, ImageConfig, LlmConfig, TokenizerConfig};
use crate::derive::Derived;
use crate::diagnostic::{Diagnostic, Origin, Severity};
use crate::engine;
use crate::facts::{self, Facts, ModelFormat};
use crate::limits::Limits;
use crate::rules::Case;
use crate::source;
use serde_json::{Value, json};
use std::path::Path;

/// Facts of some file, as a GGUF's.
fn facts() -> Facts {
    let limits = Limits::default();
    let artifact = source::locate(Path::new("clippy.toml"), &limits).unwrap();
    Facts { format: ModelFormat::Gguf, faults: Vec::new(), ..facts::learn(&artifact, &limits).unwrap() }
}

fn llm() -> Derived {
    let config = LlmConfig {
        architecture: Some("LlamaForCausalLM".into()),
        model_family: Some("llama".into()),
        context_length: Some(8192),
        quantization: Some("Q4_K_M".into()),
        base_model: Some("owner/Base-1B".into()),
        license: Some("apache-2.0".into()),
        languages: vec!["en".into()],
        default_temperature: Some(0.6),
        tokenizer: TokenizerConfig {
            bos_token: Some("<s>".into()),
            eos_token: Some("</s>".into()),
            pad_token: None,
            unk_token: Some("<unk>".into()),
            chat_template: Some("{% for message in messages %}\n{{ message.content }}\n{% endfor %}\n".into()),
        },
        ..LlmConfig::default()
    };
    let place = Origin::file("a.gguf").key("llama.context_length");
    let mut derived = Derived { config: Some(Config::from(config)), ..Derived::default() };
    derived.provenance.push(("context_length", place));
    derived
}

fn image() -> Derived {
    let config = ImageConfig {
        base_model: Some("SDXL 1.0".into()),
        checkpoint_type: Some(CheckpointType::Lora),
        resolution: Some((1024, 1024)),
        vae: Some("baked".into()),
        clip_skip: Some(2),
        ..ImageConfig::default()
    };
    Derived { config: Some(Config::Image(Box::new(config))), ..Derived::default() }
}

/// An entry that tells the truth about [`llm`], in other spellings.
fn honest() -> Value {
    json!({
        "id": "a", "name": "A", "path": "clippy.toml", "size": facts().size_bytes(), "modelType": "Llm",
        "config": {
            "architecture": "llama", "modelFamily": "llama", "contextLength": 8192, "quantization": "Q4_K - Medium",
            "base_model": "https://hub.example/owner/base-1b", "license": "Apache 2.0", "languages": ["en"],
            "default_temperature": 0.600_000_02, "mine": {"kept": true},
            "tokenizer": {
                "bosToken": "<s>", "eos_token": {"content": "</s>"}, "unk_token": null,
                "chat_template": "{% for message in messages %}\r\n{{ message.content }}\r\n{% endfor %}"
            }
        }
    })
}

fn with(mut entry: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        *entry.pointer_mut(pointer).unwrap() = value.clone();
    }
    entry
}

fn on<T>(entry: &Value, derived: &Derived, then: impl Fn(&Case<'_>) -> T) -> T {
    let (entry, facts) = (serde_json::from_value::<ModelEntry>(entry.clone()).unwrap(), facts());
    let accepts = engine::find("llama-cpp").unwrap().accepts();
    let asked = crate::rules::Asked::default();
    then(&Case { facts: &facts, derived, entry: Some(&entry), accepts, asked, compiled: &std::cell::OnceCell::new() })
}

fn findings(entry: &Value, derived: &Derived) -> Vec<Diagnostic> {
    on(entry, derived, |case| ask(case).diagnostics)
}

fn codes(findings: &[Diagnostic]) -> Vec<&str> {
    findings.iter().map(|finding| finding.cause.code.0).collect()
}

#[test]
fn honest_entries_pass_in_every_spelling() {
    assert_eq!(findings(&honest(), &llm()), []);
}

#[test]
fn eight_lies_are_eight_findings_and_the_corrected_entry_passes() {
    let lies = with(
        honest(),
        &[
            ("/modelType", json!("image")),
            ("/size", json!(1)),
            ("/config/architecture", json!("Qwen2ForCausalLM")),
            ("/config/contextLength", json!(131_072)),
            ("/config/quantization", json!("Q8_0")),
            ("/config/base_model", json!("owner/Base-7B")),
            ("/config/tokenizer/eos_token", json!("<|im_end|>")),
            ("/config/tokenizer/chat_template", json!("{{ messages }}")),
        ],
    );
    let found = findings(&lies, &llm());
    assert_eq!(codes(&found), ["CAT102", "CAT104", "CAT101", "CAT105", "CAT109", "CAT111", "CAT103", "CAT110"]);
    assert!(found.iter().all(|finding| finding.expected.is_some() && finding.found.is_some()));
    let corrected = on(&lies, &llm(), |case| correct(case, &lies)).unwrap();
    assert_eq!(findings(&corrected, &llm()), []);
    assert_eq!(corrected["config"]["mine"], json!({"kept": true}));
    assert_eq!(corrected["config"]["contextLength"], json!(8192));
    assert_eq!(corrected["modelType"], json!("llm"));
}

#[test]
fn both_values_and_both_places_are_named() {
    let found = findings(&with(honest(), &[("/config/contextLength", json!(131_072))]), &llm());
    assert_eq!(
        found[0].message,
        "catalog claims a context length in tokens of 131072 (/config/contextLength), the file says 8192 (a.gguf llama.context_length)"
    );
    assert_eq!((&found[0].expected, &found[0].found), (&Some(json!(131_072)), &Some(json!(8192))));
}

#[test]
fn a_wrong_type_does_not_cascade() {
    let entry = json!({"id": "a", "name": "A", "path": "a", "model_type": "image",
        "config": {"base_model": "SDXL 1.0", "license": "x", "steps": 20, "checkpoint_type": "Lora"}});
    assert_eq!(codes(&findings(&entry, &llm())), ["CAT102"]);
    let corrected = on(&entry, &llm(), |case| correct(case, &entry)).unwrap();
    assert_eq!(findings(&corrected, &llm()), []);
}

#[test]
fn missing_critical_fields_are_derived() {
    let entry = json!({"id": "a", "name": "A", "path": "a", "model_type": "llm"});
    let found = findings(&entry, &llm());
    assert_eq!(codes(&found), ["CAT122"; 4]);
    assert!(found.iter().all(|finding| finding.severity == Severity::Note));
    let corrected = on(&entry, &llm(), |case| correct(case, &entry)).unwrap();
    assert_eq!(corrected["config"]["context_length"], json!(8192));
    assert_eq!(findings(&corrected, &llm()), []);
}

#[test]
fn malformed_claims_are_one_finding_each() {
    let entry = with(honest(), &[("/config/contextLength", json!("8k")), ("/config/quantization", json!(4))]);
    let found = findings(&entry, &llm());
    assert_eq!(codes(&found), ["CAT121", "CAT121"]);
    let corrected = on(&entry, &llm(), |case| correct(case, &entry)).unwrap();
    assert_eq!(findings(&corrected, &llm()), []);
}

#[test]
fn a_config_that_is_no_object_is_one_finding() {
    let entry = with(honest(), &[("/config", json!([1]))]);
    assert_eq!(codes(&findings(&entry, &llm())), ["CAT121"]);
    let corrected = on(&entry, &llm(), |case| correct(case, &entry)).unwrap();
    assert_eq!(findings(&corrected, &llm()), []);
}

#[test]
fn one_architecture_is_one_finding_however_often_it_is_claimed() {
    let entry = with(honest(), &[("/config/architecture", json!("gemma3")), ("/config/modelFamily", json!("gemma3"))]);
    assert_eq!(codes(&findings(&entry, &llm())), ["CAT104"]);
    let corrected = on(&entry, &llm(), |case| correct(case, &entry)).unwrap();
    assert_eq!(findings(&corrected, &llm()), []);
}

#[test]
fn images_are_held_against_the_file_too() {
    let entry = json!({"id": "a", "name": "A", "path": "a", "model_type": "image", "config": {
        "base_model": "Pony", "checkpointType": "LORA", "resolution": "1024x1024", "vae": "sdxl_vae.safetensors", "clip_skip": 2}});
    assert_eq!(findings(&entry, &image()), []);
    let lies = with(
        entry,
        &[
            ("/config/base_model", json!("SD 1.5")),
            ("/config/checkpointType", json!("Checkpoint")),
            ("/config/resolution", json!([512, 512])),
            ("/config/vae", json!("none")),
            ("/config/clip_skip", json!(1)),
        ],
    );
    let found = findings(&lies, &image());
    assert_eq!(codes(&found), ["CAT112", "CAT113", "CAT114", "CAT115", "CAT111"]);
    assert_eq!(found[4].severity, Severity::Error);
    let corrected = on(&lies, &image(), |case| correct(case, &lies)).unwrap();
    assert_eq!(findings(&corrected, &image()), []);
}
