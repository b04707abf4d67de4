//! How weights are stored: the type of most elements decides, marks of quantizers outrank it.

use super::listing::{Element, Entry, Listing};
use crate::format::safetensors::Dtype;

/// The precision of the weights behind `prefix`.
pub(super) fn of(listing: &Listing<'_>, prefix: &str) -> Option<&'static str> {
    marked(listing).or_else(|| stated(listing)).or_else(|| majority(listing, prefix))
}

/// A quantizer leaves marks beside the weights.
fn marked(listing: &Listing<'_>) -> Option<&'static str> {
    let quantized = listing.entries.iter().any(|entry| {
        matches!(
            entry.element,
            Element::Torch(
                Dtype::U8 | Dtype::I8 | Dtype::I32 | Dtype::I64 | Dtype::F8_E4M3 | Dtype::F8_E5M2 | Dtype::F4
            )
        )
    });
    let marks = quantized.then(|| listing.entries.iter().filter_map(|entry| mark(entry.name)));
    marks?.min().and_then(|place| MARKS.get(place)).map(|(_, word)| *word)
}

/// Which mark a name ends with. Nearly every name is a plain weight's or bias's: its last letters rule all marks out.
fn mark(name: &str) -> Option<usize> {
    if name.ends_with("weight") && !name.ends_with("_weight") || name.ends_with("bias") {
        return None;
    }
    MARKS.iter().position(|(suffix, _)| name.ends_with(suffix))
}

/// Ends of names, the decisive one first.
static MARKS: [(&str, &str); 6] = [
    (".quant_state.bitsandbytes__nf4", "bnb-nf4"),
    (".quant_state.bitsandbytes__fp4", "bnb-fp4"),
    (".comfy_quant", "comfy-quant"),
    (".wscales", "svdquant"),
    (".scale_weight", "fp8_scaled"),
    ("scaled_fp8", "fp8_scaled"),
];

/// Bulk types by the number in `general.file_type`: mixtures are named by what most matrices have.
static FILE_TYPES: &[(i64, &str)] = &[
    (0, "F32"),
    (1, "F16"),
    (2, "Q4_0"),
    (3, "Q4_1"),
    (7, "Q8_0"),
    (8, "Q5_0"),
    (9, "Q5_1"),
    (10, "Q2_K"),
    (11, "Q3_K"),
    (12, "Q3_K"),
    (13, "Q3_K"),
    (14, "Q4_K"),
    (15, "Q4_K"),
    (16, "Q5_K"),
    (17, "Q5_K"),
    (18, "Q6_K"),
    (19, "IQ2_XXS"),
    (20, "IQ2_XS"),
    (21, "Q2_K"),
    (23, "IQ3_XXS"),
    (24, "IQ1_S"),
    (25, "IQ4_NL"),
    (26, "IQ3_S"),
    (30, "IQ4_XS"),
    (32, "BF16"),
];

/// What a GGUF file says of itself.
fn stated(listing: &Listing<'_>) -> Option<&'static str> {
    let number = listing.file_type?;
    FILE_TYPES.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

fn majority(listing: &Listing<'_>, prefix: &str) -> Option<&'static str> {
    let first = listing.entries.first()?.element;
    if listing.entries.iter().all(|entry| entry.element == first) {
        return Some(word(first));
    }
    let of_backbone = |entry: &&Entry<'_>| entry.name.starts_with(prefix);
    let matrices = listing.entries.iter().filter(|entry| entry.shape.len() >= 2);
    let backbone = count(matrices.filter(of_backbone));
    backbone.or_else(|| count(listing.entries.iter())).map(word)
}

fn count<'s, 'a: 's>(entries: impl Iterator<Item = &'s Entry<'a>>) -> Option<Element> {
    let mut counts: Vec<(Element, u64)> = Vec::new();
    for entry in entries {
        let elements = entry.shape.iter().fold(1_u64, |product, size| product.saturating_mul(*size));
        match counts.iter_mut().find(|(element, _)| *element == entry.element) {
            Some((_, count)) => *count = count.saturating_add(elements),
            None => counts.push((entry.element, elements)),
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(element, _)| element)
}

fn word(element: Element) -> &'static str {
    match element {
        Element::Torch(Dtype::BF16) => "bf16",
        Element::Torch(Dtype::F16) => "fp16",
        Element::Torch(Dtype::F32) => "fp32",
        Element::Torch(Dtype::F64) => "fp64",
        Element::Torch(Dtype::F8_E4M3) => "fp8_e4m3fn",
        Element::Torch(Dtype::F8_E5M2) => "fp8_e5m2",
        Element::Torch(Dtype::I8) => "int8",
        other => other.name(),
    }
}
