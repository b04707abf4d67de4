//! The quantization's label.

use super::claim::{Difference, claim, origin, text};
use super::spelling::quantization::same;
use crate::diagnostic::{Findings, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The catalog's quantization is not the file's. It loads, but memory, speed and quality are planned by a label
    /// that is wrong. Labels are compared as words: `Q4_K_M`, `q4_k_m` and llama.cpp's own `Q4_K - Medium` are one,
    /// and a less precise label (`Q4`, `4-bit`) is not wrong.
    QUANTIZATION = ("CAT103", "quantization-claim", Warning, "correct the catalog's quantization, or fetch the file of the quantization that is listed");
}

/// The claimed quantization must be the files'.
pub static CLAIM: Rule = Rule { name: "quantization-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let config = case.derived.config.as_ref().and_then(|config| config.as_llm());
    let fact = config.and_then(|config| config.quantization.as_deref());
    let (Some(claim), Some(fact)) = (claim(case, "quantization"), fact) else { return };
    if text(claim.value).is_some_and(|claimed| !same(claimed, fact)) {
        let origin = origin(case, "quantization");
        let cause = &QUANTIZATION;
        findings.push(Difference { cause, what: "the quantization", claim, fact: fact.into(), origin }.finding());
    }
}
