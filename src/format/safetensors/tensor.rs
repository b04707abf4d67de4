//! Tensor entries and their element types.

use crate::format::repeats::Rows;
use std::ops::Range;

/// An element type, as the format spells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, non_camel_case_types, reason = "the variants are the format's own names")]
pub enum Dtype {
    BF16,
    BOOL,
    C64,
    F16,
    #[default]
    F32,
    F4,
    F64,
    F6_E2M3,
    F6_E3M2,
    F8_E4M3,
    F8_E4M3FNUZ,
    F8_E5M2,
    F8_E5M2FNUZ,
    F8_E8M0,
    I16,
    I32,
    I64,
    I8,
    U16,
    U32,
    U64,
    U8,
}

/// Name and width in bits, in the order of [`Dtype`].
static DTYPES: &[(&str, Dtype, u64)] = &[
    ("BF16", Dtype::BF16, 16),
    ("BOOL", Dtype::BOOL, 8),
    ("C64", Dtype::C64, 64),
    ("F16", Dtype::F16, 16),
    ("F32", Dtype::F32, 32),
    ("F4", Dtype::F4, 4),
    ("F64", Dtype::F64, 64),
    ("F6_E2M3", Dtype::F6_E2M3, 6),
    ("F6_E3M2", Dtype::F6_E3M2, 6),
    ("F8_E4M3", Dtype::F8_E4M3, 8),
    ("F8_E4M3FNUZ", Dtype::F8_E4M3FNUZ, 8),
    ("F8_E5M2", Dtype::F8_E5M2, 8),
    ("F8_E5M2FNUZ", Dtype::F8_E5M2FNUZ, 8),
    ("F8_E8M0", Dtype::F8_E8M0, 8),
    ("I16", Dtype::I16, 16),
    ("I32", Dtype::I32, 32),
    ("I64", Dtype::I64, 64),
    ("I8", Dtype::I8, 8),
    ("U16", Dtype::U16, 16),
    ("U32", Dtype::U32, 32),
    ("U64", Dtype::U64, 64),
    ("U8", Dtype::U8, 8),
];

impl Dtype {
    /// The type that the format spells `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        DTYPES.iter().find(|row| row.0 == name).map(|row| row.1)
    }

    /// The format's spelling.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.0)
    }

    /// The width of one element, in bits.
    pub fn bits(self) -> u64 {
        self.row().map_or(0, |row| row.2)
    }

    fn row(self) -> Option<&'static (&'static str, Self, u64)> {
        DTYPES.get(self as usize)
    }

    /// The bytes of `elements` packed elements, unless they do not fill whole bytes or exceed 64 bits.
    pub fn size_bytes(self, elements: u64) -> Option<u64> {
        let bits = elements.checked_mul(self.bits())?;
        bits.is_multiple_of(8).then_some(bits / 8)
    }
}

/// One tensor as the header tells it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TensorInfo<'a> {
    /// The name.
    pub name: std::borrow::Cow<'a, str>,
    /// The element type.
    pub dtype: Dtype,
    /// The dimensions, slowest-varying first.
    pub shape: super::Shape,
    /// The data's first byte, counted from the end of the header.
    pub begin: u64,
    /// One past the data's last byte, counted from the end of the header.
    pub end: u64,
}

impl Rows for [TensorInfo<'_>] {
    fn count(&self) -> usize {
        self.len()
    }

    #[inline]
    fn name_at(&self, place: usize) -> Option<&[u8]> {
        self.get(place).map(|tensor| tensor.name.as_bytes())
    }

    #[inline]
    fn row(&self, place: usize) -> Option<(&[u8], &[u64])> {
        self.get(place).map(|tensor| (tensor.name.as_bytes(), &*tensor.shape))
    }

    fn again(&self, _: Range<usize>, _: usize, _: &[u8], _: &mut Vec<u8>) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_stand_at_their_places() {
        for (name, dtype, bits) in DTYPES {
            assert_eq!((dtype.name(), dtype.bits(), Dtype::from_name(name)), (*name, *bits, Some(*dtype)));
        }
    }
}
