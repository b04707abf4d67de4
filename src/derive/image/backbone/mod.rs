//! Which backbone this is, by names and shapes alone.

mod named;
mod rows;
mod unet;

pub(crate) use named::families_of_base;
pub(super) use unet::of as unet_of;
pub(crate) use unet::{SD1, SD2, SDXL};

use super::clue::{Clue, all_hold};
use super::identity::Media;
use super::listing::Listing;
use super::scope::Scope;

/// One edition of one family. Adding a family is adding a row and a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Backbone {
    /// The family's short name.
    pub(super) family: &'static str,
    /// The edition within the family.
    pub(super) variant: Option<&'static str>,
    /// Signs that all must hold.
    pub(super) clues: &'static [Clue],
    /// The best single base, in CivitAI's spelling, then every other that has the same names and shapes.
    pub(super) bases: &'static [&'static str],
    /// What it makes.
    pub(super) media: Media,
    /// Width and height that it was made for, in pixels.
    pub(super) resolution: Option<(u32, u32)>,
    /// Channels of the latent picture; 0 where it works on pixels.
    pub(super) latent_channels: Option<u32>,
    /// What it predicts; `None` where the header cannot tell.
    pub(super) prediction: Option<&'static str>,
    /// Stems of numbered blocks and how many there are.
    pub(super) blocks: &'static [(&'static str, u64)],
    /// How names are spelled.
    pub(super) format: &'static str,
}

impl Backbone {
    /// What every row starts from.
    pub(super) const PLAIN: Self = Self {
        family: "",
        variant: None,
        clues: &[],
        bases: &["Other"],
        media: Media::Image,
        resolution: None,
        latent_channels: None,
        prediction: Some("flow"),
        blocks: &[],
        format: "native-dit",
    };
}

/// A backbone and where its names begin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// What stands before every name of the backbone.
    pub(super) prefix: &'static str,
    /// The edition.
    pub(super) backbone: Backbone,
}

/// Prefixes that writers put before a backbone's names, longest first.
static PREFIXES: [&str; 9] = [
    "model.diffusion_model.",
    "diffusion_model.",
    "model.model.",
    "net.",
    "transformer.",
    "unet.",
    "model.",
    "dit.",
    "",
];

/// A prefix counts when more than this many names carry it.
const PREFIX_NAMES: usize = 5;

/// Names the backbone, if the listing holds one.
pub(super) fn find(listing: &Listing<'_>) -> Option<Found> {
    let mut prefixes = PREFIXES.iter().filter(|prefix| listing.count_starts(prefix) > PREFIX_NAMES);
    prefixes.find_map(|prefix| {
        let scope = listing.behind(prefix).surveyed();
        at(&scope).map(|backbone| Found { prefix, backbone })
    })
}

fn at(scope: &Scope<'_, '_>) -> Option<Backbone> {
    let row = rows::ROWS.iter().find(|row| all_hold(row.clues, scope)).copied();
    row.or_else(|| unet::find(scope))
}

/// The plainest row of a family: of transformers the last one, which asks for least.
pub(super) fn family(word: &str) -> Option<Backbone> {
    let plain = |row: &&&Backbone| row.family == word && row.variant.is_none();
    let rows: Vec<&Backbone> = rows::ROWS.iter().collect();
    let found = rows.iter().rev().find(plain).or_else(|| rows.iter().rev().find(|row| row.family == word));
    found.map(|row| **row).or_else(|| unet::family_named(word))
}
