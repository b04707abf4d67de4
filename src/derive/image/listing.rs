//! Every tensor of one model under one roof, whatever container it came in.

use super::adapter::is_suffixed;
use super::marks::Marks;
use super::scope::{Scope, Survey};
use crate::facts::Facts;
use crate::facts::gguf::{GgufFacts, KeyFacts};
use crate::facts::safetensors::{SafetensorsFacts, TensorFacts, Tensors};
use crate::format::gguf::ggml_type;
use crate::format::order;
use crate::format::repeats::{self, Repeat, Rows};
use crate::format::safetensors::Dtype;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

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

/// One tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'s> {
    /// The name, as the file has it.
    pub name: &'s str,
    /// The dimensions, slowest-varying first.
    pub shape: &'s [u64],
    /// The element type.
    pub element: Element,
}

/// An adapter shows in the first names.
const FIRST: usize = 4;

/// Tensors in the order of their names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sorted<'s> {
    tensors: &'s Tensors,
    order: Option<&'s [u32]>,
}

impl<'s> Sorted<'s> {
    /// How many names stand once.
    pub(super) fn len(self) -> usize {
        self.order.map_or(self.tensors.len(), <[u32]>::len)
    }

    /// The place in the files' order of the name that is number `number`.
    #[inline]
    pub(super) fn place(self, number: usize) -> Option<usize> {
        match self.order {
            Some(order) => order.get(number).and_then(|place| usize::try_from(*place).ok()),
            None => Some(number),
        }
    }

    /// The places in the files' order of the names that have these numbers, if they stand there as they do here.
    pub(super) fn together(self, numbers: Range<usize>) -> Option<Range<usize>> {
        let Some(order) = self.order else { return Some(numbers) };
        let places = order.get(numbers)?;
        // Without a way out, as nearly all do.
        let steps = places.iter().zip(places.get(1..)?);
        let apart = steps.fold(0, |apart, (place, next)| apart | (next.wrapping_sub(*place) ^ 1));
        let start = usize::try_from(*places.first()?).ok().filter(|_| apart == 0)?;
        Some(start..start.saturating_add(places.len()))
    }

    /// The bytes of name `number`, and the tensor's dimensions.
    #[inline]
    pub(super) fn row(self, number: usize) -> Option<(&'s [u8], &'s [u64])> {
        self.tensors.row(self.place(number)?)
    }

    /// The bytes of name `number`.
    #[inline]
    pub(super) fn name(self, number: usize) -> &'s [u8] {
        self.place(number).and_then(|place| self.tensors.name_at(place)).unwrap_or_default()
    }
}

/// The tensors and the metadata of one model.
#[derive(Debug)]
pub struct Listing<'a> {
    /// The container.
    pub wrapping: Wrapping,
    /// The number in `general.file_type`, when this is a GGUF that has it.
    pub file_type: Option<i64>,
    tensors: Cow<'a, Tensors>,
    /// The element types, where they are none of safetensors'.
    elements: Vec<Element>,
    /// How many elements there are of each type, in the order in which the types first stand.
    totals: Vec<(Element, u64)>,
    metadata: Vec<(&'a str, &'a str)>,
    /// The places of tensors in the order of their names: names that begin alike stand side by side.
    order: OnceCell<Cow<'a, [u32]>>,
    marks: OnceCell<Marks>,
    repeats: OnceCell<Vec<Repeat>>,
    survey: OnceCell<Survey>,
}

impl<'a> Listing<'a> {
    /// The listing of everything that `facts` hold, unless they hold no tensor container.
    pub fn of(facts: &'a Facts) -> Option<Self> {
        if let Some(gguf) = &facts.gguf {
            return Some(Self::of_gguf(gguf));
        }
        if let Some(pickle) = &facts.pickle {
            return Some(Self::of_torch(Wrapping::Pickle, Cow::Borrowed(&pickle.tensors), Vec::new()));
        }
        (!facts.safetensors.is_empty()).then(|| Self::of_safetensors(&facts.safetensors))
    }

    /// [`Self::of`] where the order of names is known from an earlier listing of the same facts.
    pub(crate) fn ordered(facts: &'a Facts, order: &'a [u32]) -> Option<Self> {
        let listing = Self::of(facts)?;
        // An order is empty where nobody asked for it.
        if !order.is_empty() {
            listing.order.get_or_init(|| Cow::Borrowed(order));
        }
        Some(listing)
    }

    /// The listing of safetensors files that belong together.
    pub fn of_safetensors(files: impl IntoIterator<Item = &'a SafetensorsFacts> + Clone) -> Self {
        let metadata = files.clone().into_iter().flat_map(|file| &file.metadata);
        let metadata = metadata.map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let mut files = files.into_iter();
        let mut tensors = files.next().map_or_else(Cow::default, |first| Cow::Borrowed(&first.tensors));
        for file in files {
            file.tensors.iter().for_each(|tensor| tensors.to_mut().push(tensor.name, tensor.dtype, tensor.shape));
        }
        Self::of_torch(Wrapping::Safetensors, tensors, metadata)
    }

    /// The listing of these tensors alone.
    #[cfg(test)]
    pub(super) fn of_tensors(tensors: &'a Tensors) -> Self {
        Self::of_torch(Wrapping::Safetensors, Cow::Borrowed(tensors), Vec::new())
    }

    fn of_torch(wrapping: Wrapping, tensors: Cow<'a, Tensors>, metadata: Vec<(&'a str, &'a str)>) -> Self {
        let (order, marks, repeats, survey) = (OnceCell::new(), OnceCell::new(), OnceCell::new(), OnceCell::new());
        let totals = tensors.totals().iter().map(|(dtype, total)| (Element::Torch(*dtype), *total)).collect();
        let elements = Vec::new();
        Self { wrapping, file_type: None, tensors, elements, totals, metadata, order, marks, repeats, survey }
    }

    fn of_gguf(gguf: &'a GgufFacts) -> Self {
        let mut tensors = Tensors::default();
        let (mut elements, mut totals) = (Vec::new(), Vec::<(Element, u64)>::new());
        for tensor in gguf.headers().flat_map(|header| header.tensors.iter()) {
            let (element, shape) = (Element::Ggml(tensor.type_id), tensor.shape());
            tensors.push(tensor.name, Dtype::default(), &shape);
            elements.push(element);
            let count = shape.iter().fold(1_u64, |product, size| product.saturating_mul(*size));
            match totals.iter_mut().find(|(known, _)| *known == element) {
                Some((_, total)) => *total = total.saturating_add(count),
                None => totals.push((element, count)),
            }
        }
        let metadata = gguf.keys.iter().filter_map(|key| gguf.text(&key.name).map(|text| (key.name.as_str(), text)));
        let file_type = gguf.key("general.file_type").and_then(KeyFacts::integer);
        let listing = Self::of_torch(Wrapping::Gguf, Cow::Owned(tensors), metadata.collect());
        Self { file_type, elements, totals, ..listing }
    }

    /// The tensors, in the files' order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.tensors.iter().enumerate().map(|(place, tensor)| self.entry(place, tensor))
    }

    /// The tensor at `place` in the files' order.
    #[inline]
    pub(super) fn at(&self, place: usize) -> Option<Entry<'_>> {
        self.tensors.at(place).map(|tensor| self.entry(place, tensor))
    }

    #[inline]
    fn entry<'s>(&self, place: usize, tensor: TensorFacts<'s>) -> Entry<'s> {
        let element = self.elements.get(place).copied().unwrap_or(Element::Torch(tensor.dtype));
        Entry { name: tensor.name, shape: tensor.shape, element }
    }

    /// The tensor of exactly this name.
    pub fn get(&self, name: &str) -> Option<Entry<'_>> {
        self.behind("").exactly(name)
    }

    /// Whether a tensor has exactly this name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether any name begins with `prefix`.
    pub fn any_starts(&self, prefix: &str) -> bool {
        self.behind("").any_starts(prefix)
    }

    /// Whether any name contains `part`, in which no digit stands.
    pub(super) fn any_contains(&self, part: &str) -> bool {
        self.new_names().any(|name| std::str::from_utf8(name).is_ok_and(|name| name.contains(part)))
    }

    /// How many names begin with `prefix`.
    pub fn count_starts(&self, prefix: &str) -> usize {
        self.behind(prefix).len()
    }

    /// The metadata text under `key`.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.metadata.iter().find(|(name, _)| *name == key).map(|(_, text)| *text)
    }

    /// How many tensors there are.
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether there are no tensors.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// The same tensors, seen from behind `prefix`.
    pub fn behind<'s>(&'s self, prefix: &'s str) -> Scope<'s, 'a> {
        Scope::behind(self, prefix)
    }

    /// What the names' ends say.
    pub(super) fn marks(&self) -> &Marks {
        self.marks.get_or_init(|| {
            // An adapter's repeats are asked for later, and tell which names need no look.
            if self.tensors.names(0..self.len().min(FIRST)).any(is_suffixed) {
                self.repeats();
            }
            Marks::of(self)
        })
    }

    /// How all names begin: `look` says it, once.
    pub(super) fn survey(&self, look: impl FnOnce() -> Survey) -> &Survey {
        self.survey.get_or_init(look)
    }

    /// How all names begin, where somebody looked.
    pub(super) fn known_survey(&self) -> Option<&Survey> {
        self.survey.get()
    }

    /// The names in their order.
    pub(super) fn sorted(&self) -> Sorted<'_> {
        Sorted { tensors: &self.tensors, order: self.order() }
    }

    /// How many elements there are of each type, in the order in which the types first stand.
    pub fn totals(&self) -> &[(Element, u64)] {
        &self.totals
    }

    /// The places of all tensors, but for some whose names differ from another one by no more than a number: those are left
    /// out where it is known already which they are.
    pub(super) fn unlike(&self) -> impl Iterator<Item = Range<usize>> {
        between(self.known_repeats().unwrap_or_default(), self.len())
    }

    /// The tensors, in the files' order.
    pub(super) fn tensors(&self) -> &Tensors {
        &self.tensors
    }

    /// Blocks that repeat earlier ones, in the files' order.
    pub(super) fn repeats(&self) -> &[Repeat] {
        let known = self.tensors.repeats();
        known.unwrap_or_else(|| self.repeats.get_or_init(|| repeats::of(&*self.tensors)))
    }

    fn known_repeats(&self) -> Option<&[Repeat]> {
        self.tensors.repeats().or_else(|| self.repeats.get().map(Vec::as_slice))
    }

    /// The names that differ from every earlier one by more than a number, as far as that is known.
    fn new_names(&self) -> impl Iterator<Item = &[u8]> {
        between(self.repeats(), self.len()).flat_map(|places| self.tensors.names(places))
    }

    /// Whether any name begins so, with no digit, where the order of names would serve nothing else.
    pub(super) fn begins(&self, start: &str) -> bool {
        self.new_names().any(|name| name.starts_with(start.as_bytes()))
    }

    /// The order of names; `None` where that is the files' own.
    #[inline]
    fn order(&self) -> Option<&[u32]> {
        let known = self.tensors.ascending();
        if known == Some(self.tensors.len()) {
            return None;
        }
        let sort = || if known.is_some() { order::plainly(&*self.tensors) } else { order::settle(&*self.tensors) };
        Some(self.tensors.order().unwrap_or_else(|| self.order.get_or_init(|| Cow::Owned(sort()))))
    }

    /// The order of names for [`Self::ordered`], as far as somebody asked for it.
    pub(crate) fn into_order(self) -> Vec<u32> {
        self.order.into_inner().map(Cow::into_owned).unwrap_or_default()
    }
}

/// The places between repeats, of `count`.
fn between(repeats: &[Repeat], count: usize) -> impl Iterator<Item = Range<usize>> {
    let ends = std::iter::once(0).chain(repeats.iter().map(|repeat| repeat.places.end));
    let starts = repeats.iter().map(|repeat| repeat.places.start).chain([count]);
    ends.zip(starts).map(|(end, start)| end..start)
}
