//! Where one long string ends.

use super::ends::{Block, escaped};

/// The place of the quote that closes the string whose text begins at `from`, and whether an escape stands in it. `None`
/// where another escape than those of two characters stands in it, a control character, or the text's last 63 bytes.
pub(crate) fn string_end(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    let (mut at, mut carry, mut any) = (from, 0, false);
    loop {
        let block: &Block = bytes.get(at..)?.first_chunk()?;
        let (marks, backslashes) = (super::marks(block), super::backslashes(block));
        let escaped = escaped(backslashes, &mut carry);
        let ends = marks.quotes & !escaped;
        let before = ends.wrapping_sub(1) & !ends;
        let letters = escaped & before & !(marks.quotes | backslashes);
        let controls = marks.others & !backslashes & before;
        if controls != 0 || !are_simple(letters, block) {
            return None;
        }
        any |= backslashes & before != 0;
        if ends != 0 {
            return Some((at.wrapping_add(ends.trailing_zeros() as usize), any));
        }
        at = at.wrapping_add(64);
    }
}

/// Whether a backslash before each of these bytes makes an escape of two characters.
#[inline(always)]
fn are_simple(places: u64, block: &Block) -> bool {
    let mut rest = places;
    while rest != 0 {
        let byte = block.get(rest.trailing_zeros() as usize).copied();
        if !matches!(byte, Some(b'/' | b'b' | b'f' | b'n' | b'r' | b't')) {
            return false;
        }
        rest &= rest.wrapping_sub(1);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn walked(bytes: &[u8]) -> Option<(usize, bool)> {
        let (mut at, mut any) = (0, false);
        loop {
            match bytes[at] {
                b'"' => return Some((at, any)),
                b'\\' if b"\"\\/bfnrt".contains(&bytes[at + 1]) => (at, any) = (at + 2, true),
                b'\\' | 0..=0x1F => return None,
                _ => at += 1,
            }
        }
    }

    proptest! {
        #[test]
        fn ends_where_a_walk_ends(pieces in proptest::collection::vec(
            proptest::sample::select(&["a", "é\u{1f600}", "\\\"", "\\\\", "\\n", "\\/", "sixteen letters!", "sixteen letters!"][..]), 0..60),
            odd in proptest::sample::select(&["", "\"", "\n", "\\u0041", "\\x", "\u{7f}"][..]), place: proptest::sample::Index) {
            let mut pieces = pieces;
            pieces.insert(place.index(pieces.len() + 1), odd);
            let text = pieces.concat() + "\"" + &" ".repeat(70);
            prop_assert_eq!(string_end(text.as_bytes(), 0), walked(text.as_bytes()));
        }
    }

    #[test]
    fn leaves_the_last_bytes_alone() {
        assert_eq!(string_end(b"text\"", 0), None);
        assert_eq!(string_end(&[b'a'; 200], 7), None);
    }
}
