//! Tensors behind one another, as one: a block is compared with another faster than each tensor of it.

use super::safetensors::Row;
use crate::format::bytes::common;

/// Some tensors of one file.
#[derive(Clone, Copy)]
pub(super) struct Together<'a> {
    /// The bytes of the names, end to end.
    pub(super) names: &'a [u8],
    /// The dimensions, end to end.
    pub(super) dimensions: &'a [u64],
    /// The row before the first.
    pub(super) before: Row,
    pub(super) rows: &'a [Row],
}

impl Together<'_> {
    /// Whether these are the `earlier` ones again, whose names all begin alike, with `head` instead of as many bytes; `text`
    /// is room for the names.
    pub(super) fn repeat(self, earlier: Self, head: &[u8], text: &mut Vec<u8>) -> bool {
        if self.names.len() != earlier.names.len()
            || self.dimensions != earlier.dimensions
            || !self.is_cut_like(earlier)
        {
            return false;
        }
        text.clear();
        text.extend_from_slice(earlier.names);
        let mut at = 0_usize;
        while let Some((rest, known)) = head.get(at..).zip(earlier.names.get(at..)) {
            at = at.saturating_add(common(rest, known));
            let Some(byte) = head.get(at) else { break };
            earlier.put(text, at, *byte);
            at = at.saturating_add(1);
        }
        text == self.names
    }

    /// Writes `byte` over byte `at` of each name in `text`, which has names as long as these.
    fn put(self, text: &mut [u8], at: usize, byte: u8) {
        let first = self.before.name_end.wrapping_sub(at);
        let mut place = at;
        for row in self.rows {
            if let Some(slot) = text.get_mut(place) {
                *slot = byte;
            }
            place = row.name_end.wrapping_sub(first);
        }
    }

    /// Whether names and shapes are as long as those of the others.
    fn is_cut_like(self, others: Self) -> bool {
        let name = self.before.name_end.wrapping_sub(others.before.name_end);
        let shape = self.before.shape_end.wrapping_sub(others.before.shape_end);
        // Without a way out, as nearly all are alike.
        let apart = self.rows.iter().zip(others.rows).fold(0, |apart, (row, other)| {
            let names = row.name_end.wrapping_sub(other.name_end) ^ name;
            apart | names | (row.shape_end.wrapping_sub(other.shape_end) ^ shape)
        });
        self.rows.len() == others.rows.len() && apart == 0
    }
}
