//! The folder's small documents.

use super::FolderFacts;
use crate::error::Error;
use crate::facts::{Facts, read};
use crate::format::json::{self, Json, Note};
use crate::format::{Fault, card};
use crate::limits::Limits;
use crate::source::{Artifact, ModelFile};
use serde::Serialize;

/// The documents that are read, and whether the library stops where one of them is no JSON.
static DOCUMENTS: [(&str, bool); 9] = [
    ("adapter_config.json", true),
    ("added_tokens.json", false),
    ("config.json", true),
    ("generation_config.json", false),
    ("hf_quant_config.json", false),
    ("params.json", false),
    ("special_tokens_map.json", false),
    ("tokenizer_config.json", true),
    ("processor_config.json", false),
];

/// A document of the folder.
#[derive(Debug, Clone)]
pub struct DocumentFacts {
    /// Its file.
    pub file: String,
    /// Its value, tagged floats of transformers 5 already read as numbers.
    pub root: Json,
    /// What was tolerated on the way.
    pub notes: Vec<Note>,
}

/// A document that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its file.
    pub file: String,
    /// Why: with line and column.
    pub message: String,
    /// The byte offset at which the reader stopped.
    pub offset: Option<u64>,
}

/// What the model card's front matter says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CardFacts {
    /// The file.
    pub file: String,
    /// Languages.
    pub languages: Vec<String>,
    /// The licence's identifier.
    pub license: Option<String>,
    /// The repository that this model was made from.
    pub base_model: Option<String>,
    /// Tags, the task among them.
    pub tags: Vec<String>,
}

/// Reads every document that is there.
pub(super) fn learn(
    facts: &mut Facts,
    folder: &mut FolderFacts,
    artifact: &Artifact,
    limits: &Limits,
) -> Result<(), Error> {
    for (name, needed) in DOCUMENTS {
        if let Some(file) = artifact.file(name) {
            document(facts, folder, file, needed, limits)?;
        }
    }
    templates(folder, artifact, limits)?;
    if let Some(file) = artifact.file("README.md") {
        folder.card = Some(read_card(file, limits)?);
    }
    Ok(())
}

fn document(
    facts: &mut Facts,
    folder: &mut FolderFacts,
    file: &ModelFile,
    needed: bool,
    limits: &Limits,
) -> Result<(), Error> {
    let bytes = read::document(file, limits)?;
    match json::parse(&bytes, limits) {
        Ok(mut document) => {
            untag(&mut document.root);
            let (root, notes) = (document.root, document.notes);
            folder.documents.push(DocumentFacts { file: file.name.clone(), root, notes });
        }
        Err(fault) if needed => facts.faults.push(fault.in_file(&file.name)),
        Err(fault) => folder.unreadable.push(unreadable(fault, &file.name)),
    }
    Ok(())
}

/// A fault in a document that the library does without.
pub(super) fn unreadable(fault: Fault, file: &str) -> Unreadable {
    let diagnostic = fault.in_file(file);
    Unreadable { file: file.to_owned(), message: diagnostic.message, offset: diagnostic.origin.offset }
}

/// transformers 5 writes `{"__float__": "Infinity"}` for what JSON has no word for, and reads it back.
fn untag(value: &mut Json) {
    if let Some(number) = tagged(value) {
        *value = Json::Float(number);
        return;
    }
    match value {
        Json::Array(elements) => elements.iter_mut().for_each(untag),
        Json::Object(members) => members.iter_mut().for_each(|member| untag(&mut member.value)),
        _ => {}
    }
}

fn tagged(value: &Json) -> Option<f64> {
    let [member] = value.members() else { return None };
    match (member.key.as_str(), member.value.as_str()?) {
        ("__float__", "Infinity") => Some(f64::INFINITY),
        ("__float__", "-Infinity") => Some(f64::NEG_INFINITY),
        ("__float__", "NaN") => Some(f64::NAN),
        _ => None,
    }
}

/// `chat_template.jinja`, and more beside it in `additional_chat_templates`.
fn templates(folder: &mut FolderFacts, artifact: &Artifact, limits: &Limits) -> Result<(), Error> {
    // A longer one is refused when it is compiled, whatever follows.
    let most = limits.template.source_bytes.saturating_add(1);
    let root = artifact.file("chat_template.jinja").map(|file| ("default", file));
    let more = artifact.files.iter().filter_map(|file| {
        let name = file.name.strip_prefix("additional_chat_templates/")?.strip_suffix(".jinja")?;
        Some((name, file))
    });
    // A `default` among the further ones wins over the root's: the last of one name counts.
    for (name, file) in root.into_iter().chain(more).take(limits.templates) {
        let text = read::header(file, limits, |input| {
            input.look(0, most, |bytes| String::from_utf8_lossy(bytes).into_owned())
        })?;
        folder.chat_templates.push((name.to_owned(), text));
    }
    Ok(())
}

fn read_card(file: &ModelFile, limits: &Limits) -> Result<CardFacts, Error> {
    read::header(file, limits, |input| input.look(0, limits.card_bytes, |bytes| card_of(file, bytes)))
}

fn card_of(file: &ModelFile, bytes: &[u8]) -> CardFacts {
    let card = card::parse(bytes);
    let owned = |key: &str| card.list(key).iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
    let mut tags = owned("tags");
    tags.extend(card.first("pipeline_tag").map(str::to_owned));
    CardFacts {
        file: file.name.clone(),
        languages: owned("language"),
        license: card.first("license").map(str::to_owned),
        base_model: card.first("base_model").map(str::to_owned),
        tags,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tagged_floats_become_numbers() {
        let text = br#"{"a":[{"__float__":"Infinity"},{"__float__":"x"}],"b":{"__float__":"-Infinity","c":1}}"#;
        let mut root = json::parse(text, &Limits::default()).unwrap().root;
        untag(&mut root);
        let list = root.get("a").unwrap().elements();
        assert_eq!(list[0], Json::Float(f64::INFINITY));
        assert_eq!(list[1].kind(), "object");
        assert_eq!(root.get("b").unwrap().kind(), "object");
    }
}
