//! A whole catalog entry from a local model.

use super::derive;
use crate::catalog::{ArtifactStatus, ModelEntry};
use crate::error::Error;
use crate::facts::{self, Facts};
use crate::limits::Limits;
use crate::source;
use std::path::Path;

impl ModelEntry {
    /// The entry of the model at `path`: everything that its files tell. What they do not (who published it, when it
    /// was added, how often it was fetched) is absent.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::NoModel`] where the path cannot be read, [`Error::Input`] where the files do not tell
    /// what the model is, with the first fault that a reader met.
    pub fn from_path(path: impl AsRef<Path>, limits: &Limits) -> Result<Self, Error> {
        let path = path.as_ref();
        let facts = facts::learn(&source::locate(path, limits)?, limits)?;
        let derived = derive(&facts);
        let config = derived.config.as_ref().ok_or_else(|| untold(&facts))?;
        let id = id(path);
        Ok(Self {
            name: own_name(&facts).unwrap_or_else(|| id.clone()),
            author: author(&facts),
            path: path.to_path_buf(),
            size: Some(facts.size_bytes()),
            status: ArtifactStatus::Available,
            added_at: None,
            model_type: config.model_type(),
            config: crate::catalog::claims(&config.to_json()),
            id,
        })
    }
}

/// The file's name without its ending, or the folder's name.
fn id(path: &Path) -> String {
    let whole = path.file_name().or_else(|| path.components().next_back().map(|part| part.as_os_str()));
    let whole = whole.unwrap_or_default().to_string_lossy().into_owned();
    let endings = [".gguf", ".safetensors", ".ckpt", ".pt", ".pth", ".bin"];
    let stem = endings.iter().find_map(|ending| whole.strip_suffix(ending)).map(str::to_owned);
    stem.unwrap_or(whole)
}

fn own_name(facts: &Facts) -> Option<String> {
    stated(facts, &["general.name"])
}

fn author(facts: &Facts) -> Option<String> {
    stated(facts, &["general.author", "general.organization", "general.quantized_by"])
}

fn stated(facts: &Facts, keys: &[&str]) -> Option<String> {
    let gguf = facts.gguf.as_ref()?;
    keys.iter().find_map(|key| gguf.text(key)).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn untold(facts: &Facts) -> Error {
    let fault = facts.faults.first().map(|fault| fault.message.clone());
    Error::input(facts.path.clone(), fault.unwrap_or_else(|| "the files do not tell what model this is".to_owned()))
}
