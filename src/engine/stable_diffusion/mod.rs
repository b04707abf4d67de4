//! stable-diffusion.cpp at commit 97d2990.

mod family;
mod judge;

pub use judge::CAUSES;

use super::Profile;
use crate::config::ModelType;
use crate::diagnostic::{Code, Severity};
use crate::facts::ModelFormat;
use crate::rules::image;

/// stable-diffusion.cpp at commit 97d2990.
pub static CPP_97D2990: Profile = Profile {
    name: "stable-diffusion-cpp",
    version: "97d2990",
    label: "stable-diffusion-cpp@97d2990",
    worker_types: &["stable-diffusion"],
    model_types: &[ModelType::Image, ModelType::Video],
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
    // The engine's reader stops at the last tensor and never looks behind it.
    overrides: &[(Code("SAFE101"), Severity::Warning)],
    describe: None,
    runs: Some(family::runs),
};
