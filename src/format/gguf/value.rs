//! Metadata values.

use super::hop;
use crate::format::Input;
use std::ops::ControlFlow;

/// The type of a metadata value, as numbered in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the variants are the format's own names")]
#[repr(u8)]
pub enum ValueType {
    U8 = 0,
    I8 = 1,
    U16 = 2,
    I16 = 3,
    U32 = 4,
    I32 = 5,
    F32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    U64 = 10,
    I64 = 11,
    F64 = 12,
}

impl ValueType {
    /// The type numbered `id`, if there is one.
    pub fn from_id(id: u32) -> Option<Self> {
        use ValueType::*;
        [U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64].get(usize::try_from(id).ok()?).copied()
    }

    /// The name that llama.cpp prints.
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::U16 => "u16",
            Self::I16 => "i16",
            Self::U32 => "u32",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::Bool => "bool",
            Self::String => "str",
            Self::Array => "arr",
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F64 => "f64",
        }
    }

    /// Bytes of one value; `None` for strings and arrays, which say their own length.
    pub fn size_bytes(self) -> Option<u64> {
        match self {
            Self::U8 | Self::I8 | Self::Bool => Some(1),
            Self::U16 | Self::I16 => Some(2),
            Self::U32 | Self::I32 | Self::F32 => Some(4),
            Self::U64 | Self::I64 | Self::F64 => Some(8),
            Self::String | Self::Array => None,
        }
    }
}

/// One metadata value; strings and arrays are borrowed from the file. Where the file is read by windows, of a long string
/// only the beginning is there: 4,096 bytes, and of a chat template as much as it may have.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "the variants are the format's own names")]
pub enum Value<'a> {
    U8(u8),
    I8(i8),
    U16(u16),
    I16(i16),
    U32(u32),
    I32(i32),
    F32(f32),
    Bool(bool),
    String(&'a [u8]),
    Array(Array<'a>),
    U64(u64),
    I64(i64),
    F64(f64),
}

impl<'a> Value<'a> {
    /// The value's type.
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::U8(_) => ValueType::U8,
            Self::I8(_) => ValueType::I8,
            Self::U16(_) => ValueType::U16,
            Self::I16(_) => ValueType::I16,
            Self::U32(_) => ValueType::U32,
            Self::I32(_) => ValueType::I32,
            Self::F32(_) => ValueType::F32,
            Self::Bool(_) => ValueType::Bool,
            Self::String(_) => ValueType::String,
            Self::Array(_) => ValueType::Array,
            Self::U64(_) => ValueType::U64,
            Self::I64(_) => ValueType::I64,
            Self::F64(_) => ValueType::F64,
        }
    }

    /// Reads a scalar of `kind` from exactly its bytes.
    pub(super) fn scalar(kind: ValueType, bytes: &'a [u8]) -> Option<Self> {
        Some(match kind {
            ValueType::U8 => Self::U8(u8::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::I8 => Self::I8(i8::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::U16 => Self::U16(u16::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::I16 => Self::I16(i16::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::U32 => Self::U32(u32::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::I32 => Self::I32(i32::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::F32 => Self::F32(f32::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::Bool => Self::Bool(u8::from_le_bytes(bytes.try_into().ok()?) != 0),
            ValueType::U64 => Self::U64(u64::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::I64 => Self::I64(i64::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::F64 => Self::F64(f64::from_le_bytes(bytes.try_into().ok()?)),
            ValueType::String | ValueType::Array => return None,
        })
    }
}

/// An array that was stepped over: its element type, its length, and the bytes that its elements fill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Array<'a> {
    /// The elements' type; never [`ValueType::Array`].
    pub element: ValueType,
    /// How many elements there are.
    pub count: u64,
    /// How many bytes they fill; for strings, each with its length before it.
    pub size_bytes: u64,
    /// Those bytes; none of a long array where the file is read by windows.
    pub bytes: &'a [u8],
    /// Where the elements begin in the file.
    pub offset: u64,
}

impl<'a> Array<'a> {
    /// The same array with its bytes at hand; `None` where the file was cut meanwhile.
    pub fn held(self, input: &mut Input<'a>) -> Option<Self> {
        let (at, length) = (usize::try_from(self.offset).ok()?, usize::try_from(self.size_bytes).ok()?);
        input.bytes(at, length).map(|bytes| Self { bytes, ..self })
    }

    /// Whether its bytes are at hand.
    pub fn is_held(&self) -> bool {
        self.bytes.len() as u64 == self.size_bytes
    }

    /// Shows every string, in order, until `see` wants no more; nothing for scalars.
    pub fn each_string(self, input: &Input<'a>, mut see: impl FnMut(&[u8]) -> ControlFlow<()>) {
        self.each_string_ahead(input, |text, _| see(text));
    }

    /// The same; `see` is also shown the bytes from the string's first on, as far as they are at hand, so that it can
    /// look at short strings without asking for their lengths.
    pub(crate) fn each_string_ahead(self, input: &Input<'a>, mut see: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>) {
        if self.element != ValueType::String {
            return;
        }
        // One loop for both, so that what is done to a string stands in it.
        let (input, at) = if self.is_held() { (Input::whole(self.bytes), 0) } else { (*input, self.offset) };
        let _ = each_string(self.count, &input, at, &mut see);
    }

    /// The elements of an array of scalars, in order; nothing for strings.
    pub fn scalars(self) -> impl Iterator<Item = Value<'a>> {
        let size = self.element.size_bytes().and_then(|size| usize::try_from(size).ok());
        let bytes = if size.is_some() { self.bytes } else { &[] };
        bytes.chunks_exact(size.unwrap_or(1)).filter_map(move |chunk| Value::scalar(self.element, chunk))
    }

    /// Whether every string is UTF-8; scalars are.
    ///
    /// Strings shorter than 128 bytes are checked together with the lengths between them: such a length is ASCII, and no
    /// character can reach across it.
    pub fn is_utf8(self) -> bool {
        let sound = |bytes: &[u8]| simdutf8::basic::from_utf8(bytes).is_ok();
        self.element != ValueType::String
            || hop::parts(
                self.bytes,
                self.count,
                |part, short| if short { sound(part) } else { Strings { rest: part }.all(sound) },
            )
    }

    /// The elements of an array of strings, in order; nothing for scalars.
    pub fn strings(self) -> Strings<'a> {
        Strings { rest: if self.element == ValueType::String { self.bytes } else { &[] } }
    }
}

/// Bytes of an array that are looked at together.
const WINDOW_BYTES: usize = 128 << 10;

fn each_string(
    count: u64,
    input: &Input<'_>,
    at: u64,
    see: &mut impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let Ok(mut at) = usize::try_from(at) else { return ControlFlow::Break(()) };
    let (mut left, mut wanted) = (count, WINDOW_BYTES);
    while left > 0 {
        let (seen, passed, longer) = input.look(at, wanted, |bytes| {
            let mut strings = Strings { rest: bytes };
            let mut seen = 0_u64;
            while seen < left {
                let Some((text, ahead)) = strings.next_ahead() else { break };
                see(text, ahead)?;
                seen = seen.saturating_add(1);
            }
            let passed = bytes.len().saturating_sub(strings.rest.len());
            ControlFlow::Continue((seen, passed, strings.needs()))
        })?;
        at = at.saturating_add(passed);
        left = left.saturating_sub(seen);
        if seen == 0 && longer <= wanted {
            // Someone has cut the file.
            return ControlFlow::Break(());
        }
        wanted = longer.max(WINDOW_BYTES);
    }
    ControlFlow::Continue(())
}

/// The strings of an array, in order.
#[derive(Debug, Clone)]
pub struct Strings<'a> {
    rest: &'a [u8],
}

impl<'a> Strings<'a> {
    /// The next string, and the bytes from its first on.
    #[inline]
    fn next_ahead(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let (length, ahead) = self.rest.split_first_chunk::<8>()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (string, rest) = ahead.split_at_checked(length)?;
        self.rest = rest;
        Some((string, ahead))
    }

    /// How many bytes the next string takes with its length.
    fn needs(&self) -> usize {
        let length = self.rest.first_chunk().and_then(|length| usize::try_from(u64::from_le_bytes(*length)).ok());
        length.unwrap_or_default().saturating_add(8)
    }
}

impl<'a> Iterator for Strings<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.next_ahead().map(|(string, _)| string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn utf8_is_checked_as_string_by_string(
            strings in proptest::collection::vec(proptest::collection::vec(proptest::sample::select(&[b'a', 0xC3, 0xA9, 0x80, 0xE2, 0x82, 0xAC][..]), 0..4), 0..20),
            long in proptest::option::of((0_usize..20, 120_usize..300)),
        ) {
            let mut strings = strings;
            if let Some((place, length)) = long && place < strings.len() {
                strings[place] = "é".repeat(length).into_bytes();
            }
            let bytes: Vec<u8> = strings.iter().flat_map(|text| [&(text.len() as u64).to_le_bytes()[..], text].concat()).collect();
            let array = Array { element: ValueType::String, count: strings.len() as u64, size_bytes: bytes.len() as u64, bytes: &bytes, offset: 0 };
            prop_assert_eq!(array.is_utf8(), strings.iter().all(|text| std::str::from_utf8(text).is_ok()));
        }
    }
}
