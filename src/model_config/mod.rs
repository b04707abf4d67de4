//! What a worker asks of any model's config, whatever its type.

mod compatible;
mod params;

pub use params::InferenceParams;

use crate::catalog::ModelEntry;
use crate::config::{AudioConfig, Config, ImageConfig, LlmConfig, ModelType, VideoConfig};
use crate::error::Error;
use serde_json::Value;

/// A model's config, of whichever type.
///
/// ```
/// use modelgate::{ModelConfig, ModelEntry};
///
/// let text = r#"{ "id": "a", "name": "A", "path": "a.gguf", "model_type": "llm",
///                 "config": { "model_family": "llama", "context_length": 8192, "files": ["a.gguf"] } }"#;
/// let config = ModelEntry::from_json(text)?.model_config()?;
/// assert!(config.is_compatible_with("llama-cpp"));
/// assert!(!config.is_compatible_with("comfyui"));
/// assert_eq!(config.inference_params().context_length, Some(8192));
/// # Ok::<(), modelgate::Error>(())
/// ```
pub trait ModelConfig: Send + Sync {
    /// The kind of model that this configures.
    fn model_type(&self) -> ModelType;

    /// The config as JSON, in the contract's field names.
    fn to_json(&self) -> Value;

    /// Whether a worker of this type can run the model, by the engine profile that the type names; never for a worker
    /// type that no profile has.
    ///
    /// This asks what the config alone can tell: the type of model, the kind of files, the architecture. Whether these
    /// very files load is the gate's verdict.
    fn is_compatible_with(&self, worker_type: &str) -> bool;

    /// What a worker starts with.
    fn inference_params(&self) -> InferenceParams;
}

/// Implements the trait for a config that [`Config`] has a variant for.
macro_rules! model_config {
    ($config:ty, $variant:ident, $params:path) => {
        impl ModelConfig for $config {
            fn model_type(&self) -> ModelType {
                ModelType::$variant
            }

            fn to_json(&self) -> Value {
                serde_json::to_value(self).unwrap_or_default()
            }

            fn is_compatible_with(&self, worker_type: &str) -> bool {
                compatible::ask(worker_type, &compatible::Traits::from(self))
            }

            fn inference_params(&self) -> InferenceParams {
                $params(self)
            }
        }
    };
}

model_config!(AudioConfig, Audio, params::audio);
model_config!(ImageConfig, Image, params::image);
model_config!(LlmConfig, Llm, params::llm);
model_config!(VideoConfig, Video, params::video);

impl Config {
    /// The config as a worker sees it.
    pub fn as_model_config(&self) -> &dyn ModelConfig {
        match self {
            Self::Audio(config) => config,
            Self::Image(config) => config.as_ref(),
            Self::Llm(config) => config.as_ref(),
            Self::Video(config) => config,
        }
    }

    /// The config as a worker keeps it.
    pub fn into_model_config(self) -> Box<dyn ModelConfig> {
        match self {
            Self::Audio(config) => Box::new(config),
            Self::Image(config) => config,
            Self::Llm(config) => config,
            Self::Video(config) => Box::new(config),
        }
    }
}

impl ModelEntry {
    /// The entry's claims as the config of its model type.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] that names the field whose value is not of its type.
    pub fn model_config(&self) -> Result<Box<dyn ModelConfig>, Error> {
        Ok(self.typed_config()?.into_model_config())
    }
}
