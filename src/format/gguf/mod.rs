//! GGUF, versions 2 and 3, as llama.cpp's own reader takes it.
//!
//! The header is read in one pass. Arrays are stepped over by byte range and looked into only on demand; names stay
//! byte strings because the engine does not ask for UTF-8.

mod code;
mod entry;
mod header;
mod hop;
mod reader;
mod tensor;
mod text;
mod value;
mod zero;

pub use code::CAUSES;
pub use header::{Document, Key, parse, read, read_wide};
pub use tensor::{GgmlType, TensorInfo, ggml_type};
pub(crate) use text::Kept;
pub use value::{Array, Strings, Value, ValueType};
pub use zero::until_zero;
