//! Pickles, read and never run: every import that a loader would make, and the tensors that torch would rebuild.
//!
//! A pickle is a program for a stack machine. This machine knows the operations that build plain data and torch's three
//! ways of rebuilding a tensor; every other call gives an opaque value, and what it would have imported is noted.

mod code;
mod collect;
mod machine;
mod operation;
mod value;

pub use code::CAUSES;
pub use machine::{Document, Import, Tensor, parse, read};
