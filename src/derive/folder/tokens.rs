//! Special tokens and chat templates, by transformers' order of precedence.

use super::effective::{Effective, Ids};
use crate::config::TokenizerConfig;
use crate::facts::folder::{FolderFacts, NAMED, token_text};
use crate::format::json::Json;
use serde_json::{Value, json};
use std::collections::HashMap;

/// An id that ends generation, and who names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndToken {
    /// The id.
    pub id: i64,
    /// The files that name it.
    pub named_by: Vec<&'static str>,
}

/// The file that decides about special tokens: `special_tokens_map.json` counts only where the other is absent.
pub fn deciding_file(folder: &FolderFacts) -> Option<&'static str> {
    ["tokenizer_config.json", "special_tokens_map.json"].into_iter().find(|file| folder.document(file).is_some())
}

/// The text of the special token `name`.
pub fn text<'a>(folder: &'a FolderFacts, name: &str) -> Option<&'a str> {
    token_text(folder.document(deciding_file(folder)?)?.get(name)?)
}

/// The special tokens and the default chat template.
pub fn config(folder: &FolderFacts) -> TokenizerConfig {
    let owned = |name: &str| text(folder, name).map(str::to_owned);
    TokenizerConfig {
        bos_token: owned("bos_token"),
        eos_token: owned("eos_token"),
        pad_token: owned("pad_token"),
        unk_token: owned("unk_token"),
        chat_template: chat_template(folder).map(|(_, template)| template.to_owned()),
    }
}

/// The default chat template and its file. Templates in files of their own replace the tokenizer's as a whole.
pub fn chat_template(folder: &FolderFacts) -> Option<(&'static str, &str)> {
    if !folder.chat_templates.is_empty() {
        let default = folder.chat_templates.iter().rfind(|(name, _)| name == "default");
        return default.map(|(_, template)| ("chat_template.jinja", template.as_str()));
    }
    let value = folder.document("tokenizer_config.json")?.get("chat_template")?;
    let template = match value {
        Json::Array(list) => list.iter().find(|entry| entry.get("name").and_then(Json::as_str) == Some("default")),
        value => return value.as_str().map(|template| ("tokenizer_config.json", template)),
    };
    template?.get("template").and_then(Json::as_str).map(|template| ("tokenizer_config.json", template))
}

/// The names of every chat template.
pub fn chat_template_names(folder: &FolderFacts) -> Vec<&str> {
    if !folder.chat_templates.is_empty() {
        return folder.chat_templates.iter().map(|(name, _)| name.as_str()).collect();
    }
    match folder.document("tokenizer_config.json").and_then(|document| document.get("chat_template")) {
        Some(Json::Array(list)) => list.iter().filter_map(|entry| entry.get("name").and_then(Json::as_str)).collect(),
        Some(Json::String(_)) => vec!["default"],
        _ => Vec::new(),
    }
}

/// The id of `text` by the tokenizer's own documents.
pub fn id(folder: &FolderFacts, text: &str) -> Option<i64> {
    let counted = folder.tokenizer.as_ref().and_then(|tokenizer| tokenizer.id(text));
    let counted = counted.and_then(|id| i64::try_from(id).ok());
    let decoder = || {
        let entries = folder.document("tokenizer_config.json")?.get("added_tokens_decoder")?.members();
        let entry = entries.iter().find(|member| member.value.get("content").and_then(Json::as_str) == Some(text))?;
        entry.key.parse().ok()
    };
    let added = || folder.document("added_tokens.json")?.get(text)?.as_i64();
    counted.or_else(decoder).or_else(added)
}

/// Every id that ends generation for someone: the union, in order of first mention.
pub fn ends(folder: &FolderFacts, effective: &Effective) -> Vec<EndToken> {
    let generation = folder.document("generation_config.json").and_then(|document| document.get("eos_token_id"));
    let tokenizer = text(folder, "eos_token").and_then(|token| id(folder, token));
    let named = [
        ("config.json", effective.eos_token_id.list.clone()),
        ("generation_config.json", generation.map(|value| Ids::of(value).list).unwrap_or_default()),
        (deciding_file(folder).unwrap_or("tokenizer_config.json"), tokenizer.into_iter().collect()),
    ];
    let (mut ends, mut places) = (Vec::<EndToken>::new(), HashMap::new());
    for (file, ids) in named {
        for id in ids {
            let at = *places.entry(id).or_insert(ends.len());
            match ends.get_mut(at) {
                Some(end) => end.named_by.push(file),
                None => ends.push(EndToken { id, named_by: vec![file] }),
            }
        }
    }
    ends
}

/// What `inspect` shows.
pub fn to_json(folder: &FolderFacts, effective: &Effective) -> Value {
    let ends = ends(folder, effective);
    let named = NAMED.iter().filter_map(|name| text(folder, name).map(|token| (*name, token)));
    let named = named.map(|(name, token)| (name.to_owned(), json!({ "text": token, "id": id(folder, token) })));
    json!({
        "special_tokens": named.collect::<serde_json::Map<_, _>>(),
        "from": deciding_file(folder),
        "eos_token_ids": ends.iter().map(|end| end.id).collect::<Vec<_>>(),
        "eos_named_by": ends.iter().map(|end| json!({ "id": end.id, "files": end.named_by })).collect::<Vec<_>>(),
        "chat_templates": chat_template_names(folder),
        "chat_template_from": chat_template(folder).map(|(file, _)| file),
    })
}
