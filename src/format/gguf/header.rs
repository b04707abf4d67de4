//! The header, in one pass and in llama.cpp's order of checks.

use super::code::{
    ALIGNMENT, COUNT, KEY, LIMIT, MAGIC, OFFSET, SHORT, TENSOR_NAME, TENSOR_SHAPE, TENSOR_TYPE, VALUE_TYPE, VERSION,
};
use super::tensor::{TYPE_COUNT, TensorInfo, ggml_type};
use super::value::{Array, Value, ValueType};
use crate::format::Fault;
use crate::limits::Limits;
use std::collections::HashSet;

/// Alignment of tensor data where the file states none, in bytes.
const DEFAULT_ALIGNMENT: u32 = 32;
/// Names of this many bytes or more do not fit ggml's tensor struct.
const NAME_BYTES: usize = 64;
/// Most dimensions of a tensor.
const DIMENSIONS: u32 = 4;

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
}

/// One metadata entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key<'a> {
    /// The name; not necessarily UTF-8.
    pub name: &'a [u8],
    /// The value.
    pub value: Value<'a>,
    /// Where the entry begins in the file.
    pub offset: u64,
}

impl<'a> Document<'a> {
    /// The value of `name`, if the key is there.
    pub fn value(&self, name: &str) -> Option<Value<'a>> {
        self.keys.iter().find(|key| key.name == name.as_bytes()).map(|key| key.value)
    }
}

/// Reads the header of a whole GGUF file.
///
/// # Errors
///
/// A [`Fault`] for the first check that llama.cpp's reader (v0.5.0) would fail, or for a limit that is met.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, Fault> {
    let mut reader = Reader { bytes, at: 0, limits };
    let version = reader.preamble()?;
    let tensor_count = reader.count("tensor")?;
    let key_count = reader.count("key")?;
    reader.within("tensors", tensor_count, limits.tensors)?;
    reader.within("keys", key_count, limits.gguf_keys)?;
    let keys = reader.keys(key_count)?;
    let alignment = alignment(&keys)?;
    let tensors = reader.tensors(tensor_count)?;
    let header_bytes = reader.at as u64;
    let data_start = data_start(header_bytes, alignment, bytes.len() as u64, tensor_count)?;
    check_offsets(&tensors, alignment)?;
    Ok(Document { version, alignment, keys, tensors, header_bytes, data_start, file_bytes: bytes.len() as u64 })
}

fn data_start(header: u64, alignment: u32, file: u64, tensors: u64) -> Result<u64, Fault> {
    let start = pad(header, alignment).unwrap_or(u64::MAX);
    if tensors > 0 && start > file {
        let message = format!("the data section would begin at byte {start}, the file ends at byte {file}");
        return Err(Fault::new(&SHORT, header, message).expected(start).found(file));
    }
    Ok(start)
}

fn pad(bytes: u64, alignment: u32) -> Option<u64> {
    bytes.checked_next_multiple_of(u64::from(alignment))
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
    let Some(key) = keys.iter().find(|key| key.name == b"general.alignment") else { return Ok(DEFAULT_ALIGNMENT) };
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

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

struct Reader<'a, 'l> {
    bytes: &'a [u8],
    at: usize,
    limits: &'l Limits,
}

impl<'a> Reader<'a, '_> {
    fn left(&self) -> u64 {
        self.bytes.len().saturating_sub(self.at) as u64
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let end = self.at.checked_add(length);
        let Some(taken) = end.and_then(|end| self.bytes.get(self.at..end)) else {
            let message = format!(
                "the header needs {length} bytes at byte {}, the file ends at byte {}",
                self.at,
                self.bytes.len()
            );
            return Err(Fault::new(&SHORT, self.at as u64, message).expected(length).found(self.left()));
        };
        self.at = self.at.saturating_add(length);
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let at = self.at;
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| Fault::new(&SHORT, at as u64, "the file ends inside the header"))
    }

    fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_le_bytes)
    }

    fn preamble(&mut self) -> Result<u32, Fault> {
        let magic = self.bytes.get(..4).unwrap_or(self.bytes);
        if magic != b"GGUF" {
            let found = lossy(magic);
            return Err(Fault::new(&MAGIC, 0, format!("the file begins with {found:?}, expected \"GGUF\""))
                .expected("GGUF")
                .found(found));
        }
        self.take(4)?;
        match self.u32()? {
            version @ 2..=3 => Ok(version),
            other => {
                let swapped = other & 0xFFFF == 0 && other != 0;
                let hint = if swapped { ": the file is big-endian" } else { "" };
                let message = format!("version {other}, expected 2 or 3{hint}");
                Err(Fault::new(&VERSION, 4, message).expected("2 or 3").found(other))
            }
        }
    }

    fn count(&mut self, what: &str) -> Result<u64, Fault> {
        let at = self.at as u64;
        let count = self.u64()?;
        // ggml's bound: the count times its own entry struct must fit memory; any such count is negative or absurd.
        if count > i64::MAX as u64 / 1024 {
            return Err(Fault::new(&COUNT, at, format!("the {what} count {count} is impossible")).found(count));
        }
        Ok(count)
    }

    fn within(&self, what: &str, count: u64, limit: u64) -> Result<(), Fault> {
        // Every entry takes at least 12 bytes, so a count beyond what is left fails as a short read anyway.
        if count <= limit || count > self.left() {
            return Ok(());
        }
        let message = format!("{count} {what} exceed the limit of {limit}");
        Err(Fault::new(&LIMIT, self.at as u64, message).expected(limit).found(count))
    }

    fn string(&mut self, what: &str) -> Result<&'a [u8], Fault> {
        let at = self.at as u64;
        let length = self.u64()?;
        if length > self.limits.gguf_string_bytes || length > self.left() {
            let message = format!("{what} claims {length} bytes, {} are left", self.left());
            return Err(Fault::new(&COUNT, at, message).expected(self.left()).found(length));
        }
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn keys(&mut self, count: u64) -> Result<Vec<Key<'a>>, Fault> {
        let mut names = HashSet::new();
        (0..count).map(|_| self.key(&mut names)).collect()
    }

    fn key(&mut self, names: &mut HashSet<&'a [u8]>) -> Result<Key<'a>, Fault> {
        let offset = self.at as u64;
        let name = self.string("a key's name")?;
        if name.is_empty() || !names.insert(name) {
            let what = if name.is_empty() { "is empty" } else { "stands twice" };
            return Err(Fault::new(&KEY, offset, format!("the key '{}' {what}", lossy(name))).key(lossy(name)));
        }
        let value = self.value().map_err(|fault| fault.key(lossy(name)))?;
        Ok(Key { name, value, offset })
    }

    fn value(&mut self) -> Result<Value<'a>, Fault> {
        match self.value_type()? {
            ValueType::String => self.string("a string").map(Value::String),
            ValueType::Array => self.stepped_over().map(Value::Array),
            kind => {
                let at = self.at as u64;
                let size = usize::try_from(kind.size_bytes().unwrap_or_default()).unwrap_or_default();
                let bytes = self.take(size)?;
                Value::scalar(kind, bytes).ok_or_else(|| Fault::new(&SHORT, at, "the file ends inside a value"))
            }
        }
    }

    fn value_type(&mut self) -> Result<ValueType, Fault> {
        let at = self.at as u64;
        let id = self.u32()?;
        ValueType::from_id(id)
            .ok_or_else(|| Fault::new(&VALUE_TYPE, at, format!("value type {id}, expected 0 to 12")).found(id))
    }

    fn stepped_over(&mut self) -> Result<Array<'a>, Fault> {
        let at = self.at as u64;
        let element = self.value_type()?;
        let count = self.u64()?;
        if element == ValueType::Array {
            return Err(Fault::new(&VALUE_TYPE, at, "an array of arrays").found("arr"));
        }
        let least = count.checked_mul(element.size_bytes().unwrap_or(8));
        if count > self.limits.gguf_array_elements || least.is_none_or(|least| least > self.left()) {
            let message =
                format!("an array claims {count} elements of type {}, {} bytes are left", element.name(), self.left());
            return Err(Fault::new(&COUNT, at, message).found(count));
        }
        let start = self.at;
        match element.size_bytes() {
            Some(_) => drop(self.take(usize::try_from(least.unwrap_or(u64::MAX)).unwrap_or(usize::MAX))?),
            None => (0..count).try_for_each(|_| self.string("an array's string").map(drop))?,
        }
        Ok(Array { element, count, bytes: self.bytes.get(start..self.at).unwrap_or_default() })
    }

    fn tensors(&mut self, count: u64) -> Result<Vec<TensorInfo<'a>>, Fault> {
        let mut names = HashSet::new();
        (0..count).map(|_| self.tensor(&mut names)).collect()
    }

    fn tensor(&mut self, names: &mut HashSet<&'a [u8]>) -> Result<TensorInfo<'a>, Fault> {
        let offset = self.at as u64;
        let name = self.string("a tensor's name")?;
        if name.len() >= NAME_BYTES || !names.insert(name) {
            let what = if name.len() >= NAME_BYTES { "is 64 bytes or longer" } else { "stands twice" };
            let message = format!("the tensor name '{}' {what}", lossy(name));
            return Err(Fault::new(&TENSOR_NAME, offset, message).key(lossy(name)));
        }
        self.tensor_body(name, offset).map_err(|fault| fault.key(lossy(name)))
    }

    fn tensor_body(&mut self, name: &'a [u8], offset: u64) -> Result<TensorInfo<'a>, Fault> {
        let dimension_count = self.u32()?;
        if dimension_count > DIMENSIONS {
            let message = format!("{dimension_count} dimensions, expected 4 at most");
            return Err(Fault::new(&TENSOR_SHAPE, offset, message).expected(DIMENSIONS).found(dimension_count));
        }
        let mut dimensions = [1_u64; 4];
        for slot in dimensions.iter_mut().take(dimension_count as usize) {
            *slot = self.u64()?;
        }
        let elements = elements(dimensions).ok_or_else(|| {
            Fault::new(&TENSOR_SHAPE, offset, format!("shape {dimensions:?} is impossible")).found(dimensions.to_vec())
        })?;
        let type_id = self.u32()?;
        let size_bytes = size_bytes(type_id, dimensions, elements, offset)?;
        let data_offset = self.u64()?;
        Ok(TensorInfo { name, dimension_count, dimensions, type_id, data_offset, size_bytes, offset })
    }
}

/// The number of elements, unless a dimension is negative or the product exceeds 63 bits.
fn elements(dimensions: [u64; 4]) -> Option<u64> {
    let signed = |value: u64| i64::try_from(value).ok();
    let product = dimensions.iter().try_fold(1_i64, |product, &size| product.checked_mul(signed(size)?))?;
    u64::try_from(product).ok()
}

fn size_bytes(type_id: u32, dimensions: [u64; 4], elements: u64, offset: u64) -> Result<u64, Fault> {
    let fault = |message: String| Fault::new(&TENSOR_TYPE, offset, message).found(type_id);
    let Some(kind) = ggml_type(type_id) else {
        let what = if type_id < TYPE_COUNT { "was removed from ggml" } else { "is unknown to this engine" };
        return Err(fault(format!("tensor type {type_id} {what}")));
    };
    let [row, ..] = dimensions;
    if row.checked_rem(kind.block_elements) != Some(0) {
        return Err(fault(format!(
            "rows of {row} elements do not fill whole {} blocks of {}",
            kind.name, kind.block_elements
        )));
    }
    let blocks = elements.checked_div(kind.block_elements);
    let size = blocks.and_then(|blocks| blocks.checked_mul(kind.block_bytes));
    size.ok_or_else(|| fault(format!("{elements} elements of {} exceed 64 bits of bytes", kind.name)))
}
