//! Blocks: tensors that follow one another and whose names begin alike, up to a number. A layer is one as a rule.

use crate::format::bytes::{begins, same};
use crate::format::gguf::TensorInfo;
use std::ops::Range;

/// Tensors that follow one another: those of one number, or some of none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Their places in the file's order.
    pub places: Range<usize>,
    /// Whether their names begin alike, up to a number: `blk.7.`
    pub is_numbered: bool,
    /// Whether they are the tensors of the block before, in order, under another number: of the same dimensions.
    pub is_alike: bool,
}

/// What a name begins with, up to its first number that stands alone; nothing where there is none.
#[derive(Debug, Clone, Copy, Default)]
struct Stem<'a> {
    text: &'a [u8],
    /// The part before the number.
    words: &'a [u8],
}

impl<'a> Stem<'a> {
    fn of(name: &'a [u8]) -> Self {
        let mut at = 0_usize;
        for word in name.split(|byte| *byte == b'.') {
            let end = at.saturating_add(word.len()).saturating_add(1);
            let is_number = at > 0 && !word.is_empty() && word.iter().all(u8::is_ascii_digit);
            if let (true, Some(text), Some(words)) = (is_number, name.get(..end), name.get(..at)) {
                return Self { text, words };
            }
            at = end;
        }
        Self::default()
    }

    /// Whether a name begins so, and with nothing else where this is nothing.
    fn begins(self, name: &[u8]) -> bool {
        if self.text.is_empty() { Stem::of(name).text.is_empty() } else { begins(name, self.text) }
    }
}

/// Blocks that room is made for at once: most models have fewer layers.
const USUAL: usize = 64;

/// Splits the tensors into blocks.
pub(super) fn blocks(tensors: &[TensorInfo<'_>]) -> Vec<Block> {
    let (mut blocks, mut start, mut rest) = (Vec::new(), 0_usize, tensors);
    blocks.reserve(tensors.len().min(USUAL));
    let (mut last, mut last_stem) = (<&[TensorInfo<'_>]>::default(), Stem::default());
    while let Some(first) = rest.first() {
        let stem = Stem::of(first.name);
        let is_within = |tensor: &TensorInfo<'_>| stem.begins(tensor.name);
        let alike = rest.split_at_checked(last.len()).filter(|(block, behind)| {
            let is_alike =
                |(tensor, other): (&TensorInfo<'_>, &TensorInfo<'_>)| repeats(tensor, stem, other, last_stem);
            stem.words == last_stem.words
                && !stem.text.is_empty()
                && block.iter().zip(last).all(is_alike)
                && !behind.first().is_some_and(is_within)
        });
        let is_alike = alike.is_some();
        let (block, behind) = alike.unwrap_or_else(|| {
            let count = rest.iter().take_while(|tensor| is_within(tensor)).count();
            rest.split_at_checked(count).unwrap_or((rest, &[]))
        });
        let end = start.saturating_add(block.len());
        blocks.push(Block { places: start..end, is_numbered: !stem.text.is_empty(), is_alike });
        (last, last_stem, start, rest) = (block, stem, end, behind);
    }
    blocks
}

/// Whether a tensor is another one under another number.
fn repeats(tensor: &TensorInfo<'_>, stem: Stem<'_>, other: &TensorInfo<'_>, other_stem: Stem<'_>) -> bool {
    tensor.dimensions == other.dimensions
        && tensor.dimension_count == other.dimension_count
        && tensor.fifth_dimension == other.fifth_dimension
        && stem.begins(tensor.name)
        && same(behind(tensor, stem), behind(other, other_stem))
}

fn behind<'a>(tensor: &TensorInfo<'a>, stem: Stem<'_>) -> &'a [u8] {
    tensor.name.get(stem.text.len()..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(name: &'static str, rows: u64) -> TensorInfo<'static> {
        TensorInfo {
            name: name.as_bytes(),
            dimension_count: 1,
            dimensions: [rows, 1, 1, 1],
            fifth_dimension: 1,
            type_id: 0,
            data_offset: 0,
            size_bytes: 0,
            offset: 0,
        }
    }

    fn found(names: &[&'static str]) -> Vec<(Range<usize>, bool, bool)> {
        let tensors: Vec<_> = names.iter().map(|name| tensor(name, 1)).collect();
        blocks(&tensors).into_iter().map(|block| (block.places, block.is_numbered, block.is_alike)).collect()
    }

    #[test]
    fn layers_are_told() {
        let names = ["embd", "out", "blk.0.q", "blk.0.k", "blk.1.q", "blk.1.k", "blk.10.q", "blk.10.k", "norm"];
        let expected = [(0..2, false, false), (2..4, true, false), (4..6, true, true), (6..8, true, true)];
        assert_eq!(found(&names), [&expected[..], &[(8..9, false, false)]].concat());
    }

    #[test]
    fn what_differs_is_not_alike() {
        let alike = |names: &[&'static str]| found(names).iter().any(|(.., is_alike)| *is_alike);
        assert!(alike(&["a.0.q", "a.1.q"]));
        for names in [
            ["a.0.q", "b.1.q", "c"],
            ["a.0.q", "a.1.q", "a.1.k"],
            ["a.0.q", "a.0.k", "a.1.q"],
            ["a.0.q", "a.1.k", "b"],
            ["0.q", "1.q", "2.q"],
            ["a.0", "a.1", "a.2"],
        ] {
            assert!(!alike(&names), "{names:?}");
        }
        let wider = blocks(&[tensor("a.0.q", 1), tensor("a.1.q", 2)]);
        assert!(wider.iter().all(|block| !block.is_alike));
    }
}
