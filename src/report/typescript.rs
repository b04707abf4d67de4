//! TypeScript declarations of everything that goes in or comes out.

use super::shape;
use crate::{catalog, config, diagnostic, model_config};
use std::fmt::Write;
use ts_rs::{Config, TS};

/// The declarations, as `types/modelgate.d.ts` keeps them.
pub fn typescript() -> String {
    let mut out = "// The types of modelgate's JSON: catalog entries, configs, reports.\n\
                   // Made from the Rust types by `UPDATE_TYPES=1 cargo test --features typescript --test types`; do not edit.\n"
        .to_owned();
    let declare = [
        one::<catalog::ArtifactStatus>,
        one::<catalog::ModelEntry>,
        one::<config::AudioConfig>,
        one::<config::CheckpointType>,
        one::<config::ImageConfig>,
        one::<config::ImagePreview>,
        one::<config::LlmConfig>,
        one::<config::ModelType>,
        one::<config::TokenizerConfig>,
        one::<config::VideoConfig>,
        one::<diagnostic::Severity>,
        one::<model_config::InferenceParams>,
        one::<shape::Answer>,
        one::<shape::CheckReport>,
        one::<shape::EngineReport>,
        one::<shape::FindingReport>,
        one::<shape::FixReport>,
        one::<shape::InspectReport>,
        one::<shape::ModelReport>,
        one::<shape::OriginReport>,
        one::<shape::UnknownReport>,
    ];
    // JSON numbers are JavaScript numbers; a model's sizes stay below 2^53.
    let config = Config::new().with_large_int("number");
    declare.iter().for_each(|declare| declare(&config, &mut out));
    out
}

fn one<T: TS>(config: &Config, out: &mut String) {
    let docs = T::docs().unwrap_or_default();
    let _ = write!(out, "\n{docs}export {}\n", T::decl(config));
}
