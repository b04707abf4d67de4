//! The model type and the architecture must be one model's.

use crate::derive::folder::role::GENERATORS;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// `architectures` names a class of another model type than `model_type` says. transformers goes by the model type and
    /// vLLM by the architecture, so one of them computes something else than was trained, in silence where the
    /// tensors' names happen to be the same.
    OTHER_TYPE = ("TRFM118", "architecture-of-another-type", Error, "take config.json from the model's source: model_type and architectures belong together");
}

/// The model type and the architecture must agree.
pub static RULE: Rule = Rule { name: "architecture-agrees", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(effective) = case.derived.folder.as_ref().map(|folder| &folder.effective) else { return };
    let stated = effective.architectures.as_deref().and_then(<[_]>::first);
    let (Some(class), Some(model_type)) = (stated, effective.model_type.as_deref()) else { return };
    let owners: Vec<&str> = owners(class).collect();
    // An unknown model type has its own finding.
    if effective.config_class.is_empty() {
        return;
    }
    // Several types may share a class: the shortest name is the one that it was made for.
    let named = owners.iter().min_by_key(|owner| owner.len());
    let Some(owner) = named.filter(|_| !owners.iter().any(|owner| is_kin(owner, model_type))) else { return };
    let message = format!("architectures names {class}, which is {owner}'s; model_type says {model_type}");
    let origin = Origin::file("config.json").key("/model_type");
    findings.push(Diagnostic::new(&OTHER_TYPE, message).expected(*owner).found(model_type).at(origin));
}

/// The model types that generate text with `class`.
fn owners(class: &str) -> impl Iterator<Item = &'static str> {
    GENERATORS
        .lines()
        .filter(move |line| line.rsplit('\t').next() == Some(class))
        .filter_map(|line| line.split('\t').next())
}

/// A text model and the image-text model around it are taken for each other without harm, and `mistral` with a list of
/// layer types is read as `ministral`.
fn is_kin(owner: &str, model_type: &str) -> bool {
    let plain = |name: &str| name.trim_end_matches("_text").trim_end_matches("_unified").to_owned();
    plain(owner) == plain(model_type) || (owner.ends_with("stral") && model_type.ends_with("stral"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_know_their_types() {
        assert_eq!(owners("GraniteForCausalLM").collect::<Vec<_>>(), ["granite"]);
        assert_eq!(owners("FooForCausalLM").count(), 0);
        assert!(is_kin("gemma3", "gemma3_text") && is_kin("ministral", "mistral") && !is_kin("granite", "llama"));
    }
}
