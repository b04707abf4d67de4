//! Text Generation Inference 3.3.

pub mod dialect;
pub mod model_type;

use super::Profile;
use super::transformers;
use crate::config::ModelType;
use crate::diagnostic::{Code, Severity};
use crate::facts::ModelFormat;
use crate::rules::{Rule, bundle, chat, llm, tokens};

/// Text Generation Inference 3.3.
pub static V3_3: Profile = Profile {
    name: "tgi",
    version: "3.3",
    label: "tgi@3.3",
    worker_types: &["tgi", "text-generation-inference"],
    model_types: &[ModelType::Llm],
    formats: &[ModelFormat::TransformersFolder],
    rules: RULES,
    overrides: OVERRIDES,
    describe: None,
    runs: Some(model_type::runs),
};

/// A name that stands in two files stops TGI: `Key ... was found in multiple files`.
static OVERRIDES: &[(Code, Severity)] = &[(Code("BNDL116"), Severity::Error)];

/// What TGI wants.
static RULES: &[&Rule] = &[
    &bundle::CONFIG,
    &bundle::ADAPTER,
    &bundle::DOWNLOAD,
    &bundle::SHARDS,
    &bundle::INDEX,
    &bundle::WEIGHTS,
    &bundle::DOCUMENTS,
    &model_type::RULE,
    &transformers::role::RULE,
    &transformers::agreement::RULE,
    &llm::TENSORS,
    &tokens::TOKENIZER,
    &tokens::SPECIAL,
    &tokens::ENDS,
    &tokens::TEMPLATE,
    &chat::TEMPLATE,
    &dialect::RULE,
];
