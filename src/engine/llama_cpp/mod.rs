//! llama.cpp v0.5.0, on a CPU, with a memory map and default parameters.

use super::Profile;
use crate::config::ModelType;
use crate::facts::ModelFormat;

/// llama.cpp v0.5.0, on a CPU, with a memory map and default parameters.
pub static V0_5_0: Profile = Profile {
    name: "llama-cpp",
    version: "0.5.0",
    label: "llama-cpp@0.5.0",
    worker_types: &["llama-cpp", "llama.cpp"],
    model_types: &[ModelType::Llm],
    formats: &[ModelFormat::Gguf],
    rules: &[],
    overrides: &[],
};
