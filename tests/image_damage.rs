//! Damaged and misused files: each refused with its cause, for both engines.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests write files, and a fault of theirs fails the test"
)]

mod image_support;

use image_support::{listing, pickle, safetensors};
use modelgate::Gate;
use modelgate::rules::Role;
use modelgate::verdict::Verdict;
use serde_json::{Map, Value, json};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

/// Cases whose verdict and cause must both be right, for each engine.
const FLOOR: usize = 48;

#[test]
fn every_damage_is_refused_with_its_cause() {
    let Some(corpus) = image_support::corpus() else { return };
    let text = fs::read_to_string(corpus.join("damage.jsonl")).expect("the corpus file");
    let cases: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("sound JSON")).collect();
    assert_eq!(cases.len(), 24, "the corpus has 24 damaged files");
    let root = std::env::temp_dir().join(format!("modelgate-damage-{}", std::process::id()));
    let mut right = 0;
    for case in &cases {
        let id = case["id"].as_str().expect("an id");
        let folder = root.join(id);
        fs::create_dir_all(&folder).expect("a folder");
        let path = build(&corpus, case, &folder);
        for engine in ["stable-diffusion", "comfyui"] {
            let verdict = gate(engine, case["role"].as_str().unwrap_or("model")).check(&path).expect("a verdict");
            let expected = &case["expected"]["workers"][engine];
            match wrong(&verdict, expected) {
                None => right += 1,
                Some(why) => println!("{id} for {engine}: {why}"),
            }
        }
    }
    let _ = fs::remove_dir_all(&root);
    println!("{right} of {} verdicts with their causes", cases.len() * 2);
    assert!(right >= FLOOR, "{right} right, expected {FLOOR} at least");
}

/// Damage of the same kinds to models that are described and not named.
#[test]
fn every_mishap_is_refused_with_its_cause() {
    let Some(corpus) = image_support::corpus() else { return };
    let expected = image_support::read_json(&corpus.join("expected.json"));
    let cases: Vec<Value> = include_str!("image_families/mishaps.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("sound JSON"))
        .collect();
    assert!(cases.len() >= 38, "{} mishaps", cases.len());
    let root = tempfile::tempdir().expect("a folder");
    let mut wrongs = Vec::new();
    for (at, case) in cases.into_iter().enumerate() {
        let mut case = case;
        case["base"] = json!(image_support::like(&expected, &case["like"]));
        let folder = root.path().join(at.to_string());
        fs::create_dir_all(&folder).expect("a folder");
        let path = build(&corpus, &case, &folder);
        let verdict = if case["accepts"] == true { "accept" } else { "reject" };
        let wanted = json!({ "verdict": verdict, "cause": case["cause"] });
        for engine in ["stable-diffusion", "comfyui"] {
            let found = gate(engine, case["role"].as_str().expect("a role")).check(&path).expect("a verdict");
            wrongs.extend(wrong(&found, &wanted).map(|why| format!("{} for {engine}: {why}", case["id"])));
        }
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

fn gate(engine: &str, role: &str) -> Gate {
    let gate = Gate::for_engine(engine).expect("a profile");
    let role = role.split('+').next().unwrap_or(role);
    match role.split_once('@') {
        Some((role, family)) => gate.in_role(Role::from_word(role).expect("a role")).beside(family).expect("a family"),
        None => gate.in_role(Role::from_word(role).expect("a role")),
    }
}

fn wrong(verdict: &Verdict, expected: &Value) -> Option<String> {
    let accepts = expected["verdict"].as_str().is_some_and(|word| word.starts_with("accept"));
    let findings = &verdict.judgement().findings;
    let found: Vec<_> = findings.iter().map(|finding| format!("{}: {}", finding.cause.name, finding.message)).collect();
    if verdict.is_accepted() != accepts {
        return Some(format!("expected {}, found {found:?}", expected["verdict"]));
    }
    let cause = expected["cause"].as_str()?;
    let carried = findings.iter().any(|finding| {
        finding.cause.name.contains(cause) || finding.message.contains(cause) || finding.help.contains(cause)
    });
    (!carried).then(|| format!("expected the cause {cause}, found {found:?}"))
}

/// Applies the edits of the listing, writes the file, then applies those of its bytes.
fn build(corpus: &Path, case: &Value, folder: &Path) -> PathBuf {
    let edits: Vec<&Value> = case["edit"].as_array().expect("edits").iter().collect();
    if let Some(edit) = edits.iter().find(|edit| edit["op"] == "folder") {
        return build_folder(corpus, edit, folder);
    }
    let mut model = listing(corpus, case["base"].as_str().expect("a base"));
    for edit in &edits {
        edit_listing(&mut model, edit);
    }
    if edits.iter().any(|edit| edit["op"] == "gguf_llm") {
        let path = folder.join("tiny-llama.Q4_K_M.gguf");
        image_support::gguf::write(&small_llama(), &path);
        return path;
    }
    let path = if edits.iter().any(|edit| edit["op"] == "container" && edit["to"] == "pickle") {
        let path = folder.join(model["file_name"].as_str().expect("a name"));
        pickle::write(&model, &path);
        path
    } else if edits.iter().any(|edit| matches!(edit["op"].as_str(), Some("declare_dtype" | "declare_offsets"))) {
        write_lying(&model, &edits, folder)
    } else {
        image_support::rebuild(&model, folder)
    };
    for edit in &edits {
        edit_bytes(&path, edit);
    }
    path
}

fn edit_listing(model: &mut Value, edit: &Value) {
    let text = |key: &str| edit[key].as_str().unwrap_or_default().to_owned();
    match edit["op"].as_str().expect("an operation") {
        "rename" => rebuild_tensors(model, |name, tensor| {
            let name = if *name == text("from") { text("to") } else { name.to_owned() };
            Some((name, tensor.clone()))
        }),
        "drop" => {
            let pattern = text("match");
            let start = pattern.trim_start_matches('^').replace("\\.", ".");
            rebuild_tensors(model, |name, tensor| {
                (!name.starts_with(&start)).then(|| (name.to_owned(), tensor.clone()))
            });
        }
        "reshape" => model["tensors"][text("name")][1] = edit["shape"].clone(),
        "add" => model["tensors"][text("name")] = json!([edit["dtype"], edit["shape"]]),
        "metadata" => {
            for (key, value) in edit["set"].as_object().expect("metadata") {
                model["metadata"][key] = value.clone();
            }
        }
        "file_name" => model["file_name"] = edit["to"].clone(),
        _ => {}
    }
}

fn rebuild_tensors(model: &mut Value, change: impl Fn(&str, &Value) -> Option<(String, Value)>) {
    let tensors = model["tensors"].as_object().expect("tensors");
    let changed: Map<String, Value> = tensors.iter().filter_map(|(name, tensor)| change(name, tensor)).collect();
    model["tensors"] = Value::Object(changed);
}

/// Changes what the header says; the data stays.
fn write_lying(model: &Value, edits: &[&Value], folder: &Path) -> PathBuf {
    let (mut header, data) = safetensors::header(model);
    for edit in edits {
        let name = edit["name"].as_str().unwrap_or_default().to_owned();
        match edit["op"].as_str() {
            Some("declare_dtype") => header[&name]["dtype"] = edit["dtype"].clone(),
            Some("declare_offsets") => {
                let other = header[edit["same_as"].as_str().expect("a name")]["data_offsets"].clone();
                header[&name]["data_offsets"] = other;
            }
            _ => {}
        }
    }
    let path = folder.join(model["file_name"].as_str().expect("a name"));
    safetensors::write_header(&path, &header, data);
    path
}

fn edit_bytes(path: &Path, edit: &Value) {
    let length = fs::metadata(path).expect("a file").len();
    let resize =
        |length: u64| OpenOptions::new().write(true).open(path).expect("a file").set_len(length).expect("a length");
    match edit["op"].as_str().expect("an operation") {
        "truncate_end" => match edit["bytes"].as_u64() {
            Some(bytes) => resize(length - bytes),
            None => resize(length / 2),
        },
        "truncate_to" => resize(edit["bytes"].as_u64().expect("a length")),
        "extend" => resize(length + edit["bytes"].as_u64().expect("a length")),
        "header_len" => {
            use std::io::{Seek, SeekFrom, Write};
            let mut file = OpenOptions::new().write(true).open(path).expect("a file");
            file.seek(SeekFrom::Start(0)).expect("a seek");
            file.write_all(&edit["value"].as_u64().expect("a value").to_le_bytes()).expect("space");
        }
        "text" => fs::write(path, words(edit["kind"].as_str().expect("a kind"))).expect("a file"),
        _ => {}
    }
}

fn words(kind: &str) -> &'static str {
    match kind {
        "lfs" => "version https://git-lfs.github.com/spec/v1\noid sha256:0f\nsize 6938040400\n",
        "html" => "<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n",
        "json_error" => "{\"error\":\"Repository not found\"}",
        _ => "",
    }
}

fn build_folder(corpus: &Path, edit: &Value, folder: &Path) -> PathBuf {
    for (name, content) in edit["files"].as_object().expect("files") {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        match content.as_str() {
            Some(id) => safetensors::write(&listing(corpus, id), &path),
            None => serde_json::to_writer(File::create(&path).expect("a file"), content).expect("space"),
        }
    }
    folder.to_path_buf()
}

fn small_llama() -> Value {
    json!({
        "metadata": { "general.architecture": "llama", "general.name": "tiny", "llama.block_count": 1, "llama.context_length": 128 },
        "tensors": {
            "token_embd.weight": ["F16", [64, 32]],
            "blk.0.attn_q.weight": ["F16", [32, 32]],
            "blk.0.attn_k.weight": ["F16", [32, 32]],
            "output_norm.weight": ["F32", [32]]
        }
    })
}
