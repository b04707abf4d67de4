//! Whether a worker can run a model, by its engine's profile.

use crate::config::Config;
use crate::engine;
use crate::facts::ModelFormat;

/// Whether the profile that `worker_type` names takes this type of model and these files, and knows what they hold.
pub(super) fn ask(worker_type: &str, config: &Config) -> bool {
    let Ok(profile) = engine::find(worker_type) else { return false };
    let format = config.as_llm().and_then(|config| format(&config.files));
    let loads = format.is_none_or(|format| profile.formats.contains(&format));
    loads && profile.model_types.contains(&config.model_type()) && profile.runs.is_none_or(|runs| runs(config))
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
