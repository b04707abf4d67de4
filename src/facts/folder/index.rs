//! The weights: which files the folder's engine would open, their headers, and how the index agrees with them.

use super::FolderFacts;
use super::agreement;
use super::document::unreadable;
use super::weights::{WeightFile, WeightRole, role};
use crate::error::Error;
use crate::facts::{Facts, learn_file, learn_files, read};
use crate::format::index;
use crate::limits::Limits;
use crate::source::{Artifact, ModelFile, Resolved};
use serde_json::json;
use std::collections::BTreeSet;

/// The index that transformers and vLLM read.
pub const INDEX: &str = "model.safetensors.index.json";

/// What the index says, held against the headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexFacts {
    /// The file.
    pub file: String,
    /// Whether `metadata` is there.
    pub has_metadata: bool,
    /// `metadata.total_size`, in bytes.
    pub total_size: Option<u64>,
    /// How many tensors it names.
    pub tensors: u64,
    /// The files it names.
    pub shards: Vec<ShardFacts>,
    /// Tensors that it names and no file has: how many, and the first ones with their shard.
    pub absent: (u64, Vec<(String, String)>),
    /// Tensors that stand in another shard than it says: how many, and the first ones with the shard it says.
    pub misplaced: (u64, Vec<(String, String)>),
    /// Tensors in its shards that it does not name: how many, and the first ones with their shard.
    pub unnamed: (u64, Vec<(String, String)>),
    /// Tensors that stand in several shards: how many, and the first ones with the later shard.
    pub twice: (u64, Vec<(String, String)>),
    /// Tensors that stand in the shard that it says and in one behind it, by the order of names: how many, and the first
    /// ones with the shard that comes last.
    pub overwritten: (u64, Vec<(String, String)>),
}

/// A file that the index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardFacts {
    /// Its name, as the index writes it.
    pub name: String,
    /// What stands there.
    pub resolved: Resolved,
}

impl ShardFacts {
    /// The file, where there is one.
    pub fn file(&self) -> Option<&ModelFile> {
        match &self.resolved {
            Resolved::File(file) => Some(file),
            _ => None,
        }
    }
}

impl IndexFacts {
    /// What `inspect` shows.
    pub fn to_json(&self) -> serde_json::Value {
        json!({
            "file": self.file, "tensors": self.tensors, "total_size": self.total_size,
            "shards": self.shards.iter().map(|shard| shard.name.as_str()).collect::<Vec<_>>(),
        })
    }
}

/// Reads the index and the headers of the weights that an engine would open.
pub(super) fn learn(
    facts: &mut Facts,
    folder: &mut FolderFacts,
    artifact: &Artifact,
    limits: &Limits,
) -> Result<(), Error> {
    folder.weights = artifact.files.iter().filter_map(weight).collect();
    let single = artifact.file("model.safetensors").is_some();
    if let Some(file) = artifact.file(INDEX) {
        let bytes = read::document(file, limits)?;
        match index::parse_entries(&bytes, limits) {
            Ok(entries) => indexed(facts, folder, artifact, limits, entries)?,
            Err(fault) if single => folder.unreadable.push(unreadable(fault, &file.name)),
            Err(fault) => facts.faults.push(fault.in_file(&file.name)),
        }
    }
    let named = folder.index.is_some();
    let opened = |role: WeightRole| match role {
        WeightRole::Adapter | WeightRole::Single => true,
        WeightRole::Consolidated | WeightRole::Loose => !single && !named,
        _ => false,
    };
    let files = folder.weights.iter().filter(|weight| opened(weight.role) && weight.name.ends_with(".safetensors"));
    let files: Vec<&ModelFile> = files.filter_map(|weight| artifact.file(&weight.name)).collect();
    learn_files(facts, &files, limits)?;
    if single || named { Ok(()) } else { pickles(facts, folder, artifact, limits) }
}

/// Pickles are listed where they are the only weights: their imports go together.
fn pickles(facts: &mut Facts, folder: &FolderFacts, artifact: &Artifact, limits: &Limits) -> Result<(), Error> {
    let files = folder.weights.iter().filter(|weight| weight.role == WeightRole::Pickle);
    for file in files.filter_map(|weight| artifact.file(&weight.name)) {
        let before = facts.pickle.take();
        learn_file(facts, file, limits)?;
        facts.pickle = match (before, facts.pickle.take()) {
            (Some(mut first), Some(next)) => {
                first.imports.extend(next.imports);
                Some(first)
            }
            (first, next) => first.or(next),
        };
    }
    Ok(())
}

fn weight(file: &ModelFile) -> Option<WeightFile> {
    Some(WeightFile { name: file.name.clone(), role: role(&file.name)?, size_bytes: file.size_bytes })
}

fn indexed(
    facts: &mut Facts,
    folder: &mut FolderFacts,
    artifact: &Artifact,
    limits: &Limits,
    entries: index::Entries<'_>,
) -> Result<(), Error> {
    let document = entries.all();
    let shards = document.shards.iter().take(limits.files);
    let shards: Vec<_> =
        shards.map(|name| ShardFacts { name: name.to_string(), resolved: artifact.resolve(name) }).collect();
    let first = facts.safetensors.len();
    let files: Vec<&ModelFile> = shards.iter().filter_map(|shard| shard.file()).collect();
    learn_files(facts, &files, limits)?;
    let named: BTreeSet<&str> = document.shards.iter().map(AsRef::as_ref).collect();
    for weight in folder.weights.iter_mut().filter(|weight| named.contains(weight.name.as_str())) {
        weight.role = WeightRole::Shard;
    }
    let mut index = IndexFacts {
        file: INDEX.to_owned(),
        has_metadata: document.has_metadata,
        total_size: document.total_size,
        shards,
        ..IndexFacts::default()
    };
    let headers = facts.safetensors.get(first..).unwrap_or_default();
    index.tensors = agreement::learn(&mut index, headers, entries);
    folder.index = Some(index);
    Ok(())
}
