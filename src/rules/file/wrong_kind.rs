//! The files are of a kind that the engine does not load.

use crate::config::ModelType;
use crate::derive::image::Kind;
use crate::diagnostic::{Diagnostic, Findings, Origin, Unknown, cause};
use crate::facts::{Facts, ModelFormat};
use crate::rules::{Case, Rule};

cause! {
    /// The engine does not load files of this kind: a GGUF given to a transformers worker, a transformers folder given
    /// to llama.cpp, a language model given to an image worker.
    WRONG_FILE_KIND = ("FILE101", "wrong-file-kind", Error, "give the model to an engine that takes this kind of file, or fetch the edition that this engine takes");
    /// The model is of a type that the engine does not run: a language model given to an image worker.
    WRONG_MODEL_TYPE = ("FILE102", "wrong-model-type", Error, "give the model to an engine for this type of model");
    /// The files do not tell what model this is, so nothing can be promised of it.
    UNDETERMINED = ("FILE103", "undetermined-model", Error, "name a complete model: a GGUF file, a safetensors file or a folder with its config.json");
    /// Something that the verdict depends on could not be told from the files, and the gate was asked to reject then.
    NOT_TOLD = ("FILE104", "unknown-rejected", Error, "read what is listed as unknown, and admit unknowns if you accept the risk");
}

/// The engine must take this kind of file and this type of model.
pub static WRONG_KIND: Rule = Rule { name: "wrong-kind", causes: CAUSES, check };

/// The finding of a model of which nothing could be derived.
pub(crate) fn undetermined(facts: &Facts) -> Diagnostic {
    let message = format!("{}: the files do not tell what model this is", facts.path);
    Diagnostic::new(&UNDETERMINED, message).found(facts.format.name())
}

/// The finding of a gate that was asked to reject what could not be told.
pub(crate) fn not_told(unknown: &[Unknown]) -> Diagnostic {
    let codes = unknown.iter().map(|unknown| unknown.code.0).collect::<Vec<_>>().join(", ");
    let message = format!("{} questions could not be answered from the files: {codes}", unknown.len());
    Diagnostic::new(&NOT_TOLD, message).expected(0).found(unknown.len())
}

/// Language models serve pipelines for pictures as text encoders.
fn serves(case: &Case<'_>) -> bool {
    let encoder = case.derived.image.as_ref().is_some_and(|identity| identity.kind == Kind::TextEncoder);
    encoder && case.accepts.model_types.contains(&ModelType::Image)
}

/// A cure that lies nearer than another engine: the folder around a file, a file in the folder.
fn nearer(case: &Case<'_>) -> Option<String> {
    let takes = |format: ModelFormat| case.accepts.formats.contains(&format);
    let kind = case.derived.image.as_ref().map(|identity| identity.kind);
    let is_picture = !matches!(kind, None | Some(Kind::NotImage | Kind::TextEncoder | Kind::Unknown));
    if case.facts.format == ModelFormat::Safetensors && !is_picture && takes(ModelFormat::TransformersFolder) {
        return Some("name the folder that holds the file and its config.json".to_owned());
    }
    let folder = case.facts.format == ModelFormat::TransformersFolder && takes(ModelFormat::Gguf);
    let mut ggufs = case.facts.files.iter().filter(|file| folder && file.name.ends_with(".gguf"));
    ggufs.next().map(|file| format!("name one GGUF file of the folder, such as {}", file.name))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let format = case.facts.format;
    // A file that no reader took has its own finding.
    if format == ModelFormat::Unknown {
        return;
    }
    let origin = || Origin::file(case.facts.files.first().map_or("", |file| file.name.as_str()));
    if !case.accepts.formats.contains(&format) {
        let takes = case.accepts.formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        let message = format!("{} loads {takes}; this is {}", case.accepts.engine, format.name());
        let finding = Diagnostic::new(&WRONG_FILE_KIND, message).expected(takes).found(format.name()).at(origin());
        findings.push(match nearer(case) {
            Some(help) => finding.help(help),
            None => finding,
        });
        return;
    }
    let unfit = |kind: &ModelType| !case.accepts.model_types.contains(kind) && !serves(case);
    if let Some(model_type) = case.derived.model_type().filter(unfit) {
        let takes = case.accepts.model_types.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        let message =
            format!("{} runs {takes} models; this is a model of type {}", case.accepts.engine, model_type.name());
        findings
            .push(Diagnostic::new(&WRONG_MODEL_TYPE, message).expected(takes).found(model_type.name()).at(origin()));
    }
}
