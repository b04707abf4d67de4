//! Rules over chat templates.

pub mod dialect;
mod surroundings;
pub mod template;

pub(super) use surroundings::special_tokens;
pub use template::TEMPLATE;
