//! Every tensor of one model under one roof, whatever container it came in.

use crate::facts::Facts;
use crate::facts::gguf::{GgufFacts, KeyFacts};
use crate::facts::safetensors::{SafetensorsFacts, Tensors};
use crate::format::gguf::ggml_type;
use crate::format::safetensors::Dtype;
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

/// A name and the place of its entry.
#[derive(Debug, Clone, Copy)]
struct Named<'a> {
    name: &'a str,
    at: usize,
}

/// The tensors and the metadata of one model.
#[derive(Debug)]
pub struct Listing<'a> {
    /// The container.
    pub wrapping: Wrapping,
    /// The tensors, in the files' order.
    pub entries: Vec<Entry<'a>>,
    /// Names in their order: names that begin alike stand side by side.
    sorted: Vec<Named<'a>>,
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
        let named = entries.iter().enumerate().map(|(at, entry)| Named { name: entry.name, at });
        let mut sorted: Vec<Named<'_>> = named.collect();
        sorted.sort_by(|left, right| left.name.cmp(right.name));
        // Of two tensors of one name the last counts.
        sorted.dedup_by(|later, kept| {
            let same = later.name == kept.name;
            kept.at = if same { later.at } else { kept.at };
            same
        });
        Self { wrapping, entries, sorted, metadata, file_type: None }
    }

    /// The tensor of exactly this name.
    pub fn get(&self, name: &str) -> Option<&Entry<'a>> {
        self.at(place(&self.sorted, 0, name)?)
    }

    /// The place of `name` among the sorted names. `guess` is tried before it is searched for.
    pub(super) fn place(&self, name: &str, guess: usize) -> Option<usize> {
        let guessed = self.sorted.get(guess).is_some_and(|named| named.name == name);
        if guessed { Some(guess) } else { place(&self.sorted, 0, name) }
    }

    /// The tensor whose name has this place among the sorted names.
    pub(super) fn at(&self, place: usize) -> Option<&Entry<'a>> {
        self.sorted.get(place).and_then(|named| self.entries.get(named.at))
    }

    /// Whether a tensor has exactly this name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether any name begins with `prefix`.
    pub fn any_starts(&self, prefix: &str) -> bool {
        any_starts(&self.sorted, 0, prefix)
    }

    fn starting(&self, prefix: &str) -> &[Named<'a>] {
        starting(&self.sorted, 0, prefix)
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
        Scope { listing: self, prefix, names: self.starting(prefix) }
    }
}

/// The place of the name that is `name` behind `skip` bytes, among sorted names that begin with the same bytes.
fn place(names: &[Named<'_>], skip: usize, name: &str) -> Option<usize> {
    // Most names that are asked for belong to other families, and lie before or behind all that are there.
    let (first, last) = (names.first()?, names.last()?);
    if behind(first, skip) > name.as_bytes() || behind(last, skip) < name.as_bytes() {
        return None;
    }
    names.binary_search_by(|named| behind(named, skip).cmp(name.as_bytes())).ok()
}

/// Whether a name goes on with `start` behind `skip` bytes, among sorted names that begin with the same bytes.
fn any_starts(names: &[Named<'_>], skip: usize, start: &str) -> bool {
    let first = names.partition_point(|named| behind(named, skip) < start.as_bytes());
    names.get(first).is_some_and(|named| behind(named, skip).starts_with(start.as_bytes()))
}

/// The names that go on with `start` behind `skip` bytes, among sorted names that begin with the same bytes.
fn starting<'s, 'a>(names: &'s [Named<'a>], skip: usize, start: &str) -> &'s [Named<'a>] {
    if start.is_empty() {
        return names;
    }
    let first = names.partition_point(|named| behind(named, skip) < start.as_bytes());
    let rest = names.get(first..).unwrap_or_default();
    let count = rest.partition_point(|named| behind(named, skip).starts_with(start.as_bytes()));
    rest.get(..count).unwrap_or_default()
}

fn behind<'a>(named: &Named<'a>, skip: usize) -> &'a [u8] {
    named.name.as_bytes().get(skip..).unwrap_or_default()
}

/// A listing with a prefix that lookups leave out.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'s, 'a> {
    /// The whole listing.
    pub listing: &'s Listing<'a>,
    /// What stands before every name.
    pub prefix: &'s str,
    /// The names that have it, sorted.
    names: &'s [Named<'a>],
}

impl<'s, 'a> Scope<'s, 'a> {
    /// The tensor of this name behind the prefix; a `.weight` of a norm also answers to `.scale` and the other way round.
    pub fn get(&self, name: &str) -> Option<&'s Entry<'a>> {
        self.plain(name).or_else(|| twin(name).and_then(|twin| self.plain(&twin)))
    }

    fn plain(&self, name: &str) -> Option<&'s Entry<'a>> {
        let named = self.names.get(place(self.names, self.prefix.len(), name)?)?;
        self.listing.entries.get(named.at)
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
        any_starts(self.names, self.prefix.len(), start)
    }

    /// The tensors whose names begin with `stem`, in the order of names, each with what stands behind the stem.
    pub(super) fn starting(&self, stem: &str) -> impl Iterator<Item = (&'a str, &'s Entry<'a>)> + use<'s, 'a> {
        let listing = self.listing;
        let skip = self.prefix.len().saturating_add(stem.len());
        let names = starting(self.names, self.prefix.len(), stem).iter();
        names.filter_map(move |named| Some((named.name.get(skip..)?, listing.entries.get(named.at)?)))
    }

    /// How many blocks, counted from 0 without a gap, have names that begin with `stem`.
    pub fn blocks(&self, stem: &str) -> u64 {
        let numbers = self.starting(stem).filter_map(|(rest, _)| leading_number(rest));
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
