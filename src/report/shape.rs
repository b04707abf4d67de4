//! The reports' shapes, for programs that read them: JSON Schema and TypeScript are made from these.
//!
//! [`check_json`](super::check_json) and [`inspect_json`](super::inspect_json) write what these read; a test holds
//! every report of every case against them.

use crate::config::ModelType;
use crate::diagnostic::Severity;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The report of `check --format json`, and of one model of `scan --format json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(deny_unknown_fields)]
pub struct CheckReport {
    /// The version of this shape.
    pub schema_version: u32,
    /// Whether the engine will load the model.
    pub verdict: Answer,
    /// The profile that was judged for.
    pub engine: EngineReport,
    /// What was judged.
    pub model: ModelReport,
    /// The derived config, in the fields of the model's type; null where the files do not tell what the model is.
    #[cfg_attr(feature = "schema", schemars(with = "Option<AnyConfig>"))]
    #[cfg_attr(feature = "wasm", tsify(type = "LlmConfig | ImageConfig | AudioConfig | VideoConfig | null"))]
    pub config: Value,
    /// What was found, worst first; never empty in a rejection.
    pub findings: Vec<FindingReport>,
    /// What the files alone do not tell.
    pub unknown: Vec<UnknownReport>,
}

/// The report of `inspect --format json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null, hashmap_as_object))]
pub struct InspectReport {
    /// The version of this shape.
    pub schema_version: u32,
    /// What was read.
    pub model: ModelReport,
    /// The derived config; null where the files do not tell what the model is.
    #[cfg_attr(feature = "schema", schemars(with = "Option<AnyConfig>"))]
    #[cfg_attr(feature = "wasm", tsify(type = "LlmConfig | ImageConfig | AudioConfig | VideoConfig | null"))]
    pub config: Value,
    /// Where each field of the config comes from.
    pub provenance: BTreeMap<String, OriginReport>,
    /// What the files say, in words of their own formats.
    #[cfg_attr(feature = "wasm", tsify(type = "unknown"))]
    pub facts: Value,
    /// Where readers stopped.
    pub faults: Vec<FindingReport>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The engine will load the model.
    Accepted,
    /// It will not, or it should not.
    Rejected,
}

/// An engine's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(deny_unknown_fields)]
pub struct EngineReport {
    /// The engine's name: `llama-cpp`.
    pub name: String,
    /// The engine's version that was judged for.
    pub version: String,
}

/// The model as it lies on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(deny_unknown_fields)]
pub struct ModelReport {
    /// The path as given.
    pub path: String,
    /// The kind of files: `gguf`, `safetensors`, `transformers-folder`, `diffusers-folder`, `pickle`, `unknown`.
    pub format: String,
    /// The kind of model; null where the files do not tell.
    pub model_type: Option<ModelType>,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(deny_unknown_fields)]
pub struct FindingReport {
    /// The stable code: `GGUF001`.
    pub code: String,
    /// What is wrong, in kebab case.
    pub name: String,
    /// How bad it is: an error rejects.
    pub severity: Severity,
    /// One line with both values, units and place.
    pub message: String,
    /// What should have been there; of a catalog's claim, what is claimed. Null where there is no such value.
    #[cfg_attr(feature = "wasm", tsify(type = "unknown"))]
    pub expected: Value,
    /// What was there.
    #[cfg_attr(feature = "wasm", tsify(type = "unknown"))]
    pub found: Value,
    /// Where.
    pub origin: OriginReport,
    /// What to do about it.
    pub help: String,
    /// What the catalog's entry should say; absent unless the entry is what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "wasm", tsify(optional))]
    pub fix: Option<FixReport>,
}

/// The place of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(deny_unknown_fields)]
pub struct OriginReport {
    /// The file, relative to the model's folder.
    pub file: Option<String>,
    /// A metadata key, a JSON pointer, or a tensor's name.
    pub key: Option<String>,
    /// The byte offset in the file.
    pub offset: Option<u64>,
}

/// A correction of the catalog's entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(deny_unknown_fields)]
pub struct FixReport {
    /// Where in the entry: a JSON pointer.
    pub pointer: String,
    /// What should stand there.
    #[cfg_attr(feature = "wasm", tsify(type = "unknown"))]
    pub value: Value,
}

/// A question that the files alone do not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(deny_unknown_fields)]
pub struct UnknownReport {
    /// The code of the rule that could not tell.
    pub code: String,
    /// What could not be told, and why.
    pub message: String,
    /// Where the missing fact would have stood.
    pub origin: OriginReport,
}

/// A config of any type, for schemas.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "its schema is what it is for")]
pub(crate) enum AnyConfig {
    /// An audio model's.
    Audio(crate::config::AudioConfig),
    /// An image model's.
    Image(crate::config::ImageConfig),
    /// A language model's.
    Llm(crate::config::LlmConfig),
    /// A video model's.
    Video(crate::config::VideoConfig),
}
