//! Dimensions without an allocation for the usual few.

use std::fmt;
use std::ops::Deref;

/// Dimensions held in place.
const INLINE: usize = 4;

/// The dimensions of a tensor, slowest-varying first; reads as a slice.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Shape(Repr);

#[derive(Clone)]
enum Repr {
    /// Dimensions beyond this.
    Heap(Vec<u64>),
    /// How many there are, and where.
    Inline(u8, [u64; INLINE]),
}

impl Shape {
    /// Adds a dimension behind the others.
    #[inline]
    pub(super) fn push(&mut self, size: u64) {
        match &mut self.0 {
            Repr::Inline(length, sizes) => match sizes.get_mut(usize::from(*length)) {
                Some(slot) => {
                    *slot = size;
                    *length = length.wrapping_add(1);
                }
                None => {
                    let mut all = sizes.to_vec();
                    all.push(size);
                    self.0 = Repr::Heap(all);
                }
            },
            Repr::Heap(sizes) => sizes.push(size),
        }
    }
}

impl Default for Repr {
    fn default() -> Self {
        Self::Inline(0, [0; INLINE])
    }
}

impl PartialEq for Repr {
    fn eq(&self, other: &Self) -> bool {
        self.slice() == other.slice()
    }
}

impl Eq for Repr {}

impl Repr {
    fn slice(&self) -> &[u64] {
        match self {
            Self::Heap(sizes) => sizes,
            Self::Inline(length, sizes) => sizes.get(..usize::from(*length)).unwrap_or_default(),
        }
    }
}

impl Deref for Shape {
    type Target = [u64];

    #[inline]
    fn deref(&self) -> &[u64] {
        self.0.slice()
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.slice().fmt(f)
    }
}

impl FromIterator<u64> for Shape {
    fn from_iter<I: IntoIterator<Item = u64>>(sizes: I) -> Self {
        let mut shape = Self::default();
        sizes.into_iter().for_each(|size| shape.push(size));
        shape
    }
}

impl PartialEq<[u64]> for Shape {
    fn eq(&self, other: &[u64]) -> bool {
        self.0.slice() == other
    }
}

impl<const N: usize> PartialEq<[u64; N]> for Shape {
    fn eq(&self, other: &[u64; N]) -> bool {
        self.0.slice() == other
    }
}

impl PartialEq<Vec<u64>> for Shape {
    fn eq(&self, other: &Vec<u64>) -> bool {
        self.0.slice() == other.as_slice()
    }
}

impl<'s> IntoIterator for &'s Shape {
    type Item = &'s u64;
    type IntoIter = std::slice::Iter<'s, u64>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_slice_however_long() {
        for length in 0..8_u64 {
            let shape: Shape = (0..length).collect();
            assert_eq!(shape, (0..length).collect::<Vec<_>>());
            assert_eq!(shape.len() as u64, length);
            assert_eq!(shape.iter().sum::<u64>(), (0..length).sum::<u64>());
        }
        assert_eq!(format!("{:?}", [3, 4].into_iter().collect::<Shape>()), "[3, 4]");
    }
}
