//! JSON as Python's `json` module reads it: bare `Infinity` and `NaN` are taken, integers have no upper bound, the last
//! of duplicate keys wins; a byte-order mark, comments and trailing commas are refused with line and column.
//!
//! serde_json refuses the first two, loses the digits of the third and cannot say where a key stands, so the documents
//! of a model's folder are read here. The tree is owned and keeps the order of keys.

mod code;
mod cursor;
mod leap;
mod members;
mod parse;
mod text;
mod value;

pub use code::CAUSES;
pub(crate) use code::LIMIT;
pub(crate) use cursor::Cursor;
pub(crate) use leap::Leap;
pub use parse::parse;
pub(crate) use text::Text;
pub use value::{Document, Json, Member, Note, NoteKind};
