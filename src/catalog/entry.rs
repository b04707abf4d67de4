//! The catalog's entry.

use crate::config::ModelType;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One model as a catalog lists it. Its claims are in `config`, in the field names of the config of its `model_type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelEntry {
    /// The catalog's own name for it.
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// Who published it.
    #[serde(default)]
    pub author: Option<String>,
    /// The file or folder.
    pub path: PathBuf,
    /// The bytes of its files.
    #[serde(default)]
    pub size: Option<u64>,
    /// Whether it can be used.
    #[serde(default)]
    pub status: ArtifactStatus,
    /// When it was added, as the catalog writes it.
    #[serde(default, alias = "addedAt")]
    pub added_at: Option<String>,
    /// The kind of model.
    #[serde(alias = "modelType")]
    pub model_type: ModelType,
    /// What the catalog claims.
    #[serde(default)]
    pub config: serde_json::Value,
}

/// Whether a model's files can be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArtifactStatus {
    /// They are there.
    #[default]
    #[serde(alias = "Available")]
    Available,
    /// They are on their way.
    #[serde(alias = "Downloading")]
    Downloading,
    /// They could not be had.
    #[serde(alias = "Failed")]
    Failed {
        /// Why.
        error: String,
    },
}

impl ModelEntry {
    /// Reads one entry from JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] with line and column where the JSON is not an entry.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::input("catalog entry", error))
    }

    /// Refuses an entry whose files are not there to be used.
    ///
    /// # Errors
    ///
    /// [`Error::NotAvailable`] with the status's reason.
    pub fn require_available(&self) -> Result<(), Error> {
        let reason = match &self.status {
            ArtifactStatus::Available => return Ok(()),
            ArtifactStatus::Downloading => "it is still being downloaded".to_owned(),
            ArtifactStatus::Failed { error } => format!("its download failed: {error}"),
        };
        Err(Error::NotAvailable { id: self.id.clone(), reason })
    }
}
