//! The config of an image repository.

use super::{HUB, card, kind, popularity};
use crate::catalog::answer::{first_text, list, require_object, text};
use crate::catalog::base_model;
use crate::config::{CheckpointType, ImageConfig, ImagePreview, ModelType};
use crate::error::Error;
use serde_json::Value;

/// Pipeline classes of diffusers that one base model has, sorted.
const PIPELINES: [(&str, &str); 12] = [
    ("AuraFlow", "AuraFlow"),
    ("ChromaPipeline", "Chroma"),
    ("Flux2", "Flux.2 D"),
    ("HiDream", "HiDream"),
    ("HunyuanDiT", "Hunyuan 1"),
    ("Kolors", "Kolors"),
    ("Lumina2", "Lumina"),
    ("PixArtAlpha", "PixArt a"),
    ("PixArtSigma", "PixArt E"),
    ("QwenImage", "Qwen"),
    ("StableCascade", "Stable Cascade"),
    ("StableDiffusionXL", "SDXL 1.0"),
];

impl ImageConfig {
    /// The config of an image repository, from the answer of `/api/models/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the answer is no object, or is of another kind of model.
    pub fn from_huggingface(answer: &Value) -> Result<Self, Error> {
        require_object(HUB, answer)?;
        match kind::model_type(answer) {
            ModelType::Image => Ok(config(answer)),
            other => {
                Err(Error::input(format!("{HUB} response"), format!("a model of type {}, not image", other.name())))
            }
        }
    }
}

pub(super) fn config(answer: &Value) -> ImageConfig {
    let (downloads, likes) = popularity(answer);
    let (base, kind) = (base_model_of(answer), checkpoint_type(answer));
    let trained = matches!(kind, CheckpointType::Checkpoint | CheckpointType::Lora);
    ImageConfig {
        resolution: base.as_deref().filter(|_| trained).and_then(base_model::resolution),
        base_model: base,
        checkpoint_type: Some(kind),
        trigger_words: first_text(answer, "cardData/instance_prompt").into_iter().collect(),
        nsfw: card::has_tag(answer, "not-for-all-audiences").then_some(true),
        license: card::license(answer),
        tags: card::tags(answer),
        preview_images: list(answer, "cardData/widget").iter().filter_map(preview).collect(),
        downloads,
        likes,
        ..ImageConfig::default()
    }
}

/// CivitAI's name: by the repository's own name, by the pipeline's class, else by the base model that the card names.
fn base_model_of(answer: &Value) -> Option<String> {
    let id = text(answer, "id").or_else(|| text(answer, "modelId")).unwrap_or_default();
    let class = text(answer, "config/diffusers/_class_name").unwrap_or_default();
    let by_class = || PIPELINES.iter().find(|(prefix, _)| class.starts_with(prefix)).map(|(_, name)| *name);
    let known = base_model::known(&id).or_else(by_class).map(str::to_owned);
    known.or_else(|| card::base_model(answer).map(|name| base_model::known(&name).map_or(name.clone(), str::to_owned)))
}

fn checkpoint_type(answer: &Value) -> CheckpointType {
    let class = text(answer, "config/diffusers/_class_name").unwrap_or_default();
    let adapter = card::tags(answer).iter().any(|tag| tag.starts_with("base_model:adapter:"));
    if card::has_tag(answer, "lora") || adapter {
        CheckpointType::Lora
    } else if card::has_tag(answer, "textual_inversion") || card::has_tag(answer, "textual-inversion") {
        CheckpointType::Embedding
    } else if class.starts_with("Autoencoder") || class == "VQModel" {
        CheckpointType::VAE
    } else {
        CheckpointType::Checkpoint
    }
}

fn preview(widget: &Value) -> Option<ImagePreview> {
    Some(ImagePreview { url: text(widget, "output/url")?, ..ImagePreview::default() })
}
