//! The words: verdicts and inspections as text for people and as JSON for machines; the rule book.

mod json;
mod prompt;
pub mod rule_book;
mod sarif;
#[cfg(feature = "schema")]
mod schema;
pub mod shape;
mod text;
#[cfg(feature = "wasm")]
mod typescript;

pub use json::{SCHEMA_VERSION, check_json, finding_json, inspect_json};
pub use prompt::{prompt_json, render_error_json};
pub use sarif::check_sarif;
#[cfg(feature = "schema")]
pub use schema::{schema_names, schema_of, schemas};
pub use text::{check_line, check_text, inspect_text};
#[cfg(feature = "wasm")]
pub use typescript::typescript;
