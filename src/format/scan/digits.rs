//! Numbers, eight digits at a time.

/// The number at the start of `bytes` and how many digits it has: one to fifteen, eight at a time.
#[inline(always)]
pub(crate) fn digits(bytes: &[u8]) -> Option<(u64, usize)> {
    let (number, count) = eight_digits(word(bytes));
    if count < 8 {
        return (count > 0).then_some((number, count));
    }
    let (more, behind) = eight_digits(word(bytes.get(8..)?));
    let power = *POWERS.get(behind)?;
    (behind < 8).then(|| (number.wrapping_mul(power).wrapping_add(more), behind.wrapping_add(8)))
}

const POWERS: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Eight bytes; what lies beyond the end is no digit.
#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().copied().map_or_else(|| last_word(bytes), u64::from_le_bytes)
}

#[cold]
fn last_word(bytes: &[u8]) -> u64 {
    let mut word = [b' '; 8];
    word.iter_mut().zip(bytes).for_each(|(slot, &byte)| *slot = byte);
    u64::from_le_bytes(word)
}

/// The number that the digits at the start of a word make, and how many they are.
#[inline(always)]
fn eight_digits(word: u64) -> (u64, usize) {
    let digits = word ^ 0x3030_3030_3030_3030;
    // The high bit of every byte that is no digit. A carry spoils only bytes behind the first of them.
    let others = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    let count = others.trailing_zeros() >> 3;
    // The digits move to the top, where the last one counts one.
    let shifted = digits.checked_shl(64_u32.wrapping_sub(count << 3)).unwrap_or(0);
    let pairs = shifted.wrapping_mul(10).wrapping_add(shifted >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    let number = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF;
    (number, count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_read_as_the_library_reads_them(number in 0_u64..10_000_000_000_000_000, behind in "[^0-9].{0,20}") {
            let text = format!("{number}{behind}                ");
            let count = number.to_string().len();
            let expected = (count < 16).then_some((number, count));
            prop_assert_eq!(digits(text.as_bytes()), expected);
        }
    }

    #[test]
    fn digits_stop_where_digits_stop() {
        assert_eq!(digits(b"7]      "), Some((7, 1)));
        assert_eq!(digits(b"12345678,       "), Some((12_345_678, 8)));
        assert_eq!(digits(b"000012,,        "), Some((12, 6)));
        assert_eq!(digits(b"-1      "), None);
        assert_eq!(digits(b"/:      "), None);
        assert_eq!(digits(b"1234567890123456        "), None);
    }
}
