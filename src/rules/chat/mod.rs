//! Rules over chat templates.

pub mod template;

pub use template::TEMPLATE;
