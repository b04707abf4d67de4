//! The catalog's entry.

use super::{ArtifactStatus, misspelt};
use crate::config::ModelType;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One model as a catalog lists it. Its claims are in `config`, in the field names of the config of its `model_type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct ModelEntry {
    /// The catalog's own name for it.
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The file or folder.
    pub path: PathBuf,
    /// The bytes of its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Whether it can be used.
    #[serde(default)]
    pub status: ArtifactStatus,
    /// When it was added, as the catalog writes it.
    #[serde(default, alias = "addedAt", skip_serializing_if = "Option::is_none")]
    pub added_at: Option<String>,
    /// The kind of model.
    #[serde(alias = "modelType")]
    pub model_type: ModelType,
    /// What the catalog claims. Fields that modelgate does not know are kept.
    #[cfg_attr(
        feature = "wasm",
        tsify(type = "Partial<LlmConfig> | Partial<ImageConfig> | Partial<AudioConfig> | Partial<VideoConfig>")
    )]
    #[serde(default)]
    pub config: serde_json::Value,
}

/// The names that an entry's fields may have.
const FIELDS: [&str; 11] =
    ["id", "name", "author", "path", "size", "status", "added_at", "addedAt", "model_type", "modelType", "config"];

impl ModelEntry {
    /// Reads one entry from JSON.
    ///
    /// ```
    /// use modelgate::ModelEntry;
    ///
    /// let text = r#"{ "id": "a", "name": "A", "path": "a.gguf", "modelType": "llm", "config": { "context_length": 8192 } }"#;
    /// let entry = ModelEntry::from_json(text)?;
    /// assert_eq!(ModelEntry::from_json(&entry.to_json())?, entry);
    /// # Ok::<(), modelgate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Input`] with line and column where the JSON is not an entry, and with the field that was probably
    /// meant where one is misspelt.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text)
            .map_err(|error| Error::input("catalog entry", misspelt::explain(&error, text, &FIELDS)))
    }

    /// The entry as JSON with two spaces of indentation. Reading it gives the same entry; writing that, the same bytes.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Refuses an entry whose files are not there to be used.
    ///
    /// # Errors
    ///
    /// [`Error::NotAvailable`] with the status's reason.
    pub fn require_available(&self) -> Result<(), Error> {
        let obstacle = self.status.obstacle();
        obstacle.map_or(Ok(()), |reason| Err(Error::NotAvailable { id: self.id.clone(), reason }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = r#"{"id":"a","name":"A","path":"a.gguf","model_type":"llm"}"#;

    #[test]
    fn optional_fields_may_be_absent_and_stay_so() {
        let entry = ModelEntry::from_json(MINIMAL).unwrap();
        assert_eq!((entry.size, &entry.status), (None, &ArtifactStatus::Available));
        assert!(!entry.to_json().contains("author"));
    }

    #[test]
    fn round_trip_is_byte_stable() {
        let text = r#"{"id":"a","name":"A","author":"x","path":"m/a.gguf","size":18446744073709551615,
            "status":{"Failed":{"error":"no \"space\""}},"addedAt":"2026-01-01","modelType":"Image",
            "config":{"z":1.0,"a":[1e300,-0.5,null],"cfgScale":7,"unknown":{"kept":"\u00e9\ud83d\ude00"}}}"#;
        let once = ModelEntry::from_json(text).unwrap();
        let written = once.to_json();
        let twice = ModelEntry::from_json(&written).unwrap();
        assert_eq!(once, twice);
        assert_eq!(written, twice.to_json());
        assert_eq!(once.status, ArtifactStatus::Failed { error: "no \"space\"".to_owned() });
    }

    #[test]
    fn numbers_are_written_as_they_were_read() {
        let entry = r#"{"id": "a", "name": "A", "path": "a.gguf", "size": 1, "model_type": "llm",
            "config": {"context_length": 6888888888888888888888888888888888888888888888888888888884}}"#;
        let once = ModelEntry::from_json(entry).unwrap();
        let written = once.to_json();
        assert_eq!(written, ModelEntry::from_json(&written).unwrap().to_json());
    }

    #[test]
    fn statuses_are_read_in_either_case() {
        for (status, wanted) in [
            (r#""available""#, "available"),
            (r#""Available""#, "available"),
            (r#""Downloading""#, "downloading"),
            (r#"{"failed":{"error":"e"}}"#, "failed"),
            (r#"{"Failed":{"error":"e"}}"#, "failed"),
        ] {
            let text = MINIMAL.replace(r#""id":"a""#, &format!(r#""id":"a","status":{status}"#));
            let entry = ModelEntry::from_json(&text).unwrap();
            assert!(entry.to_json().contains(wanted), "{status}");
        }
    }

    #[test]
    fn what_is_not_available_is_refused_with_its_reason() {
        let text = MINIMAL.replace(r#""id""#, r#""status":{"failed":{"error":"disk full"}},"id""#);
        let error = ModelEntry::from_json(&text).unwrap().require_available().unwrap_err();
        assert_eq!(error.to_string(), "model 'a' is not available: its download failed: disk full");
    }

    #[test]
    fn typos_are_named_with_line_and_column() {
        let cases = [
            (
                MINIMAL.replace("model_type", "modle_type"),
                "line 1 column 56; is 'modle_type' meant to be 'model_type'?",
            ),
            (MINIMAL.replace("llm", "lm"), "unknown variant `lm`"),
            (MINIMAL.replace("\"A\",", "\"A\""), "line 1 column 21"),
        ];
        for (text, wanted) in cases {
            let error = ModelEntry::from_json(&text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{error}");
        }
    }
}
