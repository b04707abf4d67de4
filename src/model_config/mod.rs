//! What a worker asks of any model's config, whatever its type.

mod compatible;
mod params;

pub use params::InferenceParams;

use crate::catalog::ModelEntry;
use crate::config::{AudioConfig, Config, ImageConfig, LlmConfig, ModelType, VideoConfig};
use crate::error::Error;
use serde_json::Value;
use std::sync::Arc;

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
                compatible::ask(worker_type, &Config::from(self.clone()))
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
            Self::Llm(config) => Box::new(Arc::unwrap_or_clone(config)),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn compatible(model_type: &str, config: Value, worker_type: &str) -> bool {
        let json =
            serde_json::json!({ "id": "a", "name": "A", "path": "a", "model_type": model_type, "config": config });
        let entry = ModelEntry::from_json(&json.to_string()).expect("an entry");
        entry.model_config().expect("a config").is_compatible_with(worker_type)
    }

    #[test]
    fn language_models_by_what_each_engine_knows() {
        for (config, worker_type, wanted) in [
            (serde_json::json!({ "model_family": "llama" }), "llama-cpp", true),
            (serde_json::json!({ "architecture": "MistralForCausalLM", "files": ["a.gguf"] }), "llama-cpp", true),
            (
                serde_json::json!({ "architecture": "CohereForCausalLM", "model_family": "command-r" }),
                "llama-cpp",
                true,
            ),
            (serde_json::json!({ "model_family": "architecture-of-tomorrow" }), "llama-cpp", false),
            (serde_json::json!({ "model_family": "clip" }), "llama-cpp", false),
            (serde_json::json!({ "model_family": "llama", "files": ["a.gguf"] }), "transformers", false),
            (serde_json::json!({ "architecture": "LlamaForSequenceClassification" }), "transformers", false),
            (serde_json::json!({ "architecture": "LlamaForCausalLM" }), "transformers", true),
            (serde_json::json!({ "architecture": "LlamaForCausalLM", "model_family": "llama" }), "vllm", true),
            (serde_json::json!({ "architecture": "BloomForCausalLM", "model_family": "bloom" }), "mistralrs", false),
            (serde_json::json!({ "model_family": "llama" }), "candle", true),
            (serde_json::json!({ "model_family": "llama" }), "tgi", true),
            (serde_json::json!({}), "llama-cpp", true),
            (serde_json::json!({}), "stable-diffusion", false),
        ] {
            assert_eq!(compatible("llm", config.clone(), worker_type), wanted, "{config} for {worker_type}");
        }
    }

    #[test]
    fn picture_models_by_their_base() {
        for (base, worker_type, wanted) in [
            ("SDXL 1.0", "stable-diffusion", true),
            ("Pony", "stable-diffusion", true),
            ("Kolors", "stable-diffusion", false),
            ("Kolors", "comfyui", true),
            ("a base of tomorrow", "stable-diffusion", true),
            ("SDXL 1.0", "llama-cpp", false),
        ] {
            let config = serde_json::json!({ "base_model": base });
            assert_eq!(compatible("image", config, worker_type), wanted, "{base} for {worker_type}");
        }
    }
}
