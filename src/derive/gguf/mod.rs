//! The config of a language model in GGUF.

mod classes;
mod quantization;

use super::Derived;
use crate::config::{LlmConfig, TokenizerConfig};
use crate::diagnostic::Origin;
use crate::facts::Facts;
use crate::facts::gguf::{GgufFacts, KeyFacts, KeyValue};

/// Fields whose places are noted, at most.
const FIELDS: usize = 16;

/// Derives the config of a GGUF language model.
pub(super) fn derive(gguf: &GgufFacts, facts: &Facts) -> Derived {
    let mut reader = Reader { gguf, file: Origin::file(&gguf.file), provenance: Vec::new() };
    reader.provenance.reserve(FIELDS);
    let family = reader.text("model_family", "general.architecture");
    let config = LlmConfig {
        architecture: reader.class(family.as_deref()),
        context_length: reader.context_length(family.as_deref()),
        quantization: reader.quantization(),
        tokenizer: reader.tokenizer(),
        default_temperature: reader.number("default_temperature", "general.sampling.temp"),
        default_top_p: reader.number("default_top_p", "general.sampling.top_p"),
        languages: reader.texts("languages", "general.languages"),
        base_model: reader.base_model(),
        license: reader.license(),
        tags: reader.texts("tags", "general.tags"),
        files: facts.files.iter().map(|file| file.name.clone()).collect(),
        model_family: family,
        ..LlmConfig::default()
    };
    Derived { config: Some(config.into()), provenance: reader.provenance, ..Derived::default() }
}

/// Reads fields and notes where each stands.
struct Reader<'a> {
    gguf: &'a GgufFacts,
    /// The file, for all that stands in it.
    file: Origin,
    provenance: Vec<(&'static str, Origin)>,
}

impl Reader<'_> {
    fn note(&mut self, field: &'static str, key: &'static str) {
        self.note_at(field, self.file.clone().known_key(key), self.gguf.key(key));
    }

    fn note_at(&mut self, field: &'static str, origin: Origin, key: Option<&KeyFacts>) {
        self.provenance.push((field, Origin { offset: key.map(|key| key.offset), ..origin }));
    }

    fn text(&mut self, field: &'static str, key: &'static str) -> Option<String> {
        let text = self.gguf.text(key)?.to_owned();
        self.note(field, key);
        Some(text)
    }

    fn number(&mut self, field: &'static str, key: &'static str) -> Option<f64> {
        let Some(KeyValue::Float(number)) = self.gguf.value(key) else { return None };
        let number = shortest(*number);
        self.note(field, key);
        Some(number)
    }

    fn texts(&mut self, field: &'static str, key: &'static str) -> Vec<String> {
        let texts = self.gguf.key(key).and_then(|key| key.array()).map(|array| array.texts.clone()).unwrap_or_default();
        if !texts.is_empty() {
            self.note(field, key);
        }
        texts
    }

    /// The transformers class, or GGUF's own word where no class is known.
    fn class(&mut self, family: Option<&str>) -> Option<String> {
        let family = family?;
        self.note("architecture", "general.architecture");
        Some(classes::class_of(family).unwrap_or(family).to_owned())
    }

    fn context_length(&mut self, family: Option<&str>) -> Option<u64> {
        let key = self.gguf.key(&format!("{}.context_length", family?))?;
        let tokens = key.integer().and_then(|tokens| u64::try_from(tokens).ok())?;
        self.note_at("context_length", self.file.clone().key(&key.name), Some(key));
        Some(tokens)
    }

    fn quantization(&mut self) -> Option<String> {
        let (label, key) = quantization::label(self.gguf)?;
        match key {
            Some(key) => self.note("quantization", key),
            None => self.note_at("quantization", self.file.clone(), None),
        }
        Some(label.to_owned())
    }

    fn tokenizer(&mut self) -> TokenizerConfig {
        TokenizerConfig {
            bos_token: self.special("bos_token", "tokenizer.ggml.bos_token_id"),
            eos_token: self.special("eos_token", "tokenizer.ggml.eos_token_id"),
            pad_token: self.special("pad_token", "tokenizer.ggml.padding_token_id"),
            unk_token: self.special("unk_token", "tokenizer.ggml.unknown_token_id"),
            chat_template: self.text("chat_template", "tokenizer.chat_template"),
        }
    }

    fn special(&mut self, field: &'static str, key: &'static str) -> Option<String> {
        let token = self.gguf.vocabulary.special.iter().find(|token| token.key == key)?;
        let text = token.text.clone()?;
        self.note(field, key);
        Some(text)
    }

    fn base_model(&mut self) -> Option<String> {
        let url = "general.base_model.0.repo_url";
        if let Some(text) = self.gguf.text(url) {
            let repository = text.trim_start_matches("https://huggingface.co/").to_owned();
            self.note("base_model", url);
            return Some(repository);
        }
        let name = self.text("base_model", "general.base_model.0.name")?;
        match self.gguf.text("general.base_model.0.organization") {
            Some(organization) => Some(format!("{organization}/{name}")),
            None => Some(name),
        }
    }

    fn license(&mut self) -> Option<String> {
        self.text("license", "general.license").or_else(|| self.text("license", "general.license.name"))
    }
}

/// The shortest decimal that is this number in 32 bits: files hold 0.6 as f32, nobody means 0.6000000238.
fn shortest(number: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, reason = "the number was widened from 32 bits")]
    let narrow = number as f32;
    if f64::from(narrow) == number { narrow.to_string().parse().unwrap_or(number) } else { number }
}
