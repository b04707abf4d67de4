//! Finds texts that stand twice in a long list, without keeping the texts.
//!
//! Every text is hashed; the hashes are parted by their first bits, so that each part is searched within the
//! processor's nearest memory. One table over all of them waits for memory on every text, which takes five times as
//! long on a quarter of a million.

use std::hash::{BuildHasher, RandomState};

/// The bits by which hashes are parted.
const PART_BITS: u32 = 8;
const PARTS: usize = 1 << PART_BITS;
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

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

    pub(super) fn hash(self, text: &[u8]) -> u64 {
        let [seed, secret] = self.seeds;
        let state = seed ^ (text.len() as u64).wrapping_mul(MULTIPLIER);
        match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (Some(first), Some(last)) if text.len() <= 16 => {
                let first = folded(state ^ u64::from_le_bytes(*first), secret);
                folded(first ^ u64::from_le_bytes(*last), MULTIPLIER)
            }
            (Some(_), _) => long(text, state, secret),
            _ => folded(state ^ short(text), secret),
        }
    }
}

/// All bytes of a text of fewer than 8.
fn short(text: &[u8]) -> u64 {
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)),
        _ => text.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

fn long(text: &[u8], mut state: u64, secret: u64) -> u64 {
    let (words, _) = text.as_chunks::<8>();
    for word in words {
        state = folded(state ^ u64::from_le_bytes(*word), secret);
    }
    let last = text.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    folded(state ^ last, MULTIPLIER)
}

/// The halves of the 128-bit product, mixed.
fn folded(left: u64, right: u64) -> u64 {
    let product = u128::from(left).wrapping_mul(u128::from(right));
    let low = u64::try_from(product & u128::from(u64::MAX)).unwrap_or_default();
    let high = u64::try_from(product >> 64).unwrap_or_default();
    low ^ high
}

/// The hashes that stand twice, sorted.
pub(super) fn repeated(hashes: &[u64]) -> Vec<u64> {
    let mut twice = Vec::new();
    let parted = parted(hashes);
    let mut table = Vec::new();
    for part in parted.chunk_by(|left, right| part_of(*left) == part_of(*right)) {
        search(part, &mut table, &mut twice);
    }
    twice.sort_unstable();
    twice.dedup();
    twice
}

fn part_of(hash: u64) -> usize {
    usize::try_from(hash >> (u64::BITS - PART_BITS)).unwrap_or_default()
}

/// The hashes in the order of their parts.
fn parted(hashes: &[u64]) -> Vec<u64> {
    let mut ends = [0_usize; PARTS];
    for hash in hashes {
        if let Some(count) = ends.get_mut(part_of(*hash)) {
            *count = count.saturating_add(1);
        }
    }
    let mut sum = 0_usize;
    for end in &mut ends {
        (*end, sum) = (sum, sum.saturating_add(*end));
    }
    let mut parted = vec![0; hashes.len()];
    for hash in hashes {
        let Some(end) = ends.get_mut(part_of(*hash)) else { continue };
        if let Some(slot) = parted.get_mut(*end) {
            *slot = *hash;
        }
        *end = end.saturating_add(1);
    }
    parted
}

/// Adds to `twice` what stands twice in one part. 0 marks an empty slot; a text that hashes to it is taken for another.
fn search(part: &[u64], table: &mut Vec<u64>, twice: &mut Vec<u64>) {
    table.clear();
    table.resize(part.len().saturating_mul(2).max(16).next_power_of_two(), 0);
    let mask = table.len().wrapping_sub(1);
    for hash in part.iter().map(|hash| *hash | 1) {
        let mut at = usize::try_from(hash >> 24).unwrap_or_default() & mask;
        loop {
            match table.get_mut(at) {
                Some(slot) if *slot == 0 => {
                    *slot = hash;
                    break;
                }
                Some(slot) if *slot == hash => {
                    twice.push(hash);
                    break;
                }
                _ => at = at.wrapping_add(1) & mask,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_stands_twice_and_nothing_else() {
        let hasher = Hasher::new();
        let mut texts: Vec<String> = (0..20_000_u32).map(|number| format!("{:x}", number * 7)).collect();
        texts.extend(["a".repeat(8), "a".repeat(9), "a".repeat(16), "a".repeat(17), "\0".into(), "\0\0".into()]);
        let hashes: Vec<u64> = texts.iter().map(|text| hasher.hash(text.as_bytes())).collect();
        assert!(repeated(&hashes).is_empty());
        let again = [hashes[5], hashes[19_999], hashes[5]];
        let mut wanted = vec![hashes[5] | 1, hashes[19_999] | 1];
        wanted.sort_unstable();
        assert_eq!(repeated(&[hashes.as_slice(), &again].concat()), wanted);
    }
}
