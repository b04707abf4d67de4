//! What a catalog claims of a model: entries, and how they are read.

mod entry;

pub use entry::{ArtifactStatus, ModelEntry};
