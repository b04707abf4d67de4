//! Every tensor of one model under one roof, whatever container it came in.

use crate::facts::Facts;
use crate::facts::gguf::{GgufFacts, KeyFacts};
use crate::facts::safetensors::{SafetensorsFacts, Tensors};
use crate::format::gguf::ggml_type;
use crate::format::names::Names;
use crate::format::safetensors::Dtype;
use std::cell::OnceCell;
use std::ops::Deref;

/// What the files are wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// GGUF.
    Gguf,
    /// A pickle.
    Pickle,
    /// Safetensors, in one file or in shards.
    Safetensors,
}

/// An element type of either container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// The number of a ggml type.
    Ggml(u32),
    /// A safetensors or torch element type.
    Torch(Dtype),
}

impl Element {
    /// The container's own name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ggml(id) => ggml_type(id).map_or("unknown", |kind| kind.name),
            Self::Torch(dtype) => dtype.name(),
        }
    }
}

/// Most dimensions that are looked at. No known model has more than five.
const RANK: usize = 6;

/// The dimensions of a tensor, slowest-varying first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    sizes: [u64; RANK],
    rank: usize,
}

impl Shape {
    fn of(sizes: impl Iterator<Item = u64>) -> Self {
        let mut shape = Self::default();
        for (place, size) in shape.sizes.iter_mut().zip(sizes) {
            *place = size;
            shape.rank = shape.rank.saturating_add(1);
        }
        shape
    }
}

impl Deref for Shape {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        self.sizes.get(..self.rank).unwrap_or_default()
    }
}

/// One tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a> {
    /// The name, as the file has it.
    pub name: &'a str,
    /// The dimensions, slowest-varying first.
    pub shape: Shape,
    /// The element type.
    pub element: Element,
}

/// The tensors and the metadata of one model.
#[derive(Debug)]
pub struct Listing<'a> {
    /// The container.
    pub wrapping: Wrapping,
    /// The tensors, in the files' order.
    pub entries: Vec<Entry<'a>>,
    index: Names,
    /// Names in their order, sorted when the first question after a beginning is asked.
    sorted: OnceCell<Vec<&'a str>>,
    metadata: Vec<(&'a str, &'a str)>,
    /// The number in `general.file_type`, when this is a GGUF that has it.
    pub file_type: Option<i64>,
}

impl<'a> Listing<'a> {
    /// The listing of everything that `facts` hold, unless they hold no tensor container.
    pub fn of(facts: &'a Facts) -> Option<Self> {
        if let Some(gguf) = &facts.gguf {
            return Some(Self::of_gguf(gguf));
        }
        if let Some(pickle) = &facts.pickle {
            return Some(Self::of_torch(Wrapping::Pickle, [&pickle.tensors], Vec::new()));
        }
        (!facts.safetensors.is_empty()).then(|| Self::of_safetensors(&facts.safetensors))
    }

    /// The listing of safetensors files that belong together.
    pub fn of_safetensors(files: impl IntoIterator<Item = &'a SafetensorsFacts> + Clone) -> Self {
        let metadata = files.clone().into_iter().flat_map(|file| &file.metadata);
        let metadata = metadata.map(|(key, value)| (key.as_str(), value.as_str())).collect();
        Self::of_torch(Wrapping::Safetensors, files.into_iter().map(|file| &file.tensors), metadata)
    }

    fn of_torch(
        wrapping: Wrapping,
        files: impl IntoIterator<Item = &'a Tensors>,
        metadata: Vec<(&'a str, &'a str)>,
    ) -> Self {
        let mut entries = Vec::new();
        for tensors in files {
            entries.extend(tensors.iter().map(|tensor| Entry {
                name: tensor.name,
                shape: Shape::of(tensor.shape.iter().copied()),
                element: Element::Torch(tensor.dtype),
            }));
        }
        Self::new(wrapping, entries, metadata)
    }

    fn of_gguf(gguf: &'a GgufFacts) -> Self {
        let tensors = gguf.headers().flat_map(|header| &header.tensors);
        let entries = tensors.map(|tensor| Entry {
            name: &tensor.name,
            shape: Shape::of(tensor.shape().into_iter()),
            element: Element::Ggml(tensor.type_id),
        });
        let metadata = gguf.keys.iter().filter_map(|key| gguf.text(&key.name).map(|text| (key.name.as_str(), text)));
        let mut listing = Self::new(Wrapping::Gguf, entries.collect(), metadata.collect());
        listing.file_type = gguf.key("general.file_type").and_then(KeyFacts::integer);
        listing
    }

    fn new(wrapping: Wrapping, entries: Vec<Entry<'a>>, metadata: Vec<(&'a str, &'a str)>) -> Self {
        let mut index = Names::expecting(entries.len());
        // Of two tensors of one name the last counts, and the index keeps what came first.
        for (at, entry) in entries.iter().enumerate().rev() {
            let Ok(number) = u32::try_from(at) else { continue };
            index.insert(entry.name.as_bytes(), number, |number| name_at(&entries, number));
        }
        Self { wrapping, entries, index, sorted: OnceCell::new(), metadata, file_type: None }
    }

    /// The tensor of exactly this name.
    pub fn get(&self, name: &str) -> Option<&Entry<'a>> {
        let number = self.index.find(name.as_bytes(), |number| name_at(&self.entries, number))?;
        self.entries.get(usize::try_from(number).ok()?)
    }

    /// Whether a tensor has exactly this name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether any name begins with `prefix`.
    pub fn any_starts(&self, prefix: &str) -> bool {
        !self.starting(prefix).is_empty()
    }

    /// The names that begin with `prefix`, sorted: they stand side by side.
    fn starting(&self, prefix: &str) -> &[&'a str] {
        let names = self.sorted.get_or_init(|| {
            let mut names: Vec<&str> = self.entries.iter().map(|entry| entry.name).collect();
            names.sort();
            names
        });
        let start = names.partition_point(|name| *name < prefix);
        let rest = names.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|name| name.starts_with(prefix))).unwrap_or_default()
    }

    /// Whether any name contains `part`.
    pub fn any_contains(&self, part: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.contains(part))
    }

    /// How many names begin with `prefix`.
    pub fn count_starts(&self, prefix: &str) -> usize {
        self.starting(prefix).len()
    }

    /// The metadata text under `key`.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.metadata.iter().find(|(name, _)| *name == key).map(|(_, text)| *text)
    }

    /// How many tensors there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no tensors.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The same tensors, seen from behind `prefix`.
    pub fn behind<'s>(&'s self, prefix: &'s str) -> Scope<'s, 'a> {
        Scope { listing: self, prefix }
    }
}

/// The name of entry `number`.
fn name_at<'e>(entries: &'e [Entry<'_>], number: u32) -> Option<&'e [u8]> {
    usize::try_from(number).ok().and_then(|at| entries.get(at)).map(|entry| entry.name.as_bytes())
}

/// A listing with a prefix that lookups leave out.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'s, 'a> {
    /// The whole listing.
    pub listing: &'s Listing<'a>,
    /// What stands before every name.
    pub prefix: &'s str,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// The tensor of this name behind the prefix; a `.weight` of a norm also answers to `.scale` and the other way round.
    pub fn get(&self, name: &str) -> Option<&'s Entry<'a>> {
        if self.prefix.is_empty() {
            return self.listing.get(name).or_else(|| twin(name).and_then(|twin| self.listing.get(&twin)));
        }
        let full = [self.prefix, name].concat();
        self.listing.get(&full).or_else(|| twin(&full).and_then(|twin| self.listing.get(&twin)))
    }

    /// Whether there is such a tensor.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The size of one axis of a tensor, slowest-varying first.
    pub fn dim(&self, name: &str, axis: usize) -> Option<u64> {
        self.get(name).and_then(|entry| entry.shape.get(axis).copied())
    }

    /// The size of a tensor's last axis.
    pub fn last_dim(&self, name: &str) -> Option<u64> {
        self.get(name).and_then(|entry| entry.shape.last().copied())
    }

    /// Whether a name behind the prefix begins with `start`.
    pub fn any_starts(&self, start: &str) -> bool {
        if self.prefix.is_empty() {
            return self.listing.any_starts(start);
        }
        self.listing.any_starts(&[self.prefix, start].concat())
    }

    /// How many blocks, counted from 0 without a gap, have names that begin with `stem`.
    pub fn blocks(&self, stem: &str) -> u64 {
        let full = format!("{}{stem}", self.prefix);
        let names = self.listing.starting(&full).iter();
        let numbers = names.filter_map(|name| leading_number(name.strip_prefix(full.as_str())?));
        let mut seen: Vec<u64> = numbers.collect();
        seen.sort_unstable();
        seen.dedup();
        let gapless = seen.iter().zip(0_u64..).take_while(|(number, at)| **number == *at);
        gapless.count() as u64
    }
}

/// The number at the front of `name`, when a dot or an underscore follows it.
pub(super) fn leading_number(name: &str) -> Option<u64> {
    let end = name.find(['.', '_'])?;
    name.get(..end)?.parse().ok()
}

/// Writers disagree on `scale` and `weight` for the norms of queries and keys, and for numbered norms.
fn twin(name: &str) -> Option<String> {
    let (stem, other) = match name.strip_suffix(".scale") {
        Some(stem) => (stem, "weight"),
        None => (name.strip_suffix(".weight")?, "scale"),
    };
    let numbered = stem.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with("norms.");
    (stem.ends_with("_norm") || numbered).then(|| format!("{stem}.{other}"))
}
