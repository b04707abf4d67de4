//! Facts of a transformers-style folder: its documents, its index, its tokenizer, its weights.

mod agreement;
mod document;
mod index;
mod tokenizer;
mod weights;

pub use document::{CardFacts, DocumentFacts, Unreadable};
pub use index::{INDEX, IndexFacts, ShardFacts};
pub use tokenizer::{AddedTokenFacts, NAMED, TokenizerFacts, token_text};
pub use weights::{WeightFile, WeightRole};

use super::{Facts, ModelFormat};
use crate::error::Error;
use crate::format::json::Json;
use crate::limits::Limits;
use crate::source::Artifact;
use serde_json::json;

/// What a folder's files say beside the headers of its weights.
#[derive(Debug, Clone, Default)]
pub struct FolderFacts {
    /// The documents that could be read.
    pub documents: Vec<DocumentFacts>,
    /// Documents that could not be read, and that the library does without.
    pub unreadable: Vec<Unreadable>,
    /// Chat templates in files of their own: name (`default` for `chat_template.jinja`) and text.
    pub chat_templates: Vec<(String, String)>,
    /// The model card's front matter.
    pub card: Option<CardFacts>,
    /// The index of the safetensors shards, where there is one that could be read.
    pub index: Option<IndexFacts>,
    /// `tokenizer.json`, where there is one that could be read.
    pub tokenizer: Option<TokenizerFacts>,
    /// The files with weights.
    pub weights: Vec<WeightFile>,
}

impl FolderFacts {
    /// The document named `file`.
    pub fn document(&self, file: &str) -> Option<&Json> {
        self.documents.iter().find(|document| document.file == file).map(|document| &document.root)
    }

    /// What `inspect` shows.
    pub fn to_json(&self) -> serde_json::Value {
        json!({
            "documents": self.documents.iter().map(|document| document.file.as_str()).collect::<Vec<_>>(),
            "unreadable": self.unreadable.iter().map(|document| document.file.as_str()).collect::<Vec<_>>(),
            "chat_templates": self.chat_templates.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            "card": self.card,
            "index": self.index.as_ref().map(IndexFacts::to_json),
            "tokenizer": self.tokenizer,
            "weights": self.weights,
        })
    }
}

/// Reads the folder's documents and the headers of its weights.
pub(super) fn learn(facts: &mut Facts, artifact: &Artifact, limits: &Limits) -> Result<(), Error> {
    facts.format = ModelFormat::TransformersFolder;
    let mut folder = FolderFacts::default();
    document::learn(facts, &mut folder, artifact, limits)?;
    tokenizer::learn(facts, &mut folder, artifact, limits)?;
    index::learn(facts, &mut folder, artifact, limits)?;
    facts.folder = Some(folder);
    // A file in it that is no safetensors has its own finding; the folder stays what it is.
    facts.format = ModelFormat::TransformersFolder;
    Ok(())
}
