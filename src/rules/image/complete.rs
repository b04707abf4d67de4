//! Everything that the family has must be there, in the family's shapes.

use crate::derive::image::{Defect, DefectKind, Identity};
use crate::diagnostic::{Cause, Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// A numbered block of the family is missing as a whole. Engines that declare every tensor refuse the file after
    /// seconds; others load what there is, log a line, and make noise.
    MISSING_BLOCK = ("IMG105", "missing-block", Error, "fetch or convert the model again: a whole block of it is missing");
    /// A tensor that the family has is missing or misspelt.
    MISSING_TENSOR = ("IMG106", "missing-tensor", Error, "fetch or convert the model again, or restore the tensor's name");
    /// A tensor has another shape than the family gives it: merged from another family, or written by a faulty tool.
    WRONG_SHAPE = ("IMG107", "wrong-shape", Error, "fetch or convert the model again: the tensor comes from another model");
}

/// Blocks and tensors are counted against the family.
pub static RULE: Rule = Rule { name: "complete-model", causes: CAUSES, check };

/// Findings of one kind, at most; the rest is counted.
const SHOWN: usize = 3;

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(identity) = case.derived.image.as_deref().filter(|identity| !identity.is_foreign()) else { return };
    let file = case.facts.files.first().map_or("", |file| file.name.as_str());
    for (kind, cause) in [
        (DefectKind::MissingBlock, &MISSING_BLOCK),
        (DefectKind::MissingTensor, &MISSING_TENSOR),
        (DefectKind::WrongShape, &WRONG_SHAPE),
    ] {
        let defects: Vec<&Defect> = identity.completeness.defects.iter().filter(|defect| defect.kind == kind).collect();
        for defect in defects.iter().take(SHOWN) {
            findings.push(told(cause, defect, identity, defects.len()).at(Origin::file(file).key(&defect.name)));
        }
    }
}

fn told(cause: &'static Cause, defect: &Defect, identity: &Identity, all: usize) -> Diagnostic {
    let family = identity.family.unwrap_or("its family");
    let counts = &identity.completeness;
    let share = format!("incomplete: {} of {} tensors of {family}", counts.present, counts.expected);
    let more = if all > SHOWN { format!(", {all} such in all") } else { String::new() };
    let message = match defect.kind {
        DefectKind::MissingBlock => {
            format!("{}: block '{}' is missing ({share}{more})", defect.component, defect.name)
        }
        DefectKind::MissingTensor => format!("{}: '{}' is missing ({share}{more})", defect.component, defect.name),
        DefectKind::WrongShape => {
            format!(
                "{}: '{}' is {}, {family} has {}{more}",
                defect.component, defect.name, defect.found, defect.expected
            )
        }
    };
    Diagnostic::new(cause, message).expected(defect.expected.clone()).found(defect.found.clone())
}
