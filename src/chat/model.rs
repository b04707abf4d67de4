//! The templates of a whole model, from its facts.

use super::{ChatTemplate, FolderTemplates};
use crate::facts::Facts;
use crate::facts::folder::FolderFacts;
use crate::facts::gguf::GgufFacts;
use crate::limits::Limits;

/// GGUF's key of the default template; named ones follow it with a dot and their name.
const KEY: &str = "tokenizer.chat_template";
/// GGUF's special tokens, by the names under which a template sees them.
const TOKENS: [(&str, &str); 7] = [
    ("tokenizer.ggml.bos_token_id", "bos_token"),
    ("tokenizer.ggml.cls_token_id", "cls_token"),
    ("tokenizer.ggml.eos_token_id", "eos_token"),
    ("tokenizer.ggml.mask_token_id", "mask_token"),
    ("tokenizer.ggml.padding_token_id", "pad_token"),
    ("tokenizer.ggml.seperator_token_id", "sep_token"),
    ("tokenizer.ggml.unknown_token_id", "unk_token"),
];

/// The model's chat templates with its special tokens; `None` where it has no template.
pub fn from_facts(facts: &Facts, limits: &Limits) -> Option<ChatTemplate> {
    let found = match (&facts.gguf, &facts.folder) {
        (Some(gguf), _) => FolderTemplates { templates: gguf_templates(gguf), tokens: gguf_tokens(gguf) },
        (None, Some(folder)) => folder_templates(folder),
        (None, None) => return None,
    };
    if found.templates.is_empty() {
        return None;
    }
    let named = found.templates.iter().map(|(name, source)| (name.as_str(), source.as_str()));
    Some(ChatTemplate::from_named(named, &limits.template).with_tokens(found.tokens))
}

fn gguf_templates(gguf: &GgufFacts) -> Vec<(String, String)> {
    let named = gguf.keys.iter().filter_map(|key| {
        let rest = key.name.strip_prefix(KEY)?;
        let name = if rest.is_empty() { "default" } else { rest.strip_prefix('.')? };
        key.text().map(|source| (name.to_owned(), source.to_owned()))
    });
    named.collect()
}

fn gguf_tokens(gguf: &GgufFacts) -> Vec<(String, String)> {
    let special = gguf.vocabulary.special.iter().filter_map(|token| {
        let (_, name) = TOKENS.iter().find(|(key, _)| *key == token.key)?;
        token.text.clone().map(|text| ((*name).to_owned(), text))
    });
    special.collect()
}

fn folder_templates(folder: &FolderFacts) -> FolderTemplates {
    let (config, map) = (folder.document("tokenizer_config.json"), folder.document("special_tokens_map.json"));
    FolderTemplates::from_parts(&folder.chat_templates, config, map)
}
