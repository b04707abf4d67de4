//! What the model was made from, or made for.

use super::claim::{Difference, claim, origin, shown, text};
use super::descent::contradiction;
use super::spelling::repository;
use crate::catalog::base_model::{self, canonical, word};
use crate::config::{Config, LlmConfig};
use crate::diagnostic::{Diagnostic, Findings, Severity, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog's base model is not the file's. For a language model it misleads about origin and licence. An image
    /// or video worker picks its pipeline by it, and an adapter for another base model does nothing or ruins the
    /// picture: there it is an error. Names that one architecture has in common are not told apart where the file does
    /// not tell them apart: `Pony` is an `SDXL 1.0` to every loader. A language model whose file names no base model is
    /// held against the claimed one's name: it has its base's family and, adapters apart, its number of parameters.
    BASE_MODEL = ("CAT111", "base-model-claim", Warning, "correct the catalog's base_model");
}

/// The claimed base model must be one that the files allow.
pub static CLAIM: Rule = Rule { name: "base-model-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let finding = match &case.derived.config {
        Some(Config::Audio(config)) => media(case, config.base_model.as_deref()),
        Some(Config::Image(config)) => media(case, config.base_model.as_deref()),
        Some(Config::Llm(config)) => language(case, config),
        Some(Config::Video(config)) => media(case, config.base_model.as_deref()),
        None => None,
    };
    findings.diagnostics.extend(finding);
}

fn language(case: &Case<'_>, config: &LlmConfig) -> Option<Diagnostic> {
    let same = |claimed: &str, fact: &str| {
        let names = other_names(case);
        let mut names = names.iter().map(String::as_str).chain([fact]);
        names.any(|name| repository::same(claimed, name))
    };
    match config.base_model.as_deref() {
        Some(fact) => differs(case, Some(fact), same),
        None => unlike(case, config),
    }
}

/// A claim that the file contradicts without naming another base. There is none to correct it by: it is left out.
fn unlike(case: &Case<'_>, config: &LlmConfig) -> Option<Diagnostic> {
    let claim = claim(case, "base_model")?;
    let fact = contradiction(case, config, text(claim.value)?)?;
    let (claimed, pointer) = (shown(claim.value), &claim.pointer);
    let message = format!("catalog claims the base model {claimed} ({pointer}), and the file has {fact}");
    Some(
        Diagnostic::new(&BASE_MODEL, message)
            .expected(claim.value.clone())
            .found(fact)
            .at(origin(case, "model_family"))
            .fix(pointer, Value::Null),
    )
}

/// Pictures, video and sound: what the file cannot rule out is no lie. A name that the file's own metadata rules out,
/// though loaders take it for the same, misleads only.
fn media(case: &Case<'_>, fact: Option<&str>) -> Option<Diagnostic> {
    let open =
        case.derived.image.as_ref().map(|identity| identity.base_model_candidates.as_slice()).unwrap_or_default();
    let same = |claimed: &str, fact: &str| {
        let claimed = word(canonical(claimed));
        let mut open = open.iter().copied().chain([fact]);
        open.any(|name| word(name) == claimed)
    };
    let finding = differs(case, fact, same)?;
    let claimed = claim(case, "base_model").and_then(|claim| text(claim.value))?;
    match (open.is_empty(), base_model::same(claimed, fact?)) {
        (true, true) => None,
        (false, true) => Some(finding),
        (_, false) => Some(finding.severity(Severity::Error)),
    }
}

fn differs(case: &Case<'_>, fact: Option<&str>, same: impl Fn(&str, &str) -> bool) -> Option<Diagnostic> {
    let (claim, fact) = (claim(case, "base_model")?, fact?);
    if same(text(claim.value)?, fact) {
        return None;
    }
    let origin = origin(case, "base_model");
    let cause = &BASE_MODEL;
    Some(Difference { cause, what: "the base model", claim, fact: fact.into(), origin }.finding())
}

/// Further names that a GGUF gives what it was made from: every base model, and the unquantized model itself, which a
/// model card means by `base_model` where the file means that model's own base.
fn other_names(case: &Case<'_>) -> Vec<String> {
    let Some(gguf) = &case.facts.gguf else { return Vec::new() };
    let numbered =
        (0..8).flat_map(|at| ["name", "repo_url", "url"].map(|key| format!("general.base_model.{at}.{key}")));
    let own = ["general.name", "general.repo_url", "general.source.repo_url", "general.source.url"];
    let keys = numbered.chain(own.map(str::to_owned));
    keys.filter_map(|key| gguf.text(&key).map(str::to_owned)).collect()
}
