//! ComfyUI of August 2026.

use super::Profile;
use crate::config::ModelType;
use crate::facts::ModelFormat;

/// ComfyUI of August 2026.
pub static AUGUST_2026: Profile = Profile {
    name: "comfyui",
    version: "2026-08",
    label: "comfyui@2026-08",
    worker_types: &["comfyui"],
    model_types: &[ModelType::Image, ModelType::Video, ModelType::Audio],
    formats: &[ModelFormat::DiffusersFolder, ModelFormat::Gguf, ModelFormat::Safetensors],
    rules: &[],
    overrides: &[],
    describe: None,
};
