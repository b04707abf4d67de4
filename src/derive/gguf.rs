//! The config of a language model in GGUF.

use super::Derived;
use crate::config::{Config, LlmConfig};
use crate::facts::Facts;
use crate::facts::gguf::{GgufFacts, KeyValue};

/// Derives the config of a GGUF language model.
pub(super) fn derive(gguf: &GgufFacts, facts: &Facts) -> Derived {
    let family = gguf.text("general.architecture").unwrap_or_default();
    let context_length = match gguf.value(&format!("{family}.context_length")) {
        Some(KeyValue::Uint(tokens)) => Some(*tokens),
        _ => None,
    };
    let config = LlmConfig {
        model_family: Some(family.to_owned()),
        context_length,
        files: facts.files.iter().map(|file| file.name.clone()).collect(),
        ..LlmConfig::default()
    };
    Derived { config: Some(Config::Llm(Box::new(config))), ..Derived::default() }
}
