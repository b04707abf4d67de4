//! What must hold of every verdict, whatever lies on disk.

use modelgate::diagnostic::Severity;
use modelgate::engine::PROFILES;
use modelgate::{Gate, Verdict, report};
use std::path::Path;
use tempfile::TempDir;

/// Whether every case runs, instead of a sample.
pub fn full() -> bool {
    std::env::var("MODELGATE_HOSTILE").is_ok_and(|value| value == "full")
}

/// A folder in memory, where there is one: these tests write many small files.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

/// Judges for every engine and returns the reports. Panics where a verdict breaks a promise.
pub fn judge(path: &Path) -> Vec<String> {
    PROFILES.iter().map(|profile| report_of(&Gate::with_profile(profile), path)).collect()
}

/// Judges for one engine, the next at each turn.
pub fn judge_in_turn(path: &Path, turn: usize) {
    report_of(&Gate::with_profile(PROFILES[turn % PROFILES.len()]), path);
}

/// Judges twice for every engine: the answers must not differ.
pub fn judge_twice(path: &Path) -> Vec<String> {
    let first = judge(path);
    assert_eq!(first, judge(path), "the second answer differs from the first");
    first
}

/// One engine's whole report, or its error.
pub fn report_of(gate: &Gate, path: &Path) -> String {
    match gate.check(path) {
        Ok(verdict) => {
            hold(&verdict);
            report::check_json(&verdict).to_string()
        }
        Err(error) => format!("error: {error}"),
    }
}

/// A rejection has a reason, an admission none, and every finding says something.
pub fn hold(verdict: &Verdict) {
    let findings = &verdict.judgement().findings;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    assert_eq!(verdict.is_accepted(), errors == 0, "the verdict does not follow from its findings: {findings:?}");
    assert!(findings.iter().all(|finding| !finding.message.is_empty()), "a finding without words: {findings:?}");
}

/// Names the case when a test dies in it.
pub struct Case<'a> {
    pub file: &'a str,
    pub what: &'a str,
    pub at: usize,
    pub value: u8,
}

impl Drop for Case<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {}: {} at byte {}, value {:#04x}", self.file, self.what, self.at, self.value);
        }
    }
}
