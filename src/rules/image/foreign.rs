//! The file is a model of another kind, or not enough of one.

use crate::derive::image::{Identity, Kind};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The file is a language model. It may serve as the text encoder of a pipeline that was made for it, but it makes
    /// no pictures. Engines refuse it with a message that names neither the file's kind nor its architecture.
    LANGUAGE_MODEL = ("IMG101", "llm-as-image-model", Error, "give the file to an engine for language models, or name the checkpoint that it was meant to go with");
    /// The file is a model, but none for pictures: speech recognition, detection, a text classifier. Some gates take
    /// such files for a checkpoint because they know no other kind.
    NOT_IMAGE = ("IMG102", "not-an-image-model", Error, "give the file to an engine for its kind of model");
    /// The names and shapes are those of no known family, or the file holds no tensor at all.
    UNRECOGNISED = ("IMG103", "unrecognised-model", Error, "check that this is the file that was meant; a file of a new family needs a newer gate");
    /// The file ends before its model does: a fragment that some engines take for the whole.
    FRAGMENT = ("IMG104", "incomplete-model", Error, "fetch or convert the whole model: this is a part of one");
}

/// A file of another kind says what it is.
pub static RULE: Rule = Rule { name: "foreign-model", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(identity) = case.derived.image.as_deref() else { return };
    let file = case.facts.files.first().map_or("", |file| file.name.as_str());
    let finding = match identity.kind {
        Kind::NotImage if identity.format == "llm" => told(&LANGUAGE_MODEL, identity, file),
        Kind::NotImage => told(&NOT_IMAGE, identity, file),
        Kind::Unknown if identity.format == "broken" => told(&FRAGMENT, identity, file),
        Kind::Unknown => told(&UNRECOGNISED, identity, file),
        _ => return,
    };
    findings.push(finding.at(Origin::file(file)));
}

fn told(cause: &'static crate::diagnostic::Cause, identity: &Identity, file: &str) -> Diagnostic {
    let what = identity.what.as_deref().unwrap_or("a file whose names and shapes belong to no known family");
    let counts = &identity.completeness;
    let message = if counts.expected > 0 {
        format!("{file} is {what}, incomplete: {} of {} tensors", counts.present, counts.expected)
    } else {
        format!("{file} is {what}")
    };
    Diagnostic::new(cause, message).expected("a model for pictures").found(what)
}
