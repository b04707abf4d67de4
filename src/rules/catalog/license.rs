//! Licence and languages: what the model card says.

use super::claim::{Difference, claim, origin, text};
use super::spelling::text::{same_languages, same_license};
use crate::config::{Config, LlmConfig};
use crate::diagnostic::{Findings, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog's licence is not the file's. It loads; whether it may be used is planned by a licence that is wrong.
    LICENSE = ("CAT116", "license-claim", Warning, "compare the licence with the source's and correct the catalog's license");
    /// The catalog's languages are not the file's.
    LANGUAGES = ("CAT117", "languages-claim", Note, "correct the catalog's languages");
}

/// The claimed licence and languages must be the files'.
pub static CLAIM: Rule = Rule { name: "card-claims", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    license(case, findings);
    let llm = case.derived.config.as_ref().and_then(|config| config.as_llm());
    llm.into_iter().for_each(|llm| languages(case, llm, findings));
}

fn license(case: &Case<'_>, findings: &mut Findings) {
    let fact = match &case.derived.config {
        Some(Config::Audio(config)) => config.license.as_deref(),
        Some(Config::Image(config)) => config.license.as_deref(),
        Some(Config::Llm(config)) => config.license.as_deref(),
        Some(Config::Video(config)) => config.license.as_deref(),
        None => None,
    };
    let (Some(claim), Some(fact)) = (claim(case, "license"), fact) else { return };
    let named = text(claim.value).filter(|claimed| !is_prose(claimed) && !is_prose(fact));
    if named.is_some_and(|claimed| !same_license(claimed, fact)) {
        let origin = origin(case, "license");
        let cause = &LICENSE;
        findings.push(Difference { cause, what: "the licence", claim, fact: fact.into(), origin }.finding());
    }
}

/// Whether terms are spelt out where a licence's name could stand: those cannot be compared.
fn is_prose(license: &str) -> bool {
    license.contains(": ") || license.contains("; ")
}

fn languages(case: &Case<'_>, llm: &LlmConfig, findings: &mut Findings) {
    let Some(claim) = claim(case, "languages").filter(|_| !llm.languages.is_empty()) else { return };
    let claimed: Vec<&str> = match claim.value {
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    if !claimed.is_empty() && !same_languages(&claimed, &llm.languages) {
        let origin = origin(case, "languages");
        let fact = llm.languages.clone().into();
        findings.push(Difference { cause: &LANGUAGES, what: "the languages", claim, fact, origin }.finding());
    }
}
