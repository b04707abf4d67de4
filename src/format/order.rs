//! Tensors in the order of their names, without comparing every two names.
//!
//! Writers put blocks one behind the other, and every block has the same names behind its number. So a block that
//! repeats another takes over its order, and only its place among the others is looked for.

use super::repeats::{Repeat, Rows};
use std::ops::Range;

/// Blocks of fewer tensors are sorted with the others.
const FEW: usize = 4;

/// So many comparisons a name may take to order all: more would take longer than a table of names, which tells as well
/// whether one stands twice.
const COMPARISONS: usize = 2;

/// The places of `rows` in the order of their names, as the blocks that they repeat are ordered; `None` where these stand
/// in one another, or where a name stands twice.
pub(crate) fn by_repeats(rows: &(impl Rows + ?Sized), repeats: &[Repeat]) -> Option<Vec<u32>> {
    Sorter::new(rows).by_repeats(repeats)
}

fn all(rows: &(impl Rows + ?Sized)) -> Vec<u32> {
    (0..).take(rows.count()).collect()
}

fn name(rows: &(impl Rows + ?Sized), place: u32) -> &[u8] {
    usize::try_from(place).ok().and_then(|place| rows.name_at(place)).unwrap_or_default()
}

/// Sorts names that may stand several times: then the last one counts.
pub(crate) fn settle(rows: &(impl Rows + ?Sized)) -> Vec<u32> {
    let mut places = all(rows);
    places.sort_by(|left, right| name(rows, *left).cmp(name(rows, *right)));
    places.dedup_by(|later, kept| {
        let same = name(rows, *later) == name(rows, *kept);
        if same {
            *kept = *later;
        }
        same
    });
    places
}

/// Sorts names that stand once, whatever they are.
pub(crate) fn plainly(rows: &(impl Rows + ?Sized)) -> Vec<u32> {
    let mut places = all(rows);
    places.sort_unstable_by(|left, right| name(rows, *left).cmp(name(rows, *right)));
    places
}

/// Puts runs together that are in order or known to be like another.
struct Sorter<'a, R: ?Sized> {
    rows: &'a R,
    /// How the tensors of blocks are ordered, counted from the block's first: the first one stands for the files' own order.
    orders: Vec<Vec<u32>>,
    runs: Vec<Run<'a>>,
    /// How many comparisons sorting may still take.
    left: usize,
}

/// The number of the files' own order.
const OWN: usize = 0;

/// Tensors behind one another that no other name stands between, and the names at both ends.
#[derive(Clone)]
struct Run<'a> {
    places: Range<usize>,
    /// Which of the orders is theirs.
    order: usize,
    first: &'a [u8],
    last: &'a [u8],
}

impl<'a, R: Rows + ?Sized> Sorter<'a, R> {
    fn new(rows: &'a R) -> Self {
        Self { rows, orders: vec![Vec::new()], runs: Vec::new(), left: rows.count().saturating_mul(COMPARISONS) }
    }

    fn name(&self, place: usize) -> &'a [u8] {
        self.rows.name_at(place).unwrap_or_default()
    }

    /// The name of the tensor so far behind the one at `place`.
    fn behind(&self, place: usize, offset: u32) -> &'a [u8] {
        usize::try_from(offset).map_or(&[], |offset| self.name(place.saturating_add(offset)))
    }

    /// Sorts all names, as the blocks that they repeat are sorted.
    fn by_repeats(mut self, repeats: &[Repeat]) -> Option<Vec<u32>> {
        let mut before: Option<&Repeat> = None;
        let (mut place, mut order) = (0, OWN);
        for repeat in repeats.iter().filter(|repeat| repeat.places.len() >= FEW) {
            self.put_each(place..repeat.places.start);
            if !before.is_some_and(|before| repeat.goes_on(before)) {
                order = self.adopt(repeat)?;
            }
            self.put(repeat.places.clone(), order);
            (place, before) = (repeat.places.end, Some(repeat));
        }
        self.put_each(place..self.rows.count());
        self.join_all()
    }

    /// The order of a block: that of the one it repeats. Where runs make up just that one and the block stands right behind
    /// it, they become one: of a part that others repeat, names may stand between those of the part.
    fn adopt(&mut self, repeat: &Repeat) -> Option<usize> {
        let earlier = repeat.first..repeat.earlier(repeat.places.end);
        let number = |place: usize| self.runs.partition_point(|run| run.places.start < place);
        let inner = number(earlier.start)..number(earlier.end);
        let (first, last) = self.runs.get(inner.clone()).and_then(|runs| runs.first().zip(runs.last()))?;
        if first.places.start != earlier.start || last.places.end != earlier.end {
            let singles = earlier.map(|place| self.run(place..place.saturating_add(1), OWN)).collect();
            return self.join(singles, repeat.first);
        }
        if inner.len() == 1 {
            return Some(first.order);
        }
        let order = self.join(self.runs.get(inner.clone())?.to_vec(), earlier.start)?;
        if earlier.end == repeat.places.start {
            let whole = self.run(earlier, order);
            self.runs.splice(inner, [whole]);
        }
        Some(order)
    }

    fn put_each(&mut self, places: Range<usize>) {
        places.for_each(|place| self.put(place..place.saturating_add(1), OWN));
    }

    fn put(&mut self, places: Range<usize>, order: usize) {
        self.runs.push(self.run(places, order));
    }

    fn run(&self, places: Range<usize>, order: usize) -> Run<'a> {
        let order_of = self.orders.get(order).filter(|order| !order.is_empty());
        let at = |offset: Option<&u32>| offset.map_or(&[][..], |offset| self.behind(places.start, *offset));
        let (first, last) = match order_of {
            Some(order) => (at(order.first()), at(order.last())),
            None => (self.name(places.start), self.name(places.end.saturating_sub(1))),
        };
        Run { places, order, first, last }
    }

    fn join_all(mut self) -> Option<Vec<u32>> {
        let runs = std::mem::take(&mut self.runs);
        self.join(runs, 0)?;
        self.orders.pop()
    }

    /// Puts runs behind one another, unless they overlap; gives the number of their order, counted from `start`.
    fn join(&mut self, mut runs: Vec<Run<'a>>, start: usize) -> Option<usize> {
        let depth = runs.len().checked_ilog2().map_or(0, |depth| depth.saturating_add(1));
        self.left = self.left.checked_sub(runs.len().saturating_mul(usize::try_from(depth).ok()?))?;
        runs.sort_unstable_by(|left, right| left.first.cmp(right.first));
        let mut pairs = runs.iter().zip(runs.iter().skip(1));
        if !pairs.all(|(left, right)| left.last < right.first) {
            return None;
        }
        let mut sorted = Vec::new();
        sorted.reserve_exact(runs.iter().fold(0, |count, run| run.places.len().saturating_add(count)));
        for run in &runs {
            let start = u32::try_from(run.places.start.checked_sub(start)?).ok()?;
            match self.orders.get(run.order).filter(|order| !order.is_empty()) {
                None => sorted.extend((start..).take(run.places.len())),
                Some(order) => sorted.extend(order.iter().map(|offset| start.wrapping_add(*offset))),
            }
        }
        self.orders.push(sorted);
        self.orders.len().checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::safetensors::TensorInfo;
    use crate::format::{ascents, repeats};
    use proptest::prelude::*;

    fn tensors(names: &[String]) -> Vec<TensorInfo<'_>> {
        names.iter().map(|name| TensorInfo { name: name.into(), ..TensorInfo::default() }).collect()
    }

    fn ascending(names: &[String]) -> usize {
        names.windows(2).take_while(|pair| pair[0] < pair[1]).count() + usize::from(!names.is_empty())
    }

    fn check(names: &[String]) {
        let mut expected: Vec<u32> = (0..u32::try_from(names.len()).unwrap()).collect();
        expected.sort_by_key(|place| &names[*place as usize]);
        let tensors = tensors(names);
        let tensors = tensors.as_slice();
        assert_eq!(plainly(tensors), expected, "{names:?}");
        let repeats = repeats::of(tensors);
        let patient = Sorter { left: usize::MAX, ..Sorter::new(tensors) };
        let orders =
            [ascents::order(tensors, ascending(names)), by_repeats(tensors, &repeats), patient.by_repeats(&repeats)];
        orders.into_iter().flatten().for_each(|order| assert_eq!(order, expected, "{names:?}"));
    }

    /// No order is given where a name stands twice.
    fn check_twice(names: &[String]) {
        let tensors = tensors(names);
        let tensors = tensors.as_slice();
        let repeats = repeats::of(tensors);
        assert_eq!(ascents::order(tensors, ascending(names)), None, "{names:?}");
        let patient = Sorter { left: usize::MAX, ..Sorter::new(tensors) };
        assert_eq!(patient.by_repeats(&repeats), None, "{names:?}");
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
            if let (Some((left, right)), true) = (swaps.first(), count > 1) {
                names.insert(left.index(count), names[right.index(count)].clone());
                check_twice(&names);
            }
        }
    }

    #[test]
    fn of_one_name_the_last_counts() {
        assert_eq!(settle(tensors(&["b", "a", "b"].map(str::to_owned)).as_slice()), [1, 2]);
    }
}
