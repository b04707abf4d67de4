//! Finds texts that stand twice in a long list, without keeping the texts.
//!
//! Every text is hashed. A filter of one short word for every two texts tells at once of nearly every text that its hash
//! is new; only hashes that agree with one that is not are searched further, parted by their first bits, so that each
//! part is searched within the processor's nearest memory.

/// The bits by which hashes are parted.
const PART_BITS: u32 = 8;
const PARTS: usize = 1 << PART_BITS;
/// Most words of the filter, 8 bytes each: enough for a million texts, beyond which more hashes are searched.
const FILTER_WORDS: u64 = 1 << 19;
/// The bits of the table of hashes that are searched further.
const DOUBTFUL_BITS: u32 = 16;

/// Hashes, and which of them may stand twice.
#[derive(Debug)]
pub(super) struct Hashes {
    /// All of them.
    all: Vec<u64>,
    /// Those that the filter took for known.
    doubtful: Vec<u64>,
    /// Three bits for each hash, in the word that its first bits name.
    filter: Vec<u64>,
    shift: u32,
}

impl Hashes {
    /// Room for the hashes of `texts` texts, which are there: the filter takes 4 bytes a text at most.
    pub(super) fn of(texts: u64) -> Self {
        let bits = texts.div_ceil(2).clamp(64, FILTER_WORDS).next_power_of_two().trailing_zeros();
        Self { all: Vec::new(), doubtful: Vec::new(), filter: Vec::new(), shift: u64::BITS.wrapping_sub(bits) }
    }

    /// Made for the first hash: a vocabulary of empty texts needs none.
    #[cold]
    fn make_filter(&mut self) {
        self.filter = vec![0; 1_usize.wrapping_shl(u64::BITS.wrapping_sub(self.shift))];
    }

    /// Adds one.
    #[inline]
    pub(super) fn push(&mut self, hash: u64) {
        if self.filter.is_empty() {
            self.make_filter();
        }
        self.all.push(hash);
        let at = usize::try_from(hash.wrapping_shr(self.shift)).unwrap_or_default();
        let Some(word) = self.filter.get_mut(at) else { return };
        let bit = |from: u32| 1_u64.wrapping_shl(u32::try_from(hash >> from & 63).unwrap_or_default());
        let mark = bit(0) | bit(6) | bit(12);
        if *word & mark == mark {
            self.doubtful.push(hash);
        }
        *word |= mark;
    }

    /// Those that stand twice, sorted.
    pub(super) fn repeated(&self) -> Vec<u64> {
        if self.doubtful.is_empty() {
            return Vec::new();
        }
        let mut table = vec![false; 1 << DOUBTFUL_BITS];
        let place = |hash: &u64| usize::try_from(hash >> 24 & ((1 << DOUBTFUL_BITS) - 1)).unwrap_or_default();
        for hash in &self.doubtful {
            table.get_mut(place(hash)).into_iter().for_each(|slot| *slot = true);
        }
        let alike = self.all.iter().copied().filter(|hash| table.get(place(hash)).is_some_and(|slot| *slot));
        repeated(&alike.collect::<Vec<_>>())
    }
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
        assert_eq!(hashes.repeated(), [hasher.hash(&[0; 4]) | 1]);
    }
}
