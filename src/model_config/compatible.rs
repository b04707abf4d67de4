//! Whether a worker can run a model, by its engine's profile.

use crate::config::{AudioConfig, ImageConfig, LlmConfig, ModelType, VideoConfig};
use crate::engine;
use crate::facts::ModelFormat;

/// What a config tells an engine's profile.
#[derive(Debug, PartialEq)]
pub(super) struct Traits {
    model_type: ModelType,
    format: Option<ModelFormat>,
}

/// Whether the profile that `worker_type` names takes a model with these traits.
pub(super) fn ask(worker_type: &str, traits: &Traits) -> bool {
    let Ok(profile) = engine::find(worker_type) else { return false };
    let loads = traits.format.is_none_or(|format| profile.formats.contains(&format));
    loads && profile.model_types.contains(&traits.model_type)
}

impl From<&LlmConfig> for Traits {
    fn from(config: &LlmConfig) -> Self {
        Self { model_type: ModelType::Llm, format: format(&config.files) }
    }
}

impl From<&ImageConfig> for Traits {
    fn from(_: &ImageConfig) -> Self {
        Self { model_type: ModelType::Image, format: None }
    }
}

impl From<&AudioConfig> for Traits {
    fn from(_: &AudioConfig) -> Self {
        Self { model_type: ModelType::Audio, format: None }
    }
}

impl From<&VideoConfig> for Traits {
    fn from(_: &VideoConfig) -> Self {
        Self { model_type: ModelType::Video, format: None }
    }
}

/// The kind of files, by their names: the entry has no bytes to look at.
fn format(files: &[String]) -> Option<ModelFormat> {
    let any = |ending: &str| files.iter().any(|file| file.to_ascii_lowercase().ends_with(ending));
    if any("config.json") && (any(".safetensors") || any(".bin")) {
        return Some(ModelFormat::TransformersFolder);
    }
    if any(".gguf") {
        return Some(ModelFormat::Gguf);
    }
    any(".safetensors").then_some(ModelFormat::TransformersFolder)
}
