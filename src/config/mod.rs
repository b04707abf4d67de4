//! What a worker is told about a model: plain data, one file a model type.
//!
//! Field names are a contract with catalogs and workers; camelCase spellings are accepted on reading. A field that is
//! not known is absent, never guessed.

mod image;
mod lenient;
mod llm;
mod media;

pub use image::{CheckpointType, ImageConfig, ImagePreview};
pub use llm::{LlmConfig, TokenizerConfig};
pub use media::{AudioConfig, VideoConfig};

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The kind of model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "lowercase")]
pub enum ModelType {
    /// Speech, sound, music.
    #[serde(alias = "Audio", alias = "AUDIO")]
    Audio,
    /// Pictures: checkpoints and what is put beside them.
    #[serde(alias = "Image", alias = "IMAGE")]
    Image,
    /// Text generation.
    #[serde(alias = "Llm", alias = "LLM")]
    Llm,
    /// Moving pictures.
    #[serde(alias = "Video", alias = "VIDEO")]
    Video,
}

impl ModelType {
    /// The word that is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Image => "image",
            Self::Llm => "llm",
            Self::Video => "video",
        }
    }
}

/// A derived configuration, of whichever type the model is.
#[derive(Debug, Clone, PartialEq)]
pub enum Config {
    /// An audio model.
    Audio(AudioConfig),
    /// An image model.
    Image(Box<ImageConfig>),
    /// A language model; shared, as its chat template may be long.
    Llm(Arc<LlmConfig>),
    /// A video model.
    Video(VideoConfig),
}

impl From<AudioConfig> for Config {
    fn from(config: AudioConfig) -> Self {
        Self::Audio(config)
    }
}

impl From<ImageConfig> for Config {
    fn from(config: ImageConfig) -> Self {
        Self::Image(Box::new(config))
    }
}

impl From<LlmConfig> for Config {
    fn from(config: LlmConfig) -> Self {
        Self::Llm(Arc::new(config))
    }
}

impl From<VideoConfig> for Config {
    fn from(config: VideoConfig) -> Self {
        Self::Video(config)
    }
}

impl Config {
    /// The kind of model that this configures.
    pub fn model_type(&self) -> ModelType {
        match self {
            Self::Audio(_) => ModelType::Audio,
            Self::Image(_) => ModelType::Image,
            Self::Llm(_) => ModelType::Llm,
            Self::Video(_) => ModelType::Video,
        }
    }

    /// The config as JSON, in its own field names.
    pub fn to_json(&self) -> serde_json::Value {
        let json = match self {
            Self::Audio(config) => serde_json::to_value(config),
            Self::Image(config) => serde_json::to_value(config),
            Self::Llm(config) => serde_json::to_value(&**config),
            Self::Video(config) => serde_json::to_value(config),
        };
        json.unwrap_or_default()
    }

    /// The language model's config, when this is one.
    pub fn as_llm(&self) -> Option<&LlmConfig> {
        match self {
            Self::Llm(config) => Some(config),
            _ => None,
        }
    }

    /// The image model's config, when this is one.
    pub fn as_image(&self) -> Option<&ImageConfig> {
        match self {
            Self::Image(config) => Some(config),
            _ => None,
        }
    }

    /// The training context, in tokens, when this is a language model that states one.
    pub fn context_length(&self) -> Option<u64> {
        self.as_llm().and_then(|config| config.context_length)
    }
}
