//! How weights are stored: the type of most elements decides, marks of quantizers outrank it.

use super::bytes::begins;
use super::listing::{Element, Listing};
use crate::format::safetensors::Dtype;

/// The precision of the weights behind `prefix`.
pub(super) fn of(listing: &Listing<'_>, prefix: &str) -> Option<&'static str> {
    listing.marks().quantizer().or_else(|| stated(listing)).or_else(|| majority(listing, prefix))
}

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
    if let Some(element) = listing.marks().element {
        return Some(word(element));
    }
    let matrices = count(listing, |name, shape| shape.len() >= 2 && begins(name, prefix.as_bytes()));
    matrices.or_else(|| count(listing, |_, _| true)).map(word)
}

/// The type of most elements in the tensors that count.
fn count(listing: &Listing<'_>, counts: impl Fn(&[u8], &[u64]) -> bool) -> Option<Element> {
    let mut known: Vec<(Element, u64)> = Vec::new();
    let mut last = 0;
    listing.each(|name, shape, element| {
        if !counts(name, shape) {
            return;
        }
        let elements = shape.iter().fold(1_u64, |product, size| product.saturating_mul(*size));
        if known.get(last).is_none_or(|(known, _)| *known != element) {
            last = known.iter().position(|(known, _)| *known == element).unwrap_or_else(|| {
                known.push((element, 0));
                known.len().saturating_sub(1)
            });
        }
        if let Some((_, count)) = known.get_mut(last) {
            *count = count.saturating_add(elements);
        }
    });
    known.into_iter().max_by_key(|(_, count)| *count).map(|(element, _)| element)
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
