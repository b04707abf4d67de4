//! What must hold of every verdict, whatever lies on disk.

use modelgate::diagnostic::{Diagnostic, Severity};
use modelgate::engine::PROFILES;
use modelgate::{Gate, ReadMode, Verdict, report};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Whether every case runs, instead of a sample.
pub fn full() -> bool {
    std::env::var("MODELGATE_HOSTILE").is_ok_and(|value| value == "full")
}

/// Whether every byte is damaged: for every engine where [`full`], else for engines in turn.
pub fn every_byte() -> bool {
    full() || std::env::var("MODELGATE_HOSTILE").is_ok_and(|value| value == "bytes")
}

/// How long this thread had a processor, which a busy machine does not change; the time on the wall where the system does
/// not tell.
pub struct Clock(Instant, Option<Duration>);

impl Clock {
    pub fn start() -> Self {
        Self(Instant::now(), processor())
    }

    pub fn elapsed(&self) -> Duration {
        let busy = self.1.and_then(|start| processor()?.checked_sub(start));
        busy.unwrap_or_else(|| self.0.elapsed())
    }
}

fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
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

/// As [`judge`], by windows.
pub fn judge_by_windows(path: &Path) -> Vec<String> {
    let gate = |profile| Gate::with_profile(profile).read_mode(ReadMode::Windowed);
    PROFILES.iter().map(|profile| report_of(&gate(profile), path)).collect()
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

/// A rejection has a reason, an admission none, and every finding says something in not too many words.
pub fn hold(verdict: &Verdict) {
    let findings = &verdict.judgement().findings;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    assert_eq!(verdict.is_accepted(), errors == 0, "the verdict does not follow from its findings: {findings:?}");
    assert!(findings.iter().all(|finding| !finding.message.is_empty()), "a finding without words: {findings:?}");
    let words = |finding: &Diagnostic| finding.message.len() + serde_json::to_string(&finding.origin).unwrap().len();
    let longest = findings.iter().max_by_key(|finding| words(finding));
    assert!(
        longest.is_none_or(|finding| words(finding) < 10_000),
        "a finding of many words: {:?}",
        longest.map(|f| f.cause)
    );
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
