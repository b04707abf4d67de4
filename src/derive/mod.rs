//! Facts to configs: which model this is and what a worker should know of it. Nothing here rejects.

pub mod folder;
mod gguf;
pub mod table;

use crate::config::{Config, ModelType};
use crate::diagnostic::Origin;
use crate::facts::Facts;

/// A derived config, and where each of its fields comes from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Derived {
    /// The config, unless the files do not tell what the model is.
    pub config: Option<Config>,
    /// Where a field's value stands, by field name.
    pub provenance: Vec<(&'static str, Origin)>,
    /// What else was worked out of a transformers-style folder.
    pub folder: Option<Box<folder::FolderDerived>>,
}

impl Derived {
    /// The kind of model, where it could be told.
    pub fn model_type(&self) -> Option<ModelType> {
        self.config.as_ref().map(Config::model_type)
    }

    /// Where the value of `field` stands.
    pub fn origin(&self, field: &str) -> Origin {
        self.provenance.iter().find(|(name, _)| *name == field).map(|(_, origin)| origin.clone()).unwrap_or_default()
    }
}

/// Derives the config that the facts allow.
pub fn derive(facts: &Facts) -> Derived {
    if let Some(gguf) = &facts.gguf {
        return gguf::derive(gguf, facts);
    }
    facts.folder.as_ref().map(|folder| folder::derive(folder, facts)).unwrap_or_default()
}
