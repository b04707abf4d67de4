//! Schemas and TypeScript types against what is really written and read.

#![cfg(feature = "schema")]

mod common;

use common::recipe::recipes;
use common::schema::breaches;
use modelgate::engine::PROFILES;
use modelgate::report::shape::{CheckReport, InspectReport};
use modelgate::{Gate, Limits, ModelEntry, inspect, report};
use serde_json::{Value, json};
use std::path::Path;

fn schema(name: &str) -> Value {
    report::schema_of(name).unwrap_or_else(|| panic!("no schema {name}"))
}

fn valid(schema: &Value, document: &Value, what: &str) {
    assert_eq!(breaches(schema, document), Vec::<String>::new(), "{what}: {document:#}");
}

#[test]
fn every_report_has_the_published_shape() {
    let (check, looked) = (schema("check-report"), schema("inspect-report"));
    let folder = tempfile::tempdir().unwrap();
    let recipes = recipes();
    assert!(recipes.len() > 30, "only {} cases were seen", recipes.len());
    for (name, recipe) in recipes {
        let path = recipe.build().write(&folder.path().join(&name));
        for profile in PROFILES {
            let written = report::check_json(&Gate::with_profile(profile).check(&path).unwrap());
            let read: CheckReport = serde_json::from_value(written.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(serde_json::to_value(read).unwrap(), written, "{name}");
            valid(&check, &written, &name);
        }
        let written = report::inspect_json(&inspect::inspect(&path, &Limits::default()).unwrap());
        serde_json::from_value::<InspectReport>(written.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
        valid(&looked, &written, &name);
    }
}

#[test]
fn entries_have_the_published_shape() {
    let (entry, llm, image) = (schema("entry"), schema("llm-config"), schema("image-config"));
    let derived = ModelEntry::from_path("test-models/tiny-llama.gguf", &Limits::default()).unwrap();
    valid(&entry, &serde_json::to_value(&derived).unwrap(), "derived");
    valid(&llm, &derived.config, "derived config");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/catalog");
    let read = |name: &str| serde_json::from_slice::<Value>(&std::fs::read(fixtures.join(name)).unwrap()).unwrap();
    let pictures = ModelEntry::from_civitai(&read("civitai-model.json")).unwrap();
    valid(&image, &pictures.config, "imported");
    let params = serde_json::to_value(pictures.model_config().unwrap().inference_params()).unwrap();
    valid(&schema("inference-params"), &params, "parameters");
    for (pointer, wrong) in [("/size", json!("big")), ("/model_type", json!("text")), ("/status", json!("gone"))] {
        let mut broken = serde_json::to_value(&derived).unwrap();
        *broken.pointer_mut(pointer).unwrap() = wrong;
        assert!(!breaches(&entry, &broken).is_empty(), "{pointer}");
    }
}

#[test]
fn every_schema_names_itself() {
    let all = report::schemas();
    assert_eq!(all.as_object().unwrap().len(), report::schema_names().count());
    for name in report::schema_names() {
        assert!(all[name]["title"].is_string() && all[name]["$schema"].is_string(), "{name}");
    }
}

#[cfg(feature = "wasm")]
#[test]
fn typescript_declarations_are_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/types/modelgate.d.ts");
    let made = report::typescript();
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != made && std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::write(&path, &made).unwrap();
        return;
    }
    assert!(kept == made, "docs/types/modelgate.d.ts is stale: run the test with UPDATE_TYPES=1");
}
