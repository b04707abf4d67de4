//! A verdict as JSON. The shape is a contract; [`SCHEMA_VERSION`] changes when it does.

use crate::derive::Derived;
use crate::diagnostic::Diagnostic;
use crate::engine;
use crate::inspect::Inspection;
use crate::verdict::Verdict;
use serde_json::{Value, json};

/// The version of the reports' shape.
pub const SCHEMA_VERSION: u32 = 1;

/// The report of `check`.
pub fn check_json(verdict: &Verdict) -> Value {
    let judgement = verdict.judgement();
    json!({
        "schema_version": SCHEMA_VERSION,
        "verdict": if verdict.is_accepted() { "accepted" } else { "rejected" },
        "engine": { "name": judgement.engine.name, "version": judgement.engine.version },
        "model": {
            "path": judgement.path.display().to_string(),
            "format": judgement.facts.format.name(),
            "model_type": judgement.model_type().map(|kind| kind.name()),
        },
        "config": judgement.derived.config.as_ref().map(|config| config.to_json()),
        "findings": judgement.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "unknown": judgement.unknown,
    })
}

/// One finding.
///
/// `fix` stands there only where the catalog's entry is what is wrong.
pub fn finding_json(finding: &Diagnostic) -> Value {
    let mut json = json!({
        "code": finding.cause.code,
        "name": finding.cause.name,
        "severity": finding.severity,
        "message": finding.message,
        "expected": finding.expected,
        "found": finding.found,
        "origin": finding.origin,
        "help": finding.help,
    });
    if let (Some(map), Some(fix)) = (json.as_object_mut(), &finding.fix) {
        map.insert("fix".to_owned(), json!(fix));
    }
    json
}

/// Adds what an image, video or audio model turned out to be.
fn with_image(mut facts: Value, derived: &Derived) -> Value {
    let known = derived.image.as_ref().filter(|identity| !identity.is_foreign() || derived.config.is_none());
    if let (Some(map), Some(identity)) = (facts.as_object_mut(), known) {
        map.insert("image".to_owned(), serde_json::to_value(identity).unwrap_or_default());
    }
    facts
}

/// The report of `inspect`.
pub fn inspect_json(inspection: &Inspection) -> Value {
    let facts = &inspection.facts;
    json!({
        "schema_version": SCHEMA_VERSION,
        "model": {
            "path": inspection.path.display().to_string(),
            "format": facts.format.name(),
            "model_type": inspection.derived.model_type().map(|kind| kind.name()),
        },
        "config": inspection.derived.config.as_ref().map(|config| config.to_json()),
        "provenance": provenance(&inspection.derived),
        "facts": with_image(facts_json(inspection), &inspection.derived),
        "faults": facts.faults.iter().map(finding_json).collect::<Vec<_>>(),
    })
}

/// The facts; under `folder` also what was worked out of them, under `gguf` what the engine makes of them.
fn facts_json(inspection: &Inspection) -> Value {
    let mut json = inspection.facts.to_json();
    let worked = inspection.derived.folder.as_ref().zip(inspection.facts.folder.as_ref());
    let worked = worked.map(|(derived, folder)| derived.to_json(folder));
    if let (Some(Value::Object(worked)), Some(folder)) = (worked, json.get_mut("folder").and_then(Value::as_object_mut))
    {
        folder.extend(worked);
    }
    let model = engine::describe(&inspection.facts);
    if let (Some(model), Some(gguf)) = (model, json.get_mut("gguf").and_then(Value::as_object_mut)) {
        gguf.insert("model".to_owned(), model);
    }
    json
}

fn provenance(derived: &Derived) -> Value {
    derived.provenance.iter().map(|(field, origin)| ((*field).to_owned(), json!(origin))).collect()
}
