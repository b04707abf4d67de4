//! A catalog entry that the caller named.

use super::{Result, output};
use modelgate::{Error, ModelEntry};
use serde_json::Value;
use std::path::Path;

/// An entry, and the document that it was read from.
pub(super) struct Entry {
    pub(super) entry: ModelEntry,
    pub(super) document: Value,
}

impl Entry {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = output::read(path)?;
        let named = |error| match error {
            Error::Input { detail, .. } => Error::input(format!("catalog entry {}", path.display()), detail),
            other => other,
        };
        let entry = ModelEntry::from_json(&text).map_err(named)?;
        let document = serde_json::from_str(&text).map_err(|error| named(Error::input("", error)))?;
        Ok(Self { entry, document })
    }
}
