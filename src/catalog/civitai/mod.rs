//! Entries from the answers of CivitAI's `/api/v1/models`, `/models/{id}` and `/model-versions/{id}`.
//!
//! A model has versions; an entry is one version. Type, tags, creator and terms are the model's; base model, trigger
//! words, files and pictures are the version's. The answer for a version has only a small part of the model in it.

mod files;
mod image;
mod language;
mod nsfw;
mod pictures;
mod words;

use super::answer::{at, claims, count, list, number, require_object, text, texts};
use super::{ArtifactStatus, ModelEntry, base_model};
use crate::config::{AudioConfig, ModelType, VideoConfig};
use crate::error::Error;
use serde_json::Value;
use std::path::PathBuf;

/// The hub's name in messages.
const HUB: &str = "CivitAI";

/// The answer's name for what cannot be told.
static NOTHING: Value = Value::Null;

/// One version, with what the answer holds of its model.
#[derive(Clone, Copy)]
struct Listing<'a> {
    model: &'a Value,
    version: &'a Value,
}

impl ModelEntry {
    /// The entry of one version: of the answer for a version, or of a model's first listed (its newest) version.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the answer is no object, is the hub's own error, or names no model.
    pub fn from_civitai(answer: &Value) -> Result<Self, Error> {
        require_object(HUB, answer)?;
        entry(listing(answer)?)
    }

    /// The entry of the version numbered `version` of a model.
    ///
    /// # Errors
    ///
    /// As [`ModelEntry::from_civitai`], and where the model has no such version.
    pub fn from_civitai_version(answer: &Value, version: u64) -> Result<Self, Error> {
        require_object(HUB, answer)?;
        let listed = listings(answer)?.into_iter().find(|listed| count(listed.version, "id") == Some(version));
        entry(listed.ok_or_else(|| Error::input(format!("{HUB} response"), format!("no version {version}")))?)
    }

    /// An entry for every version of every model of a list (`{"items": [..]}` or a bare list), a model or a version.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] that names the first item that is no model.
    pub fn list_from_civitai(answer: &Value) -> Result<Vec<Self>, Error> {
        let items = match answer {
            Value::Array(items) => items,
            _ => match answer.get("items") {
                Some(Value::Array(items)) => items,
                _ => return require_object(HUB, answer).and_then(|()| every(answer)),
            },
        };
        let item = |(at, item): (usize, &Value)| {
            let entries = require_object(HUB, item).and_then(|()| every(item));
            entries.map_err(|error| match error {
                Error::Input { what, detail } => Error::input(format!("{what} item {at}"), detail),
                other => other,
            })
        };
        Ok(items.iter().enumerate().map(item).collect::<Result<Vec<_>, _>>()?.concat())
    }
}

fn every(answer: &Value) -> Result<Vec<ModelEntry>, Error> {
    listings(answer)?.into_iter().map(entry).collect()
}

/// The first version.
fn listing(answer: &Value) -> Result<Listing<'_>, Error> {
    let mut listings = listings(answer)?.into_iter();
    listings.next().ok_or_else(|| Error::input(format!("{HUB} response"), "neither a model nor a version"))
}

/// Every version; of a model without any, the model alone.
fn listings(answer: &Value) -> Result<Vec<Listing<'_>>, Error> {
    let is_version = at(answer, "modelId").is_some() || at(answer, "baseModel").is_some();
    if is_version && at(answer, "modelVersions").is_none() {
        return Ok(vec![Listing { model: at(answer, "model").unwrap_or(&NOTHING), version: answer }]);
    }
    if at(answer, "id").is_none() && at(answer, "name").is_none() {
        return Err(Error::input(format!("{HUB} response"), "neither a model nor a version"));
    }
    let versions = list(answer, "modelVersions");
    let all: Vec<_> = versions.iter().map(|version| Listing { model: answer, version }).collect();
    Ok(if all.is_empty() { vec![Listing { model: answer, version: &NOTHING }] } else { all })
}

fn entry(listed: Listing<'_>) -> Result<ModelEntry, Error> {
    let model_type = listed.model_type();
    let primary = files::primary(listed);
    let name = primary.and_then(|file| text(file, "name"));
    let id = listed.id().ok_or_else(|| Error::input(format!("{HUB} response"), "no id names the model"))?;
    Ok(ModelEntry {
        name: listed.name().or_else(|| name.clone()).unwrap_or_else(|| id.clone()),
        author: text(listed.model, "creator/username"),
        path: PathBuf::from(name.unwrap_or_default()),
        size: primary.and_then(files::size_bytes),
        status: listed.status(),
        added_at: ["publishedAt", "createdAt"].iter().find_map(|key| text(listed.version, key)),
        model_type,
        config: listed.config(model_type),
        id,
    })
}

impl Listing<'_> {
    /// `civitai:MODEL@VERSION`, as the hub's own resource names write it.
    fn id(self) -> Option<String> {
        let version = count(self.version, "id");
        let model = count(self.version, "modelId").or_else(|| count(self.model, "id"));
        match (model, version) {
            (Some(model), Some(version)) => Some(format!("civitai:{model}@{version}")),
            (Some(model), None) => Some(format!("civitai:{model}")),
            (None, Some(version)) => Some(format!("civitai:@{version}")),
            (None, None) => None,
        }
    }

    fn name(self) -> Option<String> {
        let parts = [text(self.model, "name"), text(self.version, "name")];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// The hub's word for what the model is: `Checkpoint`, `LORA`.
    fn kind(self) -> Option<String> {
        text(self.model, "type")
    }

    fn base_model(self) -> Option<String> {
        text(self.version, "baseModel")
    }

    /// A language model by the hub's type; otherwise by the base model, whatever is made with it.
    fn model_type(self) -> ModelType {
        match self.kind().as_deref() {
            Some("LLM" | "VisionLanguage") => ModelType::Llm,
            _ => self.base_model().map_or(ModelType::Image, |name| base_model::model_type(&name)),
        }
    }

    fn status(self) -> ArtifactStatus {
        let failed = |error: &str| ArtifactStatus::Failed { error: error.to_owned() };
        match text(self.model, "mode").or_else(|| text(self.model, "model/mode")).as_deref() {
            Some("Archived") => failed("archived at the source, which keeps no files of it"),
            Some("TakenDown") => failed("taken down at the source"),
            _ if files::primary(self).is_none() => failed("the source lists no files of it"),
            _ => ArtifactStatus::Available,
        }
    }

    fn config(self, model_type: ModelType) -> Value {
        match model_type {
            ModelType::Audio => claims(&AudioConfig {
                base_model: self.base_model(),
                license: self.license(),
                tags: self.tags(),
                ..AudioConfig::default()
            }),
            ModelType::Image => claims(&image::config(self)),
            ModelType::Llm => claims(&language::config(self)),
            ModelType::Video => claims(&VideoConfig {
                base_model: self.base_model(),
                license: self.license(),
                tags: self.tags(),
                ..VideoConfig::default()
            }),
        }
    }

    fn tags(self) -> Vec<String> {
        texts(self.model, "tags")
    }

    /// How often the model was fetched; of a version's own answer, that version.
    fn downloads(self) -> Option<u64> {
        self.stat("downloadCount")
    }

    /// How many liked it: thumbs up, which took the place of favourites.
    fn likes(self) -> Option<u64> {
        self.stat("thumbsUpCount").or_else(|| self.stat("favoriteCount"))
    }

    fn stat(self, name: &str) -> Option<u64> {
        let path = format!("stats/{name}");
        let whole = |side: &Value| number(side, &path).filter(|count| *count >= 0.0 && count.fract() == 0.0);
        let stated =
            |side: &Value| count(side, &path).or_else(|| whole(side).and_then(|count| format!("{count}").parse().ok()));
        stated(self.model).or_else(|| stated(self.version))
    }

    /// The creator's terms in one line; the hub has no licence identifiers.
    fn license(self) -> Option<String> {
        words::terms(self.model)
    }
}
