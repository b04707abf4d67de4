//! Sampling defaults.

use super::claim::{Difference, claim, origin};
use crate::diagnostic::{Findings, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog's sampling temperature or nucleus is not the one that the model's authors ask for. Catalogs choose
    /// their own at times; the answers then are not those that the authors measured.
    SAMPLING = ("CAT119", "sampling-claim", Note, "take the model's own sampling defaults into the catalog, unless others are meant");
}

/// The claimed sampling defaults should be the files'.
pub static CLAIM: Rule = Rule { name: "sampling-claims", causes: CAUSES, check };

/// Numbers that are this near are one: files keep them with 32 bits.
const NEAR: f64 = 1e-6;

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.derived.config.as_ref().and_then(|config| config.as_llm()) else { return };
    let fields = [
        ("default_temperature", "the temperature", config.default_temperature),
        ("default_top_p", "a top_p of", config.default_top_p),
    ];
    for (field, what, fact) in fields {
        let (Some(claim), Some(fact)) = (claim(case, field), fact) else { continue };
        if claim.value.as_f64().is_some_and(|claimed| (claimed - fact).abs() > NEAR) {
            let origin = origin(case, field);
            findings.push(Difference { cause: &SAMPLING, what, claim, fact: Value::from(fact), origin }.finding());
        }
    }
}
