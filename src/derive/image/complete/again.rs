//! A block that stands again elsewhere, compared as a whole.

use crate::facts::safetensors::Tensors;
use crate::format::bytes::common;
use std::ops::Range;

/// Whether the tensors at `earlier`, whose names begin alike, stand again from `place` on in the same shapes, with names
/// that begin with `head` instead of as many other bytes; `text` is room for the names.
pub(super) fn again(tensors: &Tensors, earlier: Range<usize>, place: usize, head: &[u8], text: &mut Vec<u8>) -> bool {
    let places = place..place.saturating_add(earlier.len());
    let Some((earlier, now)) = tensors.together(earlier).zip(tensors.together(places)) else { return false };
    if now.names.len() != earlier.names.len() || now.dimensions != earlier.dimensions || !now.is_cut_like(earlier) {
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
    text == now.names
}
