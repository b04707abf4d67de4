//! The weights: which files the folder's engine would open, their headers, and how the index agrees with them.

use super::FolderFacts;
use super::document::unreadable;
use super::weights::{WeightFile, WeightRole, role};
use crate::error::Error;
use crate::facts::{Facts, learn_file, learn_files, read};
use crate::format::index;
use crate::format::names::Names;
use crate::limits::Limits;
use crate::source::{Artifact, ModelFile, Resolved};
use serde_json::json;

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
        let bytes = read::document(&file.path, limits)?;
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
    document: &index::Document<'_>,
) -> Result<(), Error> {
    let shards = document.shards.iter().take(limits.files);
    let shards: Vec<_> =
        shards.map(|name| ShardFacts { name: name.to_string(), resolved: artifact.resolve(name) }).collect();
    let first = facts.safetensors.len();
    let files: Vec<&ModelFile> = shards.iter().filter_map(|shard| shard.file()).collect();
    learn_files(facts, &files, limits)?;
    for weight in &mut folder.weights {
        if document.shards.iter().any(|shard| *shard == weight.name) {
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

/// One tensor of the shards' headers.
struct Place<'a> {
    name: &'a str,
    /// The number of its header.
    header: usize,
    /// Whether the index names it.
    is_named: bool,
}

/// Holds the index against the headers of its shards.
fn compare(index: &mut IndexFacts, facts: &Facts, first: usize, document: &index::Document<'_>) {
    let headers = facts.safetensors.get(first..).unwrap_or_default();
    let total = headers.iter().map(|header| header.tensors.len()).sum();
    let mut names = Names::expecting(total);
    let mut places: Vec<Place<'_>> = Vec::new();
    for (header, facts) in headers.iter().enumerate() {
        for tensor in facts.tensors.iter() {
            let Ok(number) = u32::try_from(places.len()) else { return };
            let known = |number: u32| name_of(&places, number);
            match names.insert(tensor.name.as_bytes(), number, known) {
                None => places.push(Place { name: tensor.name, header, is_named: false }),
                Some(_) => note(&mut index.twice, tensor.name, &facts.file),
            }
        }
    }
    // The header that each of the index's shards has, where it could be read.
    let read: Vec<Option<usize>> =
        document.shards.iter().map(|shard| headers.iter().position(|header| header.file == **shard)).collect();
    for entry in &document.weight_map {
        let said = usize::try_from(entry.shard).ok().and_then(|shard| read.get(shard).copied().flatten());
        let found = names.find(entry.name.as_bytes(), |number| name_of(&places, number));
        let place = found.and_then(|number| places.get_mut(usize::try_from(number).ok()?));
        match (place, said) {
            (Some(place), said) => {
                place.is_named = true;
                if said != Some(place.header) {
                    note(&mut index.misplaced, &entry.name, document.shard(entry));
                }
            }
            // A shard that could not be read has its own finding.
            (None, Some(_)) => note(&mut index.absent, &entry.name, document.shard(entry)),
            (None, None) => {}
        }
    }
    for place in places.iter().filter(|place| !place.is_named) {
        let file = headers.get(place.header).map_or("", |header| header.file.as_str());
        note(&mut index.unnamed, place.name, file);
    }
}

fn name_of<'a>(places: &[Place<'a>], number: u32) -> Option<&'a [u8]> {
    usize::try_from(number).ok().and_then(|at| places.get(at)).map(|place| place.name.as_bytes())
}

fn note(list: &mut (u64, Vec<(String, String)>), name: &str, shard: &str) {
    list.0 = list.0.saturating_add(1);
    if list.1.len() < EXAMPLES {
        list.1.push((name.to_owned(), shard.to_owned()));
    }
}
