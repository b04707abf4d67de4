//! What an image, video or audio model file is: container, family, edition, base, parts, completeness.
//!
//! The order matters. Adapters are asked for before models, because their names hold a model's names; companions that
//! share names with backbones come next; then backbones; then everything else. Shapes decide the family, metadata
//! decides inside it, and where they contradict each other the conflict is kept.

mod adapter;
mod backbone;
mod clue;
mod complete;
mod config;
mod folder;
mod foreign;
mod identity;
mod language;
mod listing;
mod marks;
mod metadata;
mod parts;
mod precision;
mod scope;
mod settings;

pub use adapter::{ListingNames, Share, applied};
pub(crate) use backbone::families_of_base;
pub use config::{config, provenance};
pub use folder::identify as identify_folder;
pub use identity::{Completeness, Components, Conflict, Defect, DefectKind, Identity, Kind, Media};
pub(super) use language::plain;
pub use listing::{Element, Entry, Listing, Wrapping};

use backbone::Found;

/// Says what the listing is. `file` is the file's name, which is the weakest of all hints.
pub fn identify(listing: &Listing<'_>, file: &str) -> Identity {
    let mut identity = by_shapes(listing);
    match identity.kind {
        Kind::TextEncoder => identity.completeness = complete::encoder(listing, &identity.prefix),
        Kind::Controlnet if identity.format == "ldm-controlnet" => {
            let family = identity.family.unwrap_or_default();
            identity.completeness = complete::control(listing, &identity.prefix, family);
        }
        Kind::VAE => identity.completeness = complete::autoencoder(listing, &identity.prefix),
        _ => {}
    }
    identity.complete = identity.completeness.defects.is_empty() && identity.format != "broken";
    metadata::refine(&mut identity, listing, file);
    identity.tensors = listing.len() as u64;
    identity.precision = precision::of(listing, &identity.prefix);
    identity
}

fn by_shapes(listing: &Listing<'_>) -> Identity {
    if listing.is_empty() {
        let what = Some("a file without a single tensor".to_owned());
        return Identity { format: "empty", what, ..Identity::default() };
    }
    adapter::find(listing)
        .or_else(|| parts::find_word(listing))
        .or_else(|| parts::find_before(listing))
        .or_else(|| backbone::find(listing).map(|found| checkpoint(listing, &found)))
        .or_else(|| parts::find_after(listing))
        .or_else(|| language::find(listing))
        .or_else(|| foreign::find(listing))
        .unwrap_or_else(|| Identity { format: "unknown", ..Identity::default() })
}

fn checkpoint(listing: &Listing<'_>, found: &Found) -> Identity {
    let row = &found.backbone;
    if row.format == "ldm-checkpoint" && is_stump(listing, found.prefix) {
        let what = format!("a fragment of a {} UNet: it has no output", row.family);
        let counts = complete::checkpoint(listing, found);
        let completeness = Completeness { defects: Vec::new(), ..counts };
        return Identity { format: "broken", what: Some(what), completeness, ..Identity::default() };
    }
    let components = components(listing);
    Identity {
        kind: Kind::Checkpoint,
        media: row.media,
        family: Some(row.family),
        variant: row.variant,
        base_model: row.bases.first().copied(),
        base_model_candidates: row.bases.to_vec(),
        decided_by: "shapes".to_owned(),
        components,
        prediction: row.prediction,
        resolution: row.resolution,
        clip_skip: clip_skip(row.variant, row.format),
        latent_channels: row.latent_channels,
        format: if listing.wrapping == Wrapping::Gguf { "gguf-diffusion" } else { row.format },
        completeness: complete::checkpoint(listing, found),
        prefix: found.prefix.to_owned(),
        ..Identity::default()
    }
}

/// A UNet that ends before its output is a fragment, not a model.
fn is_stump(listing: &Listing<'_>, prefix: &str) -> bool {
    let scope = listing.behind(prefix);
    !scope.any_starts("output_blocks.") && !scope.any_starts("out.")
}

/// UNets take the last layer of their text encoder; the NovelAI leak and its merges were trained on the one before.
fn clip_skip(variant: Option<&str>, format: &str) -> Option<u32> {
    match variant {
        _ if !matches!(format, "ldm-checkpoint" | "diffusers-unet") => None,
        Some("NAI text encoder prefix") => Some(2),
        _ => Some(1),
    }
}

fn components(listing: &Listing<'_>) -> Components {
    let vae = ["first_stage_model.decoder.", "vae.decoder.", "first_stage_model.", "vae."];
    let encoders = ["cond_stage_model.", "conditioner.embedders.", "text_encoders.", "text_encoder."];
    Components {
        unet: true,
        vae: vae.iter().any(|prefix| listing.any_starts(prefix)),
        text_encoder: encoders.iter().any(|prefix| listing.any_starts(prefix)),
    }
}

/// A sound model of `word`'s family, of which no more is known.
pub fn family(word: &str) -> Option<Identity> {
    let row = backbone::family(word)?;
    Some(Identity {
        kind: Kind::Checkpoint,
        media: row.media,
        family: Some(row.family),
        base_model: row.bases.first().copied(),
        base_model_candidates: row.bases.to_vec(),
        latent_channels: row.latent_channels,
        complete: true,
        ..Identity::default()
    })
}
