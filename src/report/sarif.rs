//! Verdicts as SARIF 2.1.0, for continuous integration.

use super::rule_book;
use crate::diagnostic::{Cause, Diagnostic, Origin, Severity, Unknown};
use crate::verdict::{Judgement, Verdict};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Where the format is defined.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One log with one run: every finding of every verdict is a result, what could not be told an open one.
///
/// A place is a file, with a byte offset where one is known; a key, a tensor or a JSON pointer is a logical location.
/// Both compared values, the cure and a correction of the catalog's entry are properties of the result.
pub fn check_sarif(verdicts: &[&Verdict]) -> Value {
    let judgements: Vec<&Judgement> = verdicts.iter().map(|verdict| verdict.judgement()).collect();
    let causes = causes(&judgements);
    let results: Vec<Value> = judgements.iter().flat_map(|judgement| results(judgement, &causes)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "modelgate",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": causes.iter().map(|cause| rule(cause)).collect::<Vec<_>>(),
            } },
            "artifacts": artifacts(&judgements),
            "results": results,
            "properties": { "models": verdicts.iter().map(|verdict| model(verdict)).collect::<Vec<_>>() },
        }],
    })
}

/// The causes that the results name, by code.
fn causes(judgements: &[&Judgement]) -> Vec<&'static Cause> {
    let found = judgements.iter().flat_map(|judgement| judgement.findings.iter().map(|finding| finding.cause));
    let open = judgements.iter().flat_map(|judgement| judgement.unknown.iter().map(|unknown| unknown.code));
    let book = rule_book::causes();
    let open = open.filter_map(|code| book.iter().copied().find(|cause| cause.code == code));
    let mut causes: Vec<_> = found.chain(open).collect();
    causes.sort_by_key(|cause| cause.code);
    causes.dedup_by_key(|cause| cause.code);
    causes
}

fn rule(cause: &Cause) -> Value {
    let page: Vec<&str> = cause.page.lines().map(str::trim).collect();
    json!({
        "id": cause.code,
        "name": cause.name,
        "shortDescription": { "text": cause.name.replace('-', " ") },
        "fullDescription": { "text": page.join(" ").trim() },
        "help": { "text": cause.help },
        "defaultConfiguration": { "level": level(cause.severity) },
    })
}

/// The severity in the format's words, which are ours.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Note => "note",
        Severity::Warning => "warning",
    }
}

fn results(judgement: &Judgement, causes: &[&Cause]) -> Vec<Value> {
    let found = judgement.findings.iter().map(|finding| result(judgement, finding, causes));
    found.chain(judgement.unknown.iter().map(|unknown| open(judgement, unknown, causes))).collect()
}

fn result(judgement: &Judgement, finding: &Diagnostic, causes: &[&Cause]) -> Value {
    let mut properties = Map::from_iter([("help".to_owned(), finding.help.as_ref().into())]);
    let values = [("expected", &finding.expected), ("found", &finding.found)];
    properties.extend(values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))));
    properties.extend(finding.fix.as_ref().map(|fix| ("fix".to_owned(), json!(fix))));
    json!({
        "ruleId": finding.cause.code,
        "ruleIndex": causes.iter().position(|cause| cause.code == finding.cause.code),
        "kind": "fail",
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [location(judgement, &finding.origin)],
        "properties": properties,
    })
}

fn open(judgement: &Judgement, unknown: &Unknown, causes: &[&Cause]) -> Value {
    let mut result = json!({
        "ruleId": unknown.code,
        "kind": "open",
        "level": "none",
        "message": { "text": unknown.message },
        "locations": [location(judgement, &unknown.origin)],
    });
    let index = causes.iter().position(|cause| cause.code == unknown.code);
    if let (Some(index), Some(members)) = (index, result.as_object_mut()) {
        members.insert("ruleIndex".to_owned(), index.into());
    }
    result
}

fn location(judgement: &Judgement, origin: &Origin) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(judgement, origin.file.as_deref()) } });
    if let (Some(offset), Some(members)) = (origin.offset, physical.as_object_mut()) {
        members.insert("region".to_owned(), json!({ "byteOffset": offset, "byteLength": 0 }));
    }
    match &origin.key {
        Some(key) => json!({ "physicalLocation": physical, "logicalLocations": [{ "fullyQualifiedName": key }] }),
        None => json!({ "physicalLocation": physical }),
    }
}

/// Every file once, by its URI: several engines may have judged the same.
fn artifacts(judgements: &[&Judgement]) -> Vec<Value> {
    let files = judgements.iter().flat_map(|judgement| {
        judgement.facts.files.iter().map(|file| (uri(judgement, Some(&file.name)), file.size_bytes))
    });
    let files: BTreeMap<String, u64> = files.collect();
    files.iter().map(|(uri, size_bytes)| json!({ "location": { "uri": uri }, "length": size_bytes })).collect()
}

fn model(verdict: &Verdict) -> Value {
    let judgement = verdict.judgement();
    json!({
        "path": judgement.path.display().to_string(),
        "engine": judgement.engine.label,
        "verdict": if verdict.is_accepted() { "accepted" } else { "rejected" },
    })
}

/// The file's URI: relative as the path was given, `file://` where that is absolute. A single file's name is the last
/// part of the path already.
fn uri(judgement: &Judgement, file: Option<&str>) -> String {
    let path = judgement.path.as_path();
    let is_path = |file: &str| path.file_name().is_some_and(|name| name.to_string_lossy() == file);
    let single = judgement.facts.files.len() == 1;
    let whole = match file {
        Some(file) if !(single && is_path(file)) => path.join(file),
        _ => path.to_path_buf(),
    };
    let scheme = if whole.is_absolute() { "file://" } else { "" };
    format!("{scheme}{}", encoded(&whole))
}

/// The path with `/` between its parts and every byte escaped that a URI does not take.
fn encoded(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let path = path.to_string_lossy().replace('\\', "/");
    path.bytes().fold(String::new(), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::encoded;
    use std::path::Path;

    #[test]
    fn paths_are_escaped() {
        assert_eq!(encoded(Path::new("a b/ä#1.gguf")), "a%20b/%C3%A4%231.gguf");
    }
}
