//! The header as its reference writer spells it: no blank, keys in one order, no escape in a name.
//!
//! Anything else gives `None`, and the full parser reads the header again: one place says what is wrong with a header.

use super::header::{Document, Metadata, MetadataText};
use super::layout;
use super::shape::Shape;
use super::tensor::{Dtype, TensorInfo};
use crate::format::scan::{Pattern, digits, equals, run_end, string_end};
use crate::limits::Limits;
use std::borrow::Cow;

/// A place in a header that was canonical so far.
struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// How the record before spelled its element type, and which type that is.
    dtype: (Pattern, Dtype),
    /// Where the record before spelled its end, and which number that is: the next record begins there as a rule.
    end: Option<End>,
}

/// Where a record's end is written.
#[derive(Clone, Copy)]
struct End {
    at: usize,
    digits: usize,
    number: u64,
}

/// Reads a canonical header into `document`. Leaves layout to be checked, and the last of the names; gives how many
/// tensors of a name that stood before were settled. Apart from its caller, whose own code would take registers from it.
#[inline(never)]
pub(super) fn parse<'a>(text: &'a str, limits: &Limits, document: &mut Document<'a>) -> Option<usize> {
    let mut scan = Scan { text, bytes: text.as_bytes(), at: 0, dtype: (Pattern::NONE, Dtype::F32), end: None };
    scan.literal(b"{\"")?;
    if scan.literal(b"__metadata__\":{").is_some() {
        document.metadata = scan.metadata(limits)?;
        if scan.literal(b"}").is_some() {
            return scan.finish().map(|()| 0);
        }
        scan.literal(b",\"")?;
    }
    let (mut repeated, mut look) = (0_usize, MANY);
    if !begins_record(scan.rest()) {
        return None;
    }
    loop {
        if document.tensors.len() as u64 >= limits.tensors {
            return None;
        }
        // Filled where it lies: a record built elsewhere and moved here would cost more than reading it.
        document.tensors.push(TensorInfo::default());
        scan.record(document.tensors.last_mut()?, limits)?;
        // A record takes no more room than text, as a rule; the bytes of the text are there, and one of them was read.
        if document.tensors.len() == 1 {
            document.tensors.reserve(scan.rest().len() / RECORD_BYTES);
        }
        if document.tensors.len() >= look {
            repeated = repeated.saturating_add(layout::settle(document));
            look = document.tensors.len().saturating_mul(4).max(MANY);
            if repeated > limits.repeated_tensors {
                return None;
            }
        }
        if scan.literal(b",\"").is_none() {
            scan.literal(b"}")?;
            return scan.finish().map(|()| repeated);
        }
    }
}

/// Whether a name and the start of its record stand here: what is no header at all must not make room for one.
fn begins_record(rest: &[u8]) -> bool {
    let end = rest.iter().position(|byte| *byte == b'"');
    end.and_then(|end| rest.get(end..)).is_some_and(|rest| rest.starts_with(b"\":{\"dtype\":\""))
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    #[inline(always)]
    fn literal(&mut self, expected: &[u8]) -> Option<()> {
        self.rest().starts_with(expected).then(|| self.at = self.at.wrapping_add(expected.len()))
    }

    /// The writer fills the header with blanks behind the document.
    fn finish(&self) -> Option<()> {
        self.rest().iter().all(|&byte| byte == b' ').then_some(())
    }

    /// A string without escapes, whose opening quote was passed.
    #[inline(always)]
    fn plain(&mut self) -> Option<&'a str> {
        let end = run_end(self.bytes, self.at)?;
        let text = self.text.get(self.at..end)?;
        self.at = end;
        self.literal(b"\"").map(|()| text)
    }

    fn metadata(&mut self, limits: &Limits) -> Option<Metadata<'a>> {
        let mut pairs = Vec::new();
        if self.literal(b"}").is_some() {
            return Some(pairs);
        }
        loop {
            self.literal(b"\"")?;
            let key = self.plain()?;
            self.literal(b":\"")?;
            let value = self.string()?;
            // Few enough to compare with one another; of more the full parser takes care.
            if pairs.len() >= FEW.min(limits.metadata_keys) || pairs.iter().any(|(other, _)| *other == key) {
                return None;
            }
            pairs.push((Cow::Borrowed(key), value));
            if self.literal(b",").is_none() {
                return self.literal(b"}").map(|()| pairs);
            }
        }
    }

    /// A string whose opening quote was passed, with no escapes but simple ones.
    fn string(&mut self) -> Option<MetadataText<'a>> {
        let (end, escaped) = string_end(self.bytes, self.at)?;
        let raw = self.text.get(self.at..end)?;
        self.at = end.wrapping_add(1);
        Some(MetadataText::new(raw, escaped))
    }

    #[inline(always)]
    fn record(&mut self, tensor: &mut TensorInfo<'a>, limits: &Limits) -> Option<()> {
        let name = self.plain()?;
        tensor.name = Cow::Borrowed(name);
        self.literal(b":{\"dtype\":\"")?;
        tensor.dtype = self.dtype()?;
        self.literal(b",\"shape\":[")?;
        let elements = self.shape(&mut tensor.shape, limits)?;
        self.literal(b",\"data_offsets\":[")?;
        tensor.begin = self.begin()?;
        tensor.end = self.end()?;
        self.literal(b"]}")?;
        let size = tensor.dtype.size_bytes(elements)?;
        (tensor.end.checked_sub(tensor.begin) == Some(size) && name != "__metadata__").then_some(())
    }

    #[inline(always)]
    fn dtype(&mut self) -> Option<Dtype> {
        let (spelled, dtype) = self.dtype;
        if spelled.is_met(self.rest()) {
            self.at = self.at.wrapping_add(spelled.length);
            return Some(dtype);
        }
        self.other_dtype()
    }

    #[cold]
    fn other_dtype(&mut self) -> Option<Dtype> {
        let (rest, name) = (self.rest(), self.plain()?);
        let dtype = Dtype::from_name(name)?;
        self.dtype = (Pattern::new(rest, name.len(), b'"'), dtype);
        Some(dtype)
    }

    /// Reads dimensions into `shape`; gives how many elements they make.
    #[inline(always)]
    fn shape(&mut self, shape: &mut Shape, limits: &Limits) -> Option<u64> {
        let mut elements = 1_u64;
        if self.literal(b"]").is_some() {
            return Some(elements);
        }
        loop {
            if shape.len() >= limits.tensor_dimensions {
                return None;
            }
            let size = self.number()?;
            shape.push(size);
            elements = elements.checked_mul(size)?;
            if self.literal(b",").is_none() {
                return self.literal(b"]").map(|()| elements);
            }
        }
    }

    #[inline(always)]
    fn begin(&mut self) -> Option<u64> {
        if let Some(end) = self.end.filter(|end| self.stands_again(*end)) {
            self.at = self.at.wrapping_add(end.digits).wrapping_add(1);
            return Some(end.number);
        }
        let number = self.number()?;
        self.literal(b",").map(|()| number)
    }

    /// Whether the number at hand is spelled as that end was, and a comma follows.
    #[inline(always)]
    fn stands_again(&self, end: End) -> bool {
        let (Some(chunk), Some(written)) = (self.rest().first_chunk(), self.bytes.get(end.at..)) else { return false };
        let Some(written) = written.first_chunk() else { return false };
        let digits = (1_u32 << (end.digits & 15)).wrapping_sub(1);
        equals(chunk, written) & digits == digits && chunk.get(end.digits) == Some(&b',')
    }

    #[inline(always)]
    fn end(&mut self) -> Option<u64> {
        let at = self.at;
        let number = self.number()?;
        self.end = Some(End { at, digits: self.at.wrapping_sub(at), number });
        Some(number)
    }

    /// A number of at most fifteen digits; a longer one is left to the full parser.
    #[inline(always)]
    fn number(&mut self) -> Option<u64> {
        let (number, digits) = digits(self.rest())?;
        let leading_zero = digits > 1 && self.rest().first() == Some(&b'0');
        self.at = self.at.wrapping_add(digits);
        (!leading_zero).then_some(number)
    }
}

/// The text of a short record, in bytes: about what it takes once it is read.
const RECORD_BYTES: usize = 96;

/// So many tensors are read before names that stand several times are first looked for: a header of few names, each a
/// hundred thousand times, must take no more room and time than it is allowed.
const MANY: usize = 8192;

/// Pairs of metadata that the canonical reader takes.
const FEW: usize = 64;
