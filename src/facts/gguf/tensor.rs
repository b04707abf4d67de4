//! Tensors as facts.

use super::key::owned;
use crate::format::gguf::{Document, TensorInfo};

/// One tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorFacts {
    /// The name.
    pub name: String,
    /// How many dimensions the file states, 0 to 4.
    pub dimension_count: u32,
    /// The dimensions in the file's order, fastest-varying first; the missing ones are 1.
    pub dimensions: [u64; 4],
    /// The fifth dimension of a file that only engines for pictures read; else 1.
    pub fifth_dimension: u64,
    /// The element type's number.
    pub type_id: u32,
    /// Where the data begins in the file.
    pub offset: u64,
    /// The data's length, in bytes.
    pub size_bytes: u64,
}

impl TensorFacts {
    pub(super) fn learn(tensor: &TensorInfo<'_>, document: &Document<'_>) -> Self {
        Self {
            name: owned(tensor.name),
            dimension_count: tensor.dimension_count,
            dimensions: tensor.dimensions,
            fifth_dimension: tensor.fifth_dimension,
            type_id: tensor.type_id,
            offset: document.data_start.saturating_add(tensor.data_offset),
            size_bytes: tensor.size_bytes,
        }
    }

    /// The dimensions, slowest-varying first.
    pub fn shape(&self) -> Vec<u64> {
        let count = usize::try_from(self.dimension_count).unwrap_or(usize::MAX);
        let stated = self.dimensions.get(..count).unwrap_or(&self.dimensions);
        let fifth = Some(self.fifth_dimension).filter(|_| count > self.dimensions.len());
        fifth.into_iter().chain(stated.iter().rev().copied()).collect()
    }

    /// How many elements it has.
    pub fn elements(&self) -> u64 {
        self.dimensions.iter().fold(self.fifth_dimension, |product, dimension| product.saturating_mul(*dimension))
    }
}
