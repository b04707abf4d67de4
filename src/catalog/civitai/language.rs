//! The config of a language model.

use super::{Listing, files};
use crate::catalog::answer::text;
use crate::catalog::label;
use crate::config::LlmConfig;

/// What the hub tells of a language model: little.
pub(super) fn config(listed: Listing<'_>) -> LlmConfig {
    let primary = files::primary(listed);
    let label = primary.and_then(|file| text(file, "name")).and_then(|name| label::of_file(&name));
    LlmConfig {
        quantization: label.or_else(|| primary.and_then(|file| text(file, "metadata/fp"))),
        base_model: listed.base_model(),
        license: listed.license(),
        tags: listed.tags(),
        files: files::names(listed),
        downloads: listed.downloads(),
        likes: listed.likes(),
        ..LlmConfig::default()
    }
}
