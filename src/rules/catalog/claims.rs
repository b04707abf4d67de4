//! The catalog's claims, field by field.

use crate::diagnostic::{Diagnostic, Findings, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The catalog's context length is not the file's. A worker that trusts it allocates a cache that the model cannot
    /// use, or cuts conversations short.
    CONTEXT_LENGTH = ("CAT101", "context-length-claim", Error, "correct the catalog's context_length");
}

/// What the catalog claims must be what the files say.
pub static CLAIMS: Rule = Rule { name: "claims", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let claim = case.entry.and_then(|entry| entry.config.get("context_length")).and_then(serde_json::Value::as_u64);
    let fact = case.derived.config.as_ref().and_then(|config| config.context_length());
    if let (Some(claim), Some(fact)) = (claim, fact)
        && claim != fact
    {
        let message = format!("catalog claims {claim} tokens of context, the file says {fact}");
        let origin = case.derived.origin("context_length");
        findings.push(Diagnostic::new(&CONTEXT_LENGTH, message).expected(claim).found(fact).at(origin));
    }
}
