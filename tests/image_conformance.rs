//! Every header listing of the corpus against the expected identification and verdicts.

#![allow(
    dead_code,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test's helpers: a fault of theirs fails the test"
)]

mod image_support;

use modelgate::Gate;
use modelgate::verdict::Verdict;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Fields of the identification, and how many agreements each must have at least.
const FIELDS: [(&str, usize); 14] = [
    ("type", 114),
    ("family", 113),
    ("base_model", 113),
    ("base_candidates", 102),
    ("variant", 15),
    ("components", 114),
    ("prediction", 54),
    ("resolution", 54),
    ("clip_skip", 20),
    ("latent_channels", 60),
    ("format", 113),
    ("precision", 10),
    ("trigger_words", 4),
    ("text_encoder", 7),
];

#[derive(Default)]
struct Table {
    rows: BTreeMap<String, (usize, usize)>,
    wrong: Vec<String>,
}

impl Table {
    fn count(&mut self, field: &str, right: bool, words: impl FnOnce() -> String) {
        let row = self.rows.entry(field.to_owned()).or_default();
        row.1 += 1;
        if right {
            row.0 += 1;
        } else {
            self.wrong.push(format!("{field}: {}", words()));
        }
    }

    fn print(&self) {
        for (field, (right, all)) in &self.rows {
            println!("{field:32} {right:4} of {all}");
        }
        for wrong in &self.wrong {
            println!("  {wrong}");
        }
    }
}

#[test]
fn every_listing_is_identified_and_judged() {
    let Some(corpus) = image_support::corpus() else { return };
    let expected = image_support::read_json(&corpus.join("expected.json"));
    let cases = expected.as_object().expect("cases");
    assert_eq!(cases.len(), 114, "the corpus has 114 listings");
    let mut table = Table::default();
    let root = std::env::temp_dir().join(format!("modelgate-image-{}", std::process::id()));
    let mut total = std::time::Duration::ZERO;
    let mut slowest = (std::time::Duration::ZERO, String::new());
    for (id, case) in cases {
        let folder = root.join(id);
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = image_support::rebuild(&image_support::listing(&corpus, id), &folder);
        let start = std::time::Instant::now();
        let verdict = Gate::for_engine("stable-diffusion").expect("a profile").check(&path).expect("a verdict");
        let took = start.elapsed();
        total += took;
        if took > slowest.0 {
            slowest = (took, id.clone());
        }
        identification(&mut table, id, &case["expected"], &verdict);
        engine(&mut table, id, &case["expected"], "stable-diffusion", &verdict);
        let verdict = Gate::for_engine("comfyui").expect("a profile").check(&path).expect("a verdict");
        engine(&mut table, id, &case["expected"], "comfyui", &verdict);
    }
    let _ = std::fs::remove_dir_all(&root);
    println!("all {} headers to verdicts: {total:?}, the slowest {slowest:?}", cases.len());
    table.print();
    let engines: [(&str, usize); 8] = [
        ("comfyui needs", 38),
        ("comfyui verdict", 105),
        ("stable-diffusion crash", 5),
        ("stable-diffusion load_as", 20),
        ("stable-diffusion loads and is wrong", 7),
        ("stable-diffusion needs", 20),
        ("stable-diffusion needs_at_load", 20),
        ("stable-diffusion verdict", 105),
    ];
    for (field, floor) in FIELDS.into_iter().chain(engines) {
        let right = table.rows.get(field).map_or(0, |row| row.0);
        assert!(right >= floor, "{field}: {right} agree, expected {floor} at least");
    }
}

/// The engine's bases, and what the listings that stand for them are.
fn bases() -> [(&'static str, Value); 5] {
    let whole = json!({ "unet": true, "vae": true, "text_encoder": true });
    [
        ("lora@qwen-image", json!({ "type": "Checkpoint", "family": "qwen-image", "format": "native-dit" })),
        ("lora@sd1", json!({ "type": "Checkpoint", "family": "sd1", "variant": null, "components": whole })),
        ("lora@sdxl", json!({ "type": "Checkpoint", "family": "sdxl", "variant": null, "components": whole })),
        ("lora@wan", json!({ "type": "Checkpoint", "base_model": "Wan Video 14B t2v", "variant": null })),
        ("lora@wan1.3", json!({ "type": "Checkpoint", "base_model": "Wan Video 1.3B t2v", "variant": null })),
    ]
}

/// Counts that must agree, of those that the engine gave for these bases.
const APPLIED: usize = 55;

#[test]
fn adapters_apply_as_in_the_engine() {
    let Some(corpus) = image_support::corpus() else { return };
    let expected = image_support::read_json(&corpus.join("expected.json"));
    let root = tempfile::tempdir().expect("a folder");
    let place = |id: &str| {
        let folder = root.path().join(id);
        std::fs::create_dir_all(&folder).expect("a folder");
        image_support::rebuild(&image_support::listing(&corpus, id), &folder)
    };
    let (mut right, mut all) = (0, 0);
    for (role, description) in bases() {
        let base = image_support::like(&expected, &description);
        let gate = Gate::for_engine("comfyui").expect("a profile").beside(place(&base)).expect("a base");
        for (id, case) in expected.as_object().expect("cases") {
            let engine = &case["oracles"]["sd.cpp-run"]["as_companion"][role]["lora"];
            // Names that the engine does not know find nothing in it; by name they would.
            let unknown =
                ["lora-control", "lora-peft", "lora-xlabs"].map(|format| case["expected"]["format"] == format);
            let Some(applied) = engine["applied"].as_u64().filter(|_| !unknown.contains(&true)) else { continue };
            let verdict = gate.check(place(id)).expect("a verdict");
            let found = verdict.judgement().findings.iter().find_map(|finding| named_tensors(&finding.message));
            all += 1;
            if found == Some(applied) {
                right += 1;
            } else {
                println!("{id} on {base}: the engine applies {applied} of {}, found {found:?}", engine["tensors"]);
            }
        }
    }
    println!("{right} of {all} counts of applied tensors agree");
    assert!(right >= APPLIED, "{right} agree, expected {APPLIED} at least");
}

/// `504 of 792 tensors ..` in a message.
fn named_tensors(message: &str) -> Option<u64> {
    let (before, _) = message.split_once(" tensors")?;
    let mut words = before.rsplit(' ').skip(2);
    words.next()?.parse().ok()
}

fn identification(table: &mut Table, id: &str, expected: &Value, verdict: &Verdict) {
    let identity = verdict.judgement().derived.image.as_deref();
    let found = serde_json::to_value(identity).expect("JSON");
    for (field, _) in FIELDS {
        let key = if field == "base_candidates" { "base_model" } else { field };
        let (expected_value, found_value) = (&expected[key], &found[key]);
        if expected_value.is_null() && !matches!(field, "family" | "base_model") {
            continue;
        }
        let right = match field {
            "base_candidates" => expected["base_model_candidates"]
                .as_array()
                .is_none_or(|all| all.contains(found_value) || (all.is_empty() && found_value.is_null())),
            "components" => {
                expected_value.as_object().expect("parts").iter().all(|(part, has)| found_value[part] == *has)
            }
            _ => expected_value == found_value,
        };
        table.count(field, right, || format!("{id}: expected {expected_value}, found {found_value}"));
    }
}

fn engine(table: &mut Table, id: &str, expected: &Value, worker: &str, verdict: &Verdict) {
    let expected = &expected["workers"][worker];
    let Some(word) = expected["verdict"].as_str() else { return };
    let found = answer(verdict);
    table.count(&format!("{worker} verdict"), found == word, || {
        let codes: Vec<_> = verdict.judgement().findings.iter().map(|finding| &finding.message).collect();
        format!("{id}: expected {word} ({}), found {found}: {codes:?}", expected["reason"])
    });
    if let Some(way) = expected["load_as"].as_str().filter(|_| word != "reject") {
        let found = named(verdict, "load-as");
        table.count(&format!("{worker} load_as"), found == Some(json!(way)), || format!("{id}: {found:?}"));
    }
    if expected["crash"] == true {
        let dies = verdict.judgement().findings.iter().any(|finding| finding.cause.name == "engine-dies");
        table.count(&format!("{worker} crash"), dies, || format!("{id}: the engine dies"));
    }
    if word == "reject" && expected["engine_loads"] == true {
        let wrong = ["adapter-names-not-read", "part-not-read", "quantization-not-read"];
        let named = verdict.judgement().findings.iter().any(|finding| wrong.contains(&finding.cause.name));
        table.count(&format!("{worker} loads and is wrong"), named, || format!("{id}: the engine loads it"));
    }
    for (key, name) in [("needs", "needs-companions"), ("needs_at_load", "needs-at-load")] {
        let Some(needs) = expected[key].as_array().filter(|_| word == "accept-with-companions") else { continue };
        let found = named(verdict, name);
        let found = found.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        table.count(&format!("{worker} {key}"), same(needs, &found), || {
            format!("{id}: expected {needs:?}, found {found:?}")
        });
    }
}

fn same(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().all(|value| right.contains(value))
}

fn named(verdict: &Verdict, name: &str) -> Option<Value> {
    let finding = verdict.judgement().findings.iter().find(|finding| finding.cause.name == name)?;
    finding.expected.clone()
}

fn answer(verdict: &Verdict) -> &'static str {
    let has = |name: &str| verdict.judgement().findings.iter().any(|finding| finding.cause.name == name);
    match verdict.is_accepted() {
        false => "reject",
        true if has("companion") => "accept-as-companion",
        true if has("needs-companions") => "accept-with-companions",
        true => "accept",
    }
}
