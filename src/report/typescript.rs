//! TypeScript declarations of everything that goes in or comes out.

use super::shape;
use crate::{catalog, config, diagnostic, model_config};
use tsify::Tsify;

/// The declarations, as `docs/types/modelgate.d.ts` keeps them.
pub fn typescript() -> String {
    let head = "// The types of modelgate's JSON: catalog entries, configs, reports.\n\
                // Made from the Rust types by `UPDATE_TYPES=1 cargo test --features wasm --test types`; do not edit.\n";
    DECLARATIONS.iter().fold(head.to_owned(), |out, declaration| format!("{out}\n{declaration}\n"))
}

static DECLARATIONS: [&str; 21] = [
    catalog::ArtifactStatus::DECL,
    catalog::ModelEntry::DECL,
    config::AudioConfig::DECL,
    config::CheckpointType::DECL,
    config::ImageConfig::DECL,
    config::ImagePreview::DECL,
    config::LlmConfig::DECL,
    config::ModelType::DECL,
    config::TokenizerConfig::DECL,
    config::VideoConfig::DECL,
    diagnostic::Severity::DECL,
    model_config::InferenceParams::DECL,
    shape::Answer::DECL,
    shape::CheckReport::DECL,
    shape::EngineReport::DECL,
    shape::FindingReport::DECL,
    shape::FixReport::DECL,
    shape::InspectReport::DECL,
    shape::ModelReport::DECL,
    shape::OriginReport::DECL,
    shape::UnknownReport::DECL,
];
