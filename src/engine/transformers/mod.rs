//! transformers 5.23 with torch.

use super::Profile;
use crate::config::ModelType;
use crate::facts::ModelFormat;

/// transformers 5.23 with torch.
pub static V5_23: Profile = Profile {
    name: "transformers",
    version: "5.23",
    label: "transformers@5.23",
    worker_types: &["transformers"],
    model_types: &[ModelType::Llm],
    formats: &[ModelFormat::TransformersFolder],
    rules: &[],
    overrides: &[],
};
