//! Rules over chat templates.

pub mod dialect;
mod surroundings;
pub mod template;

pub use template::TEMPLATE;
