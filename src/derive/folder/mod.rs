//! The config of a model in a transformers-style folder, by transformers' own rules.

pub mod class;
pub mod context;
pub mod effective;
pub mod mistral;
pub mod quantization;
pub mod role;
pub mod rope;
pub mod tokens;
pub mod view;

use super::Derived;
use crate::config::{AudioConfig, Config, LlmConfig};
use crate::diagnostic::Origin;
use crate::facts::Facts;
use crate::facts::folder::FolderFacts;
use crate::facts::safetensors::SafetensorsFacts;
use crate::format::json::Json;
use crate::format::safetensors::Dtype;
use effective::Effective;
use quantization::Quantization;
use role::Role;
use serde_json::{Value, json};

/// What was worked out of a folder, beside the config.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderDerived {
    /// What transformers shows of `config.json`.
    pub effective: Effective,
    /// How the weights are quantized.
    pub quantization: Option<Quantization>,
    /// What the model is for.
    pub role: Role,
}

/// Derives the config of a folder's model.
pub(super) fn derive(folder: &FolderFacts, facts: &Facts) -> Derived {
    let Some(document) = folder.document("config.json") else { return mistral::derive(folder, facts) };
    let effective = Effective::of(document);
    let role = role::of(&effective);
    let worked = FolderDerived { quantization: quantization::of(folder), role, effective };
    let config = match role {
        Role::Audio => Some(Config::Audio(audio(folder, &worked.effective))),
        Role::Generator => Some(language(folder, facts, &worked).into()),
        Role::Other | Role::Unknown => None,
    };
    let provenance = provenance(folder, &worked);
    Derived { config, provenance, folder: Some(Box::new(worked)), ..Derived::default() }
}

fn audio(folder: &FolderFacts, effective: &Effective) -> AudioConfig {
    AudioConfig {
        architecture: architecture(effective),
        license: folder.card.as_ref().and_then(|card| card.license.clone()),
        tags: folder.card.as_ref().map(|card| card.tags.clone()).unwrap_or_default(),
        ..AudioConfig::default()
    }
}

fn language(folder: &FolderFacts, facts: &Facts, worked: &FolderDerived) -> LlmConfig {
    let card = folder.card.clone().unwrap_or_default();
    let (temperature, top_p) = sampling(folder);
    LlmConfig {
        architecture: architecture(&worked.effective),
        model_family: worked.effective.model_type.clone(),
        tokenizer: tokens::config(folder),
        context_length: context_length(&worked.effective),
        quantization: label(facts, worked),
        default_temperature: temperature,
        default_top_p: top_p,
        languages: card.languages,
        base_model: card.base_model,
        license: card.license,
        tags: card.tags,
        files: facts.files.iter().map(|file| file.name.clone()).collect(),
        sha: facts.revision.clone(),
        ..LlmConfig::default()
    }
}

/// The stated class, else the one that transformers builds for the model type.
fn architecture(effective: &Effective) -> Option<String> {
    let stated = effective.architectures.as_deref().and_then(<[_]>::first).cloned();
    let model_type = effective.model_type.as_deref().unwrap_or_default();
    let built = || ["causal", "image-text"].iter().find_map(|kind| role::generator(model_type, kind));
    stated.or_else(|| built().map(str::to_owned))
}

/// What transformers shows, else what vLLM finds under another key.
fn context_length(effective: &Effective) -> Option<u64> {
    let shown = effective.max_position_embeddings.filter(|&length| length > 0);
    shown.or(effective.vllm.derived).and_then(|length| u64::try_from(length).ok())
}

/// The quantization, else the element type of the weights.
fn label(facts: &Facts, worked: &FolderDerived) -> Option<String> {
    let quantized = worked.quantization.as_ref().map(|quantization| quantization.label.clone());
    let stated = || worked.effective.dtype.as_deref().map(short_dtype);
    quantized.or_else(|| main_dtype(&facts.safetensors)).or_else(stated)
}

/// The element type that most bytes have.
fn main_dtype(headers: &[SafetensorsFacts]) -> Option<String> {
    let mut sums: Vec<(Dtype, u64)> = Vec::new();
    for &(dtype, elements) in headers.iter().flat_map(|header| header.tensors.totals()) {
        let bytes = dtype.size_bytes(elements).unwrap_or_default();
        match sums.iter_mut().find(|(known, _)| *known == dtype) {
            Some((_, sum)) => *sum = sum.saturating_add(bytes),
            None => sums.push((dtype, bytes)),
        }
    }
    sums.into_iter().max_by_key(|(_, sum)| *sum).map(|(dtype, _)| dtype.name().to_lowercase())
}

fn short_dtype(name: &str) -> String {
    match name {
        "bfloat16" => "bf16",
        "float16" | "half" => "f16",
        "float" | "float32" => "f32",
        "float64" => "f64",
        other => other,
    }
    .to_owned()
}

/// Temperature and nucleus. `do_sample: false` means greedy decoding, whatever else stands there.
fn sampling(folder: &FolderFacts) -> (Option<f64>, Option<f64>) {
    let Some(document) = folder.document("generation_config.json") else { return (None, None) };
    let number = |key: &str| document.get(key).and_then(Json::as_f64).filter(|number| number.is_finite());
    match document.get("do_sample").and_then(Json::as_bool) {
        Some(false) => (Some(0.0), None),
        _ => (number("temperature"), number("top_p")),
    }
}

fn provenance(folder: &FolderFacts, worked: &FolderDerived) -> Vec<(&'static str, Origin)> {
    let config = |key: &str| Origin::file("config.json").key(key);
    let mut list = vec![("architecture", config("/architectures")), ("model_family", config("/model_type"))];
    let length = worked.effective.context_origin.clone();
    let length = length.or_else(|| worked.effective.vllm.key.map(|key| format!("/{key}")));
    list.extend(length.map(|key| ("context_length", config(&key))));
    let quantization = worked.quantization.as_ref();
    list.extend(quantization.map(|q| ("quantization", Origin::file(q.file).key(q.pointer))));
    if let Some(file) = tokens::deciding_file(folder) {
        list.push(("tokenizer", Origin::file(file)));
    }
    if let Some((file, _)) = tokens::chat_template(folder) {
        let origin = Origin::file(file);
        let inside = file.ends_with(".json");
        list.push(("chat_template", if inside { origin.key("/chat_template") } else { origin }));
    }
    for (field, key) in [("default_temperature", "/temperature"), ("default_top_p", "/top_p")] {
        list.push((field, Origin::file("generation_config.json").key(key)));
    }
    list
}

impl FolderDerived {
    /// What `inspect` shows.
    pub fn to_json(&self, folder: &FolderFacts) -> Value {
        let class = self.effective.architectures.as_deref().and_then(<[_]>::first);
        let model_type = self.effective.model_type.as_deref().unwrap_or_default();
        json!({
            "effective": self.effective.to_json(),
            "role": self.role.name(),
            "arch_roles": class.map(|class| role::tasks(class)).unwrap_or_default(),
            "causal_lm_class": role::generator(model_type, "causal"),
            "image_text_class": role::generator(model_type, "image-text"),
            "quantization": self.quantization.as_ref().map(Quantization::to_json),
            "tokens": tokens::to_json(folder, &self.effective),
            "generation": folder.document("generation_config.json").map(Json::to_serde),
        })
    }
}
