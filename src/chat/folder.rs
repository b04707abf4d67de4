//! A transformers folder's templates: which file wins.

use super::ChatTemplate;
use crate::error::Error;
use crate::format::json::{self, Json};
use crate::limits::Limits;

/// Where the named templates of a folder stand.
const ADDITIONAL: &str = "additional_chat_templates/";

/// What a folder's files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FolderTemplates {
    /// The templates by name; empty where there is none.
    pub templates: Vec<(String, String)>,
    /// The special tokens by name.
    pub tokens: Vec<(String, String)>,
}

/// The chat templates of a tokenizer's folder, given its files by their names within the folder: `chat_template.jinja`,
/// `additional_chat_templates/*.jinja`, `tokenizer_config.json`, `special_tokens_map.json`; others do not matter.
///
/// # Errors
///
/// [`Error::Input`] where one of the JSON files is not JSON.
pub fn from_folder(files: &[(&str, &str)], limits: &Limits) -> Result<ChatTemplate, Error> {
    let folder = FolderTemplates::learn(files, limits)?;
    let named = folder.templates.iter().map(|(name, source)| (name.as_str(), source.as_str()));
    Ok(ChatTemplate::from_named(named, &limits.template).with_tokens(folder.tokens))
}

impl FolderTemplates {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where one of the JSON files is not JSON.
    pub fn learn(files: &[(&str, &str)], limits: &Limits) -> Result<Self, Error> {
        let find = |name: &str| files.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        let parsed = |name: &str| {
            find(name)
                .map(|text| json::parse(text.as_bytes(), limits).map(|document| document.root))
                .transpose()
                .map_err(|fault| Error::input("chat template folder", fault.in_file(name).message))
        };
        let config = parsed("tokenizer_config.json")?;
        let map = parsed("special_tokens_map.json")?;
        Ok(Self::from_parts(&files_of(files), config.as_ref(), map.as_ref()))
    }

    /// The same of what was read already: the templates that have files of their own, by name (`default` is
    /// `chat_template.jinja`, and the last of one name wins), `tokenizer_config.json` and `special_tokens_map.json`.
    pub fn from_parts(files: &[(String, String)], config: Option<&Json>, map: Option<&Json>) -> Self {
        let entry = || config.and_then(|config| config.get("chat_template")).map(entries).unwrap_or_default();
        let templates = if files.is_empty() { entry() } else { files.to_vec() };
        Self { templates, tokens: special_tokens(config, map) }
    }
}

/// The files with templates: if there is any, the configuration's own entry does not count.
fn files_of(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut templates = Vec::new();
    for (name, text) in files {
        if *name == "chat_template.jinja" {
            templates.push(("default".to_owned(), universal_newlines(text)));
        }
    }
    for (name, text) in files {
        let stem = name.strip_prefix(ADDITIONAL).and_then(|name| name.strip_suffix(".jinja"));
        if let Some(stem) = stem.filter(|stem| !stem.contains('/')) {
            // A `default` here wins over the file in the root.
            templates.push((stem.to_owned(), universal_newlines(text)));
        }
    }
    templates
}

fn universal_newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The `chat_template` entry: a text, a list of named texts, or an object.
fn entries(entry: &Json) -> Vec<(String, String)> {
    let text = |value: &Json| value.as_str().map(str::to_owned);
    match entry {
        Json::String(source) => vec![("default".to_owned(), source.to_string())],
        Json::Array(elements) => {
            let named =
                elements.iter().map(|element| Some((text(element.get("name")?)?, text(element.get("template")?)?)));
            named.flatten().collect()
        }
        Json::Object(members) => {
            members.iter().filter_map(|member| Some((member.key.to_string(), text(&member.value)?))).collect()
        }
        _ => Vec::new(),
    }
}

/// The special tokens of a tokenizer, by the names under which a template sees them. `special_tokens_map.json` wins over
/// `tokenizer_config.json`; a token that is `null` is not set.
pub fn special_tokens(config: Option<&Json>, map: Option<&Json>) -> Vec<(String, String)> {
    let mut tokens: Vec<(String, String)> = Vec::new();
    for source in [config, map].into_iter().flatten() {
        for member in source.members() {
            if !member.key.ends_with("_token") {
                continue;
            }
            let content = member.value.as_str().or_else(|| member.value.get("content").and_then(Json::as_str));
            let Some(content) = content else { continue };
            match tokens.iter_mut().find(|(name, _)| **name == *member.key) {
                Some((_, old)) => *old = content.to_owned(),
                None => tokens.push((member.key.to_string(), content.to_owned())),
            }
        }
    }
    tokens
}
