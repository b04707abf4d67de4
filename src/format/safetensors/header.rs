//! The header, with every check of the format's reference reader.

use super::code::{DTYPE, HEADER, LAYOUT, LENGTH, LIMIT, RANGE, SHORT, TRAILING, TRUNCATED};
use super::tensor::{Dtype, TensorInfo};
use crate::format::Fault;
use crate::format::json::{self, Json};
use crate::limits::Limits;
use std::borrow::Cow;

/// Bytes before the JSON: the header's length, little-endian.
const LENGTH_BYTES: u64 = 8;

/// `__metadata__`: names and texts, in the header's order.
pub type Metadata<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// A parsed header.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// The tensors, in the header's order.
    pub tensors: Vec<TensorInfo<'a>>,
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
    let header = header_bytes(bytes, limits)?;
    let data_start = LENGTH_BYTES.saturating_add(header.len() as u64);
    let parsed = json::parse(header, limits).map_err(|fault| malformed(fault.in_file("header").message))?;
    if !matches!(parsed.root, Json::Object(_)) {
        return Err(malformed(format!("the header is a {}, expected an object", parsed.root.kind())));
    }
    let mut document =
        Document { tensors: Vec::new(), metadata: Vec::new(), data_start, file_bytes: bytes.len() as u64 };
    for member in parsed.root.members() {
        let offset = member.offset.saturating_add(LENGTH_BYTES);
        match member.key.as_str() {
            "__metadata__" => document.metadata = metadata(&member.value)?,
            name => document.tensors.push(tensor(name, &member.value, offset)?),
        }
        if document.tensors.len() as u64 > limits.tensors {
            let message = format!("more tensors than the limit of {}", limits.tensors);
            return Err(Fault::new(&LIMIT, offset, message).expected(limits.tensors));
        }
    }
    check_layout(&document)?;
    Ok(document)
}

fn malformed(message: impl Into<String>) -> Fault {
    Fault::new(&HEADER, LENGTH_BYTES, message)
}

fn header_bytes<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a [u8], Fault> {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        let message = format!("the file has {} bytes, a header needs 8 at least", bytes.len());
        return Err(Fault::new(&SHORT, 0, message).expected(8).found(bytes.len()));
    };
    let length = u64::from_le_bytes(*length);
    if length > limits.safetensors_header_bytes || length == 0 {
        let message = format!("a header of {length} bytes, expected 1 to {}", limits.safetensors_header_bytes);
        return Err(Fault::new(&LENGTH, 0, message).expected(limits.safetensors_header_bytes).found(length));
    }
    usize::try_from(length).ok().and_then(|length| rest.get(..length)).ok_or_else(|| {
        let message = format!("the header claims {length} bytes, the file holds {} behind its length", rest.len());
        Fault::new(&SHORT, 0, message).expected(length).found(rest.len())
    })
}

fn metadata<'a>(value: &Json) -> Result<Metadata<'a>, Fault> {
    let text = |value: &Json| value.as_str().map(|text| Cow::Owned(text.to_owned()));
    let Json::Object(members) = value else {
        return Err(malformed("__metadata__ is not an object").key("__metadata__"));
    };
    let pairs = members.iter().map(|member| text(&member.value).map(|value| (Cow::Owned(member.key.clone()), value)));
    pairs
        .collect::<Option<_>>()
        .ok_or_else(|| malformed("__metadata__ holds a value that is not a string").key("__metadata__"))
}

fn tensor<'a>(name: &str, value: &Json, offset: u64) -> Result<TensorInfo<'a>, Fault> {
    let fault = |cause, message: String| Fault::new(cause, offset, message).key(name);
    let dtype =
        value.get("dtype").and_then(Json::as_str).ok_or_else(|| fault(&HEADER, format!("'{name}' has no dtype")))?;
    let dtype = Dtype::from_name(dtype)
        .ok_or_else(|| fault(&DTYPE, format!("'{name}' has the unknown dtype {dtype}")).found(dtype.to_owned()))?;
    let shape = numbers(value.get("shape")).ok_or_else(|| fault(&HEADER, format!("'{name}' has no sound shape")))?;
    let range = numbers(value.get("data_offsets")).unwrap_or_default();
    let [begin, end] = range[..] else { return Err(fault(&HEADER, format!("'{name}' has no sound data_offsets"))) };
    let size = shape
        .iter()
        .try_fold(1_u64, |product, &size| product.checked_mul(size))
        .and_then(|count| dtype.size_bytes(count));
    if size.is_none() || end.checked_sub(begin) != size {
        let message =
            format!("'{name}' spans bytes {begin} to {end}, its shape {shape:?} of {} needs {size:?}", dtype.name());
        return Err(fault(&RANGE, message).expected(size).found(end.wrapping_sub(begin)));
    }
    Ok(TensorInfo { name: Cow::Owned(name.to_owned()), dtype, shape, begin, end })
}

fn numbers(value: Option<&Json>) -> Option<Vec<u64>> {
    match value? {
        Json::Array(elements) => elements.iter().map(Json::as_u64).collect(),
        _ => None,
    }
}

/// Tensor data must fill the rest of the file without gap or overlap.
fn check_layout(document: &Document<'_>) -> Result<(), Fault> {
    let mut order: Vec<&TensorInfo<'_>> = document.tensors.iter().collect();
    order.sort_by_key(|tensor| (tensor.begin, tensor.end));
    let mut at = 0;
    for tensor in order {
        if tensor.begin != at {
            let what = if tensor.begin < at { "overlaps the tensor before it" } else { "leaves a gap before it" };
            let message = format!("'{}' begins at {}, expected {at}: it {what}", tensor.name, tensor.begin);
            let offset = document.data_start.saturating_add(tensor.begin);
            return Err(Fault::new(&LAYOUT, offset, message).expected(at).found(tensor.begin).key(tensor.name.clone()));
        }
        at = tensor.end;
    }
    let (expected, found) = (document.data_start.saturating_add(at), document.file_bytes);
    let fault = |cause, what: &str| {
        let message = format!("the file {what}: the header describes {expected} bytes, the file has {found}");
        Err(Fault::new(cause, found.min(expected), message).expected(expected).found(found))
    };
    match found.cmp(&expected) {
        std::cmp::Ordering::Less => fault(&TRUNCATED, "is cut short"),
        std::cmp::Ordering::Greater => fault(&TRAILING, "holds more than its tensors"),
        std::cmp::Ordering::Equal => Ok(()),
    }
}
