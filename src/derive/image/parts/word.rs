//! Learned words and hypernetworks.

use super::super::backbone::{SD1, SD2, SDXL};
use super::super::clue::Clue::{Has, Last};
use super::super::identity::{Identity, Kind};
use super::super::listing::Listing;
use super::{FLUX, PLAIN, Part, SD3, describe, find};

const WORD: Part = Part { kind: Kind::TextualInversion, format: "textual-inversion", ..PLAIN };

/// Learned words: few tensors, so only asked for in small files.
static ROWS: &[Part] = &[
    Part { family: Some("sd3"), bases: SD3, clues: &[Has("t5xxl"), Has("clip_g")], ..WORD },
    Part { family: Some("flux"), bases: FLUX, clues: &[Has("t5xxl"), Has("clip_l")], ..WORD },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Has("clip_l"), Has("clip_g")], ..WORD },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Last("clip_g", 1280)], ..WORD },
    Part { family: Some("sd1"), bases: SD1, clues: &[Last("emb_params", 768)], ..WORD },
    Part { family: Some("sd2"), bases: SD2, clues: &[Last("emb_params", 1024)], ..WORD },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Last("emb_params", 1280)], ..WORD },
    Part { family: Some("sd1"), bases: SD1, clues: &[Last("string_to_param.*", 768)], ..WORD },
    Part { family: Some("sd2"), bases: SD2, clues: &[Last("string_to_param.*", 1024)], ..WORD },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Last("string_to_param.*", 1280)], ..WORD },
    Part { family: Some("sd1"), bases: SD1, clues: &[Last("clip_l", 768)], ..WORD },
];

/// A learned word's file has fewer tensors than this.
const WORD_TENSORS: usize = 10;

/// Learned words and hypernetworks.
pub(in super::super) fn find_word(listing: &Listing<'_>) -> Option<Identity> {
    if let Some(network) = hypernetwork(listing) {
        return Some(network);
    }
    if listing.len() >= WORD_TENSORS {
        return None;
    }
    let mut word = find(&[ROWS], listing).or_else(|| lone_vector(listing))?;
    let vectors = listing.entries().find(|entry| matches!(entry.shape.last(), Some(768 | 1024 | 1280)));
    word.vectors =
        vectors.map(|entry| if entry.shape.len() > 1 { entry.shape.first().copied().unwrap_or(1) } else { 1 });
    Some(word)
}

/// diffusers writes `{"<token>": [width]}`.
fn lone_vector(listing: &Listing<'_>) -> Option<Identity> {
    let entry = listing.at(0).filter(|_| listing.len() == 1)?;
    let token = entry.name.starts_with('<') || entry.shape.len() == 1;
    let part = match entry.shape.last()? {
        768 if token => Part { family: Some("sd1"), bases: SD1, ..WORD },
        1024 if token => Part { family: Some("sd2"), bases: SD2, ..WORD },
        1280 if token => Part { family: Some("sdxl"), bases: SDXL, ..WORD },
        _ => return None,
    };
    Some(describe(&part))
}

/// Layers keyed by the width that they change.
fn hypernetwork(listing: &Listing<'_>) -> Option<Identity> {
    let scope = listing.behind("").surveyed();
    if !scope.any_first(|first| first == b'+' || first.is_ascii_digit()) {
        return None;
    }
    let width = |name: &str| name.split('.').next().and_then(|part| part.parse::<u64>().ok());
    let is_layer = |name: &str| name.contains("linear.") || name.contains(".linear");
    let names = listing.entries().map(|entry| entry.name);
    let widths: Vec<u64> = names.filter(|name| is_layer(name)).filter_map(width).collect();
    let known = widths.iter().filter(|width| matches!(width, 320 | 640 | 768 | 1024 | 1280)).count();
    if known < 4 || known != widths.len() {
        return None;
    }
    let plain = Part { kind: Kind::Hypernetwork, format: "hypernetwork", ..PLAIN };
    let second = widths.contains(&1024) && !widths.contains(&768);
    let part = if second {
        Part { family: Some("sd2"), bases: SD2, ..plain }
    } else {
        Part { family: Some("sd1"), bases: SD1, ..plain }
    };
    Some(describe(&part))
}
