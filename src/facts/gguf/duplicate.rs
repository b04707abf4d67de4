//! Finds texts that stand twice in a long list, without keeping the texts.
//!
//! Every text is hashed. A filter of one word for every two texts tells at once of nearly every text that its hash is
//! new; only hashes that agree with one that is not are searched further, parted by their first bits, so that each part
//! is searched within the processor's nearest memory. Half of a hash is kept: few are held against all others, and what
//! is found is looked at again by its text.

use super::hasher::MULTIPLIER;

/// The bits by which hashes are parted.
const PART_BITS: u32 = 8;
const PARTS: usize = 1 << PART_BITS;
/// Most words of the filter, 4 bytes each: enough for two million texts, beyond which more hashes are searched.
const FILTER_WORDS: u64 = 1 << 20;
/// The bits of the table of hashes that are searched further.
const DOUBTFUL_BITS: u32 = 16;

/// Hashes, and which of them may stand twice.
#[derive(Debug)]
pub(super) struct Hashes {
    /// The filter, three bits for each hash in the word that its first bits name, and behind it a half of each hash. One
    /// piece of memory: an allocator that keeps the largest piece it has seen then keeps all of it for the next model,
    /// and asking the system for it again would cost more than hashing.
    memory: Vec<u32>,
    /// How many texts there are.
    texts: usize,
    /// Those that the filter took for known.
    doubtful: Vec<u64>,
    shift: u32,
}

impl Hashes {
    /// Room for the hashes of `texts` texts, which are there: it takes 8 bytes a text at most, as do their lengths.
    pub(super) fn of(texts: u64) -> Self {
        let bits = texts.div_ceil(2).clamp(64, FILTER_WORDS).next_power_of_two().trailing_zeros();
        let texts = usize::try_from(texts).unwrap_or_default();
        Self { memory: Vec::new(), texts, doubtful: Vec::new(), shift: u64::BITS.wrapping_sub(bits) }
    }

    /// Made for the first hash: a vocabulary of empty texts needs none.
    #[cold]
    fn make_room(&mut self) {
        self.memory.reserve_exact(self.filter_words().saturating_add(self.texts));
        if self.memory.is_empty() {
            self.memory.resize(self.filter_words(), 0);
        }
    }

    fn filter_words(&self) -> usize {
        1_usize.wrapping_shl(u64::BITS.wrapping_sub(self.shift))
    }

    /// Adds one.
    #[inline]
    pub(super) fn push(&mut self, hash: u64) {
        if self.memory.len() == self.memory.capacity() {
            self.make_room();
        }
        self.memory.push(half(hash));
        let at = usize::try_from(hash.wrapping_shr(self.shift)).unwrap_or_default();
        let Some(word) = self.memory.get_mut(at) else { return };
        let bit = |from: u32| 1_u32.wrapping_shl(u32::try_from(hash >> from & 31).unwrap_or_default());
        let mark = bit(0) | bit(5) | bit(10);
        if *word & mark == mark {
            self.doubtful.push(hash);
        }
        *word |= mark;
    }

    /// Those that stand twice, sorted, the last bit set; another that has its half in common with one may be among them.
    pub(super) fn repeated(&self) -> Vec<u64> {
        if self.doubtful.is_empty() {
            return Vec::new();
        }
        let mut table = vec![false; 1 << DOUBTFUL_BITS];
        let place = |half: u32| usize::try_from(half & ((1 << DOUBTFUL_BITS) - 1)).unwrap_or_default();
        for hash in &self.doubtful {
            table.get_mut(place(half(*hash))).into_iter().for_each(|slot| *slot = true);
        }
        let halves = self.memory.get(self.filter_words()..).unwrap_or_default();
        let alike = halves.iter().copied().filter(|half| table.get(place(*half)).is_some_and(|slot| *slot));
        let twice = repeated(&alike.map(spread).collect::<Vec<_>>());
        let is_twice = |hash: &u64| twice.binary_search(&(spread(half(*hash)) | 1)).is_ok();
        let mut found: Vec<u64> = self.doubtful.iter().filter(|hash| is_twice(hash)).map(|hash| hash | 1).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The half of a hash that is kept.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "the bits in the middle are wanted")]
fn half(hash: u64) -> u32 {
    (hash >> 24) as u32
}

/// A hash made of a half, another for each.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(MULTIPLIER)
}

/// The hashes that stand twice, sorted.
fn repeated(hashes: &[u64]) -> Vec<u64> {
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
    use super::super::hasher::Hasher;
    use super::*;

    fn found(texts: &[&[u8]]) -> Vec<u64> {
        let hasher = Hasher::new();
        let mut hashes = Hashes::of(texts.len() as u64);
        texts.iter().for_each(|text| hashes.push(hasher.hash(text)));
        let mut places: Vec<u64> = Vec::new();
        for hash in hashes.repeated() {
            places.extend((0..).zip(texts).filter(|(_, text)| hasher.hash(text) | 1 == hash).map(|(place, _)| place));
        }
        places.sort_unstable();
        places
    }

    #[test]
    fn finds_what_stands_twice_and_nothing_else() {
        let mut texts: Vec<String> = (0..20_000_u32).map(|number| format!("{:x}", number * 7)).collect();
        texts.extend([
            "a".repeat(8),
            "a".repeat(9),
            "a".repeat(16),
            "a".repeat(17),
            "\u{1}".into(),
            "\u{1}\u{1}".into(),
        ]);
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        assert!(found(&texts).is_empty());
        let again = [texts.as_slice(), &[texts[5], texts[19_999], texts[5]]].concat();
        let end = texts.len() as u64;
        assert_eq!(found(&again), [5, 19_999, end, end + 1, end + 2]);
    }

    #[test]
    fn a_filter_that_is_full_hides_nothing() {
        let texts: Vec<[u8; 4]> = (0..5_000_u32).map(|number| (number % 4_999).to_le_bytes()).collect();
        let hasher = Hasher::new();
        let mut hashes = Hashes::of(1);
        texts.iter().for_each(|text| hashes.push(hasher.hash(text)));
        assert!(hashes.doubtful.len() > 1_000, "the filter has room for 128 texts");
        let repeated = hashes.repeated();
        assert!(repeated.contains(&(hasher.hash(&[0; 4]) | 1)));
        // Once in some hundred seeds, two of 5,000 others have their halves in common.
        assert!(repeated.len() < 8, "{}", repeated.len());
    }
}
