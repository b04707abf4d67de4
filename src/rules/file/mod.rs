//! Rules over the kind of files.

mod wrong_kind;

pub(crate) use wrong_kind::undetermined;
pub use wrong_kind::{CAUSES, WRONG_KIND};
