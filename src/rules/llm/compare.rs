//! The weights' headers against what the config promises.

use super::endings::Endings;
use super::extras::Extras;
use super::name::{Reader, ending, numbers_before};
use super::outcome::{Outcome, words};
use super::place::{Place, pattern_of};
use super::promise::{EIGHT, Hit, Lookup, Mark, Promise, SCALE, WEIGHT};
use super::spare::Spare;
use super::table::{IGNORED, Row};
use super::vision;
use crate::facts::safetensors::{SafetensorsFacts, TensorFacts, Tensors};
use crate::format::names::Names;
use crate::format::repeats::{self, Repeat, Rows};
use crate::format::safetensors::Dtype;
use std::borrow::Cow;
use std::ops::Range;

/// How the names of a model's weights are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    /// The table.
    pub(super) model_type: &'static str,
    /// `base_model_prefix`: may be absent from every name, or stand there twice.
    pub(super) prefix: &'static str,
    /// Whether the weights are quantized.
    pub(super) is_quantized: bool,
    /// Whether the method is `fp8`: weights keep their names and shapes, and have scales beside them.
    pub(super) is_fp8: bool,
    /// How many rows and columns of such a weight share a scale, where they do.
    pub(super) block: Option<[u64; 2]>,
    /// Whether this is the text part of an image-text model.
    pub(super) is_image_text: bool,
    /// Extra layers for multi-token prediction, which the class leaves alone.
    pub(super) extra_layers: u64,
}

/// Holds every header against the rows.
pub(super) fn compare(rows: &[Row], habits: Habits, headers: &[&SafetensorsFacts]) -> Outcome {
    let mut matcher = Matcher::new(rows, habits);
    headers.iter().for_each(|header| matcher.header(header));
    matcher.finish()
}

struct Matcher<'r> {
    habits: Habits,
    promises: Vec<Promise<'r>>,
    /// Names with `#` for every number, and the promises that have them.
    patterns: Vec<(String, Vec<u32>)>,
    /// The patterns' numbers.
    names: Names,
    endings: Endings<'r>,
    outcome: Outcome,
    extras: Extras,
    spare: Spare,
    reader: Reader,
    /// What the reader's name leads to.
    found: Lookup,
    /// Of each tensor of the header so far.
    marks: Vec<Option<Mark>>,
    /// What the class says of itself that may be there.
    ignored: Vec<(&'static str, &'static str)>,
    /// For names that have to be made.
    room: String,
}

impl<'r> Matcher<'r> {
    fn new(rows: &'r [Row], habits: Habits) -> Self {
        let mut names = Names::expecting(rows.len());
        let mut patterns: Vec<(String, Vec<u32>)> = Vec::new();
        let mut promises = Vec::new();
        for (promise, row) in (0_u32..).zip(rows) {
            let (pattern, places) = pattern_of(row.name);
            let next = u32::try_from(patterns.len()).unwrap_or(u32::MAX);
            match names.insert(pattern.as_bytes(), next, |number| bytes_of(&patterns, number)) {
                None => patterns.push((pattern, vec![promise])),
                Some(number) => {
                    if let Some((_, list)) = usize::try_from(number).ok().and_then(|at| patterns.get_mut(at)) {
                        list.push(promise);
                    }
                }
            }
            promises.push(Promise::new(row, places));
        }
        let layers = promises.iter().map(|promise| promise.row.layers).max().unwrap_or_default();
        let endings = Endings::of(rows.iter().map(|row| row.name));
        let (reader, found, marks, room) = (Reader::default(), Lookup::None, Vec::new(), String::new());
        let (extras, spare) = (Extras::default(), Spare::new(layers, habits.extra_layers));
        let outcome = Outcome::default();
        let ignored = IGNORED.rows(habits.model_type).filter_map(|row| row.split_once('\t')).collect();
        Self { habits, promises, patterns, names, endings, outcome, extras, spare, reader, found, marks, ignored, room }
    }

    /// Takes a header. Of tensors that repeat earlier ones but for a number, no name is looked at.
    fn header(&mut self, header: &SafetensorsFacts) {
        self.marks.clear();
        let known = header.tensors.repeats().map(Cow::Borrowed);
        let repeats = known.unwrap_or_else(|| Cow::Owned(repeats::of(&header.tensors)));
        let goes_on = |before: &Repeat, next: &Repeat| next.goes_on(before) && before.places.end == next.places.start;
        for series in repeats.chunk_by(goes_on) {
            let start = series.first().map_or(0, |first| first.places.start);
            self.tensors(header, self.marks.len()..start);
            self.series(header, series);
        }
        self.tensors(header, self.marks.len()..header.tensors.len());
    }

    fn tensors(&mut self, header: &SafetensorsFacts, places: Range<usize>) {
        for tensor in places.filter_map(|place| header.tensors.at(place)) {
            let mark = self.tensor(&tensor, &header.file);
            self.marks.push(mark);
        }
    }

    /// Takes blocks behind one another, each of which repeats the one before but for its number.
    fn series(&mut self, header: &SafetensorsFacts, series: &[Repeat]) {
        let (Some(first), Some(last)) = (series.first(), series.last()) else { return };
        self.marks.resize(last.places.end, None);
        if let Some(count) = number_at(&header.tensors, first) {
            for (earlier, place) in (first.first..).zip(first.places.clone()) {
                self.column(&header.tensors, series, earlier, place.saturating_sub(first.places.start), count);
            }
        }
        for place in first.places.start..last.places.end {
            if matches!(self.marks.get(place), Some(None))
                && let Some(tensor) = header.tensors.at(place)
            {
                let mark = self.tensor(&tensor, &header.file);
                self.marks.get_mut(place).into_iter().for_each(|slot| *slot = mark);
            }
        }
    }

    /// Takes the tensor `offset` of each block, as far as they are like the earlier one: `count` of the names' numbers
    /// stand before the one that they do not share.
    fn column(&mut self, tensors: &Tensors, series: &[Repeat], earlier: usize, offset: usize, count: usize) {
        let Some(known) = self.marks.get(earlier).copied().flatten() else { return };
        let promise = usize::try_from(known.hit.promise).ok().and_then(|at| self.promises.get_mut(at));
        let Some((promise, counter)) = promise.and_then(|promise| promise.counter_at(count).map(|at| (promise, at)))
        else {
            return;
        };
        for repeat in series {
            let place = repeat.places.start.saturating_add(offset);
            let Some(number) = u32::try_from(repeat.number).ok().filter(|_| tensors.dtype(place) == Some(known.dtype))
            else {
                continue;
            };
            if let Some(slot) = self.marks.get_mut(place) {
                *slot = promise.again(known, counter, number);
            }
        }
    }

    fn tensor(&mut self, tensor: &TensorFacts<'_>, file: &str) -> Option<Mark> {
        let mut room = std::mem::take(&mut self.room);
        let name = if self.habits.is_image_text { vision::text_name(tensor.name, &mut room) } else { tensor.name };
        let mark = self.named(name, tensor, file);
        self.room = room;
        mark
    }

    /// Takes a tensor whose name in the text model is `name`.
    fn named(&mut self, name: &str, tensor: &TensorFacts<'_>, file: &str) -> Option<Mark> {
        let (lookup, packed) = self.find(name);
        match lookup {
            Lookup::Hit(hit, is_sole) => return self.hit(hit, tensor, file, packed).filter(|_| is_sole),
            Lookup::Beyond(layer) => self.beyond(layer, tensor, file),
            Lookup::None if self.is_harmless(tensor.name) => {}
            Lookup::None if self.spare.takes(self.reader.numbers.first().copied(), tensor.name, file) => {}
            Lookup::None => {
                self.extras.note(name, tensor.dtype);
                self.outcome.unexpected.note(tensor.name, file, "", "");
            }
        }
        None
    }

    /// Looks a name up: as it is, with the prefix, with one less, as a part of a quantized tensor.
    fn find(&mut self, name: &str) -> (Lookup, bool) {
        if !self.habits.is_quantized {
            return (self.find_prefixed(name), false);
        }
        // Where no pattern ends as this name does, most parts of quantized tensors need no lookup of their own.
        let (is_promised, plain) = self.endings.with(name, |kind| (kind.is_promised, kind.part.plain(name)));
        match plain {
            Some(plain) if !is_promised => (self.find_prefixed(&plain), true),
            plain => match (self.find_prefixed(name), plain) {
                (Lookup::None, Some(plain)) => (self.find_prefixed(&plain).at_last(), true),
                (found, _) => (found, false),
            },
        }
    }

    fn find_prefixed(&mut self, name: &str) -> Lookup {
        let found = self.find_exact(name);
        let prefix = self.habits.prefix;
        if !matches!(found, Lookup::None) || prefix.is_empty() {
            return found;
        }
        let less = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')).map(str::to_owned);
        let found = self.find_exact(&less.unwrap_or_else(|| format!("{prefix}.{name}")));
        if !matches!(found, Lookup::None) {
            self.outcome.reprefixed = self.outcome.reprefixed.saturating_add(1);
        }
        found.at_last()
    }

    fn find_exact(&mut self, name: &str) -> Lookup {
        if self.reader.read(name.as_bytes()) {
            self.found = self.look_up();
        }
        self.found
    }

    /// What the name that was just read leads to.
    fn look_up(&self) -> Lookup {
        let found = self.names.find(&self.reader.pattern, |number| bytes_of(&self.patterns, number));
        let found = found.and_then(|number| self.patterns.get(usize::try_from(number).ok()?));
        let Some((_, candidates)) = found else { return Lookup::None };
        let mut beyond = Lookup::None;
        for &number in candidates {
            let promise = usize::try_from(number).ok().and_then(|at| self.promises.get(at));
            match promise.map(|promise| promise.look_up(number, &self.reader.numbers)) {
                Some(Lookup::Hit(hit, _)) => return Lookup::Hit(hit, candidates.len() == 1),
                Some(Lookup::Beyond(layer)) => beyond = Lookup::Beyond(layer),
                Some(Lookup::None) | None => {}
            }
        }
        beyond
    }

    /// Takes a promised tensor, and marks it where nothing is to be said of it.
    fn hit(&mut self, hit: Hit, tensor: &TensorFacts<'_>, file: &str, packed: bool) -> Option<Mark> {
        let promise = usize::try_from(hit.promise).ok().and_then(|at| self.promises.get_mut(at))?;
        let scale = packed && self.habits.is_fp8 && is_scale(tensor.name);
        let eight = self.habits.is_fp8 && !packed && matches!(tensor.dtype, Dtype::F8_E4M3 | Dtype::F8_E5M2);
        // A scale alone is no weight.
        let seen = if scale { SCALE } else { WEIGHT } | if eight { EIGHT } else { 0 };
        promise.see(hit, seen);
        let shape = promise.row.shape.as_deref();
        let block = self.habits.block.filter(|_| scale && tensor.name.ends_with("weight_scale_inv"));
        let scales = block.and_then(|block| scales(shape?, block));
        let is_plain = !packed && (!self.habits.is_quantized || is_float(tensor.dtype) || eight);
        let expected = if is_plain { shape } else { scales.as_ref().map(<[_; 2]>::as_slice) };
        let other = expected.filter(|expected| !fits(expected, tensor.shape));
        if let Some(expected) = other {
            let found = words(tensor.shape.iter().map(|&size| Some(size)));
            self.outcome.shapes.note(tensor.name, file, &words(expected.iter().copied()), &found);
        }
        let is_odd = !is_float(tensor.dtype) && !self.habits.is_quantized && !is_counter(tensor.name);
        if is_odd {
            self.outcome.dtypes.note(tensor.name, file, "a float type", tensor.dtype.name());
        }
        (other.is_none() && !is_odd).then_some(Mark { hit, dtype: tensor.dtype, seen })
    }

    fn beyond(&mut self, layer: Option<u64>, tensor: &TensorFacts<'_>, file: &str) {
        if self.is_harmless(tensor.name) || self.spare.takes(layer, tensor.name, file) {
            return;
        }
        self.note_beyond(layer, tensor.name, file);
    }

    fn note_beyond(&mut self, layer: Option<u64>, name: &str, file: &str) {
        if let Some(layer) = layer {
            self.outcome.beyond_layer(layer);
        }
        self.outcome.beyond.note(name, file, "", "");
    }

    /// Old buffers, and what the class says of itself.
    fn is_harmless(&self, name: &str) -> bool {
        let old = [".rotary_emb.inv_freq", ".masked_bias", "position_ids", ".attn.bias", ".attention.bias"];
        let ignored = |(kind, text): &(&str, &str)| match *kind {
            "part" => name.contains(text),
            "start" => name.starts_with(text),
            _ => false,
        };
        old.iter().any(|ending| name.ends_with(ending)) || self.ignored.iter().any(ignored)
    }

    fn finish(mut self) -> Outcome {
        let layers = self.spare.layers();
        for (layer, name, file) in std::mem::take(&mut self.spare).ordinary() {
            self.note_beyond(Some(layer), &name, &file);
        }
        if !self.habits.is_quantized {
            self.outcome.everywhere = self.extras.in_all(layers);
        }
        let whole = self.lost_layers();
        for promise in &self.promises {
            if self.ignored.iter().any(|(kind, text)| *kind == "missing" && promise.row.name.contains(text)) {
                continue;
            }
            let layered = promise.places.contains(&Place::Layer);
            for (place, _) in promise.seen.iter().enumerate().filter(|(_, seen)| **seen & WEIGHT == 0) {
                let (layer, expert) = split(place, promise.row.experts);
                let required = promise.row.present.get(usize::try_from(layer).unwrap_or(usize::MAX));
                if required == Some(&Some(true)) && !(layered && whole.binary_search(&layer).is_ok()) {
                    self.outcome.missing.note(&name_at(promise.row, layer, expert), "", "", "");
                }
            }
            let is_bare = |seen: u8| self.habits.block.is_some() && seen & (EIGHT | SCALE) == EIGHT;
            for (place, _) in promise.seen.iter().enumerate().filter(|(_, seen)| is_bare(**seen)) {
                let (layer, expert) = split(place, promise.row.experts);
                self.outcome.missing.note(&format!("{}_scale_inv", name_at(promise.row, layer, expert)), "", "", "");
            }
        }
        self.outcome.lost_layers = whole;
        self.outcome
    }

    /// Layers that have promised tensors, and not one of them.
    fn lost_layers(&self) -> Vec<u64> {
        let mut layers: Vec<[bool; 2]> = Vec::new();
        for Promise { row, seen, .. } in self.promises.iter().filter(|promise| promise.places.contains(&Place::Layer)) {
            layers.resize(layers.len().max(row.present.len()), [false; 2]);
            let experts = usize::try_from(row.experts).unwrap_or(usize::MAX).max(1);
            for ((layer, present), seen) in layers.iter_mut().zip(&*row.present).zip(seen.chunks(experts)) {
                let [is_promised, is_seen] = layer;
                *is_promised |= *present == Some(true);
                *is_seen |= seen.iter().any(|seen| seen & WEIGHT != 0);
            }
        }
        (0..).zip(layers).filter(|(_, state)| *state == [true, false]).map(|(layer, _)| layer).collect()
    }
}

/// How many numbers stand before the one in which the names of `repeat` differ from the earlier ones: nothing where that
/// is only a part of what stands between points.
fn number_at(tensors: &Tensors, repeat: &Repeat) -> Option<usize> {
    numbers_before(tensors.name_at(repeat.places.start)?, repeat.stem)
}

fn bytes_of(patterns: &[(String, Vec<u32>)], number: u32) -> Option<&[u8]> {
    usize::try_from(number).ok().and_then(|at| patterns.get(at)).map(|(pattern, _)| pattern.as_bytes())
}

fn split(place: usize, experts: u64) -> (u64, u64) {
    let place = place as u64;
    (place.checked_div(experts).unwrap_or_default(), place.checked_rem(experts).unwrap_or_default())
}

/// The name of a row's tensor.
fn name_at(row: &Row, layer: u64, expert: u64) -> String {
    let expert = expert.to_string();
    row.name.replace("{i}", &layer.to_string()).replace("{e}", &expert).replace("{j}", &expert)
}

/// Whether a part of a weight is its scale, and not one of activations or of the cache.
fn is_scale(name: &str) -> bool {
    matches!(ending(name), "scale" | "scale_inv" | "weight_scale" | "weight_scale_inv")
}

/// The shape of the scales of a weight, one for each block of it.
fn scales(shape: &[Option<u64>], [rows, columns]: [u64; 2]) -> Option<[Option<u64>; 2]> {
    let [height, width] = *shape else { return None };
    let blocks = |size: Option<u64>, block: u64| size.filter(|_| block > 0).map(|size| size.div_ceil(block));
    Some([blocks(height, rows), blocks(width, columns)])
}

fn fits(expected: &[Option<u64>], found: &[u64]) -> bool {
    expected.len() == found.len()
        && expected.iter().zip(found).all(|(expected, found)| expected.is_none_or(|expected| expected == *found))
}

pub(super) fn is_float(dtype: Dtype) -> bool {
    matches!(dtype, Dtype::BF16 | Dtype::F16 | Dtype::F32 | Dtype::F64)
}

/// Batch counters and masks are integers by nature.
fn is_counter(name: &str) -> bool {
    ["num_batches_tracked", "e_score_correction_bias", "tid2eid"].iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
#[path = "eight_bit.rs"]
mod eight_bit;

#[cfg(test)]
#[path = "alike.rs"]
mod alike;
