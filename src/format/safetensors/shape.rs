//! Dimensions without an allocation for the usual few.

use std::fmt;
use std::ops::Deref;

/// Dimensions held in place.
const INLINE: usize = 4;

/// The dimensions of a tensor, slowest-varying first; reads as a slice.
#[derive(Clone, Default)]
pub struct Shape {
    length: usize,
    sizes: [u64; INLINE],
    /// All of them, where they are more than are held in place.
    #[allow(clippy::box_collection, reason = "a vector in place would make every tensor larger for the sake of none")]
    many: Option<Box<Vec<u64>>>,
}

impl Shape {
    /// Adds a dimension behind the others.
    #[inline]
    pub(super) fn push(&mut self, size: u64) {
        match self.sizes.get_mut(self.length) {
            Some(slot) => *slot = size,
            None => self.many.get_or_insert_with(|| Box::new(self.sizes.to_vec())).push(size),
        }
        self.length = self.length.wrapping_add(1);
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Shape {}

impl Deref for Shape {
    type Target = [u64];

    #[inline]
    fn deref(&self) -> &[u64] {
        match &self.many {
            Some(sizes) => sizes,
            None => self.sizes.get(..self.length).unwrap_or_default(),
        }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
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
        **self == *other
    }
}

impl<const N: usize> PartialEq<[u64; N]> for Shape {
    fn eq(&self, other: &[u64; N]) -> bool {
        **self == *other
    }
}

impl PartialEq<Vec<u64>> for Shape {
    fn eq(&self, other: &Vec<u64>) -> bool {
        **self == *other.as_slice()
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
