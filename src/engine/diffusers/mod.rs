//! diffusers 0.42 with torch.

mod judge;

pub use judge::CAUSES;

use super::Profile;
use crate::config::ModelType;
use crate::diagnostic::{Code, Severity};
use crate::facts::ModelFormat;
use crate::rules::image;

/// diffusers 0.42 with torch: folders by `from_pretrained`, single files by `from_single_file`.
pub static V0_42: Profile = Profile {
    name: "diffusers",
    version: "0.42",
    label: "diffusers@0.42",
    worker_types: &[],
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
    overrides: &[(Code("IMG112"), Severity::Error)],
    describe: None,
    runs: None,
};
