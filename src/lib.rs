//! Accepts or rejects a model for an inference engine, from its files alone, before the engine loads it.

pub mod catalog;
pub mod chat;
pub mod config;
pub mod derive;
pub mod diagnostic;
pub mod engine;
pub mod error;
pub mod facts;
pub mod format;
pub mod gate;
pub mod inspect;
pub mod limits;
#[cfg(feature = "marketplace")]
pub mod marketplace;
pub mod model_config;
pub mod report;
pub mod rules;
pub mod source;
pub mod verdict;

pub use catalog::ModelEntry;
pub use config::Config;
pub use error::Error;
pub use gate::Gate;
pub use limits::{Limits, ReadMode};
pub use model_config::{InferenceParams, ModelConfig};
pub use verdict::{Admission, Rejection, Verdict};

/// The README's code is tested as it stands.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
