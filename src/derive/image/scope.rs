//! A listing seen from behind a prefix.

use super::listing::{Entry, Listing, Sorted};
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

/// A listing with a prefix that lookups leave out.
#[derive(Debug, Clone)]
pub struct Scope<'s, 'a> {
    /// The whole listing.
    pub listing: &'s Listing<'a>,
    /// What stands before every name.
    pub prefix: &'s str,
    sorted: Sorted<'s>,
    /// The names that have it, by their numbers in the order of names.
    names: Range<usize>,
    /// What stands behind the prefix, where somebody looked.
    survey: Option<Cow<'s, Survey>>,
    /// What was found by the last sign's name: the next one asks for the same, as a rule.
    last: Cell<(&'static str, Option<Entry<'s>>)>,
}

/// How names begin.
#[derive(Debug, Clone, Default)]
pub(super) struct Survey {
    /// The first bytes, in order, and the first name that has them.
    heads: Vec<(u64, usize)>,
    /// A bit for each beginning.
    beginnings: u64,
}

impl<'s, 'a> Scope<'s, 'a> {
    pub(super) fn behind(listing: &'s Listing<'a>, prefix: &'s str) -> Self {
        let (sorted, survey, last) =
            (listing.sorted(), listing.known_survey().map(Cow::Borrowed), Cell::new(("", None)));
        let all = Self { listing, prefix: "", sorted, names: 0..sorted.len(), survey, last };
        Self { prefix, names: all.beginning(prefix), survey: None, ..all }
    }

    /// The same, ready for many questions of which most are to be answered with no.
    #[must_use]
    pub(super) fn surveyed(self) -> Self {
        let survey = match self.prefix {
            "" => Cow::Borrowed(self.listing.survey(|| self.survey())),
            _ => Cow::Owned(self.survey()),
        };
        Self { survey: Some(survey), ..self }
    }

    fn survey(&self) -> Survey {
        let Range { start: mut at, end } = self.names;
        let mut survey = Survey::default();
        while at < end {
            let first = head(self.rest(at));
            survey.heads.push((first, at));
            survey.beginnings |= first.to_be_bytes().first_chunk().map_or(0, beginning);
            at = self.gallop(at..end, |rest| head(rest) == first);
        }
        survey
    }

    /// How many names have the prefix.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// What stands behind the prefix in name `number`.
    #[inline]
    fn rest(&self, number: usize) -> &'s [u8] {
        self.sorted.name(number).get(self.prefix.len()..).unwrap_or_default()
    }

    /// The first name of `names` for which `is_before` does not hold, by halves.
    fn partition(&self, names: Range<usize>, is_before: impl Fn(&'s [u8]) -> bool) -> usize {
        let Range { start: mut low, end: mut high } = names;
        while low < high {
            let middle = low.midpoint(high);
            if is_before(self.rest(middle)) {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        low
    }

    /// [`Self::partition`] where the name that is looked for stands near the first one.
    fn gallop(&self, names: Range<usize>, is_before: impl Fn(&'s [u8]) -> bool) -> usize {
        let (mut low, mut step) = (names.start, 1_usize);
        let mut high = names.end;
        while low < high {
            let probe = low.saturating_add(step).min(high).saturating_sub(1);
            if !is_before(self.rest(probe)) {
                high = probe;
                break;
            }
            low = probe.saturating_add(1);
            step = step.saturating_mul(2);
        }
        self.partition(low..high, is_before)
    }

    /// The names among which those that begin with `start` must stand.
    fn near(&self, start: &[u8]) -> Range<usize> {
        let Some(Survey { heads, .. }) = self.survey.as_deref() else { return self.names.clone() };
        let least = head(start);
        let most = u32::try_from(start.len()).ok().and_then(|length| u64::MAX.checked_shr(length.saturating_mul(8)));
        let most = least | most.unwrap_or(0);
        let number = |at: usize| heads.get(at).map_or(self.names.end, |(_, number)| *number);
        let first = heads.partition_point(|(head, _)| *head < least);
        let count = heads.iter().skip(first).take_while(|(head, _)| *head <= most).count();
        number(first)..number(first.saturating_add(count))
    }

    /// The number of the first name that does not stand before `start`.
    pub(super) fn first(&self, start: &str) -> usize {
        self.partition(self.near(start.as_bytes()), |rest| rest < start.as_bytes())
    }

    /// The names that begin with `start`.
    pub(super) fn beginning(&self, start: &str) -> Range<usize> {
        if start.is_empty() {
            return self.names.clone();
        }
        if self.lacks(start) {
            return 0..0;
        }
        let start = start.as_bytes();
        let near = self.near(start);
        let first = self.partition(near.start..near.end, |rest| rest < start);
        first..self.gallop(first..near.end, |rest| rest.starts_with(start))
    }

    /// Whether no name can begin as `name` does, as is so of most that are asked for: they belong to other families.
    #[inline]
    fn lacks(&self, name: &str) -> bool {
        let Some(survey) = &self.survey else { return false };
        name.as_bytes().first_chunk().is_some_and(|first| survey.beginnings & beginning(first) == 0)
    }

    /// Whether a name behind the prefix begins with `start`.
    pub fn any_starts(&self, start: &str) -> bool {
        if self.lacks(start) {
            return false;
        }
        let near = self.near(start.as_bytes());
        let first = self.partition(near.start..near.end, |rest| rest < start.as_bytes());
        first < near.end && self.rest(first).starts_with(start.as_bytes())
    }

    /// Whether a name behind the prefix has such a first byte, as far as a survey tells.
    pub(super) fn any_first(&self, is_one: impl Fn(u8) -> bool) -> bool {
        let heads = self.survey.as_deref().map_or(&[][..], |survey| &survey.heads);
        heads.iter().any(|(head, _)| head.to_be_bytes().first().is_some_and(|first| is_one(*first)))
    }

    /// The number of the name that is `name` behind the prefix.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        let name = name.as_bytes();
        let near = self.near(name);
        // Most names that are asked for belong to other families, and lie before or behind all that are there.
        let last = near.end.checked_sub(1).filter(|last| near.start <= *last)?;
        if self.rest(near.start) > name || self.rest(last) < name {
            return None;
        }
        let found = self.partition(near.start..near.end, |rest| rest < name);
        (found < near.end && self.rest(found) == name).then_some(found)
    }

    /// The tensor of exactly this name behind the prefix.
    pub(super) fn exactly(&self, name: &str) -> Option<Entry<'s>> {
        self.entry(self.number(name)?)
    }

    /// The tensor whose name is number `number`.
    #[inline]
    pub(super) fn entry(&self, number: usize) -> Option<Entry<'s>> {
        self.sorted.place(number).and_then(|place| self.listing.at(place))
    }

    /// The tensor of this name behind the prefix; a `.weight` of a norm also answers to `.scale` and the other way round.
    #[inline]
    pub fn get(&self, name: &str) -> Option<Entry<'s>> {
        // A twin begins with the same letters.
        if self.lacks(name) { None } else { self.search(name) }
    }

    fn search(&self, name: &str) -> Option<Entry<'s>> {
        self.exactly(name).or_else(|| twin(name).and_then(|twin| self.exactly(&twin)))
    }

    /// [`Self::get`] of a sign's name.
    #[inline]
    pub(super) fn sign(&self, name: &'static str) -> Option<Entry<'s>> {
        let (last, found) = self.last.get();
        if std::ptr::eq(last, name) {
            return found;
        }
        let found = self.get(name);
        self.last.set((name, found));
        found
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

    /// The tensors whose names begin with `stem`, in the order of names, each with what stands behind the stem.
    pub(super) fn starting(&self, stem: &str) -> impl Iterator<Item = (&'s str, Entry<'s>)> + use<'s, 'a> {
        let scope = self.clone();
        let skip = self.prefix.len().saturating_add(stem.len());
        self.beginning(stem).filter_map(move |number| {
            let entry = scope.entry(number)?;
            Some((entry.name.get(skip..)?, entry))
        })
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

/// The bit of a name's first four bytes.
#[inline]
fn beginning(first: &[u8; 4]) -> u64 {
    let mixed = u32::from_le_bytes(*first).wrapping_mul(0x9e37_79b1);
    1 << (mixed >> 26)
}

/// The first eight bytes, in the order of names: what is shorter ends with zeros.
#[inline]
fn head(name: &[u8]) -> u64 {
    if let Some(head) = name.first_chunk() {
        return u64::from_be_bytes(*head);
    }
    let mut head = [0; 8];
    head.iter_mut().zip(name).for_each(|(byte, known)| *byte = *known);
    u64::from_be_bytes(head)
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
