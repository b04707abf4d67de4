//! The model must be one that generates text.

use crate::derive::folder::role::{self, Role};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The architecture is no generator of text: a classifier, an encoder, an embedding model. Some of these load into
    /// a text generator's class without an error, with a head of random numbers.
    NOT_A_GENERATOR = ("TRFM111", "not-a-generator", Error, "give the model to a worker for its own task, or name the text model that was meant");
    /// Neither `architectures` nor the model type tells what the model is for.
    UNKNOWN_ROLE = ("TRFM112", "unknown-role", Error, "add the architectures list of the model's source to config.json");
}

/// The model must generate text.
pub static RULE: Rule = Rule { name: "role", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(derived) = case.derived.folder.as_ref() else { return };
    let stated = derived.effective.architectures.as_deref().and_then(<[_]>::first);
    let class = stated.or(derived.effective.model_type.as_ref());
    let origin = Origin::file("config.json").key("/architectures");
    match (derived.role, class) {
        (Role::Other, Some(class)) => {
            let tasks = role::tasks(class).join(", ");
            let known = if tasks.is_empty() { String::new() } else { format!(": it is for {tasks}") };
            let message = format!("{class} generates no text{known}");
            findings.push(Diagnostic::new(&NOT_A_GENERATOR, message).expected("causal_lm").found(tasks).at(origin));
        }
        // An unknown model type has its own finding.
        (Role::Unknown, Some(class)) if !derived.effective.config_class.is_empty() => {
            let message =
                format!("{class} is no architecture that transformers 5.23 has, nor does its name tell its task");
            findings.push(Diagnostic::new(&UNKNOWN_ROLE, message).found(class.as_str()).at(origin));
        }
        _ => {}
    }
}
