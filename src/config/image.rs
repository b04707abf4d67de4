//! The image model's config.

use serde::{Deserialize, Serialize};

/// What a worker is told about an image model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(default)]
pub struct ImageConfig {
    /// The base model, in CivitAI's spelling: `SDXL 1.0`.
    #[serde(alias = "baseModel")]
    pub base_model: Option<String>,
    /// What the file is to a pipeline.
    #[serde(alias = "checkpointType")]
    pub checkpoint_type: Option<CheckpointType>,
    /// The VAE to use: `baked` where the file holds one, else a file's name or nothing.
    pub vae: Option<String>,
    /// How many last layers of the text encoder are left out, plus one: 1 uses all of them.
    #[serde(alias = "clipSkip")]
    pub clip_skip: Option<u32>,
    /// Width and height that the model was trained for, in pixels.
    #[serde(deserialize_with = "super::lenient::resolution")]
    pub resolution: Option<(u32, u32)>,
    /// Words that call what the model was trained on.
    #[serde(alias = "triggerWords", deserialize_with = "super::lenient::texts")]
    pub trigger_words: Vec<String>,
    /// Samplers that are recommended.
    #[serde(deserialize_with = "super::lenient::texts")]
    pub samplers: Vec<String>,
    /// Sampling steps that are recommended.
    pub steps: Option<u32>,
    /// Guidance that is recommended.
    #[serde(alias = "cfgScale")]
    pub cfg_scale: Option<f64>,
    /// Whether the source marks it as not safe for work.
    pub nsfw: Option<bool>,
    /// The licence's identifier.
    #[serde(deserialize_with = "super::lenient::first")]
    pub license: Option<String>,
    /// The source's tags.
    #[serde(deserialize_with = "super::lenient::texts")]
    pub tags: Vec<String>,
    /// Pictures made with it.
    #[serde(alias = "previewImages")]
    pub preview_images: Vec<ImagePreview>,
    /// How often it was fetched.
    pub downloads: Option<u64>,
    /// How many liked it.
    pub likes: Option<u64>,
}

/// What a file is to an image pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum CheckpointType {
    /// A backbone, with or without its companions.
    #[serde(alias = "checkpoint")]
    Checkpoint,
    /// A textual inversion.
    #[serde(alias = "embedding", alias = "TextualInversion")]
    Embedding,
    /// A hypernetwork.
    #[serde(alias = "hypernetwork")]
    Hypernetwork,
    /// A low-rank adapter of any kind.
    #[serde(alias = "lora", alias = "LORA", alias = "LoRA")]
    Lora,
    /// A variational autoencoder.
    #[serde(alias = "vae", alias = "Vae")]
    #[allow(clippy::upper_case_acronyms, reason = "the contract's own name")]
    VAE,
}

/// A picture made with the model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(default)]
pub struct ImagePreview {
    /// Where it is.
    pub url: String,
    /// Its width, in pixels.
    pub width: Option<u32>,
    /// Its height, in pixels.
    pub height: Option<u32>,
    /// Whether the source marks it as not safe for work.
    pub nsfw: Option<bool>,
}
