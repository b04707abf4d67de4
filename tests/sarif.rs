//! SARIF logs against the format's own schema (`fixtures/sarif-schema-2.1.0.json`, by OASIS).

mod common;

use common::recipe::recipes;
use common::schema::breaches;
use modelgate::engine::PROFILES;
use modelgate::{Gate, Limits, ModelEntry, Verdict, report};
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(include_str!("fixtures/sarif-schema-2.1.0.json")).unwrap()
}

#[test]
fn every_report_is_valid() {
    let (schema, folder, mut results) = (schema(), tempfile::tempdir().unwrap(), 0);
    let recipes = recipes();
    assert!(recipes.len() > 30, "only {} cases were seen", recipes.len());
    for (name, recipe) in recipes {
        let path = recipe.build().write(&folder.path().join(&name));
        let verdicts: Vec<Verdict> =
            PROFILES.iter().map(|profile| Gate::with_profile(profile).check(&path).unwrap()).collect();
        let log = report::check_sarif(&verdicts.iter().collect::<Vec<_>>());
        assert_eq!(breaches(&schema, &log), Vec::<String>::new(), "{name}: {log:#}");
        results += log["runs"][0]["results"].as_array().unwrap().len();
    }
    assert!(results > 100, "only {results} results");
}

#[test]
fn the_validator_finds_breaches() {
    let log = report::check_sarif(&[]);
    assert_eq!(breaches(&schema(), &log), Vec::<String>::new());
    for (pointer, value) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/tool/driver", json!({})),
        ("/runs/0/results", json!([{ "message": { "text": "x" }, "level": "fatal" }])),
        ("/runs/0/results", json!([{ "message": { "text": "x" }, "strange": 1 }])),
        ("/runs/0/results", json!([{ "message": {} }])),
    ] {
        let mut broken = log.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        assert!(!breaches(&schema(), &broken).is_empty(), "{pointer}");
    }
}

#[test]
fn a_result_carries_place_values_cure_and_correction() {
    let path = "test-models/tiny-llama.gguf";
    let mut entry = ModelEntry::from_path(path, &Limits::default()).unwrap();
    entry.config["context_length"] = json!(4096);
    let verdict = Gate::for_engine("llama-cpp").unwrap().against(&entry).check(path).unwrap();
    let log = report::check_sarif(&[&verdict]);
    assert_eq!(breaches(&schema(), &log), Vec::<String>::new());
    let run = &log["runs"][0];
    let result = run["results"].as_array().unwrap().iter().find(|result| result["ruleId"] == "CAT101").unwrap();
    let place = &result["locations"][0];
    assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], path);
    assert!(place["physicalLocation"]["region"]["byteOffset"].is_u64());
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "llama.context_length");
    let properties = &result["properties"];
    assert_eq!((&properties["expected"], &properties["found"]), (&json!(4096), &json!(256)));
    assert_eq!(properties["fix"], json!({ "pointer": "/config/context_length", "value": 256 }));
    let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], "CAT101");
    assert_eq!(run["artifacts"][0]["location"]["uri"], path);
}
