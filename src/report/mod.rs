//! The words: a verdict as text for people and as JSON for machines.

mod json;
mod text;

pub use json::{SCHEMA_VERSION, check_json, finding_json};
pub use text::check_text;
