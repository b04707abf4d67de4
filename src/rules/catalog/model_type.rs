//! The kind of model.

use super::claim::{Claim, Difference};
use crate::diagnostic::{Findings, Origin, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog lists the model under a type that it is not. It is offered to workers that cannot run it, and its
    /// config is read in the wrong words.
    MODEL_TYPE = ("CAT102", "model-type-claim", Error, "correct the catalog's model_type");
}

/// The claimed type must be the files'.
pub static CLAIM: Rule = Rule { name: "model-type-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(entry), Some(fact)) = (case.entry, case.derived.model_type()) else { return };
    if entry.model_type != fact {
        let claimed = Value::from(entry.model_type.name());
        let claim = Claim { pointer: "/model_type".to_owned(), value: &claimed };
        let origin = case.facts.files.first().map_or_else(Origin::default, |file| Origin::file(&file.name));
        let fact = fact.name().into();
        findings.push(Difference { cause: &MODEL_TYPE, what: "a model of type", claim, fact, origin }.finding());
    }
}
