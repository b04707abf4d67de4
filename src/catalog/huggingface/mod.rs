//! Entries from the answers of Hugging Face's `/api/models`.
//!
//! Numbers that look like sizes and are none are left alone: `usedStorage` counts the whole repository with its
//! history, `safetensors.total` and `gguf.total` count parameters.

mod card;
mod files;
mod image;
mod kind;
mod llm;

use super::answer::{at, claims, count, list, require_object, text, truth};
use super::{ArtifactStatus, ModelEntry};
use crate::config::{AudioConfig, ModelType, VideoConfig};
use crate::error::Error;
use files::Files;
use serde_json::Value;
use std::path::PathBuf;

/// The hub's name in messages.
const HUB: &str = "Hugging Face";

impl ModelEntry {
    /// The entry of one repository, from the answer of `/api/models/{id}` or one row of a search.
    ///
    /// The path is the repository's id, as a folder; for a repository of a single GGUF that file in it. A repository
    /// of pictures gives the config of an image model, and so on for sound and video.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the answer is no object, is the hub's own error, or names no repository.
    pub fn from_huggingface(answer: &Value) -> Result<Self, Error> {
        require_object(HUB, answer)?;
        let id = repository(answer)?;
        let files = Files::of_siblings(list(answer, "siblings"));
        let model_type = kind::model_type(answer);
        Ok(Self {
            name: id.rsplit('/').next().unwrap_or(&id).to_owned(),
            author: text(answer, "author").or_else(|| id.split_once('/').map(|(owner, _)| owner.to_owned())),
            path: path(&id, &files),
            size: files.size_bytes(),
            status: status(answer),
            added_at: text(answer, "createdAt"),
            model_type,
            config: config(answer, model_type),
            id,
        })
    }

    /// The entries of a search: a list of rows.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] that names the first row that is no model's.
    pub fn list_from_huggingface(answer: &Value) -> Result<Vec<Self>, Error> {
        if is_tree(answer) {
            return Ok(vec![from_tree(answer)?]);
        }
        let Value::Array(rows) = answer else { return Self::from_huggingface(answer).map(|entry| vec![entry]) };
        let row = |(at, row): (usize, &Value)| {
            Self::from_huggingface(row).map_err(|error| match error {
                Error::Input { what, detail } => Error::input(format!("{what} row {at}"), detail),
                other => other,
            })
        };
        rows.iter().enumerate().map(row).collect()
    }

    /// Takes the sizes of the files from the answer of `/api/models/{id}/tree/{revision}`, and which of several
    /// quantizations is meant from `file`, the name of one of the files.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the answer is no such list, or holds no such file.
    pub fn with_huggingface_tree(mut self, tree: &Value, file: Option<&str>) -> Result<Self, Error> {
        if !is_tree(tree) {
            return Err(Error::input(format!("{HUB} tree"), "it is no list of files"));
        }
        let mut files = Files::of_tree(tree.as_array().map(Vec::as_slice).unwrap_or_default());
        if let Some(file) = file {
            files = files.only(file).ok_or_else(|| Error::input(format!("{HUB} tree"), format!("no file '{file}'")))?;
        }
        self.size = files.size_bytes();
        self.path = path(&self.id, &files);
        if let (Some(claims), Some(label)) = (self.config.as_object_mut(), files.label()) {
            claims.insert("quantization".to_owned(), label.into());
        }
        Ok(self)
    }
}

fn repository(answer: &Value) -> Result<String, Error> {
    let id = text(answer, "id").or_else(|| text(answer, "modelId"));
    id.ok_or_else(|| Error::input(format!("{HUB} response"), "neither id nor modelId names a repository"))
}

fn config(answer: &Value, model_type: ModelType) -> Value {
    match model_type {
        ModelType::Audio => claims(&AudioConfig {
            base_model: card::base_model(answer),
            license: card::license(answer),
            tags: card::tags(answer),
            ..AudioConfig::default()
        }),
        ModelType::Image => claims(&image::config(answer)),
        ModelType::Llm => claims(&llm::config(answer)),
        ModelType::Video => claims(&VideoConfig {
            base_model: card::base_model(answer),
            license: card::license(answer),
            tags: card::tags(answer),
            ..VideoConfig::default()
        }),
    }
}

/// The repository's folder, or the only GGUF in it.
fn path(id: &str, files: &Files) -> PathBuf {
    let folder = PathBuf::from(id);
    files.only_gguf().map_or_else(|| folder.clone(), |file| folder.join(file))
}

fn status(answer: &Value) -> ArtifactStatus {
    if truth(answer, "disabled") == Some(true) {
        return ArtifactStatus::Failed { error: "the hub has disabled the repository".to_owned() };
    }
    ArtifactStatus::Available
}

/// Whether the answer is a `/tree` listing: rows with a path and the kind of thing that stands there.
fn is_tree(answer: &Value) -> bool {
    let row = |row: &Value| at(row, "path").is_some() && at(row, "id").is_none() && at(row, "modelId").is_none();
    answer.as_array().is_some_and(|rows| !rows.is_empty() && rows.iter().all(row))
}

/// What a listing alone tells: files and sizes, no repository.
fn from_tree(tree: &Value) -> Result<ModelEntry, Error> {
    let files = Files::of_tree(tree.as_array().map(Vec::as_slice).unwrap_or_default());
    let main = files.main().ok_or_else(|| Error::input(format!("{HUB} tree"), "it lists no weights"))?.to_owned();
    let stem = main.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or(main.as_str(), |(stem, _)| stem);
    Ok(ModelEntry {
        id: stem.to_owned(),
        name: stem.to_owned(),
        author: None,
        path: files.only_gguf().unwrap_or("").into(),
        size: files.size_bytes(),
        status: ArtifactStatus::Available,
        added_at: None,
        model_type: ModelType::Llm,
        config: claims(&crate::config::LlmConfig {
            quantization: files.label(),
            files: files.names(),
            ..Default::default()
        }),
    })
}

/// What people think of it.
fn popularity(answer: &Value) -> (Option<u64>, Option<u64>) {
    (count(answer, "downloads"), count(answer, "likes"))
}
