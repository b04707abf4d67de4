//! What kind of model a repository holds.

use super::card::has_tag;
use crate::catalog::answer::{at, text};
use crate::catalog::base_model;
use crate::config::ModelType;
use serde_json::Value;

/// Tasks of the hub that are not language, sorted.
const TASKS: [(&str, ModelType); 15] = [
    ("audio-to-audio", ModelType::Audio),
    ("automatic-speech-recognition", ModelType::Audio),
    ("image-text-to-video", ModelType::Video),
    ("image-to-image", ModelType::Image),
    ("image-to-video", ModelType::Video),
    ("inpainting", ModelType::Image),
    ("text-to-audio", ModelType::Audio),
    ("text-to-image", ModelType::Image),
    ("text-to-music", ModelType::Audio),
    ("text-to-speech", ModelType::Audio),
    ("text-to-video", ModelType::Video),
    ("unconditional-image-generation", ModelType::Image),
    ("video-to-video", ModelType::Video),
    ("voice-activity-detection", ModelType::Audio),
    ("vocoder", ModelType::Audio),
];

/// The kind of model: by its task, else by the library, the pipeline's class or a well-known name; language otherwise.
pub(super) fn model_type(answer: &Value) -> ModelType {
    let tagged = || TASKS.iter().find(|(task, _)| has_tag(answer, task)).map(|(_, kind)| *kind);
    let stated = text(answer, "pipeline_tag").or_else(|| text(answer, "cardData/pipeline_tag"));
    // A stated task that is none of these is one of language.
    match stated {
        Some(task) => TASKS.iter().find(|(name, _)| *name == task).map(|(_, kind)| *kind),
        None => tagged(),
    }
    .or_else(|| of_pipeline(answer))
    .or_else(|| of_name(answer))
    .unwrap_or(ModelType::Llm)
}

/// A diffusers repository, by the pipeline's class.
fn of_pipeline(answer: &Value) -> Option<ModelType> {
    let class = text(answer, "config/diffusers/_class_name").unwrap_or_default();
    let diffusers = at(answer, "config/diffusers").is_some_and(Value::is_object) && !class.is_empty();
    if !diffusers && text(answer, "library_name").as_deref() != Some("diffusers") && !has_tag(answer, "diffusers") {
        return None;
    }
    let any = |words: &[&str]| words.iter().any(|word| class.contains(word));
    Some(if any(&["Video", "Wan", "LTX", "Mochi", "CogVideo", "Animate"]) {
        ModelType::Video
    } else if any(&["Audio", "Music"]) {
        ModelType::Audio
    } else {
        ModelType::Image
    })
}

/// A repository that is named like a base model of pictures, where nothing of language speaks against it.
fn of_name(answer: &Value) -> Option<ModelType> {
    let language = ["config/architectures", "config/model_type", "gguf", "transformersInfo"];
    let id = text(answer, "id").or_else(|| text(answer, "modelId"))?;
    let name = base_model::known(&id)?;
    let spoken = language.iter().any(|path| at(answer, path).is_some());
    (!spoken).then(|| base_model::model_type(name))
}
