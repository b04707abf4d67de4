//! The header, with every check of the format's reference reader.

use super::canonical;
use super::code::{HEADER, LENGTH, SHORT};
use super::full;
use super::layout;
use super::tensor::TensorInfo;
use crate::format::json::Text;
use crate::format::repeats::Repeat;
use crate::format::{Fault, Input};
use crate::limits::Limits;
use std::borrow::Cow;

/// Bytes before the JSON: the header's length, little-endian.
pub(super) const LENGTH_BYTES: u64 = 8;

/// `__metadata__`: names and texts, in the header's order.
pub type Metadata<'a> = Vec<(Cow<'a, str>, MetadataText<'a>)>;

/// A text of `__metadata__`: checked, and decoded when asked for. Trainers write megabytes that nobody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetadataText<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> MetadataText<'a> {
    pub(super) fn new(raw: &'a str, escaped: bool) -> Self {
        Self { raw, escaped }
    }

    /// The text, borrowed where no escape stands in it.
    pub fn decode(&self) -> Cow<'a, str> {
        Text { raw: self.raw, escaped: self.escaped, offset: 0 }.decode()
    }
}

/// A parsed header.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document<'a> {
    /// The tensors, in the header's order; of a name that stands twice the last one counts, at the first one's place.
    pub tensors: Vec<TensorInfo<'a>>,
    /// How many of the first names are each greater than the one before: all of them, as the reference writer puts them.
    pub ascending: usize,
    /// The places of the tensors in the order of their names, where they do not stand in it and it was found.
    pub(crate) order: Option<Vec<u32>>,
    /// Blocks that repeat earlier ones, where the order of names did not show without them.
    pub(crate) repeats: Option<Vec<Repeat>>,
    /// `__metadata__`, in the header's order.
    pub metadata: Metadata<'a>,
    /// Where tensor data begins: the length bytes and the JSON.
    pub data_start: u64,
    /// The file's length in bytes.
    pub file_bytes: u64,
}

/// Reads the header of a whole safetensors file.
///
/// # Errors
///
/// A [`Fault`] where the reference reader (safetensors 0.8) would refuse, or where a limit is met.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, Fault> {
    parse_with(bytes, limits, Vec::new())
}

/// [`parse`] into the room of an earlier [`Document::tensors`]: for the many shards of one model.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_with<'a>(bytes: &'a [u8], limits: &Limits, room: Vec<TensorInfo<'_>>) -> Result<Document<'a>, Fault> {
    let text = header(Input::whole(bytes), limits)?;
    document(text, bytes.len() as u64, limits, room)
}

/// [`parse`] of a file that need not be at hand as a whole, with the bytes behind the last tensor, which only some
/// engines look at.
///
/// # Errors
///
/// As [`parse`], save for bytes behind the last tensor.
pub fn read<'a>(input: Input<'a>, limits: &Limits) -> Result<(Document<'a>, u64), Fault> {
    let text = header(input, limits)?;
    let file_bytes = input.file_bytes();
    document(text, file_bytes, limits, Vec::new()).map(|document| (document, 0)).or_else(|fault| {
        let Some(end) = layout::end_before_trailing(&fault) else { return Err(fault) };
        document(text, end, limits, Vec::new()).map(|document| (document, file_bytes.saturating_sub(end)))
    })
}

fn document<'a>(
    text: &'a str,
    file_bytes: u64,
    limits: &Limits,
    room: Vec<TensorInfo<'_>>,
) -> Result<Document<'a>, Fault> {
    let data_start = LENGTH_BYTES.saturating_add(text.len() as u64);
    let start = || Document { data_start, file_bytes, ..Document::default() };
    let mut document = Document { tensors: emptied(room), ..start() };
    let Some(repeated) = canonical::parse(text, limits, &mut document) else { return full(text, limits, start()) };
    if !layout::is_plain(&mut document) {
        let settled = layout::settle(&mut document);
        if repeated.saturating_add(settled) > limits.repeated_tensors {
            return full(text, limits, start());
        }
        if settled > 0 {
            layout::arrange(&mut document);
        }
        layout::check(&document)?;
    }
    Ok(document)
}

/// The same tensors' room for tensors of any other lifetime.
fn emptied<'a>(mut room: Vec<TensorInfo<'_>>) -> Vec<TensorInfo<'a>> {
    room.clear();
    room.into_iter().map(|tensor| TensorInfo { name: Cow::Owned(tensor.name.into_owned()), ..tensor }).collect()
}

fn full<'a>(text: &'a str, limits: &Limits, mut document: Document<'a>) -> Result<Document<'a>, Fault> {
    full::parse(text, limits, &mut document)?;
    layout::arrange(&mut document);
    layout::check(&document)?;
    Ok(document)
}

fn header<'a>(input: Input<'a>, limits: &Limits) -> Result<&'a str, Fault> {
    let header = header_bytes(input, limits)?;
    simdutf8::basic::from_utf8(header).map_err(|_| {
        let valid = std::str::from_utf8(header).map_or_else(|error| error.valid_up_to(), str::len);
        let offset = LENGTH_BYTES.saturating_add(valid as u64);
        Fault::new(&HEADER, offset, format!("the header is not UTF-8 at byte {offset} of the file"))
    })
}

fn header_bytes<'a>(mut input: Input<'a>, limits: &Limits) -> Result<&'a [u8], Fault> {
    let file_bytes = input.file_bytes();
    let Some(length) = input.array(0).map(u64::from_le_bytes) else {
        let message = format!("the file has {file_bytes} bytes, a header needs 8 at least");
        return Err(Fault::new(&SHORT, 0, message).expected(8).found(file_bytes));
    };
    if length > limits.safetensors_header_bytes || length == 0 {
        let message = format!("a header of {length} bytes, expected 1 to {}", limits.safetensors_header_bytes);
        return Err(Fault::new(&LENGTH, 0, message).expected(limits.safetensors_header_bytes).found(length));
    }
    usize::try_from(length).ok().and_then(|length| input.bytes(8, length)).ok_or_else(|| {
        let left = file_bytes.saturating_sub(LENGTH_BYTES);
        let message = format!("the header claims {length} bytes, the file holds {left} behind its length");
        Fault::new(&SHORT, 0, message).expected(length).found(left)
    })
}

#[cfg(test)]
#[path = "differential.rs"]
mod differential;
