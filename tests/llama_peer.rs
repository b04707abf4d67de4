//! The real llama.cpp as a peer: it loads every GGUF case of `test-models/cases`, and the profile must have said so.
//!
//! `npm install node-llama-cpp@3.22.1` in some folder, then
//! `MODELGATE_LLAMA=that/folder cargo test --test llama_peer -- --ignored --nocapture`.

#![allow(clippy::disallowed_methods, reason = "the test writes the files that it judges")]

mod common;

use common::recipe::recipes;
use modelgate::diagnostic::Severity;
use modelgate::{Gate, Verdict};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Loads one file and says how that went; a file that kills the engine leaves it silent.
const SCRIPT: &str = r#"
const {getLlama} = await import(process.argv[3]);
const llama = await getLlama({gpu: false, build: "never", logLevel: "error"});
try { await llama.loadModel({modelPath: process.argv[2]}); console.log("LOADED"); }
catch (error) { console.log("REFUSED", error.message); }
process.exit(0);
"#;

/// How many cases are GGUF files at least.
const CASES: usize = 8;

#[test]
#[ignore = "needs node and MODELGATE_LLAMA, a folder with node-llama-cpp"]
fn the_real_engine_says_the_same() {
    let Some(home) = std::env::var_os("MODELGATE_LLAMA").map(PathBuf::from) else {
        println!("skipped: MODELGATE_LLAMA is not set");
        return;
    };
    let room = tempfile::tempdir().unwrap();
    let script = room.path().join("load.mjs");
    std::fs::write(&script, SCRIPT).unwrap();
    let module = home.join("node_modules/node-llama-cpp/dist/index.js");
    let mut seen = 0;
    let mut differing = Vec::new();
    for (name, recipe) in recipes() {
        let path = recipe.build().write(&room.path().join(&name));
        if path.extension().is_none_or(|ending| ending != "gguf") {
            continue;
        }
        seen += 1;
        let engine = engine(&script, &module, &path);
        let gate = loads(&Gate::for_engine("llama-cpp").unwrap().check(&path).unwrap());
        println!("{name}: engine {engine:?}, gate {}", if gate { "loads" } else { "does not load" });
        if engine.starts_with("LOADED") != gate {
            differing.push(name);
        }
    }
    assert!(seen >= CASES, "only {seen} cases were seen");
    assert!(differing.is_empty(), "the engine says otherwise: {differing:?}");
}

/// What the engine says, in its own process: nothing where it died.
fn engine(script: &Path, module: &Path, model: &Path) -> String {
    let run = Command::new("node").args([script, model, module]).output();
    let words = String::from_utf8_lossy(&run.expect("node").stdout).into_owned();
    words.lines().find(|line| line.starts_with("LOADED") || line.starts_with("REFUSED")).unwrap_or_default().to_owned()
}

/// Whether the profile says that the engine loads it: what else is wrong with a model does not count here.
fn loads(verdict: &Verdict) -> bool {
    let errors = verdict.judgement().findings.iter().filter(|finding| finding.severity == Severity::Error);
    let of_the_load = |code: &str| ["FILE", "GGUF", "LCPP"].iter().any(|family| code.starts_with(family));
    !errors.into_iter().any(|finding| of_the_load(finding.cause.code.0))
}
