//! Where tensors stand, by their names.

use super::name::Name;
use crate::engine::llama_cpp::language::{AllSeries, Series, Stem};
use crate::engine::llama_cpp::tables::base;
use crate::format::names::Names;

/// Where tensors stand. Names of series that the page knows are found by series and number, all others by their hash.
#[derive(Debug)]
pub(super) struct Places {
    series: &'static AllSeries,
    /// One more than the place of a tensor: a row for each number, in it one for each series; 0 where there is none.
    rows: Vec<u32>,
    others: Names,
}

impl Places {
    /// The places of so many tensors by their names, which `name` gives; of two of one name, the first has it.
    pub(super) fn of<'t>(all: &'static AllSeries, count: usize, name: impl Fn(u32) -> Option<&'t str>) -> Self {
        let mut places = Self { series: all, rows: Vec::new(), others: Names::expecting(0) };
        // Names of a layer stand together, and in every layer in the order of the layer before.
        let (mut stem, mut last, mut next) = (None, Series(0), vec![Series(0); all.count()]);
        for at in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            let text = name(at).unwrap_or_default();
            let guess = next.get(last.0).copied().unwrap_or(last);
            let known = behind(&mut stem, text, all).and_then(|(stem, after)| {
                let series = all.series(stem, after, guess)?;
                Some((series, stem.number))
            });
            let Some((series, number)) = known else {
                places.others.insert(text.as_bytes(), at, |other| name(other).map(str::as_bytes));
                continue;
            };
            if series != guess
                && let Some(next) = next.get_mut(last.0)
            {
                *next = series;
            }
            last = series;
            places.note(series, number, at);
        }
        places
    }

    fn note(&mut self, series: Series, number: usize, at: u32) {
        let row = number.saturating_mul(self.series.count());
        let end = row.saturating_add(self.series.count());
        if self.rows.len() < end {
            self.rows.resize(end, 0);
        }
        if let Some(place) = self.rows.get_mut(row.saturating_add(series.0)).filter(|place| **place == 0) {
            *place = at.saturating_add(1);
        }
    }

    /// The place of the tensor called so, whose name `known` gives by its place.
    pub(super) fn find<'t>(&self, name: &Name, known: impl Fn(u32) -> Option<&'t str>) -> Option<usize> {
        let number = name.number.and_then(|(number, _)| usize::try_from(number).ok());
        match name.series.zip(number.filter(|number| *number < base::LAYERS)) {
            Some((series, number)) => self.row(number).place(series),
            None => self.by_text(name, known),
        }
    }

    fn by_text<'t>(&self, name: &Name, known: impl Fn(u32) -> Option<&'t str>) -> Option<usize> {
        let text = name.text();
        if let Some(at) = self.others.find(text.as_bytes(), |other| known(other).map(str::as_bytes)) {
            return usize::try_from(at).ok();
        }
        let (series, number) = self.series.split(&text, base::LAYERS)?;
        self.row(number).place(series)
    }

    /// The tensors with this number.
    #[inline]
    pub(super) fn row(&self, number: usize) -> Row<'_> {
        let start = number.saturating_mul(self.series.count());
        Row(self.rows.get(start..).and_then(|rows| rows.get(..self.series.count())).unwrap_or_default())
    }
}

/// Where the tensors with one number stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'p>(&'p [u32]);

impl Row<'_> {
    /// The place of the one of this series.
    #[inline]
    pub(super) fn place(self, series: Series) -> Option<usize> {
        self.0.get(series.0).and_then(|place| usize::try_from(place.checked_sub(1)?).ok())
    }
}

/// What a name begins with and what stands behind that. `last` is looked at first, and noted.
#[inline]
fn behind<'t>(last: &mut Option<Stem<'t>>, name: &'t str, all: &AllSeries) -> Option<(Stem<'t>, &'t str)> {
    let after = |stem: Stem<'t>| name.strip_prefix(stem.text).map(|after| (stem, after));
    let is_whole = |(_, after): &(Stem<'t>, &str)| !after.starts_with(|next: char| next.is_ascii_digit());
    last.and_then(after).filter(is_whole).or_else(|| {
        *last = all.stem(name, base::LAYERS);
        last.and_then(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::llama_cpp::tables;

    #[test]
    fn a_tensor_is_found_however_it_is_asked_for() {
        let series = &tables::architecture("llama").unwrap().program().unwrap().series;
        let names = ["output.weight", "blk.0.attn_q.weight", "blk.600.attn_q.weight", "blk.2.own", "output.weight"];
        let name = |at: u32| names.get(at as usize).copied();
        let places = Places::of(series, names.len(), name);
        let find = |asked: &Name| places.find(asked, name);
        let query = |layer| Name { series: Some(base::ATTN_Q), ..Name::of_layer(layer, ".attn_q.weight") };
        assert_eq!([query(0), query(600), query(1), query(-1)].map(|name| find(&name)), [Some(1), Some(2), None, None]);
        assert_eq!(find(&Name::whole("blk.0.attn_q.weight")), Some(1));
        assert_eq!(find(&Name::whole("output.weight")), Some(0));
        assert_eq!(find(&Name::of_layer(2, ".own")), Some(3));
        assert_eq!(find(&Name::of_layer(3, ".own")), None);
    }
}
