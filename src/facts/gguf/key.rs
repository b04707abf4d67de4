//! Metadata as facts: types stay exact, long arrays are known by their type and length only.

use crate::format::Input;
use crate::format::gguf::{Array, Key, Value, ValueType, until_zero};
use std::ops::ControlFlow;

/// Arrays of more numbers than this keep only their type and length; per-layer arrays have 512 at most.
const NUMBERS: u64 = 4096;
/// Arrays of more texts than this keep only their type and length: tags and languages stay, tokens do not.
const TEXTS: u64 = 256;
/// Longest text kept of an array, in bytes.
const TEXT_BYTES: usize = 4096;

/// One metadata key.
#[derive(Debug, Clone)]
pub struct KeyFacts {
    /// The name.
    pub name: String,
    /// The value's type in the file.
    pub kind: ValueType,
    /// The value.
    pub value: KeyValue,
    /// Where the entry begins in the file.
    pub offset: u64,
}

/// A metadata value.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyValue {
    /// An array.
    Array(ArrayFacts),
    /// A truth value.
    Bool(bool),
    /// Any floating-point number.
    Float(f64),
    /// Any signed integer.
    Int(i64),
    /// Text, up to its first zero byte as for llama.cpp, and of a long one 4,096 bytes; of the chat template, as much as its
    /// limit allows and one byte more. Bytes that are not UTF-8 are replaced.
    String(String),
    /// Any unsigned integer.
    Uint(u64),
}

/// What is kept of an array.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayFacts {
    /// The elements' type.
    pub element: ValueType,
    /// How many elements there are.
    pub count: u64,
    /// The elements, where they are integers or truth values and few; too large ones are cut to 64 bits.
    pub numbers: Vec<i64>,
    /// The elements, where they are texts and few.
    pub texts: Vec<String>,
}

impl KeyFacts {
    /// `most` is how many bytes of a text are kept.
    pub(super) fn learn<'a>(key: &Key<'a>, most: usize, input: Input<'a>) -> Self {
        let name = owned(until_zero(key.name));
        Self { name, kind: key.value.value_type(), value: KeyValue::learn(key.value, most, input), offset: key.offset }
    }

    /// The array, if this is one.
    pub fn array(&self) -> Option<&ArrayFacts> {
        match &self.value {
            KeyValue::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            KeyValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// The integer or truth value, if this is one; cut to 64 bits.
    pub fn integer(&self) -> Option<i64> {
        match self.value {
            KeyValue::Bool(truth) => Some(truth.into()),
            KeyValue::Int(number) => Some(number),
            KeyValue::Uint(number) => Some(i64::try_from(number).unwrap_or(i64::MAX)),
            KeyValue::Array(_) | KeyValue::Float(_) | KeyValue::String(_) => None,
        }
    }
}

impl KeyValue {
    fn learn<'a>(value: Value<'a>, most: usize, input: Input<'a>) -> Self {
        match value {
            Value::Array(array) => Self::Array(ArrayFacts::learn(array, input)),
            Value::Bool(truth) => Self::Bool(truth),
            Value::F32(number) => Self::Float(number.into()),
            Value::F64(number) => Self::Float(number),
            Value::I16(number) => Self::Int(number.into()),
            Value::I32(number) => Self::Int(number.into()),
            Value::I64(number) => Self::Int(number),
            Value::I8(number) => Self::Int(number.into()),
            Value::String(bytes) => {
                let kept = bytes.get(..most).unwrap_or(bytes);
                Self::String(owned(until_zero(kept)))
            }
            Value::U16(number) => Self::Uint(number.into()),
            Value::U32(number) => Self::Uint(number.into()),
            Value::U64(number) => Self::Uint(number),
            Value::U8(number) => Self::Uint(number.into()),
        }
    }

    fn integer(value: Value<'_>) -> Option<i64> {
        Some(match value {
            Value::Bool(truth) => truth.into(),
            Value::I16(number) => number.into(),
            Value::I32(number) => number.into(),
            Value::I64(number) => number,
            Value::I8(number) => number.into(),
            Value::U16(number) => number.into(),
            Value::U32(number) => number.into(),
            Value::U64(number) => i64::try_from(number).unwrap_or(i64::MAX),
            Value::U8(number) => number.into(),
            Value::Array(_) | Value::F32(_) | Value::F64(_) | Value::String(_) => return None,
        })
    }
}

impl ArrayFacts {
    fn learn<'a>(array: Array<'a>, input: Input<'a>) -> Self {
        let numbers =
            if array.count <= NUMBERS { array.scalars().filter_map(KeyValue::integer).collect() } else { Vec::new() };
        let mut texts = Vec::new();
        if array.count <= TEXTS {
            array.each_string(&input, |bytes| {
                texts.push(text(bytes));
                ControlFlow::Continue(())
            });
        }
        Self { element: array.element, count: array.count, numbers, texts }
    }
}

fn text(bytes: &[u8]) -> String {
    owned(bytes.get(..TEXT_BYTES).unwrap_or(bytes))
}

/// The text; bytes that are not UTF-8 are replaced.
pub(super) fn owned(bytes: &[u8]) -> String {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
