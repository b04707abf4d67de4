//! The config of a language model's repository.

use super::files::Files;
use super::{HUB, card, kind, popularity};
use crate::catalog::answer::{at, count, first_text, list, require_object, text};
use crate::config::{LlmConfig, ModelType, TokenizerConfig};
use crate::error::Error;
use serde_json::Value;

impl LlmConfig {
    /// The config of a language model's repository, from the answer of `/api/models/{id}` or a row of a search.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the answer is no object, or is of another kind of model.
    pub fn from_huggingface(answer: &Value) -> Result<Self, Error> {
        require_object(HUB, answer)?;
        match kind::model_type(answer) {
            ModelType::Llm => Ok(config(answer)),
            other => Err(Error::input(format!("{HUB} response"), format!("a model of type {}, not llm", other.name()))),
        }
    }
}

pub(super) fn config(answer: &Value) -> LlmConfig {
    let files = Files::of_siblings(list(answer, "siblings"));
    let (downloads, likes) = popularity(answer);
    let word = text(answer, "gguf/architecture");
    LlmConfig {
        architecture: first_text(answer, "config/architectures").or_else(|| word.clone()),
        model_family: text(answer, "config/model_type").or(word),
        tokenizer: tokenizer(answer),
        context_length: context_length(answer),
        quantization: files.label().or_else(|| quantization(answer)),
        languages: card::languages(answer),
        base_model: card::base_model(answer),
        license: card::license(answer),
        tags: card::tags(answer),
        files: files.names(),
        sha: text(answer, "sha"),
        gated: card::gated(answer),
        downloads,
        likes,
        ..LlmConfig::default()
    }
}

fn context_length(answer: &Value) -> Option<u64> {
    let paths = ["gguf/context_length", "config/max_position_embeddings", "config/text_config/max_position_embeddings"];
    paths.iter().find_map(|path| count(answer, path)).filter(|tokens| *tokens > 0)
}

fn tokenizer(answer: &Value) -> TokenizerConfig {
    let token = |name: &str| {
        let stated = at(answer, "config/tokenizer_config").and_then(|config| special(config, name));
        stated.or_else(|| special(at(answer, "gguf")?, name))
    };
    TokenizerConfig {
        bos_token: token("bos_token"),
        eos_token: token("eos_token"),
        pad_token: token("pad_token"),
        unk_token: token("unk_token"),
        chat_template: chat_template(answer),
    }
}

/// A special token: text, `null`, or an object that holds the text.
fn special(config: &Value, name: &str) -> Option<String> {
    text(config, name).or_else(|| text(config, &format!("{name}/content")))
}

fn chat_template(answer: &Value) -> Option<String> {
    let places = ["config/tokenizer_config/chat_template", "config/chat_template_jinja", "gguf/chat_template"];
    places.iter().find_map(|place| text(answer, place).or_else(|| default_template(list(answer, place))))
}

/// Of a list of named templates, the default one, else the first.
fn default_template(named: &[Value]) -> Option<String> {
    let default = named.iter().find(|one| text(one, "name").as_deref() == Some("default"));
    text(default.or(named.first())?, "template")
}

/// The method with its bits; of weights that are not quantized, the type that most of them have.
fn quantization(answer: &Value) -> Option<String> {
    let method = text(answer, "config/quantization_config/quant_method");
    let bits = count(answer, "config/quantization_config/bits");
    match (method, bits) {
        (Some(method), Some(bits)) => Some(format!("{method}-int{bits}")),
        (Some(method), None) => Some(bitsandbytes(answer, &method)),
        (None, _) => element_type(answer),
    }
}

fn bitsandbytes(answer: &Value, method: &str) -> String {
    let is = |key: &str| at(answer, &format!("config/quantization_config/{key}")) == Some(&Value::Bool(true));
    match method {
        "bitsandbytes" if is("load_in_4bit") => "bitsandbytes-4bit".to_owned(),
        "bitsandbytes" if is("load_in_8bit") => "bitsandbytes-8bit".to_owned(),
        other => other.to_owned(),
    }
}

fn element_type(answer: &Value) -> Option<String> {
    let types = at(answer, "safetensors/parameters")?.as_object()?.iter();
    let counted = types.filter_map(|(name, count)| Some((count.as_u64()?, name)));
    counted.max().map(|(_, name)| name.to_lowercase())
}
