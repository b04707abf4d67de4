//! What a worker starts with.

use crate::config::{AudioConfig, ImageConfig, LlmConfig, VideoConfig};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Tokens that a language model is fed at once where nothing else is asked for: llama.cpp's own physical batch.
const TOKENS_AT_ONCE: u64 = 512;

/// What a worker needs to start a model. What is not known is absent: the engine's own default holds then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null, hashmap_as_object))]
#[serde(default)]
pub struct InferenceParams {
    /// The longest context, in tokens; language models only.
    #[serde(alias = "contextLength")]
    pub context_length: Option<u64>,
    /// What is worked on at once: tokens of a prompt, or pictures. A start that every engine bears.
    #[serde(alias = "batchSize")]
    pub batch_size: Option<u64>,
    /// The rest, by name. Language models: `stop_tokens`, `temperature`, `top_p`. Images: `resolution`, `cfg_scale`,
    /// `steps`, `sampler`, `clip_skip`, `vae`. Video: `resolution`. Audio: `sample_rate`.
    #[cfg_attr(feature = "wasm", tsify(type = "Record<string, unknown>"))]
    pub additional: BTreeMap<String, Value>,
}

impl InferenceParams {
    fn with(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.additional.insert(name.to_owned(), value.into());
        }
        self
    }
}

pub(super) fn llm(config: &LlmConfig) -> InferenceParams {
    let tokens = config.context_length.map_or(TOKENS_AT_ONCE, |context| context.min(TOKENS_AT_ONCE));
    InferenceParams { context_length: config.context_length, batch_size: Some(tokens), ..InferenceParams::default() }
        .with("stop_tokens", config.tokenizer.eos_token.as_ref().map(|token| vec![token.clone()]))
        .with("temperature", config.default_temperature)
        .with("top_p", config.default_top_p)
}

pub(super) fn image(config: &ImageConfig) -> InferenceParams {
    pictures()
        .with("resolution", config.resolution.map(pair))
        .with("cfg_scale", config.cfg_scale)
        .with("steps", config.steps)
        .with("sampler", config.samplers.first().cloned())
        .with("clip_skip", config.clip_skip)
        .with("vae", config.vae.clone())
}

pub(super) fn video(config: &VideoConfig) -> InferenceParams {
    pictures().with("resolution", config.resolution.map(pair))
}

pub(super) fn audio(config: &AudioConfig) -> InferenceParams {
    pictures().with("sample_rate", config.sample_rate)
}

/// One work at a time.
fn pictures() -> InferenceParams {
    InferenceParams { batch_size: Some(1), ..InferenceParams::default() }
}

fn pair((width, height): (u32, u32)) -> Vec<u32> {
    vec![width, height]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TokenizerConfig;
    use serde_json::json;

    #[test]
    fn a_language_worker_gets_what_it_starts_with() {
        let config = LlmConfig {
            context_length: Some(256),
            default_temperature: Some(0.6),
            tokenizer: TokenizerConfig { eos_token: Some("</s>".into()), ..TokenizerConfig::default() },
            ..LlmConfig::default()
        };
        let params = serde_json::to_value(llm(&config)).unwrap();
        let additional = json!({"stop_tokens": ["</s>"], "temperature": 0.6});
        assert_eq!(params, json!({"context_length": 256, "batch_size": 256, "additional": additional}));
    }

    #[test]
    fn an_image_worker_gets_what_it_starts_with() {
        let config = ImageConfig {
            resolution: Some((1024, 768)),
            samplers: vec!["Euler a".into(), "DDIM".into()],
            steps: Some(20),
            cfg_scale: Some(7.0),
            clip_skip: Some(2),
            ..ImageConfig::default()
        };
        let wanted =
            json!({"resolution": [1024, 768], "cfg_scale": 7.0, "steps": 20, "sampler": "Euler a", "clip_skip": 2});
        assert_eq!(serde_json::to_value(image(&config).additional).unwrap(), wanted);
    }
}
