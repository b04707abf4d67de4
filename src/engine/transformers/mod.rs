//! transformers 5.23 with torch.
//!
//! Most of what it wants of a folder is wanted by the engines that read folders through it as well: their profiles
//! take its rules from here.

pub mod agreement;
pub mod dtype;
pub mod fields;
pub mod index;
pub mod model_type;
pub mod quantization;
pub mod role;
pub mod rope;
pub mod shape;
pub mod strict;

use super::{Profile, by_class_or_family};
use crate::config::ModelType;
use crate::derive::folder::role as folder_role;
use crate::facts::ModelFormat;
use crate::rules::{Rule, bundle, chat, llm, tokens};

/// transformers 5.23 with torch.
pub static V5_23: Profile = Profile {
    name: "transformers",
    version: "5.23",
    label: "transformers@5.23",
    worker_types: &["transformers"],
    model_types: &[ModelType::Llm],
    formats: &[ModelFormat::TransformersFolder],
    rules: RULES,
    overrides: &[],
    describe: None,
    runs: Some(|config| by_class_or_family(config, folder_role::generates_text, folder_role::is_generator)),
};

/// What transformers wants.
static RULES: &[&Rule] = &[
    &bundle::CONFIG,
    &bundle::ADAPTER,
    &bundle::DOWNLOAD,
    &bundle::SHARDS,
    &bundle::INDEX,
    &bundle::WEIGHTS,
    &bundle::DOCUMENTS,
    &model_type::RULE,
    &fields::RULE,
    &shape::RULE,
    &rope::RULE,
    &dtype::RULE,
    &quantization::RULE,
    &role::RULE,
    &agreement::RULE,
    &index::RULE,
    &llm::TENSORS,
    &tokens::TOKENIZER,
    &tokens::SPECIAL,
    &tokens::ENDS,
    &tokens::TEMPLATE,
    &chat::TEMPLATE,
];
