//! What a catalog claims of a model: entries, how they are read, and how they are made from a hub's answers.

mod answer;
pub(crate) mod architecture;
pub mod base_model;
pub mod civitai;
mod entry;
pub mod huggingface;
mod label;
mod misspelt;
mod status;
mod typed;

pub(crate) use answer::claims;
pub use entry::ModelEntry;
pub use status::ArtifactStatus;
pub use typed::Malformed;
