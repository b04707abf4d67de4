//! The rule book: every cause that a reader or a rule can find, by code.

use crate::diagnostic::{Cause, Severity};
use crate::engine::PROFILES;
use crate::error::Error;
use crate::rules::{COMMON, Rule};
use crate::{facts, format};
use serde_json::{Value, json};
use std::fmt::Write;

/// Every cause, sorted by code.
pub fn causes() -> Vec<&'static Cause> {
    let readers = [
        format::gguf::CAUSES,
        format::json::CAUSES,
        format::pickle::CAUSES,
        format::safetensors::CAUSES,
        format::zip::CAUSES,
        facts::code::CAUSES,
    ];
    let answers = crate::engine::picture::answer::CAUSES.iter().copied();
    let rules = COMMON.iter().chain(PROFILES.iter().flat_map(|profile| profile.rules.iter()));
    let of_rules = rules.flat_map(|rule: &&Rule| rule.causes.iter().copied());
    let mut causes: Vec<_> = readers.into_iter().flatten().copied().chain(of_rules).chain(answers).collect();
    causes.sort_by_key(|cause| cause.code);
    // Profiles share rules; the same static is one cause. Two statics under one code are a mistake that a test finds.
    causes.dedup_by(|left, right| std::ptr::eq(*left, *right));
    causes
}

/// The cause with this code or name.
///
/// # Errors
///
/// [`Error::UnknownCode`] where there is none.
pub fn find(wanted: &str) -> Result<&'static Cause, Error> {
    let code = wanted.to_ascii_uppercase().replace('-', "");
    let found = causes().into_iter().find(|cause| cause.code.0 == code || cause.name == wanted);
    found.ok_or_else(|| Error::UnknownCode { code: wanted.to_owned() })
}

/// One page, for people.
pub fn page_text(cause: &Cause) -> String {
    let severity = word(cause.severity);
    format!("{} {} ({severity})\n\n{}\n\ncure: {}\n", cause.code, cause.name, page(cause), cause.help)
}

/// One page, for machines.
pub fn page_json(cause: &Cause) -> Value {
    json!({
        "code": cause.code,
        "name": cause.name,
        "severity": cause.severity,
        "help": cause.help,
        "page": page(cause),
    })
}

/// The table of contents, for people.
pub fn index_text() -> String {
    causes().into_iter().fold(String::new(), |mut out, cause| {
        let _ = writeln!(out, "{:8} {:8} {}", cause.code.0, word(cause.severity), cause.name);
        out
    })
}

/// The whole book, for machines.
pub fn index_json() -> Value {
    causes().into_iter().map(page_json).collect()
}

/// The whole book as one Markdown page: `docs/rules.md`.
pub fn index_markdown() -> String {
    let head = "# The rule book\n\nGenerated from the causes' own pages; `modelgate explain CODE` shows one. \
                `0xx`: a reader stopped.\n";
    causes().into_iter().fold(head.to_owned(), |mut out, cause| {
        let severity = word(cause.severity);
        let _ = write!(
            out,
            "\n## {} {}\n\n*{severity}.* {}\n\nCure: {}.\n",
            cause.code,
            cause.name,
            page(cause),
            cause.help
        );
        out
    })
}

/// A doc comment's text: each line without the blank that follows the slashes.
fn page(cause: &Cause) -> String {
    let lines = cause.page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Note => "note",
        Severity::Warning => "warning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_and_names_are_unique() {
        let causes = causes();
        assert!(causes.len() > 20, "{} causes", causes.len());
        let codes: HashSet<_> = causes.iter().map(|cause| cause.code).collect();
        assert_eq!(codes.len(), causes.len());
    }

    #[test]
    fn every_page_says_what_and_how() {
        for cause in causes() {
            assert!(page(cause).len() > 20, "{} has no page", cause.code);
            assert!(cause.help.len() > 10, "{} has no cure", cause.code);
            let kebab = cause.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            assert!(kebab, "{} is not in kebab case", cause.name);
            let family = cause.code.0.trim_end_matches(|c: char| c.is_ascii_digit());
            assert!(FAMILIES.contains(&family), "{} is of no known family", cause.code);
            assert_eq!(cause.code.0.len(), family.len() + 3, "{} has not three digits", cause.code);
            assert!(
                !cause.code.is_fault() || cause.severity == Severity::Error,
                "{} is a fault that admits",
                cause.code
            );
        }
    }

    static FAMILIES: &[&str] = &[
        "BNDL", "CAT", "CHAT", "CMFY", "CNDL", "DIFF", "FILE", "GGUF", "IMG", "JSON", "LCPP", "LLM", "MSRS", "PICK",
        "SAFE", "SDIF", "TGIN", "TOKN", "TRFM", "VLLM",
    ];
}
