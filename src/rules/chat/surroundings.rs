//! What a chat template meets in the model: the tokens that end an answer, the tokenizer's own beginning, the vocabulary.

use crate::chat::Surroundings;
use crate::config::{Config, TokenizerConfig};
use crate::derive::folder::tokens;
use crate::facts::folder::FolderFacts;
use crate::facts::gguf::{GgufFacts, KeyValue};
use crate::rules::Case;

/// GGUF's keys of tokens that end an answer.
const ENDS: [&str; 3] = ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

/// Most tokens that are looked for in what a template writes. Real models name under ten.
const MOST_ENDS: usize = 64;

/// Whether something says that the model was made for tools: its tokens, its tags, or the catalog's.
pub(super) fn is_made_for_tools(case: &Case<'_>) -> bool {
    let tags = case.derived.config.as_ref().and_then(Config::as_llm).map(|config| config.tags.as_slice());
    let claimed = case.entry.and_then(|entry| entry.config.get("tags")).and_then(|tags| tags.as_array());
    let claimed = claimed.into_iter().flatten().filter_map(|tag| tag.as_str());
    let tags = tags.unwrap_or_default().iter().map(String::as_str).chain(claimed);
    let tokenizer = case.facts.folder.as_ref().and_then(|folder| folder.tokenizer.as_ref());
    let added = tokenizer.into_iter().flat_map(|tokenizer| &tokenizer.added).map(|token| token.content.as_str());
    tags.chain(added).any(speaks_of_tools)
}

fn speaks_of_tools(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["tool", "function-call", "function_call", "function calling"].iter().any(|word| text.contains(word))
}

/// The model around its template.
pub(super) struct Around {
    ends: Vec<String>,
    adds_start: bool,
}

impl Around {
    pub(super) fn of(case: &Case<'_>) -> Self {
        let (gguf, folder) = (case.facts.gguf.as_ref(), case.facts.folder.as_ref());
        let ends = gguf.map(gguf_ends).or_else(|| folder.map(|folder| folder_ends(case, folder))).unwrap_or_default();
        Self { ends, adds_start: gguf.is_some_and(gguf_adds_start) || folder.is_some_and(folder_adds_start) }
    }

    pub(super) fn surroundings<'a>(&'a self, is_token: Option<&'a dyn Fn(&str) -> bool>) -> Surroundings<'a> {
        Surroundings { ends: &self.ends, adds_start: self.adds_start, is_token }
    }
}

/// The special tokens that a template sees, by name.
pub(in crate::rules) fn special_tokens(tokenizer: &TokenizerConfig) -> Vec<(String, String)> {
    let named = [
        ("bos_token", &tokenizer.bos_token),
        ("eos_token", &tokenizer.eos_token),
        ("pad_token", &tokenizer.pad_token),
        ("unk_token", &tokenizer.unk_token),
    ];
    named.into_iter().filter_map(|(name, token)| Some((name.to_owned(), token.clone()?))).collect()
}

/// Tokens that keys name, and those whose texts llama.cpp takes for ends.
fn gguf_ends(gguf: &GgufFacts) -> Vec<String> {
    let vocabulary = &gguf.vocabulary;
    let keys = vocabulary.special.iter().filter(|token| ENDS.contains(&token.key.as_str()));
    let texts = vocabulary.end_of_turn.iter().map(|(text, _)| text.clone());
    let mut ends: Vec<String> = Vec::new();
    for end in keys.filter_map(|token| token.text.clone()).chain(texts).take(MOST_ENDS) {
        if !ends.contains(&end) {
            ends.push(end);
        }
    }
    ends
}

/// The texts of the ids that end generation; none where one of them has no known text, or where they are too many.
fn folder_ends(case: &Case<'_>, folder: &FolderFacts) -> Vec<String> {
    let Some(derived) = case.derived.folder.as_ref() else { return Vec::new() };
    let ids = tokens::ends(folder, &derived.effective);
    if ids.len() > MOST_ENDS {
        return Vec::new();
    }
    let texts: Option<Vec<String>> = ids.iter().map(|end| text_of(folder, end.id)).collect();
    texts.unwrap_or_default()
}

fn text_of(folder: &FolderFacts, id: i64) -> Option<String> {
    let added = &folder.tokenizer.as_ref()?.added;
    let id = u64::try_from(id).ok()?;
    added.iter().find(|token| token.id == Some(id)).map(|token| token.content.clone())
}

fn gguf_adds_start(gguf: &GgufFacts) -> bool {
    match gguf.value("tokenizer.ggml.add_bos_token") {
        Some(KeyValue::Bool(adds)) => *adds,
        _ => gguf.text("tokenizer.ggml.model") == Some("llama"),
    }
}

fn folder_adds_start(folder: &FolderFacts) -> bool {
    let written = folder.document("tokenizer_config.json").and_then(|config| config.get("add_bos_token"));
    written.and_then(|value| value.as_bool()) == Some(true)
}
