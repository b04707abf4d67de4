//! The modules that an adapter changes, with numbers taken out of their names.

use super::super::listing::{Entry, Listing};
use super::pattern::{Patterns, Spelling};
use super::suffix::{Side, Splitter, suffix};
use crate::format::bytes;
use crate::format::names::Names;
use crate::format::repeats::Repeat;
use std::collections::HashMap;

/// One group of modules that differ only by numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Module {
    /// Inputs of the low-rank product, each once.
    pub(crate) inputs: Vec<u64>,
    /// Outputs of the low-rank product, each once.
    pub(crate) outputs: Vec<u64>,
    /// The highest number at each `#`, left to right.
    pub(crate) highest: Vec<u64>,
}

/// A LoKr factor that waits for its partner, and the rows of one of which only the first half was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Pending {
    factor: Option<(u64, u64)>,
    rows: Option<u64>,
}

impl Pending {
    /// Outputs and inputs of the product, once both factors are there.
    fn add(&mut self, side: Side, shape: &[u64]) -> Option<(u64, u64)> {
        let (rows, columns) = match (side, shape) {
            (Side::Factor, [rows, columns, ..]) => (*rows, *columns),
            (Side::FactorDown, [rows, ..]) => {
                self.rows = Some(*rows);
                return None;
            }
            (Side::FactorUp, [_, columns, ..]) => (self.rows.take()?, *columns),
            _ => return None,
        };
        let Some((first_rows, first_columns)) = self.factor.take() else {
            self.factor = Some((rows, columns));
            return None;
        };
        Some((rows.saturating_mul(first_rows), columns.saturating_mul(first_columns)))
    }
}

/// An adapter's modules, by name with every number replaced by `#`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Modules {
    /// The groups, sorted by name.
    groups: Vec<(String, Module)>,
    /// How names are spelled.
    pub(crate) spelling: Spelling,
    /// The smallest rank seen.
    pub(crate) rank: Option<u64>,
    /// Whether a convolution larger than one pixel is adapted.
    pub(crate) convolutions: bool,
    /// Which suffixes were seen, a bit each.
    suffixes: u64,
    /// Prefixes that were seen.
    prefixes: Vec<&'static str>,
    /// Halves of LoKr products, by the module's name.
    pending: HashMap<String, Pending>,
}

/// What a tensor was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Part of a product that takes several tensors.
    Factor,
    /// Of the group with this number.
    Of(usize),
    /// No adapter's.
    Other,
}

/// Modules that are being read.
struct Reading<'n> {
    modules: Modules,
    /// The groups' numbers, by name.
    index: Names,
    splitter: Splitter,
    patterns: Patterns<'n>,
    /// The group of the name that was read last.
    group: Option<usize>,
    /// What each tensor so far was found to be.
    found: Vec<Found>,
    /// How many numbers stand in names before the one that the last repeat has.
    number: Option<usize>,
    /// The groups of the tensors of the last repeat, where none is part of a product.
    groups: Option<Vec<usize>>,
}

impl Modules {
    /// The modules of an adapter, unless no name has an adapter's suffix.
    pub(crate) fn of(listing: &Listing<'_>) -> Option<Self> {
        if !listing.marks().adapter {
            return None;
        }
        // Some IP adapters carry low-rank layers of their own.
        if listing.begins("image_proj.") && listing.begins("ip_adapter.") {
            return None;
        }
        let mut reading = Reading::new();
        reading.found.reserve_exact(listing.len());
        let (mut place, mut before) = (0, None);
        for repeat in listing.repeats() {
            (place..repeat.places.start).for_each(|place| reading.read(listing, place));
            if !before.is_some_and(|before| repeat.goes_on(before)) {
                reading.find_number(listing, repeat);
            }
            reading.repeat(listing, repeat);
            (place, before) = (repeat.places.end, Some(repeat));
        }
        (place..listing.len()).for_each(|place| reading.read(listing, place));
        let mut modules = reading.modules;
        modules.groups.sort_unstable_by(|left, right| left.0.cmp(&right.0));
        Some(modules)
    }

    fn add(&mut self, name: &str, place: usize, shape: &[u64], group: usize) {
        let Some((_, side)) = suffix(place) else { return };
        self.suffixes |= 1_u64.checked_shl(u32::try_from(place).unwrap_or(u32::MAX)).unwrap_or_default();
        let Some((_, group)) = self.groups.get_mut(group) else { return };
        group.note_shape(side, shape);
        if side.is_factor()
            && let Some((output, input)) = self.pending.entry(name.to_owned()).or_default().add(side, shape)
        {
            add_once(&mut group.outputs, output);
            add_once(&mut group.inputs, input);
        }
        if side == Side::Down {
            let rank = shape.first().copied();
            self.rank = self.rank.map_or(rank, |known| rank.map(|rank| rank.min(known)));
            self.convolutions |= shape.get(2..).is_some_and(|kernel| kernel.iter().any(|size| *size > 1));
        }
    }

    /// Notes that a group has this number at the `at`-th `#`.
    fn raise(&mut self, group: usize, at: usize, number: u64) {
        let highest = self.groups.get_mut(group).and_then(|(_, module)| module.highest.get_mut(at));
        if let Some(highest) = highest {
            *highest = number.max(*highest);
        }
    }

    fn note_prefix(&mut self, prefix: &'static str) {
        if !self.prefixes.contains(&prefix) {
            self.prefixes.push(prefix);
        }
    }

    /// Whether a module's own name begins with this one of the known prefixes.
    pub(crate) fn has_prefix(&self, prefix: &str) -> bool {
        self.prefixes.contains(&prefix)
    }

    /// The backbone's spelling outweighs the text encoder's.
    fn note_spelling(&mut self, spelling: Spelling) {
        if self.spelling == Spelling::Bare || spelling == Spelling::OneTrainer {
            self.spelling = spelling;
        }
    }

    /// Whether a tensor ends so.
    pub(crate) fn has_suffix(&self, end: &str) -> bool {
        let places = std::iter::successors(Some(self.suffixes), |bits| Some(bits & bits.wrapping_sub(1)));
        let places = places.take_while(|bits| *bits != 0).map(u64::trailing_zeros);
        places.filter_map(|place| suffix(usize::try_from(place).ok()?)).any(|(suffix, _)| suffix == end)
    }

    /// Whether a module's name, with `#` for numbers, begins so.
    pub(crate) fn any(&self, start: &str) -> bool {
        self.matching(start).next().is_some()
    }

    /// Whether a module whose name begins so has this many inputs.
    pub(crate) fn is_wide(&self, start: &str, width: u64) -> bool {
        self.matching(start).any(|module| module.inputs.contains(&width))
    }

    /// Whether a module whose name begins so has this many outputs.
    pub(crate) fn is_high(&self, start: &str, height: u64) -> bool {
        self.matching(start).any(|module| module.outputs.contains(&height))
    }

    /// The highest number at the `at`-th `#` of modules whose name begins so.
    pub(crate) fn highest(&self, start: &str, at: usize) -> Option<u64> {
        self.matching(start).filter_map(|module| module.highest.get(at).copied()).max()
    }

    fn matching<'s>(&'s self, start: &'s str) -> impl Iterator<Item = &'s Module> {
        let first = self.groups.partition_point(|(name, _)| name.as_str() < start);
        let rest = self.groups.iter().skip(first);
        rest.take_while(move |(name, _)| name.starts_with(start)).map(|(_, module)| module)
    }
}

impl<'n> Reading<'n> {
    fn new() -> Self {
        Self {
            modules: Modules::default(),
            index: Names::expecting(0),
            splitter: Splitter::default(),
            patterns: Patterns::default(),
            group: None,
            found: Vec::new(),
            number: None,
            groups: None,
        }
    }

    /// Reads the tensor at `place`, which is the next one.
    fn read(&mut self, listing: &'n Listing<'_>, place: usize) {
        let entry = listing.at(place);
        let found = entry.and_then(|entry| self.splitter.split(entry.name).map(|(stem, suffix)| (entry, stem, suffix)));
        let found = found.and_then(|(entry, stem, suffix)| self.add(stem, suffix, &entry));
        self.found.push(found.unwrap_or(Found::Other));
    }

    /// Looks which number it is that is new in a repeat, and in which groups.
    fn find_number(&mut self, listing: &'n Listing<'_>, repeat: &Repeat) {
        if let Some(first) = listing.at(repeat.places.start) {
            self.patterns.read(first.name);
            self.group = None;
        }
        self.number = self.patterns.numbers_before(repeat.stem);
        let found = self.found.get(repeat.first..repeat.earlier(repeat.places.end)).unwrap_or_default();
        let is_alone = |found: &Found| *found != Found::Factor;
        self.groups = (self.number.is_some() && found.iter().all(is_alone)).then(|| {
            let groups =
                found.iter().filter_map(|found| if let Found::Of(group) = found { Some(*group) } else { None });
            let mut groups: Vec<usize> = groups.collect();
            groups.dedup();
            groups
        });
    }

    /// Takes over what is known of earlier tensors: nothing is new but a number.
    fn repeat(&mut self, listing: &'n Listing<'_>, repeat: &Repeat) {
        let earlier = repeat.first..repeat.earlier(repeat.places.end);
        match (&self.groups, self.number) {
            (Some(groups), Some(number)) if earlier.end <= self.found.len() => {
                groups.iter().for_each(|group| self.modules.raise(*group, number, repeat.number));
                self.found.extend_from_within(earlier);
            }
            _ => repeat.places.clone().for_each(|place| self.read(listing, place)),
        }
    }

    /// Adds a tensor of the module `name`. The tensors of one module stand side by side, as a rule.
    fn add(&mut self, name: &'n str, place: usize, entry: &Entry<'_>) -> Option<Found> {
        if self.group.is_none() || !bytes::same(self.patterns.name().as_bytes(), name.as_bytes()) {
            self.patterns.read(name);
            self.modules.note_spelling(self.patterns.spelling());
            self.modules.note_prefix(self.patterns.prefix());
            self.group = self.find();
        }
        let (group, (_, side)) = (self.group?, suffix(place)?);
        self.modules.add(name, place, entry.shape, group);
        Some(if side.is_factor() { Found::Factor } else { Found::Of(group) })
    }

    /// The place of the group of the name that was read last, made where it was not there.
    fn find(&mut self) -> Option<usize> {
        let pattern = self.patterns.pattern();
        let groups = &mut self.modules.groups;
        let next = u32::try_from(groups.len()).ok()?;
        let at = |number: u32| usize::try_from(number).ok();
        let known = |number| at(number).and_then(|at| groups.get(at)).map(|(name, _)| name.as_bytes());
        let found = self.index.insert(pattern.as_bytes(), next, known);
        if found.is_none() {
            groups.push((pattern.to_owned(), Module::default()));
        }
        let place = at(found.unwrap_or(next))?;
        groups.get_mut(place)?.1.note_numbers(self.patterns.numbers());
        Some(place)
    }
}

impl Module {
    fn note_numbers(&mut self, numbers: &[u64]) {
        for (at, number) in numbers.iter().enumerate() {
            match self.highest.get_mut(at) {
                Some(highest) => *highest = (*highest).max(*number),
                None => self.highest.push(*number),
            }
        }
    }

    fn note_shape(&mut self, side: Side, shape: &[u64]) {
        match (side, shape) {
            (Side::Down, [_, input, ..]) => add_once(&mut self.inputs, *input),
            (Side::Up, [output, ..]) => add_once(&mut self.outputs, *output),
            (Side::Full, [output, input, ..]) => {
                add_once(&mut self.outputs, *output);
                add_once(&mut self.inputs, *input);
            }
            _ => {}
        }
    }
}

fn add_once(numbers: &mut Vec<u64>, number: u64) {
    if !numbers.contains(&number) {
        numbers.push(number);
    }
}
