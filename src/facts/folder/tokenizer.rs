//! `tokenizer.json`, counted; and the tokens that the other documents name, looked up in it.

use super::FolderFacts;
use crate::error::Error;
use crate::facts::{Facts, read};
use crate::format::json::Json;
use crate::format::tokenizer_json::{self, ModelKind};
use crate::limits::Limits;
use crate::source::Artifact;
use serde::Serialize;
use std::collections::HashSet;

/// The special tokens that have names of their own.
pub static NAMED: [&str; 7] =
    ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

/// What `tokenizer.json` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TokenizerFacts {
    /// The file.
    pub file: String,
    /// The model's kind: `BPE`, `Unigram`, `WordLevel`, `WordPiece`.
    pub kind: Option<&'static str>,
    /// Entries of the vocabulary, added tokens aside.
    pub vocabulary: u64,
    /// One more than the highest id, added tokens included.
    pub size: u64,
    /// The same as the library counts: an added token that leaves a gap behind the vocabulary gets the next id.
    pub used_size: u64,
    /// The tokens added on top.
    pub added: Vec<AddedTokenFacts>,
    /// Ids of the texts that the folder's documents name as special tokens: text and id, where it has one.
    pub named: Vec<(String, Option<u64>)>,
}

/// A token added on top of the vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AddedTokenFacts {
    /// The id that the file states.
    pub id: Option<u64>,
    /// The text.
    pub content: String,
    /// Whether decoding may leave it out.
    pub special: bool,
}

impl TokenizerFacts {
    /// The id of `text`, where it is a token that the documents name or that was added.
    pub fn id(&self, text: &str) -> Option<u64> {
        let named = self.named.iter().find(|(name, _)| name == text).and_then(|(_, id)| *id);
        named.or_else(|| self.added.iter().find(|token| token.content == text).and_then(|token| token.id))
    }
}

/// Reads `tokenizer.json`, if it is there.
pub(super) fn learn(
    facts: &mut Facts,
    folder: &mut FolderFacts,
    artifact: &Artifact,
    limits: &Limits,
) -> Result<(), Error> {
    let Some(file) = artifact.file("tokenizer.json") else { return Ok(()) };
    let names = special_texts(folder);
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    let bytes = read::document(file, limits)?;
    match tokenizer_json::parse(&bytes, limits, &wanted) {
        Ok(document) => folder.tokenizer = Some(collect(&document, &file.name, names)),
        Err(fault) => facts.faults.push(fault.in_file(&file.name)),
    }
    Ok(())
}

fn collect(document: &tokenizer_json::Document<'_>, file: &str, names: Vec<String>) -> TokenizerFacts {
    let model = document.model.as_ref();
    let added = document.added_tokens.iter().map(|token| AddedTokenFacts {
        id: token.id,
        content: token.content.as_deref().unwrap_or_default().to_owned(),
        special: token.special,
    });
    let named = names.into_iter().zip(document.ids());
    TokenizerFacts {
        file: file.to_owned(),
        kind: model.and_then(|model| model.kind()).map(kind_name),
        vocabulary: model.and_then(|model| model.vocabulary).map_or(0, |vocabulary| vocabulary.entries),
        size: document.size(),
        used_size: used_size(document),
        added: added.collect(),
        named: named.collect(),
    }
}

/// How many ids the library gives out.
fn used_size(document: &tokenizer_json::Document<'_>) -> u64 {
    let vocabulary = document.model.as_ref().and_then(|model| model.vocabulary.as_ref()?.max_id);
    let base = vocabulary.map_or(0, |id| id.saturating_add(1));
    let mut new: Vec<u64> =
        document.added_tokens.iter().filter_map(|token| token.id).filter(|&id| id >= base).collect();
    new.sort_unstable();
    new.dedup();
    base.saturating_add(new.len() as u64)
}

fn kind_name(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Bpe => "BPE",
        ModelKind::Unigram => "Unigram",
        ModelKind::WordLevel => "WordLevel",
        ModelKind::WordPiece => "WordPiece",
    }
}

/// The texts of every special token that a document names; each once.
fn special_texts(folder: &FolderFacts) -> Vec<String> {
    let (mut texts, mut seen) = (Vec::new(), HashSet::new());
    for file in ["tokenizer_config.json", "special_tokens_map.json"] {
        let Some(document) = folder.document(file) else { continue };
        let named = NAMED.iter().filter_map(|name| token_text(document.get(name)?));
        let lists = ["additional_special_tokens", "extra_special_tokens"].iter().filter_map(|key| document.get(key));
        for text in named.chain(lists.flat_map(Json::elements).filter_map(token_text)) {
            if seen.insert(text) {
                texts.push(text.to_owned());
            }
        }
    }
    texts
}

/// A token's text: a string, or an object that holds it.
pub fn token_text(value: &Json) -> Option<&str> {
    value.as_str().or_else(|| value.get("content").and_then(Json::as_str))
}
