//! What the files say, in neutral words: owned, each fact with its place. Nothing here judges.
//!
//! [`learn`] reads every header once; lifetimes end here. A rule that wants bytes is missing a fact: it is picked up
//! here, while the bytes are at hand.

pub mod code;
pub mod diffusers;
pub mod folder;
pub mod gguf;
pub mod pickle;
mod read;
pub mod safetensors;
pub(crate) mod threads;
mod together;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::format::probe::{self, Container};
use crate::format::{Input, Room};
use crate::limits::{Limits, ReadMode};
use crate::source::{Artifact, Layout, ModelFile, Resolved};
use diffusers::DiffusersFacts;
use folder::FolderFacts;
use gguf::GgufFacts;
use pickle::PickleFacts;
use safetensors::SafetensorsFacts;
use serde::Serialize;

/// What kind of model files these are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelFormat {
    /// A folder with `model_index.json` and a folder for each component.
    DiffusersFolder,
    /// One GGUF file, or a set of split ones.
    Gguf,
    /// A pickle, bare or in a torch zip.
    Pickle,
    /// One safetensors file.
    Safetensors,
    /// A folder with `config.json` and weights.
    TransformersFolder,
    /// None of these.
    #[default]
    Unknown,
}

impl ModelFormat {
    /// The word that is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::DiffusersFolder => "diffusers-folder",
            Self::Gguf => "gguf",
            Self::Pickle => "pickle",
            Self::Safetensors => "safetensors",
            Self::TransformersFolder => "transformers-folder",
            Self::Unknown => "unknown",
        }
    }
}

/// Everything that was learned of one model.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The path as given, for messages.
    pub path: String,
    /// What kind of files these are.
    pub format: ModelFormat,
    /// The files, sorted by name.
    pub files: Vec<FileFacts>,
    /// Entries of the folder that cannot be used as files, by name.
    pub odd: Vec<(String, Resolved)>,
    /// What an interrupted download left behind.
    pub partial: Vec<String>,
    /// The commit, where the folder is a hub cache's snapshot.
    pub revision: Option<String>,
    /// Why a hub cache's repository leads to no one snapshot.
    pub unclear: Option<String>,
    /// Whether the folder holds more files than were looked at.
    pub is_cut: bool,
    /// The GGUF header, when there is one that could be read.
    pub gguf: Option<GgufFacts>,
    /// What a pickle holds, when it could be listed.
    pub pickle: Option<PickleFacts>,
    /// The safetensors headers that could be read, in the order of the files.
    pub safetensors: Vec<SafetensorsFacts>,
    /// The components of a diffusers folder.
    pub diffusers: Option<DiffusersFacts>,
    /// The documents of a folder.
    pub folder: Option<FolderFacts>,
    /// Where readers stopped.
    pub faults: Vec<Diagnostic>,
}

/// One file of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileFacts {
    /// The name, relative to the model's folder.
    pub name: String,
    /// Its length, in bytes.
    pub size_bytes: u64,
}

impl Facts {
    /// The bytes of all files together.
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.size_bytes))
    }

    /// What `inspect` shows.
    pub fn to_json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({ "size_bytes": self.size_bytes(), "files": self.files });
        if let (Some(map), Some(gguf)) = (json.as_object_mut(), &self.gguf) {
            map.insert("gguf".to_owned(), gguf.to_json());
        }
        if let (Some(map), false) = (json.as_object_mut(), self.safetensors.is_empty()) {
            let headers = self.safetensors.iter().map(SafetensorsFacts::to_json).collect();
            map.insert("safetensors".to_owned(), serde_json::Value::Array(headers));
        }
        if let (Some(map), Some(folder)) = (json.as_object_mut(), &self.folder) {
            map.insert("folder".to_owned(), folder.to_json());
        }
        json
    }
}

/// Reads the headers of `artifact`.
///
/// # Errors
///
/// [`Error::Io`] where a file cannot be read. A file that is broken is not an error: its fault is among the facts.
pub fn learn(artifact: &Artifact, limits: &Limits) -> Result<Facts, Error> {
    let file = |file: &ModelFile| FileFacts { name: file.name.clone(), size_bytes: file.size_bytes };
    let mut facts = Facts {
        path: artifact.path.to_string_lossy().into_owned(),
        files: artifact.files.iter().map(file).collect(),
        odd: artifact.odd.clone(),
        partial: artifact.partial.clone(),
        revision: artifact.revision.clone(),
        unclear: artifact.unclear.clone(),
        is_cut: artifact.is_cut,
        ..Facts::default()
    };
    let learned = match artifact.layout {
        Layout::File => artifact.files.iter().try_for_each(|file| learn_file(&mut facts, file, limits)),
        Layout::Folder => folder::learn(&mut facts, artifact, limits),
        Layout::DiffusersFolder => diffusers::learn(&mut facts, artifact, limits),
        Layout::SplitGguf => learn_split(&mut facts, &artifact.files, limits),
    };
    // What could not be read because it is gone by now is a change like any other.
    match artifact.changed() {
        Some((file, now)) => facts.faults.push(code::changed(file, now)),
        None => learned?,
    }
    Ok(facts)
}

/// A file that is named like the first of a split set is one only where its metadata says so too.
fn learn_split(facts: &mut Facts, files: &[ModelFile], limits: &Limits) -> Result<(), Error> {
    let Some((first, parts)) = files.split_first() else { return Ok(()) };
    learn_file(facts, first, limits)?;
    if facts.gguf.as_ref().is_some_and(gguf::GgufFacts::is_split) {
        return gguf::learn_parts(facts, parts, limits);
    }
    facts.files.truncate(1);
    Ok(())
}

/// From how many files on a second thread pays.
const MANY_FILES: usize = 8;

/// Reads the headers of several files, in their order. Many are read by several threads: the answer is the same.
fn learn_files(facts: &mut Facts, files: &[&ModelFile], limits: &Limits) -> Result<(), Error> {
    if files.len() < MANY_FILES {
        return files.iter().try_for_each(|file| learn_file(facts, file, limits));
    }
    let format = facts.format;
    // Threads that map and unmap wait for one another: windows give the same answers and hold nobody up.
    let limits = &Limits { read_mode: ReadMode::Windowed, ..limits.clone() };
    for part in threads::in_parts(files, MANY_FILES, |files| learn_chunk(format, files, limits)) {
        let part = part?;
        facts.safetensors.extend(part.safetensors);
        facts.faults.extend(part.faults);
        facts.pickle = facts.pickle.take().or(part.pickle);
    }
    Ok(())
}

fn learn_chunk(format: ModelFormat, files: &[&ModelFile], limits: &Limits) -> Result<Facts, Error> {
    let mut facts = Facts { format, ..Facts::default() };
    let mut room = Room::default();
    let mut learn =
        |file| read::header_within(file, limits, &mut room, |input| learn_header(&mut facts, file, input, limits));
    files.iter().copied().try_for_each(&mut learn)?;
    Ok(facts)
}

fn learn_file(facts: &mut Facts, file: &ModelFile, limits: &Limits) -> Result<(), Error> {
    read::header(file, limits, |input| learn_header(facts, file, input, limits))
}

fn learn_header(facts: &mut Facts, file: &ModelFile, input: Input<'_>, limits: &Limits) {
    match input.look(0, probe::PROBE_BYTES, probe::probe) {
        Container::Gguf => gguf::learn(facts, file, input, limits),
        Container::Safetensors => safetensors::learn(facts, file, input, limits),
        Container::Pickle | Container::Zip => pickle::learn(facts, file, input, limits),
        foreign => input.look(0, probe::PROBE_BYTES, |head| code::foreign(facts, file, foreign, head)),
    }
}
