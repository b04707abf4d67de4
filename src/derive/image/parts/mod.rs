//! Files that go beside a backbone: what they are, by names and shapes. One row a kind.

mod autoencoder;
mod control;
mod encoder;
mod ip_adapter;
mod motion;
mod upscaler;
mod word;

pub(super) use word::find_word;

use super::backbone;
use super::clue::{Clue, all_hold};
use super::identity::{Components, Identity, Kind, Media};
use super::listing::Listing;

/// One kind of companion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    kind: Kind,
    /// How names and tensors are laid out.
    format: &'static str,
    /// The family that it goes with; `None` where it goes with many.
    family: Option<&'static str>,
    bases: &'static [&'static str],
    variant: Option<&'static str>,
    /// Which text encoder it is.
    encoder: Option<&'static str>,
    latent_channels: Option<u32>,
    /// What stands before every name.
    prefix: &'static str,
    clues: &'static [Clue],
}

const PLAIN: Part = Part {
    kind: Kind::Unknown,
    format: "",
    family: None,
    bases: &[],
    variant: None,
    encoder: None,
    latent_channels: None,
    prefix: "",
    clues: &[],
};
const FLUX: &[&str] = &["Flux.1 D", "Flux.1 Krea", "Flux.1 Kontext", "Flux.1 S"];
const SIXTEEN: &[&str] = &["Flux.1 D", "Flux.1 S", "SD 3", "SD 3.5 Large", "ZImageTurbo", "Chroma"];
const SD3: &[&str] = &["SD 3", "SD 3.5 Medium", "SD 3.5 Large", "SD 3.5 Large Turbo"];
const FOUR: &[&str] = &["SD 1.5", "SD 2.1", "SDXL 1.0"];
const WAN: &[&str] = &["Wan Video 14B t2v", "Wan Video 1.3B t2v", "Wan Video", "Qwen", "Anima"];
const ZIMAGE: &[&str] = &["ZImageTurbo", "ZImageBase"];

/// Companions that share names with backbones and must be asked for first.
static BEFORE_BACKBONES: &[&[Part]] = &[control::ROWS, ip_adapter::ROWS, motion::ROWS];

/// Companions that are asked for when no backbone was found.
static AFTER_BACKBONES: &[&[Part]] =
    &[autoencoder::ROWS, encoder::ROWS, encoder::VISION_ROWS, motion::OTHERS, upscaler::ROWS];

/// Companions that look like backbones at first sight.
pub(super) fn find_before(listing: &Listing<'_>) -> Option<Identity> {
    find(BEFORE_BACKBONES, listing)
}

/// Companions that look like nothing else.
pub(super) fn find_after(listing: &Listing<'_>) -> Option<Identity> {
    find(AFTER_BACKBONES, listing)
}

fn find(parts: &[&[Part]], listing: &Listing<'_>) -> Option<Identity> {
    let whole = listing.behind("").surveyed();
    let mut scope = whole.clone();
    let part = parts.iter().copied().flatten().find(|part| {
        if part.prefix.is_empty() {
            return all_hold(part.clues, &whole);
        }
        if part.prefix != scope.prefix {
            scope = listing.behind(part.prefix).surveyed();
        }
        all_hold(part.clues, &scope)
    });
    part.map(describe)
}

/// Wan's autoencoder serves families of pictures too.
fn media(part: &Part) -> Media {
    let family = part.family.filter(|family| *family != "wan").and_then(backbone::family);
    family.map(|row| row.media).unwrap_or_default()
}

fn describe(part: &Part) -> Identity {
    Identity {
        kind: part.kind,
        family: part.family,
        media: media(part),
        variant: part.variant,
        base_model: part.bases.first().copied(),
        base_model_candidates: part.bases.to_vec(),
        decided_by: "shapes".to_owned(),
        components: Components {
            unet: false,
            vae: part.kind == Kind::VAE,
            text_encoder: part.kind == Kind::TextEncoder,
        },
        latent_channels: part.latent_channels,
        format: part.format,
        text_encoder: part.encoder,
        complete: true,
        prefix: part.prefix.to_owned(),
        ..Identity::default()
    }
}
