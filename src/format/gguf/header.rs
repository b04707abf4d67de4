//! The header, in one pass and in llama.cpp's order of checks.

use super::code::{ALIGNMENT, OFFSET, SHORT};
use super::hop::Checkpoint;
use super::reader::{Reader, lossy};
use super::tensor::TensorInfo;
use super::value::{Array, Value};
use super::zero::is_named;
use crate::format::{Fault, Input};
use crate::limits::Limits;

/// Alignment of tensor data where the file states none, in bytes.
const DEFAULT_ALIGNMENT: u32 = 32;

/// A parsed header.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// The file's version: 2 or 3.
    pub version: u32,
    /// Alignment of tensor data, in bytes.
    pub alignment: u32,
    /// The metadata, in the file's order; names are unique.
    pub keys: Vec<Key<'a>>,
    /// The tensors, in the file's order; names are unique.
    pub tensors: Vec<TensorInfo<'a>>,
    /// Where the header ends, in bytes from the start of the file.
    pub header_bytes: u64,
    /// Where the data section begins: the header's end, padded to the alignment.
    pub data_start: u64,
    /// The file's length in bytes.
    pub file_bytes: u64,
    /// Places inside long arrays of strings, in the file's order.
    checkpoints: Vec<Checkpoint>,
}

/// One metadata entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key<'a> {
    /// The whole name, unique; not necessarily UTF-8.
    pub name: &'a [u8],
    /// The value.
    pub value: Value<'a>,
    /// Where the entry begins in the file.
    pub offset: u64,
}

impl<'a> Document<'a> {
    /// The value of `name`, if the key is there: as llama.cpp looks for it, names end at their first zero byte.
    pub fn value(&self, name: &str) -> Option<Value<'a>> {
        self.keys.iter().find(|key| is_named(key.name, name.as_bytes())).map(|key| key.value)
    }

    /// Element `index` of an array of strings of this file: a short hop, however long the array is; `None` where its
    /// bytes are not at hand.
    pub fn string(&self, array: &Array<'a>, index: u64) -> Option<&'a [u8]> {
        let start = usize::try_from(array.offset).ok()?;
        let end = start.checked_add(array.bytes.len())?;
        let before = |place: &Checkpoint| place.at < start || (place.at < end && place.index <= index);
        let nearest = self.checkpoints.partition_point(before).checked_sub(1).and_then(|at| self.checkpoints.get(at));
        let nearest = nearest.filter(|place| place.at >= start).copied().unwrap_or(Checkpoint { at: start, index: 0 });
        let rest = array.bytes.get(nearest.at.checked_sub(start)?..)?;
        let skipped = usize::try_from(index.checked_sub(nearest.index)?).ok()?;
        Array { bytes: rest, ..*array }.strings().nth(skipped)
    }
}

/// Reads the header of a whole GGUF file.
///
/// # Errors
///
/// A [`Fault`] for the first check that llama.cpp's reader (v0.5.0) would fail, or for a limit that is met.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, Fault> {
    read(Input::whole(bytes), limits)
}

/// [`parse`] of a file that need not be at hand as a whole. Of a file that is read by windows, long arrays are not kept.
///
/// # Errors
///
/// As [`parse`].
pub fn read<'a>(input: Input<'a>, limits: &Limits) -> Result<Document<'a>, Fault> {
    document(Reader::new(input, limits))
}

/// Reads the header of a whole GGUF file that a tool for picture models wrote: names may be long and tensors have a
/// fifth dimension. ggml's own reader refuses such files; engines for pictures bring a reader of their own.
///
/// # Errors
///
/// A [`Fault`] as from [`read`], save for long names and a fifth dimension.
pub fn read_wide<'a>(input: Input<'a>, limits: &Limits) -> Result<Document<'a>, Fault> {
    document(Reader { wide: true, ..Reader::new(input, limits) })
}

fn document<'a>(mut reader: Reader<'a, '_>) -> Result<Document<'a>, Fault> {
    let file_bytes = reader.input.file_bytes();
    let version = reader.preamble()?;
    let tensor_count = reader.count("tensor")?;
    let key_count = reader.count("key")?;
    reader.within("tensors", tensor_count, reader.limits.tensors)?;
    reader.within("keys", key_count, reader.limits.gguf_keys)?;
    let keys = reader.keys(key_count)?;
    let alignment = alignment(&keys)?;
    let tensors = reader.tensors(tensor_count)?;
    let header_bytes = reader.at as u64;
    let data_start = data_start(header_bytes, alignment, file_bytes, tensor_count)?;
    check_offsets(&tensors, alignment)?;
    let checkpoints = reader.checkpoints;
    Ok(Document { version, alignment, keys, tensors, header_bytes, data_start, file_bytes, checkpoints })
}

fn data_start(header: u64, alignment: u32, file: u64, tensors: u64) -> Result<u64, Fault> {
    let start = pad(header, alignment).unwrap_or(u64::MAX);
    if tensors > 0 && start > file {
        let message = format!("the data section would begin at byte {start}, the file ends at byte {file}");
        return Err(Fault::new(&SHORT, header, message).expected(start).found(file));
    }
    Ok(start)
}

/// Rounds up to the alignment, which is a power of two.
fn pad(bytes: u64, alignment: u32) -> Option<u64> {
    let low = u64::from(alignment).wrapping_sub(1);
    bytes.checked_add(low).map(|raised| raised & !low)
}

/// Tensor data must follow one another without gap or overlap.
fn check_offsets(tensors: &[TensorInfo<'_>], alignment: u32) -> Result<(), Fault> {
    let mut expected = 0_u64;
    for tensor in tensors {
        if tensor.data_offset != expected {
            let message = format!("tensor data begins at offset {}, expected {expected}", tensor.data_offset);
            let fault = Fault::new(&OFFSET, tensor.offset, message).expected(expected).found(tensor.data_offset);
            return Err(fault.key(lossy(tensor.name)));
        }
        let end = pad(tensor.size_bytes, alignment).and_then(|size| expected.checked_add(size));
        expected = end.ok_or_else(|| {
            Fault::new(&OFFSET, tensor.offset, "the sum of tensor sizes exceeds 64 bits").key(lossy(tensor.name))
        })?;
    }
    Ok(())
}

fn alignment(keys: &[Key<'_>]) -> Result<u32, Fault> {
    let Some(key) = keys.iter().find(|key| is_named(key.name, b"general.alignment")) else {
        return Ok(DEFAULT_ALIGNMENT);
    };
    let fault = |message: String| Fault::new(&ALIGNMENT, key.offset, message).key("general.alignment");
    match key.value {
        Value::U32(alignment) if alignment.is_power_of_two() => Ok(alignment),
        Value::U32(other) => Err(fault(format!("general.alignment is {other} bytes, not a power of two")).found(other)),
        other => {
            let kind = other.value_type().name();
            Err(fault(format!("general.alignment has type {kind}, expected u32")).expected("u32").found(kind))
        }
    }
}

#[cfg(test)]
#[path = "differential.rs"]
mod differential;
