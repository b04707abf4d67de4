//! The catalog's entry as the files would have it.

use super::Judgement;
use crate::catalog::ModelEntry;
use crate::rules::{Asked, Case, catalog};
use serde_json::Value;
use std::cell::OnceCell;

impl Judgement {
    /// `entry` with every wrong claim corrected and every missing critical field filled in; nothing where the files do
    /// not tell what the model is.
    pub fn corrected(&self, entry: &ModelEntry) -> Option<ModelEntry> {
        let document = serde_json::to_value(entry).ok()?;
        serde_json::from_value(self.corrected_document(entry, &document)?).ok()
    }

    /// The same for the JSON `document` that `entry` was read from: fields that modelgate does not know, the order of
    /// fields and their spelling stay as they are.
    pub fn corrected_document(&self, entry: &ModelEntry, document: &Value) -> Option<Value> {
        self.derived.config.as_ref()?;
        let case = Case {
            facts: &self.facts,
            derived: &self.derived,
            entry: Some(entry),
            accepts: self.engine.accepts(),
            asked: Asked::default(),
            compiled: &OnceCell::new(),
        };
        catalog::correct(&case, document)
    }
}
