//! What the model was made from, or made for.

use super::claim::{Difference, claim, origin, text};
use super::spelling::repository;
use crate::catalog::base_model;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Findings, Severity, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The catalog's base model is not the file's. For a language model it misleads about origin and licence. An image
    /// or video worker picks its pipeline by it, and an adapter for another base model does nothing or ruins the
    /// picture: there it is an error. Names that one architecture has in common are not told apart where the file does
    /// not tell them apart: `Pony` is an `SDXL 1.0` to every loader.
    BASE_MODEL = ("CAT111", "base-model-claim", Warning, "correct the catalog's base_model");
}

/// The claimed base model must be one that the files allow.
pub static CLAIM: Rule = Rule { name: "base-model-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let finding = match &case.derived.config {
        Some(Config::Audio(config)) => differs(case, config.base_model.as_deref(), base_model::same),
        Some(Config::Image(config)) => differs(case, config.base_model.as_deref(), base_model::same),
        Some(Config::Llm(config)) => {
            let other_names = other_names(case);
            let same = |claimed: &str, fact: &str| {
                let mut names = other_names.iter().map(String::as_str).chain([fact]);
                names.any(|name| repository::same(claimed, name))
            };
            differs(case, config.base_model.as_deref(), same).map(|finding| finding.severity(Severity::Warning))
        }
        Some(Config::Video(config)) => differs(case, config.base_model.as_deref(), base_model::same),
        None => None,
    };
    findings.diagnostics.extend(finding);
}

fn differs(case: &Case<'_>, fact: Option<&str>, same: impl Fn(&str, &str) -> bool) -> Option<Diagnostic> {
    let (claim, fact) = (claim(case, "base_model")?, fact?);
    let claimed = text(claim.value)?;
    let origin = origin(case, "base_model");
    let difference =
        Difference { cause: &BASE_MODEL, what: "the base model", fact: fact.into(), origin, claim: claim.clone() };
    (!same(claimed, fact)).then(|| difference.finding().severity(Severity::Error))
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
