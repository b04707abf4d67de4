//! The program as a user meets it: exit codes, what goes to which stream, the shape of its JSON.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn modelgate(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_modelgate");
    Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Runs, expects the exit code, and expects standard output to be one JSON document.
fn json(code: i32, arguments: &[&str]) -> Value {
    let output = modelgate(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs and expects a complaint: exit 2, nothing on standard output, a line on standard error.
fn complaint(arguments: &[&str]) -> String {
    let output = modelgate(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    let words = text(&output.stderr).to_owned();
    assert!(!words.is_empty(), "{arguments:?} fails without a word");
    words
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn temporary(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

const SOUND: &str = "test-models/tiny-llama.gguf";

#[test]
fn check_json_keeps_its_contract() {
    let report = json(0, &["check", SOUND, "--engine", "llama-cpp", "--format", "json"]);
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["verdict"], "accepted");
    assert_eq!(report["engine"], serde_json::json!({ "name": "llama-cpp", "version": "0.5.0" }));
    assert_eq!(report["model"]["path"], SOUND);
    assert_eq!(report["model"]["format"], "gguf");
    assert_eq!(report["model"]["model_type"], "llm");
    assert_eq!(report["config"]["context_length"], 256);
    for part in ["findings", "unknown"] {
        assert!(report[part].is_array(), "{part}");
    }
}

#[test]
fn every_finding_has_the_whole_shape() {
    let report = json(1, &["check", SOUND, "--engine", "transformers", "--format", "json"]);
    assert_eq!(report["verdict"], "rejected");
    let findings = report["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        assert_eq!(keys(finding), ["code", "name", "severity", "message", "expected", "found", "origin", "help"]);
        assert_eq!(keys(&finding["origin"]), ["file", "key", "offset"]);
        assert!(["error", "warning", "note"].contains(&finding["severity"].as_str().unwrap()));
    }
    assert_eq!(findings[0]["name"], "wrong-file-kind");
}

#[test]
fn text_begins_with_the_verdict() {
    let accepted = modelgate(&["check", SOUND, "--engine", "llama-cpp"]);
    assert_eq!(accepted.status.code(), Some(0));
    assert!(
        text(&accepted.stdout).starts_with("ACCEPTED  test-models/tiny-llama.gguf\n"),
        "{}",
        text(&accepted.stdout)
    );
    assert!(text(&accepted.stdout).contains("256 tokens"));
    let rejected = modelgate(&["check", SOUND, "--engine", "comfyui"]);
    assert_eq!(rejected.status.code(), Some(1));
    assert!(text(&rejected.stdout).starts_with("REJECTED"));
    assert!(text(&rejected.stdout).contains("\n  cure  "));
}

#[test]
fn inspect_json_keeps_its_contract() {
    let report = json(0, &["inspect", SOUND, "--format", "json"]);
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["model"]["format"], "gguf");
    assert!(report["config"].is_object() && report["facts"].is_object());
    let (_folder, broken) = temporary("broken.gguf", "GGUF\u{3}");
    json(1, &["inspect", broken.to_str().unwrap(), "--format", "json"]);
}

#[test]
fn the_callers_mistakes_exit_with_2_and_say_why() {
    assert!(complaint(&["check", "no/such/path", "--engine", "llama-cpp"]).contains("no/such/path"));
    assert!(complaint(&["check", SOUND, "--engine", "no-such-engine"]).contains("llama-cpp@0.5.0"));
    assert!(complaint(&["explain", "NOPE999"]).contains("NOPE999"));
    assert!(complaint(&["frobnicate"]).contains("frobnicate"));
    let empty = tempfile::tempdir().unwrap();
    assert!(complaint(&["check", empty.path().to_str().unwrap(), "--engine", "transformers"]).contains("no model"));
    assert!(complaint(&["scan", empty.path().to_str().unwrap(), "--engine", "transformers"]).contains("no model"));
}

#[test]
fn an_entry_with_a_typo_exits_with_2_and_names_the_place() {
    let (_folder, entry) = temporary("entry.json", "{\n  \"id\": \"x\",\n  \"nam\": \"X\"\n}");
    let words = complaint(&["check", SOUND, "--engine", "llama-cpp", "--entry", entry.to_str().unwrap()]);
    assert!(words.contains("line"), "{words}");
}

#[test]
fn an_entry_that_is_not_available_exits_with_2() {
    let document =
        r#"{"id":"x","name":"X","path":"a.gguf","model_type":"llm","status":{"failed":{"error":"disk full"}}}"#;
    let (_folder, entry) = temporary("entry.json", document);
    let words = complaint(&["check", SOUND, "--engine", "llama-cpp", "--entry", entry.to_str().unwrap()]);
    assert!(words.contains("disk full"), "{words}");
}

/// Models that may be there and were not looked for: a line each, and never the exit of a folder that is all right.
#[test]
fn scan_tells_what_it_did_not_look_at() {
    let home = tempfile::tempdir().unwrap();
    let deep = home.path().join("d/".repeat(18));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::copy("test-models/tiny-llama.gguf", deep.join("deep.gguf")).unwrap();
    let scan =
        |format: &str| modelgate(&["scan", home.path().to_str().unwrap(), "--engine", "llama-cpp", "--format", format]);
    for models in [0, 1] {
        let text = scan("text");
        assert_eq!(text.status.code(), Some(2), "{text:?}");
        let (out, complaint) = (String::from_utf8_lossy(&text.stdout), String::from_utf8_lossy(&text.stderr));
        assert!(out.contains("UNJUDGED") && out.contains("deeper than the limit of 16 folders"), "{out}");
        assert!(out.contains(&format!("{models} models: {models} accepted")), "{out}");
        assert!(out.contains("1 places were not searched") && complaint.contains("not searched"), "{out}{complaint}");
        let json = String::from_utf8(scan("json").stdout).unwrap();
        let last: serde_json::Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
        assert_eq!((&last["verdict"], json.lines().count()), (&"unjudged".into(), models + 1));
        std::fs::copy("test-models/tiny-llama.gguf", home.path().join("sound.gguf")).unwrap();
    }
    std::fs::write(home.path().join("broken.gguf"), "GGUF").unwrap();
    assert_eq!(scan("text").status.code(), Some(1));
}

#[test]
fn scan_has_a_line_for_every_model() {
    let output = modelgate(&["scan", "test-models", "--engine", "llama-cpp", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let accepted: Vec<_> = lines.iter().filter(|line| line["verdict"] == "accepted").collect();
    assert!(accepted.iter().any(|line| line["model"]["path"] == SOUND), "{lines:?}");
    assert!(lines.len() >= 3, "{} lines", lines.len());
    let paths: Vec<_> = lines.iter().map(|line| line["model"]["path"].as_str().unwrap().to_owned()).collect();
    assert!(paths.is_sorted(), "{paths:?}");
}

#[test]
fn explain_knows_every_code_that_it_lists() {
    let book = json(0, &["explain", "--format", "json"]);
    let codes: Vec<_> = book.as_array().unwrap().iter().map(|page| page["code"].as_str().unwrap()).collect();
    assert!(codes.len() > 30, "{} codes", codes.len());
    let page = modelgate(&["explain", codes[0]]);
    assert!(text(&page.stdout).starts_with(codes[0]));
}

#[test]
fn the_readme_shows_what_the_program_has() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let help = modelgate(&["--help"]);
    let commands = text(&help.stdout).lines().skip_while(|line| !line.starts_with("Commands")).skip(1);
    let commands: Vec<_> =
        commands.map_while(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        assert!(readme.contains(&format!("modelgate {command}")), "README.md does not name `{command}`");
    }
}

#[test]
fn render_prints_the_prompt_and_not_a_byte_more() {
    let (_folder, request) = temporary(
        "request.json",
        r#"{ "messages": [{ "role": "user", "content": "hi" }], "add_generation_prompt": true }"#,
    );
    for model in [SOUND, "test-models/tiny-llama"] {
        let output = modelgate(&["render", model, "--request", request.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n");
    }
}

#[test]
fn render_takes_a_template_and_a_clock() {
    let (_folder, request) = temporary("request.json", r#"{ "messages": [{ "role": "user", "content": "hi" }] }"#);
    let (_other, template) = temporary("t.jinja", "{{ strftime_now('%d %B %Y') }} {{ messages[0].content }}");
    let arguments = ["render", "--template", template.to_str().unwrap(), "--request", request.to_str().unwrap()];
    let output = modelgate(&[&arguments[..], &["--now", "2025-03-05T14:07:09"]].concat());
    assert_eq!(text(&output.stdout), "05 March 2025 hi");
    let report = json(0, &[&arguments[..], &["--format", "json"]].concat());
    assert!(report["text"].is_string() && report["generation_spans"].is_array());
    assert!(complaint(&[&arguments[..], &["--now", "yesterday"]].concat()).contains("yesterday"));
}

#[test]
fn render_exits_with_1_when_the_template_refuses() {
    let (_folder, request) = temporary("request.json", r#"{ "messages": [{ "role": "user", "content": "hi" }] }"#);
    let (_other, template) = temporary("t.jinja", "{{ raise_exception('no users here') }}");
    let arguments = ["render", "--template", template.to_str().unwrap(), "--request", request.to_str().unwrap()];
    let output = modelgate(&arguments);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
    assert!(text(&output.stderr).contains("no users here"), "{}", text(&output.stderr));
    let report = json(1, &[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(report["error"]["message"], "no users here");
    let (_third, bad) = temporary("bad.json", "{ \"messages\": 7 }");
    complaint(&["render", SOUND, "--request", bad.to_str().unwrap()]);
}
