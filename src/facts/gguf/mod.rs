//! Facts of a GGUF header, or of the headers of a split set.

mod block;
mod charsmap;
mod duplicate;
mod hasher;
mod key;
mod tensor;
mod types;
mod vocabulary;
mod written;

pub use block::Block;
pub use charsmap::CharsmapWalk;
pub use key::{ArrayFacts, KeyFacts, KeyValue};
pub use tensor::{Layout, TensorFacts, Tensors};
pub use vocabulary::{ByteSet, Duplicate, SpecialToken, VocabularyFacts};

use super::{Facts, ModelFormat, read};
use crate::diagnostic::{Diagnostic, Origin};
use crate::error::Error;
use crate::format::gguf::{self, Document, Kept, Value, ValueType};
use crate::format::names::Names;
use crate::format::{Fault, Input};
use crate::limits::Limits;
use crate::source::ModelFile;
use serde_json::json;

/// What a GGUF header says.
#[derive(Debug, Clone)]
pub struct GgufFacts {
    /// The file.
    pub file: String,
    /// The container's version.
    pub version: u32,
    /// The file's length, in bytes.
    pub file_bytes: u64,
    /// Where the data section begins, in bytes from the start of the file.
    pub data_start: u64,
    /// The metadata, in the file's order; names are unique.
    pub keys: Vec<KeyFacts>,
    /// The tensors, in the file's order; names are unique.
    pub tensors: Tensors,
    /// The vocabulary.
    pub vocabulary: VocabularyFacts,
    /// The further files of a split set, in the order of their names' numbers, as far as they are there.
    pub parts: Vec<PartFacts>,
    /// The places of the keys, by name.
    places: Names,
}

/// A further file of a split set.
#[derive(Debug, Clone)]
pub struct PartFacts {
    /// The file.
    pub file: String,
    /// Its header, or why it could not be read.
    pub header: Result<Box<GgufFacts>, Box<Diagnostic>>,
}

impl GgufFacts {
    /// The key named `name`.
    pub fn key(&self, name: &str) -> Option<&KeyFacts> {
        let at = self.places.find(name.as_bytes(), |at| name_at(&self.keys, at))?;
        self.keys.get(usize::try_from(at).ok()?)
    }

    /// The value of `name`.
    pub fn value(&self, name: &str) -> Option<&KeyValue> {
        self.key(name).map(|key| &key.value)
    }

    /// The text of `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.key(name).and_then(KeyFacts::text)
    }

    /// Where `name` stands.
    pub fn origin(&self, name: &str) -> Origin {
        let origin = Origin::file(&self.file).key(name);
        match self.key(name) {
            Some(key) => origin.offset(key.offset),
            None => origin,
        }
    }

    /// Whether the metadata says that this is one of several files.
    pub fn is_split(&self) -> bool {
        self.key("split.count").is_some_and(|key| key.kind == ValueType::U16 && key.integer() > Some(1))
    }

    /// The file and its further parts that could be read, in order.
    pub fn headers(&self) -> impl Iterator<Item = &GgufFacts> {
        std::iter::once(self).chain(self.parts.iter().filter_map(|part| part.header.as_deref().ok()))
    }

    /// What `inspect` shows.
    pub fn to_json(&self) -> serde_json::Value {
        let tensors = self.headers().fold(0_usize, |sum, header| sum.saturating_add(header.tensors.len()));
        json!({ "version": self.version, "keys": self.keys.len(), "tensors": tensors, "parts": self.parts.len() })
    }
}

/// The name of the key at a place.
fn name_at(keys: &[KeyFacts], at: u32) -> Option<&[u8]> {
    keys.get(usize::try_from(at).ok()?).map(|key| key.name.as_bytes())
}

/// Architectures that tools for picture models write into `general.architecture`.
static PICTURES: [&[u8]; 14] = [
    b"aura",
    b"cosmos",
    b"flux",
    b"flux2",
    b"hidream",
    b"hyvid",
    b"ltxv",
    b"lumina2",
    b"pig",
    b"qwen_image",
    b"sd1",
    b"sd3",
    b"sdxl",
    b"wan",
];

/// Reads as llama.cpp does; a file that names a picture model, or no architecture at all, may be wider than that.
fn parse<'a>(input: Input<'a>, limits: &Limits) -> Result<Document<'a>, Fault> {
    gguf::read(input, limits).or_else(|fault| {
        let wide =
            gguf::read_wide(input, limits).ok().filter(|document| match document.value("general.architecture") {
                Some(Value::String(name)) => PICTURES.contains(&name),
                _ => true,
            });
        wide.ok_or(fault)
    })
}

/// Reads the header of `input`.
pub(super) fn learn(facts: &mut Facts, file: &ModelFile, input: Input<'_>, limits: &Limits) {
    facts.format = ModelFormat::Gguf;
    match parse(input, limits) {
        Ok(document) => {
            facts.gguf = Some(collect(&document, file, input, limits, vocabulary::learn(&document, input, limits)))
        }
        Err(fault) => facts.faults.push(fault.in_file(&file.name)),
    }
}

/// Reads the headers of the further files of a split set. Their vocabularies are nobody's business.
pub(super) fn learn_parts(facts: &mut Facts, parts: &[ModelFile], limits: &Limits) -> Result<(), Error> {
    let Some(first) = &mut facts.gguf else { return Ok(()) };
    for file in parts {
        let header = read::header(file, limits, |input| match gguf::read(input, limits) {
            Ok(document) => Ok(Box::new(collect(&document, file, input, limits, VocabularyFacts::default()))),
            Err(fault) => Err(Box::new(fault.in_file(&file.name))),
        })?;
        first.parts.push(PartFacts { file: file.name.clone(), header });
    }
    Ok(())
}

fn collect<'a>(
    document: &Document<'a>,
    file: &ModelFile,
    input: Input<'a>,
    limits: &Limits,
    vocabulary: VocabularyFacts,
) -> GgufFacts {
    let mut kept = Kept::new(limits);
    let learn = |key: &gguf::Key<'a>| KeyFacts::learn(key, kept.next_bytes(key.name), input);
    let keys: Vec<KeyFacts> = document.keys.iter().map(learn).collect();
    let mut places = Names::expecting(keys.len());
    for (at, key) in (0..).zip(&keys) {
        // Names that differ behind a zero byte are one name to the engine, which takes the first.
        places.insert(key.name.as_bytes(), at, |other| name_at(&keys, other));
    }
    GgufFacts {
        file: file.name.clone(),
        version: document.version,
        file_bytes: document.file_bytes,
        data_start: document.data_start,
        keys,
        tensors: Tensors::learn(document),
        vocabulary,
        parts: Vec::new(),
        places,
    }
}
