//! The language model's config.

use serde::{Deserialize, Serialize};

/// What a worker is told about a language model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(default)]
pub struct LlmConfig {
    /// The architecture: the transformers class name (`LlamaForCausalLM`), or GGUF's word where no class is known.
    pub architecture: Option<String>,
    /// The family: GGUF's `general.architecture` or transformers' `model_type` (`llama`).
    #[serde(alias = "modelFamily")]
    pub model_family: Option<String>,
    /// Special tokens, as text, and the chat template.
    pub tokenizer: TokenizerConfig,
    /// The training context, in tokens.
    #[serde(alias = "contextLength")]
    pub context_length: Option<u64>,
    /// The quantization's label: `Q4_K_M`, `fp8`, `gptq-int4`, or an element type such as `bf16` where there is none.
    pub quantization: Option<String>,
    /// The sampling temperature that the model asks for; 0 where it asks for greedy decoding.
    #[serde(alias = "defaultTemperature")]
    pub default_temperature: Option<f64>,
    /// The nucleus that the model asks for.
    #[serde(alias = "defaultTopP")]
    pub default_top_p: Option<f64>,
    /// Languages, as the model card names them.
    #[serde(deserialize_with = "super::lenient::texts")]
    pub languages: Vec<String>,
    /// The repository that this model was made from.
    #[serde(alias = "baseModel", deserialize_with = "super::lenient::first")]
    pub base_model: Option<String>,
    /// The licence's identifier.
    #[serde(deserialize_with = "super::lenient::first")]
    pub license: Option<String>,
    /// The model card's tags.
    #[serde(deserialize_with = "super::lenient::texts")]
    pub tags: Vec<String>,
    /// The model's files, relative to its folder.
    #[serde(deserialize_with = "super::lenient::texts")]
    pub files: Vec<String>,
    /// The source repository's commit.
    pub sha: Option<String>,
    /// Whether the source asks for consent before it gives the files.
    #[serde(deserialize_with = "super::lenient::gated")]
    pub gated: Option<bool>,
    /// How often it was fetched.
    pub downloads: Option<u64>,
    /// How many liked it.
    pub likes: Option<u64>,
}

/// Special tokens, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(default)]
pub struct TokenizerConfig {
    /// Begins a sequence.
    #[serde(alias = "bosToken", deserialize_with = "super::lenient::token")]
    pub bos_token: Option<String>,
    /// Ends a turn or a sequence.
    #[serde(alias = "eosToken", deserialize_with = "super::lenient::token")]
    pub eos_token: Option<String>,
    /// Fills up a batch.
    #[serde(alias = "padToken", deserialize_with = "super::lenient::token")]
    pub pad_token: Option<String>,
    /// Stands for what the vocabulary lacks.
    #[serde(alias = "unkToken", deserialize_with = "super::lenient::token")]
    pub unk_token: Option<String>,
    /// The default chat template: Jinja source.
    #[serde(alias = "chatTemplate", deserialize_with = "super::lenient::template")]
    pub chat_template: Option<String>,
}
