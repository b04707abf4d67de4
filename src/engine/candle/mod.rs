//! candle 0.11.

pub mod module;

use super::Profile;
use super::transformers;
use crate::config::ModelType;
use crate::facts::ModelFormat;
use crate::rules::{Rule, bundle, llm, tokens};

/// candle 0.11.
pub static V0_11: Profile = Profile {
    name: "candle",
    version: "0.11",
    label: "candle@0.11",
    worker_types: &["candle"],
    model_types: &[ModelType::Llm],
    formats: &[ModelFormat::TransformersFolder],
    rules: RULES,
    overrides: &[],
    describe: None,
    runs: Some(module::runs),
};

/// What a candle program wants.
static RULES: &[&Rule] = &[
    &bundle::CONFIG,
    &bundle::DOWNLOAD,
    &bundle::SHARDS,
    &bundle::INDEX,
    &bundle::WEIGHTS,
    &bundle::DOCUMENTS,
    &module::RULE,
    &transformers::role::RULE,
    &llm::TENSORS,
    &tokens::TOKENIZER,
    &tokens::SPECIAL,
    &tokens::ENDS,
    &tokens::TEMPLATE,
];
