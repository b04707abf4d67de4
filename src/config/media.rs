//! The small configs of audio and video models.

use serde::{Deserialize, Serialize};

/// What a worker is told about an audio model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(default)]
pub struct AudioConfig {
    /// The family: `Stable Audio`.
    #[serde(alias = "baseModel")]
    pub base_model: Option<String>,
    /// The architecture's name, where the files state one.
    pub architecture: Option<String>,
    /// Samples in a second.
    #[serde(alias = "sampleRate")]
    pub sample_rate: Option<u32>,
    /// The licence's identifier.
    #[serde(deserialize_with = "super::lenient::first")]
    pub license: Option<String>,
    /// The source's tags.
    #[serde(deserialize_with = "super::lenient::texts")]
    pub tags: Vec<String>,
}

/// What a worker is told about a video model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(default)]
pub struct VideoConfig {
    /// The base model, in CivitAI's spelling: `Wan Video 14B t2v`.
    #[serde(alias = "baseModel")]
    pub base_model: Option<String>,
    /// Width and height that the model was trained for, in pixels.
    #[serde(deserialize_with = "super::lenient::resolution")]
    pub resolution: Option<(u32, u32)>,
    /// The licence's identifier.
    #[serde(deserialize_with = "super::lenient::first")]
    pub license: Option<String>,
    /// The source's tags.
    #[serde(deserialize_with = "super::lenient::texts")]
    pub tags: Vec<String>,
}
