//! Facts of a transformers-style folder.

use super::{Facts, ModelFormat, learn_file};
use crate::error::Error;
use crate::format::json::{self, Json};
use crate::limits::Limits;
use crate::source::{self, Artifact};

/// The documents that say how a folder's weights are to be used.
static DOCUMENTS: [&str; 4] =
    ["config.json", "generation_config.json", "tokenizer_config.json", "special_tokens_map.json"];

/// What a folder's documents say.
#[derive(Debug, Clone, Default)]
pub struct FolderFacts {
    /// The documents that could be read, by file name.
    pub documents: Vec<(String, Json)>,
}

impl FolderFacts {
    /// The document named `file`.
    pub fn document(&self, file: &str) -> Option<&Json> {
        self.documents.iter().find(|(name, _)| name == file).map(|(_, json)| json)
    }
}

/// Reads the folder's documents and the headers of its weights.
pub(super) fn learn(facts: &mut Facts, artifact: &Artifact, limits: &Limits) -> Result<(), Error> {
    facts.format = ModelFormat::TransformersFolder;
    let mut folder = FolderFacts::default();
    for file in DOCUMENTS.iter().filter_map(|name| artifact.file(name)) {
        let bytes = source::open(&file.path)?;
        match json::parse(&bytes, limits) {
            Ok(document) => folder.documents.push((file.name.clone(), document.root)),
            Err(fault) => facts.faults.push(fault.in_file(&file.name)),
        }
    }
    facts.folder = Some(folder);
    artifact
        .files
        .iter()
        .filter(|file| file.name.ends_with(".safetensors"))
        .try_for_each(|file| learn_file(facts, file, limits))
}
