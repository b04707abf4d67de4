//! Accepts or rejects a model for an inference engine, from its files alone, before the engine loads it.

pub mod diagnostic;
pub mod error;
pub mod format;
pub mod limits;

pub use error::Error;
pub use limits::Limits;
