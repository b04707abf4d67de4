//! Architecture and family: two fields, one fact.

use super::claim::{Claim, Difference, claim, origin, text};
use super::spelling::architecture::{Likeness, compare};
use crate::config::LlmConfig;
use crate::diagnostic::{Diagnostic, Findings, Severity, cause};
use crate::facts::ModelFormat;
use crate::rules::{Case, Rule};

cause! {
    /// The catalog's architecture (or family) is not the file's. Workers choose engine and code by it. GGUF's word and
    /// the transformers class are one: `llama` and `LlamaForCausalLM`. GGUF has one word for several classes; where
    /// the file does not tell which of them it was, a claim of another one is a warning.
    ARCHITECTURE = ("CAT104", "architecture-claim", Error, "correct the catalog's architecture and model_family");
}

/// The claimed architecture must be the files'.
pub static CLAIM: Rule = Rule { name: "architecture-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.derived.config.as_ref().and_then(|config| config.as_llm()) else { return };
    let finding = ["architecture", "model_family"].into_iter().find_map(|field| differs(case, config, field));
    findings.diagnostics.extend(finding);
}

fn differs(case: &Case<'_>, config: &LlmConfig, field: &'static str) -> Option<Diagnostic> {
    let claim = claim(case, field)?;
    let class = config.architecture.as_deref();
    let family = config.model_family.as_deref();
    let fact = if field == "architecture" { class.or(family)? } else { family.or(class)? };
    match likeness(case, text(claim.value)?, class, family) {
        Likeness::Other => Some(finding(case, claim, field, fact)),
        Likeness::Possible => Some(finding(case, claim, field, fact).severity(Severity::Warning)),
        Likeness::Same => None,
    }
}

fn likeness(case: &Case<'_>, claimed: &str, class: Option<&str>, family: Option<&str>) -> Likeness {
    let gguf = case.facts.format == ModelFormat::Gguf;
    let facts = [class, family].into_iter().flatten();
    facts.map(|fact| compare(claimed, fact, gguf)).min().unwrap_or(Likeness::Same)
}

fn finding(case: &Case<'_>, claim: Claim<'_>, field: &'static str, fact: &str) -> Diagnostic {
    let what = if field == "architecture" { "the architecture" } else { "the family" };
    let origin = origin(case, field);
    Difference { cause: &ARCHITECTURE, what, claim, fact: fact.into(), origin }.finding()
}
