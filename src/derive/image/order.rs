//! Tensors in the order of their names, without comparing every two names.
//!
//! Writers put blocks one behind the other, and every block has the same names behind its number. So a block that
//! repeats another takes over its order, and only its place among the others is looked for.

use super::repeats::Repeat;
use crate::facts::safetensors::Tensors;
use std::ops::Range;

/// Blocks of fewer tensors are sorted with the others.
const FEW: usize = 4;
/// So many runs of ascending names are put together as they are.
const ASCENTS: usize = 16;

/// The places of `tensors` in the order of their names; of several tensors of one name the last counts.
pub(super) fn of<'r>(tensors: &Tensors, repeats: impl FnOnce() -> &'r [Repeat]) -> Vec<u32> {
    let Some(ascending) = tensors.ascending() else { return settle(tensors) };
    let sorter = || Sorter { tensors, orders: Vec::new(), runs: Vec::new() };
    let sorted = sorter().by_ascents(ascending).or_else(|| sorter().by_repeats(repeats()));
    sorted.unwrap_or_else(|| plainly(tensors))
}

fn all(tensors: &Tensors) -> Vec<u32> {
    (0..).take(tensors.len()).collect()
}

fn name(tensors: &Tensors, place: u32) -> &[u8] {
    usize::try_from(place).ok().and_then(|place| tensors.name_bytes(place)).unwrap_or_default()
}

/// Sorts names that may stand several times.
fn settle(tensors: &Tensors) -> Vec<u32> {
    let mut places = all(tensors);
    places.sort_by(|left, right| name(tensors, *left).cmp(name(tensors, *right)));
    places.dedup_by(|later, kept| {
        let same = name(tensors, *later) == name(tensors, *kept);
        if same {
            *kept = *later;
        }
        same
    });
    places
}

/// Sorts names that stand once, whatever they are.
fn plainly(tensors: &Tensors) -> Vec<u32> {
    let mut places = all(tensors);
    places.sort_unstable_by(|left, right| name(tensors, *left).cmp(name(tensors, *right)));
    places
}

/// Puts runs together that are in order or known to be like another: of names that stand once.
struct Sorter<'a> {
    tensors: &'a Tensors,
    /// How the tensors of blocks are ordered, counted from the block's first.
    orders: Vec<Vec<u32>>,
    runs: Vec<Run<'a>>,
}

/// Tensors behind one another that no other name stands between, and the names at both ends.
struct Run<'a> {
    places: Range<usize>,
    /// Which of the orders is theirs; `None` where that is the files' own.
    order: Option<usize>,
    first: &'a [u8],
    last: &'a [u8],
}

impl<'a> Sorter<'a> {
    fn name(&self, place: usize) -> &'a [u8] {
        self.tensors.name_bytes(place).unwrap_or_default()
    }

    /// The name of the tensor so far behind the one at `place`.
    fn behind(&self, place: usize, offset: u32) -> &'a [u8] {
        usize::try_from(offset).map_or(&[], |offset| self.name(place.saturating_add(offset)))
    }

    /// Sorts all names, where they are few runs of ascending ones.
    fn by_ascents(mut self, ascending: usize) -> Option<Vec<u32>> {
        let mut start = 0_usize;
        while start < self.tensors.len() {
            let mut end = ascending.max(start.saturating_add(1));
            while self.ascends(end) {
                end = end.saturating_add(1);
            }
            if self.runs.len() >= ASCENTS {
                return None;
            }
            self.put(start..end, None);
            start = end;
        }
        self.join()
    }

    /// Whether the name at `end` is greater than the one before.
    fn ascends(&self, end: usize) -> bool {
        end < self.tensors.len() && end.checked_sub(1).is_some_and(|before| self.name(before) < self.name(end))
    }

    /// Sorts all names, as the blocks that they repeat are sorted.
    fn by_repeats(mut self, repeats: &[Repeat]) -> Option<Vec<u32>> {
        let mut before: Option<&Repeat> = None;
        let mut place = 0;
        for repeat in repeats.iter().filter(|repeat| repeat.places.len() >= FEW) {
            self.put_each(place..repeat.places.start);
            if !before.is_some_and(|before| repeat.goes_on(before)) {
                self.sort(repeat, place);
            }
            self.put(repeat.places.clone(), self.orders.len().checked_sub(1));
            (place, before) = (repeat.places.end, Some(repeat));
        }
        self.put_each(place..self.tensors.len());
        self.join()
    }

    /// Sorts a block, and takes the one that it repeats for a block too where it stands right before it, behind `known`.
    fn sort(&mut self, repeat: &Repeat, known: usize) {
        let first = repeat.places.start;
        let mut order: Vec<u32> = (0..).take(repeat.places.len()).collect();
        let name = |offset: &u32| self.behind(first, *offset);
        order.sort_unstable_by(|left, right| name(left).cmp(name(right)));
        self.orders.push(order);
        let earlier = repeat.first..repeat.earlier(repeat.places.end);
        if earlier.end == first && earlier.start >= known {
            self.runs.truncate(self.runs.len().saturating_sub(earlier.len()));
            self.put(earlier, self.orders.len().checked_sub(1));
        }
    }

    fn put_each(&mut self, places: Range<usize>) {
        places.for_each(|place| self.put(place..place.saturating_add(1), None));
    }

    fn put(&mut self, places: Range<usize>, order: Option<usize>) {
        let order_of = order.and_then(|order| self.orders.get(order));
        let at = |offset: Option<&u32>| offset.map_or(&[][..], |offset| self.behind(places.start, *offset));
        let (first, last) = match order_of {
            Some(order) => (at(order.first()), at(order.last())),
            None => (self.name(places.start), self.name(places.end.saturating_sub(1))),
        };
        self.runs.push(Run { places, order, first, last });
    }

    /// Puts runs behind one another, unless they overlap.
    fn join(mut self) -> Option<Vec<u32>> {
        self.runs.sort_unstable_by(|left, right| left.first.cmp(right.first));
        let mut pairs = self.runs.iter().zip(self.runs.iter().skip(1));
        if !pairs.all(|(left, right)| left.last < right.first) {
            return None;
        }
        let mut sorted = Vec::new();
        sorted.reserve_exact(self.tensors.len());
        for run in &self.runs {
            let start = u32::try_from(run.places.start).ok()?;
            match run.order.and_then(|order| self.orders.get(order)) {
                None => sorted.extend((start..).take(run.places.len())),
                Some(order) => sorted.extend(order.iter().map(|offset| start.wrapping_add(*offset))),
            }
        }
        Some(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::safetensors::{Document, Dtype, TensorInfo};
    use proptest::prelude::*;

    fn known(names: &[String]) -> Tensors {
        fn tensor(name: &str) -> TensorInfo<'_> {
            TensorInfo { name: name.into(), ..TensorInfo::default() }
        }
        let ascending = names.windows(2).take_while(|pair| pair[0] < pair[1]).count() + usize::from(!names.is_empty());
        let tensors = names.iter().map(|name| tensor(name)).collect();
        Tensors::of(&Document { tensors, ascending, ..Document::default() })
    }

    fn check(names: &[String]) {
        let mut expected: Vec<u32> = (0..u32::try_from(names.len()).unwrap()).collect();
        expected.sort_by_key(|place| &names[*place as usize]);
        let tensors = known(names);
        let repeats = super::super::repeats::of(&tensors);
        assert_eq!(of(&tensors, || &repeats), expected, "{names:?}");
    }

    /// Blocks of a model: some lack a leaf, some stand elsewhere.
    fn names() -> impl Strategy<Value = Vec<String>> {
        let leaf = prop_oneof!["[a-c]{1,2}\\.weight", "[a-c]\\.[0-9]{1,2}\\.[a-b]", "[a-c]", "[0-9]"];
        let block = (prop_oneof!["m\\.x\\.", "m\\.", "y\\.", ""], proptest::collection::vec(leaf, 1..12), 0..14_u32);
        proptest::collection::vec(block, 0..8).prop_map(|blocks| {
            let mut names = Vec::new();
            for (stem, leaves, count) in blocks {
                for number in 0..count {
                    names.extend(leaves.iter().map(|leaf| format!("{stem}{number}.{leaf}")));
                }
                names.extend(leaves.iter().map(|leaf| format!("{stem}{leaf}")));
            }
            let mut seen = std::collections::HashSet::new();
            names.retain(|name| seen.insert(name.clone()));
            names
        })
    }

    proptest! {
        #[test]
        fn is_that_of_a_plain_sort(names in names(), swaps in proptest::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..4)) {
            check(&names);
            let (mut names, count) = (names.clone(), names.len());
            for (left, right) in swaps.iter().filter(|_| count > 0) {
                names.swap(left.index(count), right.index(count));
            }
            check(&names);
        }
    }

    #[test]
    fn of_one_name_the_last_counts() {
        let mut tensors = Tensors::default();
        ["b", "a", "b"].iter().for_each(|name| tensors.push(name, Dtype::F16, &[]));
        assert_eq!(of(&tensors, || &[]), [1, 2]);
    }
}
