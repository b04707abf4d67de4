//! Facts of a GGUF header.

use super::{Facts, ModelFormat};
use crate::format::gguf::{self, Value};
use crate::limits::Limits;
use crate::source::ModelFile;
use serde_json::json;

/// What a GGUF header says.
#[derive(Debug, Clone)]
pub struct GgufFacts {
    /// The file.
    pub file: String,
    /// The container's version.
    pub version: u32,
    /// The metadata, in the file's order. Arrays keep their element type and length only.
    pub keys: Vec<KeyFacts>,
    /// The tensors, in the file's order.
    pub tensors: Vec<TensorFacts>,
}

/// One metadata key.
#[derive(Debug, Clone)]
pub struct KeyFacts {
    /// The name.
    pub name: String,
    /// The value.
    pub value: KeyValue,
    /// Where the entry begins in the file.
    pub offset: u64,
}

/// A metadata value.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyValue {
    /// An array: its element type and length.
    Array(&'static str, u64),
    /// A truth value.
    Bool(bool),
    /// Any floating-point number.
    Float(f64),
    /// Any signed integer.
    Int(i64),
    /// Text; bytes that are not UTF-8 are replaced.
    String(String),
    /// Any unsigned integer.
    Uint(u64),
}

/// One tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorFacts {
    /// The name.
    pub name: String,
    /// The dimensions, slowest-varying first.
    pub shape: Vec<u64>,
    /// The element type's number.
    pub type_id: u32,
    /// Where the data begins in the file.
    pub offset: u64,
    /// The data's length, in bytes.
    pub size_bytes: u64,
}

impl GgufFacts {
    /// The value of `name`.
    pub fn value(&self, name: &str) -> Option<&KeyValue> {
        self.keys.iter().find(|key| key.name == name).map(|key| &key.value)
    }

    /// The text of `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            KeyValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// What `inspect` shows.
    pub fn to_json(&self) -> serde_json::Value {
        json!({ "version": self.version, "keys": self.keys.len(), "tensors": self.tensors.len() })
    }
}

/// Reads the header in `bytes`.
pub(super) fn learn(facts: &mut Facts, file: &ModelFile, bytes: &[u8], limits: &Limits) {
    facts.format = ModelFormat::Gguf;
    match gguf::parse(bytes, limits) {
        Ok(document) => facts.gguf = Some(collect(&document, file)),
        Err(fault) => facts.faults.push(fault.in_file(&file.name)),
    }
}

fn collect(document: &gguf::Document<'_>, file: &ModelFile) -> GgufFacts {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let keys = document.keys.iter();
    let keys =
        keys.map(|key| KeyFacts { name: lossy(key.name), value: value(key.value), offset: key.offset }).collect();
    let tensors = document.tensors.iter().map(|tensor| TensorFacts {
        name: lossy(tensor.name),
        shape: tensor.dimensions.iter().take(tensor.dimension_count as usize).rev().copied().collect(),
        type_id: tensor.type_id,
        offset: document.data_start.saturating_add(tensor.data_offset),
        size_bytes: tensor.size_bytes,
    });
    GgufFacts { file: file.name.clone(), version: document.version, keys, tensors: tensors.collect() }
}

fn value(value: Value<'_>) -> KeyValue {
    match value {
        Value::Array(array) => KeyValue::Array(array.element.name(), array.count),
        Value::Bool(truth) => KeyValue::Bool(truth),
        Value::F32(number) => KeyValue::Float(number.into()),
        Value::F64(number) => KeyValue::Float(number),
        Value::I16(number) => KeyValue::Int(number.into()),
        Value::I32(number) => KeyValue::Int(number.into()),
        Value::I64(number) => KeyValue::Int(number),
        Value::I8(number) => KeyValue::Int(number.into()),
        Value::String(bytes) => KeyValue::String(String::from_utf8_lossy(bytes).into_owned()),
        Value::U16(number) => KeyValue::Uint(number.into()),
        Value::U32(number) => KeyValue::Uint(number.into()),
        Value::U64(number) => KeyValue::Uint(number),
        Value::U8(number) => KeyValue::Uint(number.into()),
    }
}
