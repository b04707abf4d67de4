//! The config of an image model.

use super::{HUB, Listing, files, listing, nsfw, pictures, words};
use crate::catalog::answer::{count, list, require_object, texts};
use crate::catalog::base_model;
use crate::config::{CheckpointType, ImageConfig, ModelType};
use crate::error::Error;
use serde_json::Value;

impl ImageConfig {
    /// The config of one version: of the answer for a version, or of a model's first listed (its newest) version.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the answer is no object, names no model, or is of another kind of model: a language
    /// model on CivitAI does not become an image model.
    pub fn from_civitai(answer: &Value) -> Result<Self, Error> {
        require_object(HUB, answer)?;
        let listed = listing(answer)?;
        match listed.model_type() {
            ModelType::Image => Ok(config(listed)),
            other => {
                Err(Error::input(format!("{HUB} response"), format!("a model of type {}, not image", other.name())))
            }
        }
    }
}

pub(super) fn config(listed: Listing<'_>) -> ImageConfig {
    let made = pictures::settings(list(listed.version, "images"));
    let recommended =
        |key: &str| [key.to_owned(), format!("settings/{key}")].iter().find_map(|path| count(listed.version, path));
    let clip_skip = recommended("clipSkip").and_then(|skip| u32::try_from(skip).ok());
    ImageConfig {
        base_model: listed.base_model(),
        checkpoint_type: listed.kind().as_deref().and_then(checkpoint_type),
        vae: files::vae(listed),
        clip_skip: clip_skip.or(made.clip_skip),
        resolution: trained_for(listed).or(made.resolution),
        trigger_words: words::trigger_words(&texts(listed.version, "trainedWords")),
        samplers: made.samplers,
        steps: made.steps,
        cfg_scale: made.cfg_scale,
        nsfw: nsfw::of_model(listed),
        license: listed.license(),
        tags: listed.tags(),
        preview_images: pictures::previews(list(listed.version, "images")),
        downloads: listed.downloads(),
        likes: listed.likes(),
    }
}

/// The base model's resolution, for what takes it over from its base model.
fn trained_for(listed: Listing<'_>) -> Option<(u32, u32)> {
    let kind = listed.kind();
    matches!(kind.as_deref(), None | Some("Checkpoint" | "DoRA" | "LORA" | "LoCon")).then_some(())?;
    base_model::resolution(&listed.base_model()?)
}

/// The contract's word for the hub's type; nothing for what has none (`Controlnet`, `Upscaler`, `Workflows`).
fn checkpoint_type(kind: &str) -> Option<CheckpointType> {
    match kind {
        "Checkpoint" => Some(CheckpointType::Checkpoint),
        "DoRA" | "LORA" | "LoCon" => Some(CheckpointType::Lora),
        "Hypernetwork" => Some(CheckpointType::Hypernetwork),
        "TextualInversion" => Some(CheckpointType::Embedding),
        "VAE" => Some(CheckpointType::VAE),
        _ => None,
    }
}
