//! The config of a language model in a transformers-style folder.

use super::Derived;
use crate::config::{Config, LlmConfig};
use crate::facts::Facts;
use crate::facts::folder::FolderFacts;
use crate::format::json::Json;

/// Derives the config of a folder's language model.
pub(super) fn derive(folder: &FolderFacts, facts: &Facts) -> Derived {
    let Some(document) = folder.document("config.json") else { return Derived::default() };
    let text = |key: &str| document.get(key).and_then(Json::as_str).map(str::to_owned);
    let config = LlmConfig {
        model_family: text("model_type"),
        context_length: document.get("max_position_embeddings").and_then(Json::as_u64),
        files: facts.files.iter().map(|file| file.name.clone()).collect(),
        ..LlmConfig::default()
    };
    Derived { config: Some(Config::Llm(Box::new(config))), provenance: Vec::new() }
}
