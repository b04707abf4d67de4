//! Looking for the bytes that end or escape a JSON string, many at a time.
//!
//! Each question has one portable answer in plain Rust and, where measuring showed a gain, one in vector instructions;
//! tests hold them against each other on every byte value and place.

pub(crate) mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

/// A bit for each byte that ends a plain run in a string: a quote, a backslash, a control character.
#[inline(always)]
pub(crate) fn stops(chunk: &[u8; 16]) -> u32 {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    return x86::stops(chunk);
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
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
        for place in 0..16 {
            for byte in 0..=255 {
                let mut chunk = [b'a'; 16];
                chunk[place] = byte;
                assert_eq!(stops(&chunk), portable::stops(&chunk), "{byte} at {place}");
                assert_eq!(stops(&chunk) != 0, portable::is_stop(byte));
            }
        }
    }

    proptest! {
        #[test]
        fn both_agree_on_noise(chunk: [u8; 16]) {
            prop_assert_eq!(stops(&chunk), portable::stops(&chunk));
        }

        #[test]
        fn a_run_ends_where_a_byte_walk_ends(bytes in proptest::collection::vec(28_u8..128, 0..100), from in 0_usize..100) {
            let walked = (from..bytes.len()).find(|&at| portable::is_stop(bytes[at]));
            prop_assert_eq!(run_end(&bytes, from), walked);
        }
    }
}
