//! Verdicts and inspections as text: the answer first, then every cause with its evidence and cure.

use crate::config::{Config, ImageConfig, LlmConfig};
use crate::derive::Derived;
use crate::diagnostic::{Diagnostic, Origin, Severity};
use crate::facts::Facts;
use crate::inspect::Inspection;
use crate::verdict::{Judgement, Verdict};
use serde_json::Value;
use std::fmt::{Display, Write};

/// Characters of a token or template that are shown.
const SHOWN: usize = 60;

/// The report of `check`, for people.
pub fn check_text(verdict: &Verdict) -> String {
    let judgement = verdict.judgement();
    let word = if verdict.is_accepted() { "ACCEPTED" } else { "REJECTED" };
    let mut out = format!("{word}  {}\n", judgement.path.display());
    field(&mut out, "engine", judgement.engine.label);
    field(&mut out, "model", summary(&judgement.facts, &judgement.derived));
    if verdict.is_accepted() {
        config(&mut out, judgement.derived.config.as_ref());
    }
    field(&mut out, "found", tally(judgement));
    for finding in &judgement.findings {
        write_finding(&mut out, finding);
    }
    for unknown in &judgement.unknown {
        let _ = writeln!(out, "\nunknown {}: {}", unknown.code, unknown.message);
    }
    out
}

/// The verdict in one line: the worst finding stands for all.
pub fn check_line(verdict: &Verdict) -> String {
    let judgement = verdict.judgement();
    let word = if verdict.is_accepted() { "ACCEPTED" } else { "REJECTED" };
    let path = judgement.path.display();
    match judgement.findings.first().filter(|_| !verdict.is_accepted()) {
        Some(worst) => {
            format!("{word}  {path}: {} {}: {}\n", worst.cause.code, worst.cause.name, printable(&worst.message))
        }
        None => format!("{word}  {path}\n"),
    }
}

/// The report of `inspect`, for people.
pub fn inspect_text(inspection: &Inspection) -> String {
    let mut out = format!("{}\n", inspection.path.display());
    field(&mut out, "model", summary(&inspection.facts, &inspection.derived));
    config(&mut out, inspection.derived.config.as_ref());
    if let Value::Object(facts) = inspection.facts.to_json() {
        facts.iter().filter(|(name, _)| *name != "files").for_each(|(name, value)| tree(&mut out, name, value, 1));
    }
    for fault in &inspection.facts.faults {
        write_finding(&mut out, fault);
    }
    out
}

/// One line of a report's head.
fn field(out: &mut String, name: &str, value: impl Display) {
    let _ = writeln!(out, "  {name:9} {value}");
}

fn summary(facts: &Facts, derived: &Derived) -> String {
    let kind = derived.model_type().map_or("unknown type", |kind| kind.name());
    let files = facts.files.len();
    let plural = if files == 1 { "" } else { "s" };
    format!("{kind}, {}, {files} file{plural}, {}", facts.format.name(), bytes(facts.size_bytes()))
}

/// A size as people read it, in decimal units.
#[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
fn bytes(size: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let unit = units.into_iter().find(|(unit, _)| size >= *unit);
    unit.map_or_else(|| format!("{size} bytes"), |(unit, name)| format!("{:.1} {name}", size as f64 / unit as f64))
}

fn tally(judgement: &Judgement) -> String {
    let words = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counts = words.into_iter().filter_map(|(severity, word)| {
        let count = judgement.findings.iter().filter(|finding| finding.severity == severity).count();
        (count > 0).then(|| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
    });
    let unknown = (!judgement.unknown.is_empty()).then(|| format!("{} unknown", judgement.unknown.len()));
    let counts: Vec<_> = counts.chain(unknown).collect();
    if counts.is_empty() { "nothing to complain of".to_owned() } else { counts.join(", ") }
}

fn config(out: &mut String, config: Option<&Config>) {
    match config {
        Some(Config::Llm(config)) => llm(out, config),
        Some(Config::Image(config)) => image(out, config),
        Some(other) => set_fields(out, &other.to_json()),
        None => {}
    }
}

fn llm(out: &mut String, config: &LlmConfig) {
    let family = config.model_family.as_deref().unwrap_or("unknown family");
    let architecture = config.architecture.as_deref();
    field(out, "family", architecture.map_or_else(|| family.to_owned(), |name| format!("{family} ({name})")));
    if let Some(tokens) = config.context_length {
        field(out, "context", format!("{tokens} tokens"));
    }
    if let Some(label) = &config.quantization {
        field(out, "weights", label);
    }
    let tokenizer = &config.tokenizer;
    let tokens = [("bos", &tokenizer.bos_token), ("eos", &tokenizer.eos_token), ("pad", &tokenizer.pad_token)];
    let tokens: Vec<_> =
        tokens.iter().filter_map(|(name, token)| token.as_ref().map(|token| format!("{name} {token:?}"))).collect();
    if !tokens.is_empty() {
        field(out, "tokens", tokens.join(", "));
    }
    let template = tokenizer.chat_template.as_ref();
    field(out, "template", template.map_or_else(|| "none".to_owned(), |text| format!("{} bytes of Jinja", text.len())));
}

fn image(out: &mut String, config: &ImageConfig) {
    set_fields(out, &serde_json::to_value(config).unwrap_or_default());
}

/// The fields of a config that are set, one a line.
fn set_fields(out: &mut String, config: &Value) {
    let empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    for (name, value) in config.as_object().into_iter().flatten().filter(|(_, value)| !empty(value)) {
        field(out, name, plain(value));
    }
}

/// A value in one line, cut short.
fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} ...", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Facts as an indented tree; long lists are cut short.
fn tree(out: &mut String, name: &str, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(members) => {
            let _ = writeln!(out, "{indent}{name}");
            members.iter().for_each(|(name, value)| tree(out, name, value, depth.saturating_add(1)));
        }
        Value::Null => {}
        other => {
            let _ = writeln!(out, "{indent}{name}: {}", plain(other));
        }
    }
}

fn write_finding(out: &mut String, finding: &Diagnostic) {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Note => "note",
        Severity::Warning => "warning",
    };
    let _ =
        writeln!(out, "\n{severity} {} {}\n  {}", finding.cause.code, finding.cause.name, printable(&finding.message));
    let place = place(&finding.origin);
    if !place.is_empty() {
        let _ = writeln!(out, "  at    {}", printable(&place));
    }
    let _ = writeln!(out, "  cure  {}", printable(&finding.help));
}

/// Names and texts come from a stranger's file: no control character of theirs reaches a terminal.
fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

fn place(origin: &Origin) -> String {
    let offset = origin.offset.map(|offset| format!("byte {offset}"));
    let parts = [origin.file.as_deref(), origin.key.as_deref(), offset.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
