//! Names of tensors that differ in a number alone: `blk.0.attn_q.weight`, `blk.1.attn_q.weight`.

use super::context;
use super::step::{RequestMarks, Slot};
use crate::engine::llama_cpp::tables::base;
use std::cmp::Ordering;

/// A series of names, by its place in the program's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) struct Series(pub(in crate::engine::llama_cpp) usize);

/// What the names of a series have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) struct Common {
    /// What stands before the number.
    pub(in crate::engine::llama_cpp) before: &'static str,
    /// What stands behind it.
    pub(in crate::engine::llama_cpp) after: &'static str,
    /// Which of all beginnings it is.
    group: usize,
    /// The slot in its layer, by the name alone.
    pub(in crate::engine::llama_cpp) slot: Option<Slot>,
    /// Whether the engine tries no convolution with these weights, and they are of no experts.
    pub(in crate::engine::llama_cpp) is_ordinary: bool,
}

/// What a name begins with, up to its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) struct Stem<'t> {
    /// Which of all beginnings stands before the number.
    group: usize,
    /// The number.
    pub(in crate::engine::llama_cpp) number: usize,
    /// Both, as they are written.
    pub(in crate::engine::llama_cpp) text: &'t str,
}

/// All series of a page.
#[derive(Debug, Clone)]
pub(in crate::engine::llama_cpp) struct AllSeries {
    all: Vec<Common>,
    befores: Vec<&'static str>,
    /// The places in `all`, ordered by what the names have in common.
    order: Vec<usize>,
}

impl AllSeries {
    /// Those that steps over groups of tensors ask for, whatever the page.
    pub(super) fn new() -> Self {
        let mut series = Self { all: Vec::new(), befores: Vec::new(), order: Vec::new() };
        for after in base::GROUPED {
            series.note("blk.", after);
        }
        series
    }

    /// The series of these names.
    pub(super) fn note(&mut self, before: &'static str, after: &'static str) -> Series {
        self.find(before, after).unwrap_or_else(|place| {
            self.order.insert(place, self.all.len());
            self.add(before, after)
        })
    }

    fn add(&mut self, before: &'static str, after: &'static str) -> Series {
        let known = self.befores.iter().position(|known| *known == before);
        let group = known.unwrap_or(self.befores.len());
        if known.is_none() {
            self.befores.push(before);
        }
        let slot = context::slot(before, after, &RequestMarks::default());
        let is_ordinary = !matches!(before, "convnext." | "posnet.") && !after.ends_with("exps.weight");
        self.all.push(Common { before, after, group, slot, is_ordinary });
        Series(self.all.len().saturating_sub(1))
    }

    /// How many there are.
    pub(in crate::engine::llama_cpp) fn count(&self) -> usize {
        self.all.len()
    }

    /// What the names of a series have in common.
    pub(in crate::engine::llama_cpp) fn common(&self, series: Series) -> Option<&Common> {
        self.all.get(series.0)
    }

    /// The series of a name and its number in it, which is below `end`.
    pub(in crate::engine::llama_cpp) fn split(&self, name: &str, end: usize) -> Option<(Series, usize)> {
        let stem = self.stem(name, end)?;
        let after = name.strip_prefix(stem.text)?;
        self.series(stem, after, Series(0)).map(|series| (series, stem.number))
    }

    /// What a name begins with, if that is what a series does; its number is below `end`.
    pub(in crate::engine::llama_cpp) fn stem<'t>(&self, name: &'t str, end: usize) -> Option<Stem<'t>> {
        self.befores.iter().enumerate().find_map(|(group, before)| {
            let (number, digits) = number(name.strip_prefix(before)?)?;
            let text = name.get(..before.len().saturating_add(digits))?;
            (number < end).then_some(Stem { group, number, text })
        })
    }

    /// The series of names that begin like `stem` and have this behind the number. `guess` is looked at first.
    #[inline]
    pub(in crate::engine::llama_cpp) fn series(&self, stem: Stem<'_>, after: &str, guess: Series) -> Option<Series> {
        let is_guess = |common: &Common| common.group == stem.group && common.after == after;
        if self.common(guess).is_some_and(is_guess) {
            return Some(guess);
        }
        self.befores.get(stem.group).and_then(|before| self.find(before, after).ok())
    }

    /// The series, or its place in the order.
    fn find(&self, before: &str, after: &str) -> Result<Series, usize> {
        // By length first: most are told apart without a look at their letters.
        let key = |common: &Common| (common.after.len(), common.after, common.before);
        let wanted = (after.len(), after, before);
        let found =
            self.order.binary_search_by(|at| self.all.get(*at).map_or(Ordering::Less, |one| key(one).cmp(&wanted)))?;
        self.order.get(found).copied().map(Series).ok_or(found)
    }
}

/// The number that `text` begins with, and its digits: as it would be written, and three at most.
fn number(text: &str) -> Option<(usize, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).take(4);
    let (number, count) = digits.fold((0_usize, 0_usize), |(number, count), digit| {
        (number.wrapping_mul(10).wrapping_add(usize::from(digit.wrapping_sub(b'0'))), count.wrapping_add(1))
    });
    let is_written_so = matches!(count, 1..=3) && (count == 1 || !text.starts_with('0'));
    is_written_so.then_some((number, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_as_it_would_be_written() {
        let mut all = AllSeries::new();
        let own = all.note("enc.blk.", ".ffn_up.weight");
        assert_eq!(all.note("enc.blk.", ".ffn_up.weight"), own);
        let split = |name: &str| all.split(name, 512);
        assert_eq!(split("enc.blk.7.ffn_up.weight"), Some((own, 7)));
        assert_eq!(split("blk.511.attn_q.weight"), Some((base::ATTN_Q, 511)));
        for other in [
            "blk.512.attn_q.weight",
            "blk.07.attn_q.weight",
            "blk.+7.attn_q.weight",
            "blk..attn_q.weight",
            "blk.7.attn_q.weigh",
            "blk.1000.attn_q.weight",
            "blk.7.ffn_up.weight",
            "attn_q.weight",
        ] {
            assert_eq!(split(other), None, "{other}");
        }
        assert_eq!(split("blk.0.attn_q.weight"), Some((base::ATTN_Q, 0)));
    }
}
