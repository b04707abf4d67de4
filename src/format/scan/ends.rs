//! Where strings end: the place of every quote that closes one and of every byte in one that is not plain, found block
//! by block, so that nothing waits for one string's end to find the next one's.
//!
//! Whether a byte lies in a string is told by whether the number of quotes before it is odd, escaped ones aside. That is
//! right for as long as the text from the start on is sound JSON; who uses the places must have seen to that up to each.

#[cfg(any(test, not(target_arch = "x86_64")))]
use super::portable;
#[cfg(target_arch = "x86_64")]
use super::x86;

/// Places kept at once: 4 KB, a small part of the nearest cache.
const ROOM: usize = 1024;
/// Most blocks looked at ahead: 16 KB, so that the text is still in the nearest cache when it is compared.
const BLOCKS: usize = 256;
/// Places written whether there are as many or not.
const WRITTEN: usize = 6;

/// What is looked at in one step.
pub(super) type Block = [u8; 64];

/// A bit for each byte of a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// The quotes.
    pub(super) quotes: u64,
    /// The backslashes and the control characters.
    pub(super) others: u64,
}

/// The places in a stretch at which strings end or are not plain.
pub(crate) struct Ends {
    /// Distances from `start`, ascending.
    places: [u32; ROOM],
    /// The next place, by number.
    next: usize,
    /// How many places are known.
    count: usize,
    /// The stretch looked at.
    start: usize,
    end: usize,
}

impl Ends {
    /// No stretch looked at yet.
    pub(crate) fn new() -> Self {
        Self { places: [0; ROOM], next: 0, count: 0, start: 0, end: 0 }
    }

    /// Passes the places before the quote at `at`, which opens a string; looks at the text from there on where it was not
    /// looked at yet. The text since the last [`Self::refill`] must be sound up to `at`.
    pub(crate) fn seek(&mut self, bytes: &[u8], at: usize) {
        if at >= self.end {
            return self.refill(bytes, at);
        }
        let (rest, start) = self.rest();
        let passed = rest.iter().take_while(|&&place| start.wrapping_add(place as usize) < at).count();
        self.pass(passed);
    }

    /// Looks at the text from the quote at `at` on, which opens a string.
    pub(crate) fn refill(&mut self, bytes: &[u8], at: usize) {
        let (blocks, _) = bytes.get(at..).unwrap_or_default().as_chunks();
        let blocks = blocks.get(..BLOCKS).unwrap_or(blocks);
        let (count, looked_at) = places(blocks, &mut self.places);
        *self = Self { next: 0, count, start: at, end: at.wrapping_add(looked_at.wrapping_mul(64)), ..*self };
    }

    /// The places known and not passed, and what to add to each.
    #[inline(always)]
    pub(crate) fn rest(&self) -> (&[u32], usize) {
        (self.places.get(self.next..self.count).unwrap_or_default(), self.start)
    }

    /// Passes `count` places.
    pub(crate) fn pass(&mut self, count: usize) {
        self.next = self.next.wrapping_add(count);
    }
}

/// Fills `places`; gives how many there are and how many blocks were looked at.
fn places(blocks: &[Block], places: &mut [u32; ROOM]) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    return x86::places(blocks, places);
    #[cfg(not(target_arch = "x86_64"))]
    gather(portable::marks, portable::sums, blocks, places)
}

/// [`places`] by a given way to look at a block, and one to sum its bits: each the sum of those up to it.
#[inline(always)]
pub(super) fn gather(
    look: impl Fn(&Block) -> Marks,
    sums: impl Fn(u64) -> u64,
    blocks: &[Block],
    places: &mut [u32],
) -> (usize, usize) {
    let (mut count, mut offset, mut looked_at) = (0_usize, 0_u32, 0_usize);
    let mut inside = Inside { string: 0, escaped: 0 };
    for block in blocks {
        let Some(room) = places.get_mut(count..).and_then(<[u32]>::first_chunk_mut::<64>) else { break };
        let bits = inside.ends(look(block), block, &sums);
        write(bits, offset, room);
        count = count.wrapping_add(bits.count_ones() as usize);
        offset = offset.wrapping_add(64);
        looked_at = looked_at.wrapping_add(1);
    }
    (count, looked_at)
}

/// What one block leaves to the next.
struct Inside {
    /// All bits when a string is open.
    string: u64,
    /// The lowest bit when the next byte is escaped.
    escaped: u64,
}

impl Inside {
    /// A bit for each quote that closes a string and each other byte in one that is not plain.
    #[inline(always)]
    fn ends(&mut self, marks: Marks, block: &Block, sums: impl Fn(u64) -> u64) -> u64 {
        let (mut quotes, mut inside) = (marks.quotes, sums(marks.quotes) ^ self.string);
        // The first backslash in a string is seen as such, for no quote before it is escaped.
        if (marks.others & inside) | self.escaped != 0 {
            quotes &= !self.escaped(block);
            inside = sums(quotes) ^ self.string;
        }
        self.string = 0_u64.wrapping_sub(inside >> 63);
        (quotes & !inside) | (marks.others & inside)
    }

    /// A bit for each byte behind a backslash that is not escaped itself.
    #[cold]
    fn escaped(&mut self, block: &Block) -> u64 {
        escaped(super::backslashes(block), &mut self.escaped)
    }
}

/// A bit for each byte behind a backslash that is not escaped itself. `carry` is the lowest bit when the first byte is
/// escaped, and becomes it when the byte behind the last one is.
#[inline(always)]
pub(super) fn escaped(backslashes: u64, carry: &mut u64) -> u64 {
    let backslashes = backslashes & !*carry;
    let behind = backslashes << 1 | *carry;
    // Of a run of backslashes every second byte behind its begin is escaped. Added to their begins, runs that begin at an
    // odd place run over into the byte behind them.
    let odd_begins = backslashes & !EVEN & !behind;
    let (sums, over) = odd_begins.overflowing_add(backslashes);
    *carry = u64::from(over);
    (EVEN ^ (sums << 1)) & behind
}

/// Every second bit.
const EVEN: u64 = 0x5555_5555_5555_5555;

/// Writes the places of the bits: always as many as are usual, what stands behind the last being overwritten next.
#[inline(always)]
fn write(bits: u64, offset: u32, room: &mut [u32; 64]) {
    let (few, many) = room.split_at_mut(WRITTEN);
    let mut rest = bits;
    for slot in few {
        *slot = offset.wrapping_add(rest.trailing_zeros());
        rest &= rest.wrapping_sub(1);
    }
    if rest != 0 {
        for slot in many.iter_mut().take(rest.count_ones() as usize) {
            *slot = offset.wrapping_add(rest.trailing_zeros());
            rest &= rest.wrapping_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The places by a walk over the bytes, as far as no backslash stands outside a string.
    fn walked(bytes: &[u8]) -> (Vec<usize>, usize) {
        let (mut inside, mut escaped, mut found) = (false, false, Vec::new());
        for (at, &byte) in bytes.iter().enumerate() {
            let quote = byte == b'"' && !escaped;
            if inside && (quote || byte == b'\\' || byte < 0x20) {
                found.push(at);
            } else if byte == b'\\' {
                return (found, at);
            }
            escaped = byte == b'\\' && inside && !escaped;
            inside ^= quote;
        }
        (found, bytes.len())
    }

    fn found(ends: &Ends) -> Vec<usize> {
        let (rest, start) = ends.rest();
        rest.iter().map(|&place| start + place as usize).collect()
    }

    /// How many of `count` are tried under Miri, which takes a thousand times as long.
    const fn fewer(count: usize) -> usize {
        if cfg!(miri) { count / 10 } else { count }
    }

    proptest! {
        #[test]
        fn every_end_is_found(pieces in proptest::collection::vec(
            proptest::sample::select(&["a", "é\u{1f600}", "\"", "\\", "\n", "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"", "\u{7f}\u{80}", "\\\\\\\\\\\\\\", "sixteen letters!"][..]), 0..fewer(600))) {
            let bytes = pieces.concat().into_bytes();
            let mut ends = Ends::new();
            ends.refill(&bytes, 0);
            let (expected, sound) = walked(&bytes[..ends.end]);
            prop_assert_eq!(found(&ends).into_iter().filter(|&at| at < sound).collect::<Vec<_>>(), expected);
            let (blocks, _) = bytes.as_chunks();
            let (mut here, mut there) = ([0; ROOM], [0; ROOM]);
            let (count, looked_at) = places(blocks, &mut here);
            prop_assert_eq!(gather(portable::marks, portable::sums, blocks, &mut there), (count, looked_at));
            prop_assert_eq!(&here[..count], &there[..count]);
        }
    }

    proptest! {
        #[test]
        fn escapes_are_those_of_a_walk(backslashes: u64, more: u64, carry in 0_u64..2) {
            // Many and few, so that there are long runs too.
            for backslashes in [backslashes, backslashes & more, backslashes | more, u64::MAX, 0] {
                let (mut expected, mut next) = (0, carry);
                for place in 0..64 {
                    expected |= next << place;
                    next = u64::from(next == 0 && backslashes >> place & 1 == 1);
                }
                let mut over = carry;
                prop_assert_eq!((escaped(backslashes, &mut over), over), (expected, next));
            }
        }
    }

    #[test]
    fn long_stretches_are_looked_at_by_parts() {
        let mut bytes = b"\"text\",\n".repeat(fewer(3000));
        bytes.extend(b"\"".repeat(2500));
        let (mut ends, mut all, mut at) = (Ends::new(), Vec::new(), 0);
        while all.is_empty() || ends.end > at {
            at = ends.end;
            ends.refill(&bytes, at);
            all.extend(found(&ends));
        }
        assert_eq!(all, walked(&bytes[..bytes.len() / 64 * 64]).0);
    }

    #[test]
    fn seeks_within_a_stretch_and_behind_it() {
        let bytes = b"\"text\",\n".repeat(5000);
        let mut ends = Ends::new();
        for at in (0..39_000).step_by(if cfg!(miri) { 19_000 } else { 1000 }) {
            ends.seek(&bytes, at);
            assert_eq!(found(&ends).first(), Some(&(at + 5)));
        }
    }
}
