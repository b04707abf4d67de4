//! How much of its family a model holds: every tensor counted, by name and shape.
//!
//! UNets, autoencoders and CLIP are laid out level by level, so their tensors are declared one by one, as engines do.
//! Transformers repeat one block: there the blocks are held against each other and counted against the family, and
//! what stands outside blocks against a list.

mod alike;
mod blocks;
mod clip;
mod required;
mod tally;
mod template;
mod unet;
mod vae;
mod vae_diffusers;

use super::backbone::Found;
use super::identity::Completeness;
use super::listing::Listing;
use tally::Tally;

/// Counts a checkpoint against its family.
pub(super) fn checkpoint(listing: &Listing<'_>, found: &Found) -> Completeness {
    let mut tally = Tally::behind(listing, found.prefix);
    let row = &found.backbone;
    if row.format == "ldm-checkpoint" {
        unet::check(&mut tally, found);
    } else {
        blocks::check(&mut tally, found);
    }
    let mut counts = tally.finish("unet");
    for prefix in ["first_stage_model.", "vae."] {
        counts.defects.extend(autoencoder(listing, prefix).defects);
    }
    let mut rest = Tally::behind(listing, "");
    clip::check_baked(&mut rest);
    counts.defects.extend(rest.finish("text_encoder").defects);
    counts
}

/// Counts an autoencoder of the common layout; others are not laid out here.
pub(super) fn autoencoder(listing: &Listing<'_>, prefix: &str) -> Completeness {
    let mut tally = Tally::behind(listing, prefix);
    vae::check(&mut tally);
    tally.finish("vae")
}

/// Counts a ControlNet in the names of Stable Diffusion's first code.
pub(super) fn control(listing: &Listing<'_>, prefix: &str, family: &str) -> Completeness {
    let mut tally = Tally::behind(listing, prefix);
    unet::check_control(&mut tally, family);
    tally.finish("controlnet")
}

/// Counts a text encoder of a known layout.
pub(super) fn encoder(listing: &Listing<'_>, prefix: &str) -> Completeness {
    let mut tally = Tally::behind(listing, prefix);
    clip::check_alone(&mut tally);
    tally.finish("text_encoder")
}
