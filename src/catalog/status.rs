//! Whether an entry's files can be used.

use serde::{Deserialize, Serialize};

/// Whether a model's files can be used.
///
/// Written as `"available"`, `"downloading"` or `{"failed": {"error": "..."}}`; read in either case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "lowercase")]
pub enum ArtifactStatus {
    /// They are there.
    #[default]
    #[serde(alias = "Available", alias = "AVAILABLE")]
    Available,
    /// They are on their way.
    #[serde(alias = "Downloading", alias = "DOWNLOADING")]
    Downloading,
    /// They could not be had.
    #[serde(alias = "Failed", alias = "FAILED")]
    Failed {
        /// Why.
        error: String,
    },
}

impl ArtifactStatus {
    /// Why the files cannot be used, unless they can.
    pub fn obstacle(&self) -> Option<String> {
        match self {
            Self::Available => None,
            Self::Downloading => Some("it is still being downloaded".to_owned()),
            Self::Failed { error } => Some(format!("its download failed: {error}")),
        }
    }
}
