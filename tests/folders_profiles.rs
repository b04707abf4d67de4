//! What vLLM, TGI and mistral.rs make of real folders' configs, and the tables against the facts that they were made of.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test"
)]

use modelgate::Gate;
use modelgate::derive::folder::{class, quantization, role};
use modelgate::engine::{candle, mistralrs, tgi, vllm};
use serde_json::Value;
use std::path::PathBuf;

fn root() -> Option<PathBuf> {
    let root = std::env::var_os("MODELGATE_CORPUS");
    if root.is_none() {
        println!("skipped: MODELGATE_CORPUS is not set");
    }
    root.map(PathBuf::from)
}

fn facts(name: &str) -> Option<Value> {
    let path = root()?.join("facts/transformers").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn engines_know_what_they_know() {
    let Some(root) = root() else { return };
    let corpus = root.join("corpus/hf-folders");
    let text = std::fs::read_to_string(corpus.join("expected.jsonl")).unwrap();
    let (mut seen, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let name = case["name"].as_str().unwrap();
        let questions = [
            ("vllm", "vllm_generates", &["VLLM101", "VLLM102", "VLLM103", "VLLM104", "VLLM105"][..]),
            ("tgi", "tgi_known", &["TGIN101", "TGIN102", "TGIN103"][..]),
            ("mistralrs", "mistralrs_known", &["MSRS101"][..]),
        ];
        for (engine, key, codes) in questions {
            let Some(expected) = case.get(key).and_then(Value::as_bool) else { continue };
            let verdict = Gate::for_engine(engine).unwrap().check(corpus.join("folders").join(name)).unwrap();
            let found = &verdict.judgement().findings;
            let refused = found.iter().find(|finding| codes.contains(&finding.cause.code.0));
            seen += 1;
            if refused.is_none() != expected {
                wrong.push(format!("{name}: {key} {expected}, found {:?}", refused.map(|finding| &finding.message)));
            }
        }
    }
    println!("{} of {seen} right", seen - wrong.len());
    wrong.iter().take(20).for_each(|line| println!("    {line}"));
    assert!(seen >= 400, "only {seen} questions");
    assert!(wrong.is_empty());
}

#[test]
fn model_types_are_all_there() {
    let Some(facts) = facts("model_types") else { return };
    let map = facts["map"].as_object().unwrap();
    assert!(map.len() >= 800);
    for (model_type, class) in map {
        let found = class::Class::of(model_type).map(|class| class.name);
        assert_eq!(found, class.as_str(), "{model_type}");
    }
}

#[test]
fn roles_and_generators_are_all_there() {
    let Some(facts) = facts("architecture_roles") else { return };
    for (name, tasks) in facts["map"].as_object().unwrap() {
        assert_eq!(serde_json::json!(role::tasks(name)), *tasks, "{name}");
    }
    for (file, kind) in [("causal_lm_architectures", "causal"), ("image_text_architectures", "image-text")] {
        for (model_type, classes) in self::facts(file).unwrap()["map"].as_object().unwrap() {
            assert_eq!(role::generator(model_type, kind), classes[0].as_str(), "{model_type}");
        }
    }
}

#[test]
fn other_spellings_are_all_there() {
    let Some(facts) = facts("config_aliases") else { return };
    for (model_type, pairs) in facts["map"].as_object().unwrap() {
        let class = class::Class::of(model_type).unwrap();
        for (other, field) in pairs.as_object().unwrap() {
            assert_eq!(Some(class.field(other)), field.as_str(), "{model_type} {other}");
        }
    }
}

#[test]
fn quantization_methods_are_all_there() {
    let Some(facts) = facts("quantization_methods") else { return };
    for method in facts["methods"].as_object().unwrap().keys() {
        assert!(quantization::METHODS.contains(method), "{method}");
    }
    for method in facts["vllm_0_33_0"].as_array().unwrap() {
        assert!(vllm::quantization::METHODS.contains(&method.as_str().unwrap()), "{method}");
    }
}

#[test]
fn registries_are_all_there() {
    let Some(facts) = facts("vllm_architectures") else { return };
    for (name, tables) in facts["map"].as_object().unwrap() {
        let found = vllm::architecture::ARCHITECTURES.fields(name).next().unwrap();
        assert_eq!(serde_json::json!(found.split(' ').collect::<Vec<_>>()), *tables, "{name}");
    }
    for model_type in self::facts("tgi_model_types").unwrap()["model_types"].as_object().unwrap().keys() {
        assert!(tgi::model_type::TYPES.contains(&model_type.as_str()), "{model_type}");
    }
    let mistralrs = self::facts("mistralrs_architectures").unwrap();
    for kind in ["normal", "multimodal"] {
        for name in mistralrs[kind].as_object().unwrap().keys() {
            assert!(mistralrs::architecture::ARCHITECTURES.contains(&name.as_str()), "{name}");
        }
    }
    let candle = self::facts("candle_modules").unwrap();
    for (module, fields) in candle["config_fields"].as_object().unwrap() {
        if let Some(needed) = candle::module::MODULES.row(module) {
            let needed: Vec<&str> = needed.split(' ').filter(|field| *field != "-").collect();
            assert_eq!(serde_json::json!(needed), fields["required"], "{module}");
        }
    }
}
