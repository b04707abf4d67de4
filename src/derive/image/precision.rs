//! How weights are stored: the type of most elements decides, marks of quantizers outrank it.

use super::listing::{Element, Entry, Listing};
use crate::format::bytes::begins;
use crate::format::safetensors::Dtype;

/// The precision of the weights behind `prefix`.
pub(super) fn of(listing: &Listing<'_>, prefix: &str) -> Option<&'static str> {
    quantizer(listing).or_else(|| stated(listing)).or_else(|| majority(listing, prefix))
}

/// What a quantizer left that packs weights into types of its own.
fn quantizer(listing: &Listing<'_>) -> Option<&'static str> {
    let packed = listing.totals().iter().any(|(element, _)| is_packed(*element));
    listing.marks().quantizer().filter(|_| packed)
}

fn is_packed(element: Element) -> bool {
    matches!(
        element,
        Element::Torch(Dtype::U8 | Dtype::I8 | Dtype::I32 | Dtype::I64 | Dtype::F8_E4M3 | Dtype::F8_E5M2 | Dtype::F4)
    )
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
    if let [(only, _)] = listing.totals() {
        return Some(word(*only));
    }
    let counts = |entry: &Entry<'_>| entry.shape.len() >= 2 && begins(entry.name.as_bytes(), prefix.as_bytes());
    let matrices = leader(listing, counts).or_else(|| count(listing, counts));
    matrices.or_else(|| count(listing, |_| true)).map(word)
}

fn elements(entry: &Entry<'_>) -> u64 {
    entry.shape.iter().fold(1_u64, |product, size| product.saturating_mul(*size))
}

/// The type that has more elements in the tensors that count than any other has at all, as one has as a rule.
fn leader(listing: &Listing<'_>, counts: impl Fn(&Entry<'_>) -> bool) -> Option<Element> {
    let (most, _) = listing.totals().iter().max_by_key(|(_, total)| *total)?;
    let others = listing.totals().iter().filter(|(element, _)| element != most).map(|(_, total)| *total).max()?;
    let mut seen = 0_u64;
    let mut leads = listing.entries().filter(|entry| entry.element == *most && counts(entry)).map(|entry| {
        seen = seen.saturating_add(elements(&entry));
        seen > others
    });
    leads.any(|leads| leads).then_some(*most)
}

/// The type of most elements in the tensors that count.
fn count(listing: &Listing<'_>, counts: impl Fn(&Entry<'_>) -> bool) -> Option<Element> {
    let mut known: Vec<(Element, u64)> = Vec::new();
    for entry in listing.entries().filter(|entry| counts(entry)) {
        match known.iter_mut().find(|(element, _)| *element == entry.element) {
            Some((_, count)) => *count = count.saturating_add(elements(&entry)),
            None => known.push((entry.element, elements(&entry))),
        }
    }
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
