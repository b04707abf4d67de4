//! What a catalog claims of a model: entries, and how they are read.

mod entry;
mod misspelt;
mod status;
mod typed;

pub use entry::ModelEntry;
pub use status::ArtifactStatus;
pub use typed::Malformed;
