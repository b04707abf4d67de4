//! mistral.rs 0.9.

pub mod architecture;
pub mod dialect;

use super::{Profile, by_class_or_family};
use crate::config::ModelType;
use crate::facts::ModelFormat;
use crate::rules::{Rule, bundle, chat, llm, tokens};

/// mistral.rs 0.9.
pub static V0_9: Profile = Profile {
    name: "mistralrs",
    version: "0.9",
    label: "mistralrs@0.9",
    worker_types: &["mistralrs", "mistral.rs"],
    model_types: &[ModelType::Llm],
    formats: &[ModelFormat::TransformersFolder],
    rules: RULES,
    overrides: &[],
    describe: None,
    runs: Some(|config| by_class_or_family(config, architecture::loads, architecture::loads_type)),
};

/// What mistral.rs wants: no transformers stands behind it.
static RULES: &[&Rule] = &[
    &bundle::CONFIG,
    &bundle::ADAPTER,
    &bundle::DOWNLOAD,
    &bundle::SHARDS,
    &bundle::INDEX,
    &bundle::WEIGHTS,
    &bundle::DOCUMENTS,
    &architecture::RULE,
    &llm::TENSORS,
    &tokens::TOKENIZER,
    &tokens::SPECIAL,
    &tokens::ENDS,
    &tokens::TEMPLATE,
    &chat::TEMPLATE,
    &dialect::RULE,
];
