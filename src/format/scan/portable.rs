//! The answers in plain Rust, eight bytes at a time.

use super::ends::{Block, Marks};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Whether `byte` ends a plain run in a string.
pub(crate) fn is_stop(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1F)
}

/// A bit for each byte that [`is_stop`].
#[allow(dead_code, reason = "where vector instructions answer, tests alone ask here")]
pub(crate) fn stops(chunk: &[u8; 16]) -> u32 {
    let whole = u128::from_le_bytes(*chunk);
    #[allow(clippy::cast_possible_truncation, reason = "the two halves are taken one by one")]
    let (low, high) = (whole as u64, (whole >> 64) as u64);
    gather(stop_bits(low)) | gather(stop_bits(high)) << 8
}

/// What stands where in a block.
#[allow(dead_code, reason = "where vector instructions answer, tests alone ask here")]
pub(super) fn marks(block: &Block) -> Marks {
    let quotes = by_words(block, |word| equal(b'"', word));
    Marks { quotes, others: by_words(block, |word| below(0x20, word) | equal(b'\\', word)) }
}

/// A bit for each backslash of a block.
#[allow(dead_code, reason = "where vector instructions answer, tests alone ask here")]
pub(super) fn backslashes(block: &Block) -> u64 {
    by_words(block, |word| equal(b'\\', word))
}

/// A bit for each byte whose high bit `bits` sets in its word.
fn by_words(block: &Block, bits: impl Fn(u64) -> u64) -> u64 {
    let (words, _) = block.as_chunks::<8>();
    let words = words.iter().rev().map(|word| u64::from(gather(bits(u64::from_le_bytes(*word)))));
    words.fold(0, |all, bits| all << 8 | bits)
}

/// Each bit the sum, without carry, of those up to it.
#[allow(dead_code, reason = "where vector instructions answer, tests alone ask here")]
pub(super) fn sums(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].iter().fold(bits, |sums, shift| sums ^ sums << shift)
}

/// Whether `byte` is a blank of JSON.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A bit for each byte that is not [`is_blank`].
#[allow(dead_code, reason = "where vector instructions answer, tests alone ask here")]
pub(crate) fn inks(chunk: &[u8; 16]) -> u32 {
    (0..).zip(chunk).filter(|(_, byte)| !is_blank(**byte)).fold(0, |bits, (place, _): (u32, _)| bits | 1 << place)
}

/// A bit for each byte in which the two agree.
#[allow(dead_code, reason = "where vector instructions answer, tests alone ask here")]
pub(crate) fn equals(left: &[u8; 16], right: &[u8; 16]) -> u32 {
    let same = (0..).zip(left.iter().zip(right)).filter(|(_, (left, right))| left == right);
    same.fold(0, |bits, (place, _): (u32, _)| bits | 1 << place)
}

/// The high bit of every byte that stops.
fn stop_bits(word: u64) -> u64 {
    below(0x20, word) | equal(b'"', word) | equal(b'\\', word)
}

/// The high bit of every byte below `limit`.
fn below(limit: u8, word: u64) -> u64 {
    // Seven bits a byte, so that no byte borrows from its neighbour.
    let low = word & !HIGH;
    !(low.wrapping_add(ONES.wrapping_mul(u64::from(128_u8.wrapping_sub(limit)))) | word) & HIGH
}

/// The high bit of every byte that is `byte`.
fn equal(byte: u8, word: u64) -> u64 {
    below(1, word ^ ONES.wrapping_mul(u64::from(byte)))
}

/// The eight high bits, side by side.
fn gather(bits: u64) -> u32 {
    let packed = (bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    u32::try_from(packed).unwrap_or(0)
}
