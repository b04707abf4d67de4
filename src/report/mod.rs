//! The words: verdicts and inspections as text for people and as JSON for machines; the rule book.

mod json;
mod prompt;
pub mod rule_book;
mod sarif;
mod text;

pub use json::{SCHEMA_VERSION, check_json, finding_json, inspect_json};
pub use prompt::{prompt_json, render_error_json};
pub use sarif::check_sarif;
pub use text::{check_line, check_text, inspect_text};
