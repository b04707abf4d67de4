//! `model.safetensors.index.json`: which shard holds which tensor.

mod code;
mod header;

pub use code::CAUSES;
pub use header::{Document, Entry, parse};
pub(crate) use header::{Entries, parse_entries};
