//! The weights: which files the folder's engine would open, their headers, and how the index agrees with them.

use super::FolderFacts;
use super::document::unreadable;
use super::weights::{WeightFile, WeightRole, role};
use crate::error::Error;
use crate::facts::{Facts, learn_file};
use crate::format::index;
use crate::limits::Limits;
use crate::source::{self, Artifact, Resolved};
use serde_json::json;
use std::collections::HashMap;

/// The index that transformers and vLLM read.
pub const INDEX: &str = "model.safetensors.index.json";

/// How many names of a disagreement are kept.
const EXAMPLES: usize = 8;

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
}

/// A file that the index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardFacts {
    /// Its name, as the index writes it.
    pub name: String,
    /// What stands there.
    pub resolved: Resolved,
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
        let bytes = source::open(&file.path)?;
        match index::parse(&bytes, limits) {
            Ok(document) => indexed(facts, folder, artifact, limits, &document)?,
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
    files.filter_map(|weight| artifact.file(&weight.name)).try_for_each(|file| learn_file(facts, file, limits))
}

fn weight(file: &source::ModelFile) -> Option<WeightFile> {
    Some(WeightFile { name: file.name.clone(), role: role(&file.name)?, size_bytes: file.size_bytes })
}

fn indexed(
    facts: &mut Facts,
    folder: &mut FolderFacts,
    artifact: &Artifact,
    limits: &Limits,
    document: &index::Document<'_>,
) -> Result<(), Error> {
    let shards = document.shards.iter().take(limits.files);
    let shards: Vec<_> =
        shards.map(|name| ShardFacts { name: name.to_string(), resolved: artifact.resolve(name) }).collect();
    let first = facts.safetensors.len();
    for shard in &shards {
        if let Resolved::File(file) = &shard.resolved {
            learn_file(facts, file, limits)?;
        }
        if let Some(weight) = folder.weights.iter_mut().find(|weight| weight.name == shard.name) {
            weight.role = WeightRole::Shard;
        }
    }
    let mut index = IndexFacts {
        file: INDEX.to_owned(),
        has_metadata: document.has_metadata,
        total_size: document.total_size,
        tensors: document.weight_map.len() as u64,
        shards,
        ..IndexFacts::default()
    };
    compare(&mut index, facts, first, document);
    folder.index = Some(index);
    Ok(())
}

/// Holds the index against the headers of its shards.
fn compare(index: &mut IndexFacts, facts: &Facts, first: usize, document: &index::Document<'_>) {
    let headers = facts.safetensors.get(first..).unwrap_or_default();
    let mut places: HashMap<&str, (&str, bool)> = HashMap::new();
    for header in headers {
        for tensor in header.tensors.iter() {
            if places.insert(tensor.name, (&header.file, false)).is_some() {
                note(&mut index.twice, tensor.name, &header.file);
            }
        }
    }
    let read = |shard: &str| headers.iter().any(|header| header.file == shard);
    let mut shard = ("", false);
    for entry in &document.weight_map {
        let said = document.shard(entry);
        if shard.0 != said {
            shard = (said, read(said));
        }
        match places.get_mut(&*entry.name) {
            Some((file, seen)) => {
                *seen = true;
                if *file != said {
                    note(&mut index.misplaced, &entry.name, said);
                }
            }
            // A shard that could not be read has its own finding.
            None if shard.1 => note(&mut index.absent, &entry.name, said),
            None => {}
        }
    }
    for header in headers {
        for tensor in header.tensors.iter() {
            if places.get(tensor.name).is_some_and(|(_, seen)| !seen) {
                note(&mut index.unnamed, tensor.name, &header.file);
            }
        }
    }
}

fn note(list: &mut (u64, Vec<(String, String)>), name: &str, shard: &str) {
    list.0 = list.0.saturating_add(1);
    if list.1.len() < EXAMPLES {
        list.1.push((name.to_owned(), shard.to_owned()));
    }
}
