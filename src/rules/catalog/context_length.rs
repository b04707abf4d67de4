//! The context length.

use super::claim::{Difference, claim, origin};
use crate::diagnostic::{Findings, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The catalog's context length is not the file's. A worker that trusts it allocates a cache that the model cannot
    /// use, or cuts conversations short.
    CONTEXT_LENGTH = ("CAT101", "context-length-claim", Error, "correct the catalog's context_length; a worker that should use less than the model's context is told so in its own settings");
}

/// The claimed context length must be the files'.
pub static CLAIM: Rule = Rule { name: "context-length-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let fact = case.derived.config.as_ref().and_then(|config| config.context_length());
    let (Some(claim), Some(fact)) = (claim(case, "context_length"), fact) else { return };
    if claim.value.as_u64().is_some_and(|tokens| tokens != fact) {
        let origin = origin(case, "context_length");
        let what = "a context length in tokens of";
        findings.push(Difference { cause: &CONTEXT_LENGTH, what, claim, fact: fact.into(), origin }.finding());
    }
}
