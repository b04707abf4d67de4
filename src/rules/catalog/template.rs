//! The chat template.

use super::claim::{Claim, claim, origin, place, shown};
use super::spelling::text::{excerpt, first_difference, same_text};
use crate::diagnostic::{Diagnostic, Findings, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog's chat template is not the file's, line ends and blank space at the end apart. Prompts that are
    /// built from it are not the ones that the model was trained on.
    CHAT_TEMPLATE = ("CAT109", "chat-template-claim", Error, "take the file's chat template into the catalog; to use another one on purpose, give it to the worker and not as the model's own");
}

/// The claimed template must be the files'.
pub static CLAIM: Rule = Rule { name: "chat-template-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let config = case.derived.config.as_ref().and_then(|config| config.as_llm());
    let fact = config.and_then(|config| config.tokenizer.chat_template.as_deref());
    let (Some(claim), Some(fact)) = (claim(case, "tokenizer.chat_template"), fact) else { return };
    let Some(claimed) = source(claim.value).filter(|claimed| !same_text(claimed, fact)) else { return };
    findings.push(finding(case, &claim, claimed, fact));
}

/// The template's source; of a list of named ones, the default one's.
fn source(value: &Value) -> Option<&str> {
    let Value::Array(named) = value else { return value.as_str() };
    let default = named.iter().find(|one| one.get("name").and_then(Value::as_str) == Some("default"));
    default.or(named.first())?.get("template")?.as_str()
}

/// The finding; messages show the first line that differs, not templates of a hundred lines.
fn finding(case: &Case<'_>, claim: &Claim<'_>, claimed: &str, fact: &str) -> Diagnostic {
    let (line, ours, theirs) = first_difference(claimed, fact);
    let origin = origin(case, "tokenizer.chat_template");
    let (pointer, place) = (&claim.pointer, place(&origin));
    let (ours, theirs) = (shown(&ours.into()), shown(&theirs.into()));
    let message = format!(
        "catalog claims a chat template ({pointer}) whose line {line} is {ours}, the file's template{place} has {theirs} there"
    );
    Diagnostic::new(&CHAT_TEMPLATE, message)
        .expected(excerpt(claimed, line))
        .found(excerpt(fact, line))
        .at(origin)
        .fix(&claim.pointer, fact)
}
