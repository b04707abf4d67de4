//! Rules over which files are there, for engines that read folders.

pub mod adapter;
pub mod config;
pub mod documents;
pub mod download;
pub mod index;
pub mod shards;
pub mod weights;

pub use adapter::ADAPTER;
pub use config::CONFIG;
pub use documents::DOCUMENTS;
pub use download::{BOUNDARY, DOWNLOAD};
pub use index::INDEX;
pub use shards::SHARDS;
pub use weights::WEIGHTS;

use super::Case;
use crate::facts::ModelFormat;
use crate::facts::folder::FolderFacts;

/// The folder's facts, where the model is one that engines read as a folder.
pub(crate) fn folder<'a>(case: &Case<'a>) -> Option<&'a FolderFacts> {
    case.facts.folder.as_ref().filter(|_| case.facts.format == ModelFormat::TransformersFolder)
}

/// The first few names of a list, and how many more there are.
pub(crate) fn some<'n>(names: impl Iterator<Item = &'n str>, total: u64) -> String {
    let shown: Vec<_> = names.take(3).collect();
    let more = total.saturating_sub(shown.len() as u64);
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
