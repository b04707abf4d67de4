//! Facts of a GGUF header, or of the headers of a split set.

mod charsmap;
mod duplicate;
mod hasher;
mod key;
mod tensor;
mod types;
mod vocabulary;
mod written;

pub use charsmap::CharsmapWalk;
pub use key::{ArrayFacts, KeyFacts, KeyValue};
pub use tensor::{Layout, TensorFacts, Tensors};
pub use vocabulary::{ByteSet, Duplicate, SpecialToken, VocabularyFacts};

use super::{Facts, ModelFormat, read};
use crate::diagnostic::{Diagnostic, Origin};
use crate::error::Error;
use crate::format::gguf::{self, Document, Kept, Value, ValueType};
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
    /// The places of the keys, sorted by name.
    index: Vec<usize>,
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
        Behind { gguf: self, index: &self.index, prefix: 0 }.key(name)
    }

    /// The keys whose names begin with `prefix`.
    pub(crate) fn behind(&self, prefix: &str) -> Behind<'_> {
        let first = self.index.partition_point(|at| self.name(*at) < prefix);
        let from = self.index.get(first..).unwrap_or_default();
        let count = from.partition_point(|at| self.name(*at).starts_with(prefix));
        Behind { gguf: self, index: from.get(..count).unwrap_or_default(), prefix: prefix.len() }
    }

    fn name(&self, at: usize) -> &str {
        self.keys.get(at).map_or("", |key| key.name.as_str())
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

/// Keys whose names begin alike, asked for by what stands behind that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Behind<'a> {
    gguf: &'a GgufFacts,
    index: &'a [usize],
    prefix: usize,
}

impl<'a> Behind<'a> {
    /// The key with this behind the prefix.
    pub(crate) fn key(self, rest: &str) -> Option<&'a KeyFacts> {
        let behind = |at: &usize| self.gguf.name(*at).as_bytes().get(self.prefix..).unwrap_or_default();
        let found = self.index.binary_search_by(|at| behind(at).cmp(rest.as_bytes())).ok()?;
        self.gguf.keys.get(*self.index.get(found)?)
    }
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
    let mut index: Vec<usize> = (0..keys.len()).collect();
    // Names that differ behind a zero byte are one name to the engine, which takes the first.
    index.sort_by_key(|at| keys.get(*at).map(|key| key.name.as_str()));
    index.dedup_by_key(|at| keys.get(*at).map(|key| key.name.as_str()));
    GgufFacts {
        file: file.name.clone(),
        version: document.version,
        file_bytes: document.file_bytes,
        data_start: document.data_start,
        keys,
        tensors: Tensors::learn(document),
        vocabulary,
        parts: Vec::new(),
        index,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> GgufFacts {
        let key = |name: &&str| KeyFacts {
            name: (*name).to_owned(),
            kind: ValueType::Bool,
            value: KeyValue::Bool(true),
            offset: 0,
        };
        GgufFacts {
            file: String::new(),
            version: 3,
            file_bytes: 0,
            data_start: 0,
            keys: names.iter().map(key).collect(),
            tensors: Tensors::default(),
            vocabulary: VocabularyFacts::default(),
            parts: Vec::new(),
            index: (0..names.len()).collect(),
        }
    }

    #[test]
    fn a_key_is_found_by_what_stands_behind_a_prefix() {
        let facts = named(&["general.a", "llama", "llama-embed.a", "llama.a", "llama.b.c", "llama2.a"]);
        let own = facts.behind("llama.");
        let found = ["a", "b.c", "b", "", "2.a"].map(|rest| own.key(rest).map(|key| key.name.as_str()));
        assert_eq!(found, [Some("llama.a"), Some("llama.b.c"), None, None, None]);
        assert!(facts.behind("none.").key("a").is_none());
        assert!(facts.key("llama2.a").is_some() && facts.key("llama.").is_none());
    }
}
