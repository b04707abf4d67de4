//! JSON Schemas of everything that goes in or comes out.

use super::shape::{CheckReport, InspectReport};
use crate::catalog::ModelEntry;
use crate::config::{AudioConfig, ImageConfig, LlmConfig, VideoConfig};
use crate::model_config::InferenceParams;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

/// Every schema by name, sorted.
type Entry = (&'static str, fn() -> Value);

static SCHEMAS: [Entry; 8] = [
    ("audio-config", schema::<AudioConfig>),
    ("check-report", schema::<CheckReport>),
    ("entry", schema::<ModelEntry>),
    ("image-config", schema::<ImageConfig>),
    ("inference-params", schema::<InferenceParams>),
    ("inspect-report", schema::<InspectReport>),
    ("llm-config", schema::<LlmConfig>),
    ("video-config", schema::<VideoConfig>),
];

fn schema<T: JsonSchema>() -> Value {
    SchemaGenerator::default().into_root_schema_for::<T>().to_value()
}

/// The names that [`schema_of`] knows.
pub fn schema_names() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().map(|(name, _)| *name)
}

/// The JSON Schema (2020-12) named `name`, such as `entry` or `check-report`.
pub fn schema_of(name: &str) -> Option<Value> {
    SCHEMAS.iter().find(|(known, _)| *known == name).map(|(_, schema)| schema())
}

/// Every schema, by name.
pub fn schemas() -> Value {
    Value::Object(SCHEMAS.iter().map(|(name, schema)| ((*name).to_owned(), schema())).collect::<Map<_, _>>())
}
