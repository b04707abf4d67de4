//! Where a fact stands.

use super::clip;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;

/// The place of a fact: file, key inside it, byte offset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Origin {
    /// The file, relative to the model's folder (a single file: its name).
    #[serde(serialize_with = "written")]
    pub file: Option<Arc<str>>,
    /// A metadata key, a JSON pointer (starting with `/`), or a tensor's name.
    pub key: Option<Cow<'static, str>>,
    /// The byte offset in the file at which it begins.
    pub offset: Option<u64>,
}

impl Origin {
    /// A place in `file`.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: Some(clip::name(file.into()).into()), ..Self::default() }
    }

    /// Narrows the place to a key, a JSON pointer or a tensor.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(clip::name(key.into()).into());
        self
    }

    /// Narrows the place to a byte.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same place at a key that the code names.
    #[must_use]
    pub(crate) fn known_key(mut self, key: &'static str) -> Self {
        self.key = Some(Cow::Borrowed(key));
        self
    }
}

fn written<S: Serializer>(file: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    file.as_deref().serialize(serializer)
}
