//! Where a fact stands.

use super::clip;
use serde::Serialize;

/// The place of a fact: file, key inside it, byte offset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Origin {
    /// The file, relative to the model's folder (a single file: its name).
    pub file: Option<String>,
    /// A metadata key, a JSON pointer (starting with `/`), or a tensor's name.
    pub key: Option<String>,
    /// The byte offset in the file at which it begins.
    pub offset: Option<u64>,
}

impl Origin {
    /// A place in `file`.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: Some(clip::name(file.into())), ..Self::default() }
    }

    /// Narrows the place to a key, a JSON pointer or a tensor.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(clip::name(key.into()));
        self
    }

    /// Narrows the place to a byte.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }
}
