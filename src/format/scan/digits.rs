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

/// A number of at most seven digits as written, the first digit highest: ordered as numbers are, without being one yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Written(u64);

impl Written {
    /// Zero.
    pub(crate) const ZERO: Self = Self(b'0' as u64);

    /// The digits at the start of a word, and how many they are; no zero before another digit.
    #[inline(always)]
    pub(crate) fn first(word: u64) -> Option<(Self, usize)> {
        let others = others(word ^ ZEROS);
        let bits = others.trailing_zeros() & !7;
        let zero = word & 0xFF == u64::from(b'0');
        let sound = (bits > 0) & (bits < 64) & !(zero & (bits > 8));
        sound.then(|| (Self(word.swap_bytes().wrapping_shr(64_u32.wrapping_sub(bits))), (bits >> 3) as usize))
    }

    /// The number.
    pub(crate) fn value(self) -> u64 {
        let digits = self.0.to_be_bytes().into_iter().filter(|&byte| byte != 0);
        digits.fold(0, |number, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit & 0xF)))
    }
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
    let digits = word ^ ZEROS;
    let count = others(digits).trailing_zeros() >> 3;
    // The digits move to the top, where the last one counts one.
    let shifted = digits.checked_shl(64_u32.wrapping_sub(count << 3)).unwrap_or(0);
    let pairs = shifted.wrapping_mul(10).wrapping_add(shifted >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    let number = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF;
    (number, count as usize)
}

const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The high bit of every byte above nine. A carry spoils only bytes behind the first of them.
#[inline(always)]
fn others(digits: u64) -> u64 {
    (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn written_numbers_are_ordered(left in 0_u64..10_000_000, right in 0_u64..10_000_000, behind in "[^0-9]{8}") {
            let read = |number: u64| Written::first(word(format!("{number}{behind}").as_bytes())).unwrap();
            let (one, other) = (read(left).0, read(right).0);
            prop_assert_eq!((one.value(), other.value()), (left, right));
            prop_assert_eq!(read(left).1, left.to_string().len());
            prop_assert_eq!(one.cmp(&other), left.cmp(&right));
        }

        #[test]
        fn numbers_are_read_as_the_library_reads_them(number in 0_u64..10_000_000_000_000_000, behind in "[^0-9].{0,20}") {
            let text = format!("{number}{behind}                ");
            let count = number.to_string().len();
            let expected = (count < 16).then_some((number, count));
            prop_assert_eq!(digits(text.as_bytes()), expected);
        }
    }

    #[test]
    fn few_digits_are_those_of_json() {
        let written = |text: &[u8; 8]| Written::first(u64::from_le_bytes(*text));
        let read = |text: &[u8; 8]| written(text).map(|(number, count)| (number.value(), count));
        assert_eq!((read(b"0,      "), read(b"1234567,")), (Some((0, 1)), Some((1_234_567, 7))));
        assert_eq!((read(b"01,     "), read(b"12345678"), read(b",1      ")), (None, None, None));
        assert!(written(b"99,     ") < written(b"100,    ") && Written::ZERO.value() == 0);
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
