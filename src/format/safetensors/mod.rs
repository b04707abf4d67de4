//! The safetensors header: names, element types, shapes and byte ranges.

mod canonical;
mod code;
mod full;
mod header;
mod layout;
mod shape;
mod tensor;

pub use code::CAUSES;
pub use header::{Document, Metadata, MetadataText, parse, parse_with, read};
pub use shape::Shape;
pub use tensor::{Dtype, TensorInfo};
