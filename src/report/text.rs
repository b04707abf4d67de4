//! A verdict as text: the verdict first, then every cause with its evidence and cure.

use crate::diagnostic::{Diagnostic, Origin, Severity};
use crate::verdict::Verdict;
use std::fmt::Write;

/// The report of `check`, for people.
pub fn check_text(verdict: &Verdict) -> String {
    let judgement = verdict.judgement();
    let word = if verdict.is_accepted() { "ACCEPTED" } else { "REJECTED" };
    let mut out = format!("{word}  {}  for {}\n", judgement.path.display(), judgement.engine.label);
    for finding in &judgement.findings {
        write_finding(&mut out, finding);
    }
    for unknown in &judgement.unknown {
        let _ = writeln!(out, "\nunknown {}: {}", unknown.code, unknown.message);
    }
    out
}

fn write_finding(out: &mut String, finding: &Diagnostic) {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Note => "note",
        Severity::Warning => "warning",
    };
    let _ = writeln!(out, "\n{severity} {} {}: {}", finding.cause.code, finding.cause.name, finding.message);
    let place = place(&finding.origin);
    if !place.is_empty() {
        let _ = writeln!(out, "  at   {place}");
    }
    let _ = writeln!(out, "  cure {}", finding.help);
}

fn place(origin: &Origin) -> String {
    let offset = origin.offset.map(|offset| format!("byte {offset}"));
    [origin.file.clone(), origin.key.clone(), offset].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
