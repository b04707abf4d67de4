//! Hashes of texts up to their first zero byte, which is where they end for llama.cpp.

use crate::format::gguf::until_zero;
use crate::format::names::{fold, halves};
use std::hash::{BuildHasher, RandomState};

/// Spreads bits.
pub(super) const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Hashes texts. Seeded anew for every file, so that no file can be made to collide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hasher {
    seeds: [u64; 2],
}

impl Hasher {
    pub(super) fn new() -> Self {
        let random = RandomState::new();
        Self { seeds: [random.hash_one(0), random.hash_one(1) | 1] }
    }

    /// The text up to its first zero byte, and its hash. `ahead` begins with the text: the words of a short one are taken
    /// from there whatever its length, as guessing lengths wrong costs more than all else.
    #[inline]
    pub(super) fn text_ahead<'t>(self, text: &'t [u8], ahead: &[u8]) -> (&'t [u8], u64) {
        let hash = match ahead.first_chunk::<16>() {
            Some(ahead) if text.len() <= 16 => self.words(cut(*ahead, text.len()), text.len()),
            _ => self.long(text),
        };
        hash.map_or_else(|| self.cut_off(text), |hash| (text, hash))
    }

    /// The hash of a text up to its first zero byte.
    pub(super) fn hash(self, text: &[u8]) -> u64 {
        self.long(text).unwrap_or_else(|| self.cut_off(text).1)
    }

    #[cold]
    fn cut_off(self, text: &[u8]) -> (&[u8], u64) {
        let text = until_zero(text);
        (text, self.long(text).unwrap_or_default())
    }

    /// The hash of a text of so many bytes whose last 16 are in these words, if no byte is zero.
    #[inline]
    fn words(self, [low, high]: [u64; 2], length: usize) -> Option<u64> {
        let [seed, secret] = self.seeds;
        if has_zero(low) | has_zero(high) {
            return None;
        }
        let state = seed ^ (length as u64).wrapping_mul(MULTIPLIER);
        Some(fold(state ^ low, secret ^ high).wrapping_mul(MULTIPLIER))
    }

    /// The same of a text of any length.
    fn long(mut self, text: &[u8]) -> Option<u64> {
        let (chunks, rest) = text.as_chunks::<16>();
        let mut last = [FULL; 16];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        let (last, chunks) = match chunks.split_last() {
            Some((whole, before)) if rest.is_empty() => (*whole, before),
            _ => (last, chunks),
        };
        for chunk in chunks {
            let [seed, secret] = &mut self.seeds;
            let [low, high] = halves(u128::from_le_bytes(*chunk));
            if has_zero(low) | has_zero(high) {
                return None;
            }
            *seed = fold(*seed ^ low, *secret ^ high);
        }
        self.words(halves(u128::from_le_bytes(last)), text.len())
    }
}

/// Stands where a text has ended.
const FULL: u8 = 0xFF;

/// Ones behind so many of 16 bytes.
static BEHIND: [[u64; 2]; 17] = {
    let mut behind = [[0; 2]; 17];
    let mut length = 0;
    while length < 16 {
        #[allow(clippy::indexing_slicing, reason = "the length is below 16")]
        {
            behind[length] = halves(u128::MAX << (length * 8));
        }
        length += 1;
    }
    behind
};

/// The first bytes, 16 at most, and ones behind them.
#[inline]
fn cut(bytes: [u8; 16], length: usize) -> [u64; 2] {
    let [low, high] = halves(u128::from_le_bytes(bytes));
    let [of_low, of_high] = BEHIND.get(length).copied().unwrap_or_default();
    [low | of_low, high | of_high]
}

#[inline]
fn has_zero(word: u64) -> bool {
    word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_ends_at_its_first_zero(bytes in proptest::collection::vec(0_u8..4, 0..40)) {
            let hasher = Hasher::new();
            for behind in [0, 1, 20] {
                let ahead = [bytes.as_slice(), &vec![0; behind]].concat();
                let (text, hash) = hasher.text_ahead(&bytes, &ahead);
                prop_assert_eq!(text, until_zero(&bytes));
                prop_assert_eq!(hash, hasher.hash(text));
                prop_assert_eq!(hash, hasher.hash(&bytes));
            }
        }

        #[test]
        fn texts_that_differ_hash_apart(left in proptest::collection::vec(1_u8..4, 0..40), right in proptest::collection::vec(1_u8..4, 0..40)) {
            let hasher = Hasher::new();
            prop_assert_eq!(hasher.hash(&left) == hasher.hash(&right), left == right);
        }
    }
}
