//! Facts of safetensors headers.

use super::{Facts, ModelFormat};
use crate::format::safetensors::{self, Dtype};
use crate::limits::Limits;
use crate::source::ModelFile;
use serde_json::json;

/// What one safetensors header says.
#[derive(Debug, Clone)]
pub struct SafetensorsFacts {
    /// The file.
    pub file: String,
    /// `__metadata__`, in the header's order.
    pub metadata: Vec<(String, String)>,
    /// The tensors, in the header's order.
    pub tensors: Vec<TensorFacts>,
}

/// One tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorFacts {
    /// The name.
    pub name: String,
    /// The element type.
    pub dtype: Dtype,
    /// The dimensions, slowest-varying first.
    pub shape: Vec<u64>,
}

impl SafetensorsFacts {
    /// What `inspect` shows.
    pub fn to_json(&self) -> serde_json::Value {
        json!({ "file": self.file, "tensors": self.tensors.len() })
    }
}

/// Reads the header in `bytes`.
pub(super) fn learn(facts: &mut Facts, file: &ModelFile, bytes: &[u8], limits: &Limits) {
    if facts.format == ModelFormat::Unknown {
        facts.format = ModelFormat::Safetensors;
    }
    match safetensors::parse(bytes, limits) {
        Ok(document) => facts.safetensors.push(collect(&document, file)),
        Err(fault) => facts.faults.push(fault.in_file(&file.name)),
    }
}

fn collect(document: &safetensors::Document<'_>, file: &ModelFile) -> SafetensorsFacts {
    let tensors = document.tensors.iter().map(|tensor| TensorFacts {
        name: tensor.name.to_string(),
        dtype: tensor.dtype,
        shape: tensor.shape.clone(),
    });
    let metadata = document.metadata.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    SafetensorsFacts { file: file.name.clone(), metadata: metadata.collect(), tensors: tensors.collect() }
}
