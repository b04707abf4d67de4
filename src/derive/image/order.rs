//! Tensors in the order of their names, without comparing every two names.
//!
//! Writers put blocks one behind the other, and every block has the same names behind its number. So names are cut into
//! runs that begin alike; a run whose names go on as those of the run before needs no sorting, and runs that do not
//! overlap are put in order by their first names.

use super::bytes::{begins, same};
use crate::facts::safetensors::Tensors;

/// So few names are sorted as they are.
const FEW: usize = 24;
/// So many runs of ascending names are put together as they are.
const ASCENTS: usize = 16;
/// How often a run is cut into runs.
const DEPTH: usize = 3;

/// The places of `tensors` in the order of their names; of several tensors of one name the last counts.
pub(super) fn of(tensors: &Tensors) -> Vec<u32> {
    let mut places: Vec<u32> = (0..).take(tensors.len()).collect();
    match tensors.ascending() {
        Some(ascending) if ascending == places.len() => {}
        Some(ascending) => Sorter { tensors }.sort(&mut places, ascending),
        None => settle(tensors, &mut places),
    }
    places
}

/// Sorts names that may stand several times.
fn settle(tensors: &Tensors, places: &mut Vec<u32>) {
    let name = |place: u32| Sorter { tensors }.name(place, 0);
    places.sort_by(|left, right| name(*left).cmp(name(*right)));
    places.dedup_by(|later, kept| {
        let same = name(*later) == name(*kept);
        if same {
            *kept = *later;
        }
        same
    });
}

/// Sorts names that stand once.
struct Sorter<'a> {
    tensors: &'a Tensors,
}

/// Places from `start` on that are in order, and the names at both ends.
struct Run<'a> {
    start: usize,
    end: usize,
    first: &'a [u8],
    last: &'a [u8],
}

/// A block that was sorted: its first place, the bytes before what every block has, and the order of its places.
struct Block {
    first: u32,
    skip: usize,
    order: Vec<u32>,
}

impl<'a> Sorter<'a> {
    /// The name at `place`, without its first `skip` bytes.
    #[inline]
    fn name(&self, place: u32, skip: usize) -> &'a [u8] {
        let name = usize::try_from(place).ok().and_then(|place| self.tensors.name_bytes(place));
        name.and_then(|name| name.get(skip..)).unwrap_or_default()
    }

    fn sort(&self, places: &mut [u32], ascending: usize) {
        if !self.by_ascents(places, ascending) {
            self.arrange(places, ascending, 0, DEPTH);
        }
    }

    /// Sorts all names, where they are few runs of ascending ones; `false` where they are many.
    fn by_ascents(&self, places: &mut [u32], ascending: usize) -> bool {
        let mut runs = Vec::new();
        let mut start = 0_usize;
        while start < places.len() {
            let known = if start == 0 { ascending } else { start };
            let mut end = known.max(start.saturating_add(1));
            while self.ascends(places, end) {
                end = end.saturating_add(1);
            }
            if runs.len() >= ASCENTS {
                return false;
            }
            runs.extend(self.run(places, start, end, 0));
            start = end;
        }
        self.join(places, runs)
    }

    /// Whether the name at `end` is greater than the one before.
    fn ascends(&self, places: &[u32], end: usize) -> bool {
        let pair = end.checked_sub(1).and_then(|before| places.get(before)).zip(places.get(end));
        pair.is_some_and(|(before, place)| self.name(*before, 0) < self.name(*place, 0))
    }

    /// Sorts `places`, which follow one another, whose names have the first `skip` bytes in common and of which the
    /// first `ascending` are in order.
    fn arrange(&self, places: &mut [u32], ascending: usize, skip: usize, depth: usize) {
        let ascending = if ascending >= FEW { ascending } else { 0 };
        if places.len() < FEW || depth == 0 || !self.by_runs(places, ascending, skip, depth) {
            places.sort_unstable_by(|left, right| self.name(*left, skip).cmp(self.name(*right, skip)));
        }
    }

    /// Sorts `places` run by run; `false` where runs overlap.
    fn by_runs(&self, places: &mut [u32], ascending: usize, skip: usize, depth: usize) -> bool {
        let mut runs = Vec::new();
        runs.extend(self.run(places, 0, ascending, skip));
        let (mut start, mut known) = (ascending, None);
        while let Some(rest) = places.get_mut(start..).filter(|rest| !rest.is_empty()) {
            let (count, block) = self.cut(rest, skip);
            let Some(run) = rest.get_mut(..count) else { return false };
            self.arrange_block(run, skip.saturating_add(block), depth, &mut known);
            let end = start.saturating_add(count);
            runs.extend(self.run(places, start, end, skip));
            start = end;
        }
        self.join(places, runs)
    }

    /// How many of the first names begin with the same block, and how long its name is.
    fn cut(&self, places: &[u32], skip: usize) -> (usize, usize) {
        let block = block(places.first().map_or(&[], |first| self.name(*first, skip)));
        let count = places.iter().skip(1).take_while(|place| begins(self.name(**place, skip), block)).count();
        (count.saturating_add(1), block.len())
    }

    /// Sorts a block as the `known` one where it has the same names behind its own.
    fn arrange_block(&self, run: &mut [u32], skip: usize, depth: usize, known: &mut Option<Block>) {
        let Some(first) = run.first().copied() else { return };
        if let Some(block) = known.as_ref().filter(|block| self.is_alike(run, skip, block)) {
            run.iter_mut().zip(&block.order).for_each(|(place, offset)| *place = first.wrapping_add(*offset));
        } else {
            self.arrange(run, 0, skip, depth.saturating_sub(1));
            *known = Some(Block { first, skip, order: run.iter().map(|place| place.wrapping_sub(first)).collect() });
        }
    }

    fn is_alike(&self, run: &[u32], skip: usize, block: &Block) -> bool {
        let alike = |(place, known): (&u32, u32)| same(self.name(*place, skip), self.name(known, block.skip));
        run.len() == block.order.len() && run.iter().zip(block.first..).all(alike)
    }

    fn run(&self, places: &[u32], start: usize, end: usize, skip: usize) -> Option<Run<'a>> {
        let places = places.get(start..end)?;
        let (first, last) = (self.name(*places.first()?, skip), self.name(*places.last()?, skip));
        Some(Run { start, end, first, last })
    }

    /// Puts runs behind one another; `false` where they overlap.
    fn join(&self, places: &mut [u32], mut runs: Vec<Run<'a>>) -> bool {
        runs.sort_unstable_by(|left, right| left.first.cmp(right.first));
        let apart = runs.iter().zip(runs.iter().skip(1)).all(|(left, right)| left.last < right.first);
        if apart {
            let sorted = runs.iter().filter_map(|run| places.get(run.start..run.end)).flatten().copied();
            let sorted: Vec<u32> = sorted.collect();
            places.iter_mut().zip(sorted).for_each(|(place, sorted)| *place = sorted);
        }
        apart
    }
}

/// The first part of a name that is the block's own: through its first number, or through its first word.
fn block(name: &[u8]) -> &[u8] {
    let mut words = name.split_inclusive(|byte| *byte == b'.');
    let word = words.next().map_or(0, <[u8]>::len);
    let mut end = 0_usize;
    let number = name.split_inclusive(|byte| *byte == b'.').find(|word| {
        end = end.saturating_add(word.len());
        matches!(word, [digits @ .., b'.'] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
    });
    name.get(..if number.is_some() { end } else { word }).unwrap_or(name)
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
        assert_eq!(of(&known(names)), expected, "{names:?}");
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
        assert_eq!(of(&tensors), [1, 2]);
    }
}
