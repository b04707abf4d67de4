//! The config of an image, video or audio model.

use super::identity::{Identity, Kind, Media};
use super::listing::Listing;
use crate::config::{AudioConfig, CheckpointType, Config, ImageConfig, VideoConfig};

/// The config that `identity` allows; `None` for files that are no part of a pipeline.
pub fn config(identity: &Identity, listing: Option<&Listing<'_>>) -> Option<Config> {
    if matches!(identity.kind, Kind::NotImage | Kind::Unknown) {
        return None;
    }
    let base_model = identity.base_model.map(str::to_owned);
    let text = |key: &str| listing.and_then(|listing| listing.text(key)).map(str::to_owned);
    let license = text("modelspec.license").or_else(|| text("general.license"));
    let tags: Vec<String> = text("modelspec.tags").map(|tags| split(&tags)).unwrap_or_default();
    Some(match identity.media {
        Media::Audio => Config::Audio(AudioConfig {
            base_model,
            architecture: identity.family.map(str::to_owned),
            license,
            tags,
            ..AudioConfig::default()
        }),
        Media::Video => Config::Video(VideoConfig { base_model, resolution: identity.resolution, license, tags }),
        Media::Image => Config::Image(Box::new(ImageConfig {
            base_model,
            checkpoint_type: checkpoint_type(identity.kind),
            vae: identity.components.vae.then(|| "baked".to_owned()).filter(|_| identity.kind == Kind::Checkpoint),
            clip_skip: identity.clip_skip,
            resolution: identity.resolution,
            trigger_words: identity.trigger_words.clone().unwrap_or_default(),
            license,
            tags,
            ..ImageConfig::default()
        })),
    })
}

fn checkpoint_type(kind: Kind) -> Option<CheckpointType> {
    match kind {
        Kind::Checkpoint => Some(CheckpointType::Checkpoint),
        Kind::DoRA | Kind::LORA => Some(CheckpointType::Lora),
        Kind::Hypernetwork => Some(CheckpointType::Hypernetwork),
        Kind::TextualInversion => Some(CheckpointType::Embedding),
        Kind::VAE => Some(CheckpointType::VAE),
        _ => None,
    }
}

fn split(tags: &str) -> Vec<String> {
    tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}
