//! Critical fields that the entry leaves out.

use super::claim::{claim, origin, place, shown, speaks};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Findings, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog does not state a field without which no worker can start the model, and the files do.
    MISSING = ("CAT122", "missing-claim", Note, "take the derived value into the catalog");
}

/// Fields that a worker cannot do without should be in the entry.
pub static CLAIM: Rule = Rule { name: "missing-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = &case.derived.config else { return };
    if !speaks(case, config.model_type()) || !is_object(case) {
        return;
    }
    let absent = critical(config).iter().filter(|field| field.iter().all(|path| claim(case, path).is_none()));
    findings.diagnostics.extend(absent.filter_map(|field| missing(case, config, field.first()?)));
}

/// A config that is no object is malformed as a whole; that is another rule's finding.
fn is_object(case: &Case<'_>) -> bool {
    case.entry.is_some_and(|entry| entry.config.is_object() || entry.config.is_null())
}

/// The fields that a worker cannot do without, each with others that do instead.
fn critical(config: &Config) -> &'static [&'static [&'static str]] {
    match config {
        Config::Llm(_) => &[
            &["architecture", "model_family"],
            &["context_length"],
            &["tokenizer.eos_token"],
            &["tokenizer.chat_template"],
        ],
        Config::Image(_) => &[&["base_model"], &["checkpoint_type"]],
        Config::Audio(_) | Config::Video(_) => &[&["base_model"]],
    }
}

fn missing(case: &Case<'_>, config: &Config, path: &str) -> Option<Diagnostic> {
    let pointer = format!("/{}", path.replace('.', "/"));
    let fact = config.to_json().pointer(&pointer).filter(|fact| !fact.is_null())?.clone();
    let origin = origin(case, path);
    let message =
        format!("catalog does not state {path} (/config{pointer}), the file says {}{}", shown(&fact), place(&origin));
    Some(
        Diagnostic::new(&MISSING, message)
            .expected(Value::Null)
            .found(fact.clone())
            .at(origin)
            .fix(format!("/config{pointer}"), fact),
    )
}
