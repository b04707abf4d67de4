//! vLLM 0.33.

pub mod architecture;
pub mod dtype;
pub mod mistral;
pub mod quantization;
pub mod stale;

use super::transformers;
use super::{Profile, by_class_or_family};
use crate::config::ModelType;
use crate::diagnostic::{Code, Severity};
use crate::facts::ModelFormat;
use crate::rules::{Rule, bundle, chat, llm, tokens};

/// vLLM 0.33.
pub static V0_33: Profile = Profile {
    name: "vllm",
    version: "0.33",
    label: "vllm@0.33",
    worker_types: &["vllm"],
    model_types: &[ModelType::Llm],
    formats: &[ModelFormat::TransformersFolder],
    rules: RULES,
    overrides: OVERRIDES,
    describe: None,
    runs: Some(|config| by_class_or_family(config, architecture::generates, architecture::generates_type)),
};

/// What vLLM wants: it reads configs through transformers, and chooses the model by its architecture.
static RULES: &[&Rule] = &[
    &mistral::RULE,
    &bundle::ADAPTER,
    &bundle::DOWNLOAD,
    &bundle::SHARDS,
    &bundle::INDEX,
    &stale::RULE,
    &bundle::WEIGHTS,
    &bundle::DOCUMENTS,
    &transformers::model_type::RULE,
    &transformers::fields::RULE,
    &transformers::shape::RULE,
    &transformers::rope::RULE,
    &architecture::RULE,
    &transformers::agreement::RULE,
    &quantization::RULE,
    &dtype::RULE,
    &llm::TENSORS,
    &tokens::TOKENIZER,
    &tokens::SPECIAL,
    &tokens::ENDS,
    &tokens::TEMPLATE,
    &chat::TEMPLATE,
];

/// Without an index vLLM takes every safetensors file of the folder, whatever its name.
static OVERRIDES: &[(Code, Severity)] = &[(Code("BNDL121"), Severity::Note)];
