//! Finds texts that stand twice in a long list, without keeping the texts.

use std::hash::{BuildHasher, RandomState};

/// Set of hashes, open-addressed. Seeded anew for every file, so that no file can be made to collide.
pub(super) struct Seen {
    slots: Vec<u64>,
    used: usize,
    seeds: [u64; 2],
}

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

impl Seen {
    /// A set that will take `expected` hashes without growing.
    pub(super) fn new(expected: usize) -> Self {
        let random = RandomState::new();
        let slots = expected.saturating_mul(2).max(16).next_power_of_two();
        Self { slots: vec![0; slots], used: 0, seeds: [random.hash_one(0), random.hash_one(1) | 1] }
    }

    /// Whether a text of this hash was added before; adds it.
    pub(super) fn insert(&mut self, text: &[u8]) -> bool {
        if self.used.saturating_mul(2) > self.slots.len() {
            self.grow();
        }
        let hash = self.hash(text);
        let seen = add(&mut self.slots, hash);
        self.used = self.used.saturating_add(1);
        seen
    }

    fn grow(&mut self) {
        let mut larger = vec![0; self.slots.len().saturating_mul(2)];
        for hash in self.slots.iter().filter(|hash| **hash != 0) {
            add(&mut larger, *hash);
        }
        self.slots = larger;
    }

    /// A hash that is never 0: 0 marks an empty slot.
    fn hash(&self, text: &[u8]) -> u64 {
        let [mut state, secret] = self.seeds;
        state ^= (text.len() as u64).wrapping_mul(MULTIPLIER);
        let (words, rest) = text.as_chunks::<8>();
        for word in words {
            state = folded(state ^ u64::from_le_bytes(*word), secret);
        }
        let mut last = [0_u8; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        folded(folded(state ^ u64::from_le_bytes(last), secret), MULTIPLIER) | 1
    }
}

/// The halves of the 128-bit product, mixed.
fn folded(left: u64, right: u64) -> u64 {
    let product = u128::from(left).wrapping_mul(u128::from(right));
    let bytes = product.to_le_bytes();
    let half = |at: usize| {
        bytes.get(at..).and_then(|half| half.first_chunk::<8>()).map_or(0, |half| u64::from_le_bytes(*half))
    };
    half(0) ^ half(8)
}

fn add(slots: &mut [u64], hash: u64) -> bool {
    let mask = slots.len().wrapping_sub(1);
    let mut at = usize::try_from(hash >> 16).unwrap_or_default() & mask;
    loop {
        match slots.get_mut(at) {
            Some(slot) if *slot == hash => return true,
            Some(slot) if *slot == 0 => {
                *slot = hash;
                return false;
            }
            _ => at = at.wrapping_add(1) & mask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_new_from_seen() {
        let mut seen = Seen::new(4);
        for number in 0..10_000_u32 {
            assert!(!seen.insert(number.to_string().as_bytes()), "{number}");
        }
        for text in ["0", "9999", "500"] {
            assert!(seen.insert(text.as_bytes()), "{text}");
        }
        assert!(!seen.insert(b"12345678\0"));
        assert!(!seen.insert(b"12345678"));
    }
}
