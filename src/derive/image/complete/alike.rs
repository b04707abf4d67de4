//! Whether every block of a transformer is like the first: as a rule it is, and nothing more is to be said.

use super::super::scope::Scope;
use crate::format::repeats::Repeat;
use std::ops::Range;

/// Blocks that are all alike.
pub(super) struct Alike<'s> {
    /// What stands behind the block's number, for each tensor of a block.
    pub(super) leaves: Vec<&'s str>,
    /// Those of them that the lean block has.
    pub(super) in_lean: Vec<&'s str>,
}

/// So few blocks say nothing of each other.
const FEW: u64 = 3;

/// The blocks behind `stem`, where there are `count`, numbered from 0, with the same names and shapes. The `lean` one may
/// leave some out, and its shapes are its own.
///
/// As each name stands once, a block repeats the first as a whole when so many of its tensors repeat one of it.
pub(super) fn of<'s>(scope: &Scope<'s, '_>, stem: &str, count: u64, lean: Option<u64>) -> Option<Alike<'s>> {
    let once = scope.listing.sorted().len() == scope.listing.len();
    let repeated = repeated(scope, stem, count).filter(|_| count >= FEW && once)?;
    let block = |number: u64| scope.beginning(&format!("{stem}{number}."));
    let blocks = || (0_u64..).zip(&repeated).filter(|(number, _)| Some(*number) != lean);
    let (first, _) = blocks().find(|(_, tensors)| **tensors == 0)?;
    let (names, in_lean) = (block(first), lean.map(block));
    let whole = blocks().all(|(number, tensors)| number == first || *tensors == names.len());
    let all = blocks().count().saturating_mul(names.len()).saturating_add(in_lean.as_ref().map_or(0, Range::len));
    if !whole || all != scope.beginning(stem).len() || in_lean.as_ref().is_some_and(Range::is_empty) {
        return None;
    }
    let leaves = leaves(scope, stem, names);
    let in_lean = in_lean.map(|names| self::leaves(scope, stem, names)).unwrap_or_default();
    let known = in_lean.iter().all(|leaf| leaves.binary_search(leaf).is_ok());
    known.then_some(Alike { leaves, in_lean })
}

/// How many tensors of each block repeat those of an earlier one; `None` where there are other blocks.
fn repeated(scope: &Scope<'_, '_>, stem: &str, count: u64) -> Option<Vec<usize>> {
    let start = scope.prefix.len().saturating_add(stem.len());
    let is_ours = |repeat: &&Repeat| {
        let name = scope.listing.at(repeat.places.start).map_or("", |entry| entry.name);
        let rest = name.strip_prefix(scope.prefix).and_then(|name| name.strip_prefix(stem));
        let behind = rest.map_or("", |rest| rest.trim_start_matches(|byte: char| byte.is_ascii_digit()));
        repeat.stem == start && behind.starts_with('.')
    };
    let mut tensors = vec![0_usize; usize::try_from(count).ok()?];
    for repeat in scope.listing.repeats().iter().filter(is_ours) {
        let slot = usize::try_from(repeat.number).ok().and_then(|number| tensors.get_mut(number))?;
        *slot = slot.saturating_add(repeat.places.len());
    }
    Some(tensors)
}

/// What stands behind the number in each of `names`, which have the same one.
fn leaves<'s>(scope: &Scope<'s, '_>, stem: &str, names: Range<usize>) -> Vec<&'s str> {
    let start = scope.prefix.len().saturating_add(stem.len());
    let mut names = names.filter_map(|number| scope.entry(number).map(|entry| entry.name)).peekable();
    let number = names.peek().and_then(|name| name.get(start..)?.find('.')).unwrap_or_default();
    let skip = start.saturating_add(number).saturating_add(1);
    names.filter_map(|name| name.get(skip..)).collect()
}
