//! Verdicts on real and damaged folders, against what transformers 5.23 did with them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test"
)]

use modelgate::diagnostic::{Diagnostic, Severity};
use modelgate::{Gate, Verdict};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("MODELGATE_CORPUS");
    if root.is_none() {
        println!("skipped: MODELGATE_CORPUS is not set");
    }
    root.map(|root| PathBuf::from(root).join("corpus/hf-folders"))
}

fn lines(path: PathBuf) -> Vec<Value> {
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn check(path: &Path) -> Verdict {
    Gate::for_engine("transformers").unwrap().check(path).unwrap()
}

fn findings(verdict: &Verdict) -> &[Diagnostic] {
    &verdict.judgement().findings
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    let errors = findings(verdict).iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.cause.code.0).collect()
}

/// Whether the config alone refuses the folder: these folders have no weights, and some no tokenizer.
fn refused_by_config(verdict: &Verdict) -> bool {
    let of_config = ["BNDL101", "BNDL102", "JSON", "TRFM101", "TRFM102", "TRFM103", "TRFM104", "TRFM105", "TRFM106"];
    let more = ["TRFM107", "TRFM108", "TRFM118", "TRFM119"];
    let config =
        |finding: &&Diagnostic| finding.origin.file.as_deref().is_none_or(|file| file.ends_with("config.json"));
    let mut errors = findings(verdict).iter().filter(|finding| finding.severity == Severity::Error).filter(config);
    errors.any(|finding| of_config.iter().chain(&more).any(|code| finding.cause.code.0.starts_with(code)))
}

struct Score {
    name: &'static str,
    seen: usize,
    wrong: Vec<String>,
}

impl Score {
    fn new(name: &'static str) -> Self {
        Self { name, seen: 0, wrong: Vec::new() }
    }

    fn count(&mut self, right: bool, words: impl FnOnce() -> String) {
        self.seen += 1;
        if !right {
            self.wrong.push(words());
        }
    }

    /// Prints the score and fails below the floor.
    fn close(self, at_least: usize, allowed: usize) {
        println!("{}: {} of {} right", self.name, self.seen - self.wrong.len(), self.seen);
        self.wrong.iter().take(40).for_each(|line| println!("    {line}"));
        assert!(self.seen >= at_least, "{}: only {} cases", self.name, self.seen);
        assert!(self.wrong.len() <= allowed, "{}: {} disagree, {allowed} may", self.name, self.wrong.len());
    }
}

#[test]
fn configs_are_taken_as_transformers_takes_them() {
    let Some(corpus) = corpus() else { return };
    let mut score = Score::new("config-level verdicts");
    for case in lines(corpus.join("expected.jsonl")) {
        let name = case["name"].as_str().unwrap();
        let verdict = check(&corpus.join("folders").join(name));
        let refused = refused_by_config(&verdict);
        let expected = case["autoconfig"] == "error";
        score.count(refused == expected, || {
            format!("{name}: transformers says {}, found {:?}", case["autoconfig"], codes(&verdict))
        });
    }
    score.close(230, 0);
}

#[test]
fn complete_folders_are_accepted() {
    let Some(corpus) = corpus() else { return };
    let mut score = Score::new("complete folders");
    for case in lines(corpus.join("complete/expected.jsonl")) {
        let name = case["name"].as_str().unwrap();
        let verdict = check(&corpus.join("complete/folders").join(name));
        let warned = findings(&verdict).iter().any(|finding| finding.severity == Severity::Warning);
        let judged = verdict.judgement().unknown.is_empty();
        score.count(verdict.is_accepted() && !warned && judged, || words(name, &verdict));
    }
    score.close(41, 0);
}

#[test]
fn damaged_twins_are_judged() {
    let Some(corpus) = corpus() else { return };
    let mut score = Score::new("damaged twins");
    for case in lines(corpus.join("complete/damaged.jsonl")) {
        let name = case["case"].as_str().unwrap();
        let verdict = check(&corpus.join("complete/damaged").join(name));
        let warned = findings(&verdict).iter().any(|finding| finding.severity == Severity::Warning);
        let right = match case["verdict"].as_str().unwrap() {
            "reject" => !verdict.is_accepted(),
            "accept with warning" => verdict.is_accepted() && warned,
            _ => verdict.is_accepted(),
        };
        score.count(right, || format!("{} wanted {}", words(name, &verdict), case["verdict"]));
    }
    score.close(41, 0);
}

/// Cases that are harmless by design, or that this gate may only warn of.
static HARMLESS: [&str; 8] = [
    "architecture_unknown_type_llama",
    "baseline",
    "crlf_config",
    "float_tag_config",
    "missing_lm_head_tied",
    "nan_inf_config",
    "stray_shard_not_in_index",
    "template_in_jinja_and_config",
];

/// Cases that transformers 5.23 loads with the same answers, and that deserve no more than a warning.
static WARNED: [&str; 8] = [
    "eos_mismatch_configs",
    "index_names_missing_tensor",
    "index_omits_tensor_file_has_it",
    "index_total_size_lie",
    "special_map_vs_tokcfg",
    "tensor_moved_to_wrong_shard_in_index",
    "duplicate_keys_config",
    "tied_flag_but_lm_head_present",
];

/// Cases that no header and no JSON can tell: same names, same shapes, other meaning.
static UNSEEN: [&str; 5] = [
    "config_wrong_heads",
    "config_wrong_rope_theta",
    "no_architectures",
    "no_format_metadata",
    "template_undefined_var",
];

#[test]
fn damaged_folders_are_judged() {
    let Some(corpus) = corpus() else { return };
    let mut score = Score::new("damaged folders");
    let scratch = Scratch::new("damage");
    for case in lines(corpus.join("damage/cases.jsonl")) {
        let name = case["case"].as_str().unwrap();
        let folder = build(&corpus.join("damage"), &case, &scratch.0);
        let verdict = check(&folder);
        let warned = findings(&verdict).iter().any(|finding| finding.severity == Severity::Warning);
        let right = match () {
            () if HARMLESS.contains(&name) => verdict.is_accepted(),
            () if UNSEEN.contains(&name) => verdict.is_accepted(),
            () if WARNED.contains(&name) => verdict.is_accepted() && warned,
            () => !verdict.is_accepted(),
        };
        score.count(right, || format!("{} first failure {}", words(name, &verdict), case["first_failure"]));
    }
    score.close(46, 0);
}

fn words(name: &str, verdict: &Verdict) -> String {
    let verdict_word = if verdict.is_accepted() { "accepted" } else { "rejected" };
    let list: Vec<_> = findings(verdict)
        .iter()
        .filter(|finding| finding.severity != Severity::Note)
        .map(|finding| format!("{} {}", finding.cause.code, finding.message))
        .collect();
    let unknown: Vec<_> = verdict.judgement().unknown.iter().map(|unknown| unknown.message.clone()).collect();
    format!("{name}: {verdict_word} {list:?} {unknown:?}")
}

/// Applies a case to the whole folder that it damages.
fn build(damage: &Path, case: &Value, scratch: &Path) -> PathBuf {
    let name = case["case"].as_str().unwrap();
    let root = scratch.join(name);
    let folder = root.join("model");
    fs::create_dir_all(&folder).unwrap();
    copy_all(&damage.join("base"), &folder);
    fs::copy(damage.join("base/model-00002-of-00006.safetensors"), root.join("outside.safetensors")).unwrap();
    for file in case["delete"].as_array().unwrap() {
        fs::remove_file(folder.join(file.as_str().unwrap())).unwrap();
    }
    if damage.join(name).is_dir() {
        copy_all(&damage.join(name), &folder);
    }
    #[cfg(unix)]
    for (link, target) in case["symlink"].as_object().unwrap() {
        let _ = fs::remove_file(folder.join(link));
        std::os::unix::fs::symlink(target.as_str().unwrap(), folder.join(link)).unwrap();
    }
    folder
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            let _ = fs::remove_file(&target);
            fs::write(&target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

/// A folder that goes away with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("modelgate-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
