//! Spellings that are likely to come again.

/// Up to sixteen bytes to be expected, compared at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern {
    bytes: [u8; 16],
    /// A bit for each byte that counts.
    bits: u32,
    /// How many bytes count; none in a pattern that is never met.
    pub(crate) length: usize,
}

impl Pattern {
    /// A pattern that is never met.
    pub(crate) const NONE: Self = Self { bytes: [0; 16], bits: u32::MAX, length: 0 };

    /// A pattern that every sixteen bytes meet.
    pub(crate) const ANY: Self = Self { bytes: [0; 16], bits: 0, length: 0 };

    /// The `length` bytes at the start of `bytes`, then `last`; with more than sixteen, a pattern that is never met.
    pub(crate) fn new(bytes: &[u8], length: usize, last: u8) -> Self {
        let mut pattern = Self::NONE;
        let (Some(known), Some(_)) = (bytes.get(..length), pattern.bytes.get(length)) else { return Self::NONE };
        pattern.bytes.iter_mut().zip(known.iter().chain([&last])).for_each(|(slot, &byte)| *slot = byte);
        let length = length.wrapping_add(1);
        Self { bits: (1_u32 << length).wrapping_sub(1), length, ..pattern }
    }

    /// All of `bytes`; with none or more than sixteen, a pattern that is never met.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let Some((&last, known)) = bytes.split_last() else { return Self::NONE };
        Self::new(known, known.len(), last)
    }

    /// The pattern with a byte before it.
    pub(crate) fn behind(self, first: u8) -> Self {
        let mut bytes = [first; 16];
        let (Some(known), Some(behind)) = (self.bytes.get(..self.length), bytes.get_mut(1..)) else {
            return Self::NONE;
        };
        behind.iter_mut().zip(known).for_each(|(slot, &byte)| *slot = byte);
        let whole = bytes.get(..self.length.wrapping_add(1));
        whole.filter(|_| self.length > 0).map_or(Self::NONE, Self::of)
    }

    /// Whether `bytes` begin so. Not told of the last sixteen bytes of a document: there it says no.
    #[inline(always)]
    pub(crate) fn is_met(self, bytes: &[u8]) -> bool {
        bytes.first_chunk().is_some_and(|chunk| super::equals(chunk, &self.bytes) & self.bits == self.bits)
    }

    /// The last of its bytes.
    pub(crate) fn last(self) -> Option<u8> {
        self.bytes.get(self.length.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meets_what_begins_so() {
        let pattern = Pattern::new(b",\n  zzz", 4, b'"');
        assert!(pattern.is_met(b",\n  \"abcdefghijklmnop"));
        assert!(!pattern.is_met(b",\n   \"abcdefghijklmnop"));
        assert!(!pattern.is_met(b",\n  \"abc"));
        assert_eq!(pattern.last(), Some(b'"'));
        assert!(!Pattern::NONE.is_met(&[0; 32]));
        assert!(!Pattern::new(&[b' '; 32], 16, b'x').is_met(&[b' '; 32]));
        assert!(Pattern::new(&[b' '; 32], 15, b' ').is_met(&[b' '; 32]));
    }

    #[test]
    fn takes_a_byte_before_it() {
        let pattern = Pattern::of(b",\n  \"");
        assert_eq!(pattern.length, 5);
        let longer = pattern.behind(b'"');
        assert_eq!(longer.length, 6);
        assert!(longer.is_met(b"\",\n  \"abcdefghijklmnop"));
        assert!(!longer.is_met(b"x,\n  \"abcdefghijklmnop"));
        assert_eq!(Pattern::of(b"").behind(b'"').length, 0);
        assert_eq!((Pattern::of(&[b' '; 16]).length, Pattern::of(&[b' '; 17]).length), (16, 0));
        assert_eq!(
            (Pattern::of(&[b' '; 15]).behind(b'"').length, Pattern::of(&[b' '; 16]).behind(b'"').length),
            (16, 0)
        );
    }
}
