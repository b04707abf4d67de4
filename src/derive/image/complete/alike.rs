//! Whether every block of a transformer is like the first: as a rule it is, and nothing more is to be said.

use super::super::bytes;
use super::super::listing::{Listing, Sorted};
use super::super::scope::Scope;
use std::ops::Range;

/// Blocks that are all alike.
pub(super) struct Alike<'s> {
    /// What stands behind the block's number, for each tensor of a block.
    pub(super) leaves: Vec<&'s str>,
    /// Those of them that the lean block has.
    pub(super) in_lean: Vec<&'s str>,
}

/// One block: its names, and the bytes before what every block has.
struct Block {
    number: u64,
    names: Range<usize>,
    skip: usize,
}

/// So few blocks say nothing of each other.
const FEW: u64 = 3;

/// The blocks behind `stem`, where there are `count`, numbered from 0, with the same names and shapes. The `lean` one may
/// leave some out, and its shapes are its own.
pub(super) fn of<'s>(scope: &Scope<'s, '_>, stem: &str, count: u64, lean: Option<u64>) -> Option<Alike<'s>> {
    let Range { start, end } = scope.beginning(stem);
    let skip = scope.prefix.len().saturating_add(stem.len());
    let (listing, sorted) = (scope.listing, scope.listing.sorted());
    let first = block(sorted, start..end, skip, 1).filter(|first| Some(first.number) != lean && count >= FEW)?;
    let (mut at, mut seen, mut in_lean) = (start, 0_u64, Vec::new());
    while at < end {
        let block = block(sorted, at..end, skip, first.names.len()).filter(|block| block.number < count)?;
        if Some(block.number) == lean {
            in_lean = leaves(listing, &block);
        } else if !is_like(sorted, &block, &first) {
            return None;
        }
        at = block.names.end;
        seen = seen.saturating_add(1);
    }
    let leaves = leaves(listing, &first);
    let known = in_lean.iter().all(|leaf| leaves.binary_search(leaf).is_ok());
    (seen == count && known).then_some(Alike { leaves, in_lean })
}

/// The block that the first of `names` belongs to, with as many names as was guessed, as a rule.
fn block(sorted: Sorted<'_>, names: Range<usize>, skip: usize, guess: usize) -> Option<Block> {
    let name = sorted.name(names.start);
    let digits = name.get(skip..)?.split(|byte| *byte == b'.').next()?;
    let number = number(digits)?;
    let skip = skip.checked_add(digits.len())?.checked_add(1)?;
    let stem = name.get(..skip)?;
    let is_in = |number: usize| number < names.end && bytes::begins(sorted.name(number), stem);
    let mut end = names.start.saturating_add(guess);
    if !is_in(end.saturating_sub(1)) || is_in(end) {
        let count = (names.start..names.end).take_while(|number| is_in(*number)).count();
        end = names.start.saturating_add(count);
    }
    Some(Block { number, names: names.start..end, skip })
}

/// A number as writers spell it.
fn number(digits: &[u8]) -> Option<u64> {
    let plain = digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || digits.first() != Some(&b'0'));
    std::str::from_utf8(digits).ok().filter(|_| plain)?.parse().ok()
}

/// Whether both blocks have the same names and shapes.
fn is_like(sorted: Sorted<'_>, block: &Block, first: &Block) -> bool {
    let same = |(one, other)| {
        let (one, other) = (sorted.raw(one)?, sorted.raw(other)?);
        Some(bytes::same(one.0.get(block.skip..)?, other.0.get(first.skip..)?) && bytes::same_sizes(one.1, other.1))
    };
    block.names.len() == first.names.len()
        && block.names.clone().zip(first.names.clone()).all(|pair| same(pair) == Some(true))
}

fn leaves<'s>(listing: &'s Listing<'_>, block: &Block) -> Vec<&'s str> {
    let names = block.names.clone().filter_map(|number| listing.sorted_at(number));
    names.filter_map(|entry| entry.name.get(block.skip..)).collect()
}
