//! Where a byte stands.

use super::equals;

/// Bytes that are looked at together.
const TOGETHER: usize = 16;

/// Where `byte` stands first.
pub(crate) fn find(bytes: &[u8], byte: u8) -> Option<usize> {
    let wanted = [byte; TOGETHER];
    let (chunks, rest) = bytes.as_chunks::<TOGETHER>();
    let mut before = 0_usize;
    for chunk in chunks {
        let bits = equals(chunk, &wanted);
        if bits != 0 {
            return Some(before.saturating_add(bits.trailing_zeros() as usize));
        }
        before = before.saturating_add(TOGETHER);
    }
    rest.iter().position(|known| *known == byte).map(|place| before.saturating_add(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_found_wherever_it_stands() {
        for length in 0..70 {
            let mut bytes = vec![b'a'; length];
            assert_eq!(find(&bytes, b'b'), None);
            for place in (0..length).rev() {
                bytes[place] = b'b';
                assert_eq!(find(&bytes, b'b'), Some(place));
            }
        }
    }
}
