//! ComfyUI of August 2026.

mod judge;

pub use judge::CAUSES;

use super::Profile;
use crate::config::ModelType;
use crate::facts::ModelFormat;
use crate::rules::image;

/// ComfyUI of August 2026.
pub static AUGUST_2026: Profile = Profile {
    name: "comfyui",
    version: "2026-08",
    label: "comfyui@2026-08",
    worker_types: &["comfyui"],
    model_types: &[ModelType::Image, ModelType::Video, ModelType::Audio],
    formats: &[ModelFormat::DiffusersFolder, ModelFormat::Gguf, ModelFormat::Pickle, ModelFormat::Safetensors],
    rules: &[
        &image::foreign::RULE,
        &image::complete::RULE,
        &image::conflict::RULE,
        &image::cut::RULE,
        &image::folder::RULE,
        &super::picture::asked::RULE,
        &judge::RULE,
    ],
    overrides: &[],
    describe: None,
    runs: None,
};
