//! Where tensors stand, by their names.

use super::name::Name;
use super::others::Others;
use crate::engine::llama_cpp::language::{AllSeries, Series, Stem};
use crate::engine::llama_cpp::tables::base;
use crate::facts::gguf::Block;
use std::ops::Range;

/// Where tensors stand. Names of series that the page knows are found by series and number, all others by
/// the names themselves.
#[derive(Debug)]
pub(super) struct Places<'a> {
    series: &'static AllSeries,
    rows: Vec<OfNumber>,
    /// What stands where of each number.
    numbers: Vec<Numbered>,
    others: Others<'a>,
}

/// Tensors of one number, and of the numbers behind it that repeat them.
#[derive(Debug)]
struct OfNumber {
    /// A place for each series: one more than that of a tensor, or 0.
    places: Vec<u32>,
    /// The places of all of them, where they are one block.
    block: Range<u32>,
}

/// Where the tensors of a number stand.
#[derive(Debug, Clone, Copy, Default)]
struct Numbered {
    /// One more than the place of its row, or 0.
    row: usize,
    /// How far behind what the row says.
    shift: u32,
    /// Whether they are one block, of series that the page knows: the row may then be other numbers' too.
    is_one_block: bool,
}

impl<'a> Places<'a> {
    pub(super) fn new(series: &'static AllSeries) -> Self {
        Self { series, rows: Vec::new(), numbers: Vec::new(), others: Others::default() }
    }

    /// Notes a file's tensors, which stand from `start` on; of two of one name, the first has it. `name` gives the names of
    /// all by their places.
    pub(super) fn note(&mut self, blocks: &[Block], start: usize, name: impl Fn(u32) -> Option<&'a str> + Copy) {
        let (mut last, mut order) = (None, Order::of(self.series));
        self.numbers.reserve(blocks.len().min(base::LAYERS));
        for block in blocks {
            let at = narrow(start.saturating_add(block.places.start));
            let places = at..at.saturating_add(narrow(block.places.len()));
            let stem = name(at).and_then(|name| self.series.stem(name, base::LAYERS));
            match (stem, last.filter(|_| block.is_alike)) {
                (Some(stem), Some(last)) if self.repeat(last, stem.number, places.len()) => {}
                (Some(stem), _) => self.note_numbered(stem, places, name, &mut order),
                (None, _) => places.for_each(|at| self.note_other(name(at), at)),
            }
            last = stem.map(|stem| stem.number);
        }
    }

    /// Notes so many tensors that repeat those of `last` right before them; not where either number has more of them.
    fn repeat(&mut self, last: usize, number: usize, count: usize) -> bool {
        let before = self.numbered(last);
        let is_alone = before.is_one_block && self.numbered(number).row == 0;
        if is_alone {
            self.set(number, Numbered { shift: before.shift.saturating_add(narrow(count)), ..before });
        }
        is_alone
    }

    /// Notes a block of tensors of one number.
    fn note_numbered(
        &mut self,
        stem: Stem<'_>,
        places: Range<u32>,
        name: impl Fn(u32) -> Option<&'a str> + Copy,
        order: &mut Order,
    ) {
        let is_first = self.numbered(stem.number).row == 0;
        let (row, mut is_one_block) = (self.own_row(stem.number, &places), is_first);
        for at in places {
            let after = name(at).and_then(|name| name.strip_prefix(stem.text)).unwrap_or_default();
            let Some(series) = self.series.series(stem, after, order.next()) else {
                is_one_block = false;
                self.note_other(name(at), at);
                continue;
            };
            order.note(series);
            let own = row.checked_sub(1).and_then(|at| self.rows.get_mut(at));
            let place = own.and_then(|own| own.places.get_mut(series.0));
            if let Some(place) = place.filter(|place| **place == 0) {
                *place = at.saturating_add(1);
            }
        }
        self.set(stem.number, Numbered { row, shift: 0, is_one_block });
    }

    fn note_other(&mut self, name: Option<&'a str>, at: u32) {
        self.others.note(name.unwrap_or_default(), at);
    }

    /// A row that is this number's alone, with what is known of it. A new one is of `block`.
    fn own_row(&mut self, number: usize, block: &Range<u32>) -> usize {
        let known = self.numbered(number);
        if known.row != 0 && !known.is_one_block {
            return known.row;
        }
        let mut places = self.row(number).to_places();
        places.resize(self.series.count(), 0);
        self.rows.push(OfNumber { places, block: block.clone() });
        self.rows.len()
    }

    fn numbered(&self, number: usize) -> Numbered {
        self.numbers.get(number).copied().unwrap_or_default()
    }

    fn set(&mut self, number: usize, numbered: Numbered) {
        if self.numbers.len() <= number {
            self.numbers.resize(number.saturating_add(1), Numbered::default());
        }
        if let Some(known) = self.numbers.get_mut(number) {
            *known = numbered;
        }
    }

    /// The place of the tensor called so.
    pub(super) fn find(&self, name: &Name) -> Option<usize> {
        let number = name.number.and_then(|(number, _)| usize::try_from(number).ok());
        match name.series.zip(number.filter(|number| *number < base::LAYERS)) {
            Some((series, number)) => self.row(number).place(series),
            None => self.by_text(&name.text()),
        }
    }

    fn by_text(&self, name: &str) -> Option<usize> {
        if let Some(at) = self.others.find(name) {
            return usize::try_from(at).ok();
        }
        let (series, number) = self.series.split(name, base::LAYERS)?;
        self.row(number).place(series)
    }

    /// The tensors with this number.
    #[inline]
    pub(super) fn row(&self, number: usize) -> Row<'_> {
        let known = self.numbered(number);
        Row { places: self.of(known).map(|row| row.places.as_slice()).unwrap_or_default(), shift: known.shift }
    }

    /// The places of the tensors with this number, where they are one block of series that the page knows.
    pub(super) fn block(&self, number: usize) -> Option<Range<usize>> {
        let known = self.numbered(number);
        let block = &self.of(known).filter(|_| known.is_one_block)?.block;
        let moved = |place: u32| usize::try_from(place.saturating_add(known.shift)).ok();
        Some(moved(block.start)?..moved(block.end)?)
    }

    fn of(&self, known: Numbered) -> Option<&OfNumber> {
        self.rows.get(known.row.checked_sub(1)?)
    }

    /// Whether the tensors with one number are those with the other, in order and of the same dimensions.
    pub(super) fn are_alike(&self, number: usize, other: usize) -> bool {
        self.numbered(number).row == self.numbered(other).row
    }
}

/// Where the tensors with one number stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'p> {
    places: &'p [u32],
    shift: u32,
}

impl Row<'_> {
    /// The place of the one of this series.
    #[inline]
    pub(super) fn place(self, series: Series) -> Option<usize> {
        self.places.get(series.0).and_then(|place| usize::try_from(self.moved(*place).checked_sub(1)?).ok())
    }

    fn moved(self, place: u32) -> u32 {
        if place == 0 { 0 } else { place.saturating_add(self.shift) }
    }

    fn to_places(self) -> Vec<u32> {
        self.places.iter().map(|place| self.moved(*place)).collect()
    }
}

/// Which series follows which: names of a layer stand in the order of the layer before, more often than not.
struct Order {
    next: Vec<Series>,
    last: Series,
}

impl Order {
    fn of(series: &AllSeries) -> Self {
        Self { next: vec![Series(0); series.count()], last: Series(0) }
    }

    fn next(&self) -> Series {
        self.next.get(self.last.0).copied().unwrap_or(self.last)
    }

    fn note(&mut self, series: Series) {
        if let Some(next) = self.next.get_mut(self.last.0) {
            *next = series;
        }
        self.last = series;
    }
}

fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::llama_cpp::tables;

    fn block(places: Range<usize>, is_alike: bool) -> Block {
        Block { places, is_numbered: true, is_alike }
    }

    fn query(layer: i64) -> Name {
        Name { series: Some(base::ATTN_Q), ..Name::of_layer(layer, ".attn_q.weight") }
    }

    fn places() -> Places<'static> {
        Places::new(&tables::architecture("llama").unwrap().program().unwrap().series)
    }

    #[test]
    fn a_tensor_is_found_however_it_is_asked_for() {
        let names = ["output.weight", "blk.0.attn_q.weight", "blk.600.attn_q.weight", "blk.2.own", "output.weight"];
        let name = |at: u32| names.get(at as usize).copied();
        let mut places = places();
        places.note(&[0, 1, 2, 3, 4].map(|at| block(at..at + 1, false)), 0, name);
        let find = |asked: &Name| places.find(asked);
        assert_eq!([query(0), query(600), query(1), query(-1)].map(|name| find(&name)), [Some(1), Some(2), None, None]);
        assert_eq!(find(&Name::whole("blk.0.attn_q.weight")), Some(1));
        assert_eq!(find(&Name::whole("output.weight")), Some(0));
        assert_eq!(find(&Name::of_layer(2, ".own")), Some(3));
        assert_eq!(find(&Name::of_layer(3, ".own")), None);
    }

    #[test]
    fn layers_that_repeat_share_a_row_until_one_gets_more() {
        let names = [
            "blk.0.attn_k.weight",
            "blk.0.attn_q.weight",
            "blk.1.attn_k.weight",
            "blk.1.attn_q.weight",
            "blk.2.attn_k.weight",
            "blk.2.attn_q.weight",
            "blk.1.attn_v.weight",
            "blk.0.attn_q.weight",
        ];
        let name = |at: u32| names.get(at as usize).copied();
        let mut places = places();
        places.note(&[block(0..2, false), block(2..4, true), block(4..6, true)], 0, name);
        let alike = |places: &Places<'_>| [(0, 1), (1, 2), (0, 3)].map(|(left, right)| places.are_alike(left, right));
        assert_eq!(alike(&places), [true, true, false]);
        places.note(&[block(0..1, false), block(1..2, false)], 6, name);
        assert_eq!(alike(&places), [false, false, false]);
        assert_eq!([0, 1, 2].map(|layer| places.find(&query(layer))), [Some(1), Some(3), Some(5)]);
        let value = |layer: usize| places.row(layer).place(base::ATTN_V);
        assert_eq!([0, 1, 2].map(value), [None, Some(6), None]);
    }

    #[test]
    fn a_series_is_of_blocks() {
        for row in tables::all() {
            let series = &row.program().unwrap().series;
            for common in (0..series.count()).filter_map(|at| series.common(Series(at))) {
                let words = common.before.strip_suffix('.').unwrap_or_default();
                assert!(!words.is_empty() && common.after.starts_with('.'), "{}", row.name);
                assert!(words.split('.').all(|word| word.parse::<u64>().is_err()), "{}", row.name);
            }
        }
    }
}
