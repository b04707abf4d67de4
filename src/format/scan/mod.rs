//! Looking for the bytes that end or escape a JSON string, many at a time.
//!
//! Each question has one portable answer in plain Rust and, where measuring showed a gain, one in vector instructions;
//! tests hold them against each other on every byte value and place.

mod byte;
mod digits;
mod ends;
mod pattern;
pub(crate) mod portable;
mod string;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use byte::find;
pub(crate) use digits::{Written, digits};
pub(crate) use ends::Ends;
pub(crate) use pattern::Pattern;
pub(crate) use string::string_end;

/// What stands where in a block.
#[inline(always)]
fn marks(block: &ends::Block) -> ends::Marks {
    #[cfg(target_arch = "x86_64")]
    return x86::marks(block);
    #[cfg(not(target_arch = "x86_64"))]
    portable::marks(block)
}

/// A bit for each backslash of a block.
#[inline(always)]
fn backslashes(block: &ends::Block) -> u64 {
    #[cfg(target_arch = "x86_64")]
    return x86::backslashes(block);
    #[cfg(not(target_arch = "x86_64"))]
    portable::backslashes(block)
}

/// A bit for each byte that is no blank of JSON.
#[inline(always)]
pub(crate) fn inks(chunk: &[u8; 16]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    return x86::inks(chunk);
    #[cfg(not(target_arch = "x86_64"))]
    portable::inks(chunk)
}

/// A bit for each byte in which the two agree.
#[inline(always)]
pub(crate) fn equals(left: &[u8; 16], right: &[u8; 16]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    return x86::equals(left, right);
    #[cfg(not(target_arch = "x86_64"))]
    portable::equals(left, right)
}

/// The place of the first byte from `from` on that is no blank of JSON; the end when all are.
#[inline(always)]
pub(crate) fn behind_blanks(bytes: &[u8], from: usize) -> usize {
    if bytes.get(from).is_some_and(|&byte| byte > b' ') {
        return from;
    }
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let found = inks(chunk);
        if found != 0 {
            return at.wrapping_add(found.trailing_zeros() as usize);
        }
        at = at.wrapping_add(16);
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let blanks = rest.iter().take_while(|&&byte| portable::is_blank(byte)).count();
    at.wrapping_add(blanks).min(bytes.len().max(from))
}

/// A bit for each byte that ends a plain run in a string: a quote, a backslash, a control character.
#[inline(always)]
pub(crate) fn stops(chunk: &[u8; 16]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    return x86::stops(chunk);
    #[cfg(not(target_arch = "x86_64"))]
    portable::stops(chunk)
}

/// Where the plain run ends that begins at `from`: the place of the first quote, backslash or control character.
#[inline(always)]
pub(crate) fn run_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let found = stops(chunk);
        if found != 0 {
            return Some(at.wrapping_add(found.trailing_zeros() as usize));
        }
        at = at.wrapping_add(16);
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|&byte| portable::is_stop(byte)).map(|place| at.wrapping_add(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_stop_at_every_stop_byte_in_every_place() {
        // Under Miri, which takes a thousand times as long, only some.
        for place in (0..16).step_by(if cfg!(miri) { 5 } else { 1 }) {
            for byte in (0..=255).filter(|byte| !cfg!(miri) || b"\0\x1F \"\\a\x80\xFF".contains(byte)) {
                let mut chunk = [b'a'; 16];
                chunk[place] = byte;
                assert_eq!(stops(&chunk), portable::stops(&chunk), "{byte} at {place}");
                assert_eq!(stops(&chunk) != 0, portable::is_stop(byte));
            }
        }
    }

    #[test]
    fn both_see_every_blank() {
        for byte in (0..=255).filter(|byte| !cfg!(miri) || b"\0\t\n\r !\x80\xFF".contains(byte)) {
            let chunk = [byte; 16];
            assert_eq!(inks(&chunk), if portable::is_blank(byte) { 0 } else { 0xFFFF }, "{byte}");
            assert_eq!(inks(&chunk), portable::inks(&chunk), "{byte}");
        }
    }

    proptest! {
        #[test]
        fn blanks_end_where_a_byte_walk_ends(bytes in proptest::collection::vec(proptest::sample::select(&b" \n\t\rx\x0b"[..]), 0..60), from in 0_usize..60) {
            let from = from.min(bytes.len());
            let walked = (from..bytes.len()).find(|&at| !portable::is_blank(bytes[at])).unwrap_or(bytes.len());
            prop_assert_eq!(behind_blanks(&bytes, from), walked);
            let chunk: Option<&[u8; 16]> = bytes.first_chunk();
            prop_assert!(chunk.is_none_or(|chunk| inks(chunk) == portable::inks(chunk)));
        }

        #[test]
        fn both_agree_on_noise(chunk: [u8; 16], other in proptest::array::uniform16(0_u8..3)) {
            let masked = chunk.map(|byte| byte & 3);
            prop_assert_eq!(equals(&masked, &other), portable::equals(&masked, &other));
            prop_assert_eq!(stops(&chunk), portable::stops(&chunk));
        }

        #[test]
        fn a_run_ends_where_a_byte_walk_ends(bytes in proptest::collection::vec(28_u8..128, 0..100), from in 0_usize..100) {
            let walked = (from..bytes.len()).find(|&at| portable::is_stop(bytes[at]));
            prop_assert_eq!(run_end(&bytes, from), walked);
        }
    }
}
