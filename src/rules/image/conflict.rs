//! What a file says of itself and what it is.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The metadata names a family that the shapes contradict. Shapes decide: engines load by them. Whoever believes
    /// the metadata picks wrong adapters and sizes.
    CONFLICT = ("IMG108", "metadata-conflict", Warning, "correct the metadata, or find out which tool wrote it: the model is what its shapes say");
}

/// Metadata may decide inside a family, never over one.
pub static RULE: Rule = Rule { name: "metadata-conflict", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(identity) = case.derived.image.as_deref() else { return };
    let file = case.facts.files.first().map_or("", |file| file.name.as_str());
    for conflict in &identity.conflicts {
        let family = identity.family.unwrap_or("unknown");
        let message = format!(
            "{} says '{}', which means {}; the shapes are those of {family}",
            conflict.key, conflict.says, conflict.means
        );
        let finding = Diagnostic::new(&CONFLICT, message).expected(family).found(conflict.says.clone());
        findings.push(finding.at(Origin::file(file).key(&conflict.key)));
    }
}
