//! `tokenizer.json`: sizes, ids and flags; the vocabulary itself is counted, not kept.

mod code;
#[cfg(test)]
mod differential;
mod header;
mod model;
mod token;
mod vocabulary;

pub use code::CAUSES;
pub use header::{Document, parse};
pub use model::{Merges, Model, ModelKind};
pub use token::AddedToken;
pub use vocabulary::{Layout, Vocabulary};
