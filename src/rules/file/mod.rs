//! Rules over the kind of files.

pub mod trailing;
mod wrong_kind;

pub use wrong_kind::{CAUSES, WRONG_KIND};
pub(crate) use wrong_kind::{not_told, undetermined};
