//! The safetensors header: names, element types, shapes and byte ranges.

mod code;
mod header;
mod tensor;

pub use code::CAUSES;
pub use header::{Document, Metadata, parse};
pub use tensor::{Dtype, TensorInfo};
