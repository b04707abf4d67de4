//! Few runs of ascending names, put together: the reference writer sorts by element type first, and a checkpoint is
//! joined from parts.

use super::repeats::Rows;
use std::cmp::Ordering;
use std::ops::Range;

/// Most runs that are put together.
const RUNS: usize = 16;
/// So many comparisons a name may take, on the average: a table of names takes no longer.
const COMPARISONS: usize = 4;

/// The places of `rows` in the order of their names, where these are few runs of ascending ones; `None` where they are not,
/// or where a name stands twice. The first `ascending` are known to be such a run.
pub(crate) fn order(rows: &(impl Rows + ?Sized), ascending: usize) -> Option<Vec<u32>> {
    let runs = runs(rows, ascending)?;
    Merger { rows, left: rows.count().saturating_mul(COMPARISONS) }.merge(runs)
}

/// The runs, the one last that begins with the least name.
fn runs(rows: &(impl Rows + ?Sized), ascending: usize) -> Option<Vec<Range<usize>>> {
    let (mut runs, mut start) = (Vec::new(), 0_usize);
    while start < rows.count() {
        let mut end = ascending.max(start.saturating_add(1));
        while end < rows.count() && end.checked_sub(1).is_some_and(|last| name(rows, last) < name(rows, end)) {
            end = end.saturating_add(1);
        }
        if runs.len() >= RUNS {
            return None;
        }
        runs.push(start..end);
        start = end;
    }
    runs.sort_unstable_by(|left, right| name(rows, right.start).cmp(name(rows, left.start)));
    Some(runs)
}

fn name(rows: &(impl Rows + ?Sized), place: usize) -> &[u8] {
    rows.name_at(place).unwrap_or_default()
}

struct Merger<'a, R: ?Sized> {
    rows: &'a R,
    /// How many comparisons may still be made.
    left: usize,
}

impl<R: Rows + ?Sized> Merger<'_, R> {
    fn merge(mut self, mut runs: Vec<Range<usize>>) -> Option<Vec<u32>> {
        let (rows, mut sorted) = (self.rows, Vec::new());
        sorted.reserve_exact(rows.count());
        while let Some(run) = runs.pop() {
            let next = runs.last().map(|next| next.start);
            let end = next.map_or(Some(run.end), |next| self.end_before(&run, next))?;
            sorted.extend((u32::try_from(run.start).ok()?..).take(end.saturating_sub(run.start)));
            if end < run.end {
                let begins_later = |other: &Range<usize>| name(rows, other.start) > name(rows, end);
                let later = runs.split_last().map_or(0, |(_, others)| others.partition_point(begins_later));
                runs.insert(later, end..run.end);
            }
        }
        Some(sorted)
    }

    /// Where the names of a run that are less than that at `next` end, of which the first is one; `None` where it is among
    /// them.
    fn end_before(&mut self, run: &Range<usize>, next: usize) -> Option<usize> {
        let (mut last, mut end) = (self.is_before(run.start, next)?.then_some(run.start)?, run.end);
        let mut step = 1_usize;
        while let Some(place) = last.checked_add(step).filter(|place| *place < end) {
            if !self.is_before(place, next)? {
                end = place;
                break;
            }
            (last, step) = (place, step.saturating_mul(2));
        }
        while let Some(place) = last.checked_add(1).filter(|place| *place < end) {
            let middle = place.midpoint(end.saturating_sub(1));
            if self.is_before(middle, next)? { last = middle } else { end = middle }
        }
        Some(end)
    }

    /// Whether the name at `place` is less than that at `next`; `None` where they are the same.
    fn is_before(&mut self, place: usize, next: usize) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        match name(self.rows, place).cmp(name(self.rows, next)) {
            Ordering::Equal => None,
            less => Some(less == Ordering::Less),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::safetensors::TensorInfo;
    use proptest::prelude::*;

    fn ordered(names: &[String]) -> Option<Vec<u32>> {
        let tensors: Vec<_> =
            names.iter().map(|name| TensorInfo { name: name.into(), ..TensorInfo::default() }).collect();
        order(tensors.as_slice(), 0)
    }

    proptest! {
        #[test]
        fn is_that_of_a_plain_sort(runs in proptest::collection::vec(proptest::collection::btree_set("[a-c]{1,6}", 0..60), 0..4)) {
            let mut seen = std::collections::HashSet::new();
            let all: Vec<String> = runs.iter().flatten().cloned().collect();
            let once: Vec<String> = all.iter().filter(|name| seen.insert(*name)).cloned().collect();
            let mut expected: Vec<u32> = (0..u32::try_from(once.len()).unwrap()).collect();
            expected.sort_by_key(|place| &once[*place as usize]);
            prop_assert!(ordered(&once).is_none_or(|order| order == expected));
            prop_assert!(once.len() == all.len() || ordered(&all).is_none());
        }
    }

    #[test]
    fn a_name_ahead_of_all_and_a_few_of_another_type_cost_little() {
        let mut names: Vec<String> = (0..1000).map(|number| format!("blocks.{number:04}.weight")).collect();
        let ahead = names.remove(500);
        names.insert(0, ahead);
        assert!(ordered(&names).is_some());
        names.sort_by_key(|name| (name.contains("5."), name.clone()));
        assert!(ordered(&names).is_some());
        let apart: Vec<String> = (0..20).rev().map(|number| format!("blocks.{number:04}.weight")).collect();
        assert_eq!(ordered(&apart), None);
    }
}
