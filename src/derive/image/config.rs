//! The config of an image, video or audio model.

use super::identity::{Identity, Kind, Media};
use super::listing::Listing;
use super::settings::Settings;
use crate::config::{AudioConfig, CheckpointType, Config, ImageConfig, VideoConfig};
use crate::diagnostic::Origin;

/// The config that `identity` allows; `None` for files that are no part of a pipeline.
pub fn config(identity: &Identity, listing: Option<&Listing<'_>>) -> Option<Config> {
    if matches!(identity.kind, Kind::NotImage | Kind::Unknown) {
        return None;
    }
    let base_model = identity.base_model.map(str::to_owned);
    let text = |key: &str| listing.and_then(|listing| listing.text(key)).map(str::to_owned);
    let license = text("modelspec.license").or_else(|| text("general.license"));
    let tags: Vec<String> = text("modelspec.tags").map(|tags| split(&tags)).unwrap_or_default();
    let settings = listing.map(Settings::of).unwrap_or_default();
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
            samplers: settings.samplers,
            steps: settings.steps,
            cfg_scale: settings.cfg_scale,
            license,
            tags,
            ..ImageConfig::default()
        })),
    })
}

/// Metadata keys that give a field, the first that stands counts.
static KEYS: &[(&str, &[&str])] = &[
    ("cfg_scale", &["modelspec.usage_hint"]),
    ("clip_skip", &["ss_clip_skip", "modelspec.encoder_layer"]),
    ("license", &["modelspec.license", "general.license"]),
    ("resolution", &["ss_resolution", "modelspec.resolution"]),
    ("samplers", &["modelspec.usage_hint"]),
    ("steps", &["modelspec.usage_hint"]),
    ("tags", &["modelspec.tags"]),
    ("trigger_words", &["modelspec.trigger_phrase", "ss_training_comment", "ss_tag_frequency"]),
];

/// Where each field of the config that has a value comes from: a metadata key, or the names and shapes of `file`.
pub fn provenance(
    config: &Config,
    identity: &Identity,
    listing: &Listing<'_>,
    file: &str,
) -> Vec<(&'static str, Origin)> {
    let shapes = ["base_model", "checkpoint_type", "vae"].into_iter();
    let fields = shapes.chain(KEYS.iter().map(|(field, _)| *field)).filter(|field| has(config, field));
    let place = Origin::file(file);
    let at = |key: Option<&str>| key.map_or_else(|| place.clone(), |key| place.clone().key(key));
    let decided = Some(identity.decided_by.as_str()).filter(|key| listing.text(key).is_some());
    let key = |field: &str| {
        let keys = KEYS.iter().find(|(known, _)| *known == field).map(|(_, keys)| *keys)?;
        keys.iter().copied().find(|key| listing.text(key).is_some_and(|text| !is_none(text)))
    };
    fields.map(|field| (field, at(if field == "base_model" { decided } else { key(field) }))).collect()
}

/// Whether the field, of those that are derived, has a value.
fn has(config: &Config, field: &str) -> bool {
    match (config, field) {
        (Config::Audio(audio), "base_model") => audio.base_model.is_some(),
        (Config::Audio(audio), "license") => audio.license.is_some(),
        (Config::Audio(audio), "tags") => !audio.tags.is_empty(),
        (Config::Image(image), "base_model") => image.base_model.is_some(),
        (Config::Image(image), "cfg_scale") => image.cfg_scale.is_some(),
        (Config::Image(image), "checkpoint_type") => image.checkpoint_type.is_some(),
        (Config::Image(image), "clip_skip") => image.clip_skip.is_some(),
        (Config::Image(image), "license") => image.license.is_some(),
        (Config::Image(image), "resolution") => image.resolution.is_some(),
        (Config::Image(image), "samplers") => !image.samplers.is_empty(),
        (Config::Image(image), "steps") => image.steps.is_some(),
        (Config::Image(image), "tags") => !image.tags.is_empty(),
        (Config::Image(image), "trigger_words") => !image.trigger_words.is_empty(),
        (Config::Image(image), "vae") => image.vae.is_some(),
        (Config::Video(video), "base_model") => video.base_model.is_some(),
        (Config::Video(video), "license") => video.license.is_some(),
        (Config::Video(video), "resolution") => video.resolution.is_some(),
        (Config::Video(video), "tags") => !video.tags.is_empty(),
        _ => false,
    }
}

/// Trainers write `None` for what they were not told.
fn is_none(text: &str) -> bool {
    matches!(text.trim(), "" | "None" | "none" | "null")
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
