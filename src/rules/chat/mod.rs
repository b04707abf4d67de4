//! Rules over chat templates.

mod surroundings;
pub mod template;

pub use template::TEMPLATE;
