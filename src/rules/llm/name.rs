//! Names of tensors: their numbers apart from their words.

use crate::format::bytes::common;

/// A name with `#` for every number between points, and the numbers: as names mostly go on as those before them did, only
/// what is new in one is looked at.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) pattern: Vec<u8>,
    pub(super) numbers: Vec<u64>,
    name: Vec<u8>,
    /// Where numbers end that more follows on, each with its point: in the name and in the pattern.
    ends: Vec<(usize, usize)>,
}

impl Reader {
    /// Takes `name` in; false where it is the one before.
    pub(super) fn read(&mut self, name: &[u8]) -> bool {
        if self.name == name {
            return false;
        }
        let same = common(&self.name, name);
        while self.ends.last().is_some_and(|(end, _)| *end > same) {
            self.ends.pop();
        }
        let (known, pattern) = self.ends.last().copied().unwrap_or_default();
        self.pattern.truncate(pattern);
        self.numbers.truncate(self.ends.len());
        self.name.truncate(same);
        self.name.extend_from_slice(name.get(same..).unwrap_or_default());
        self.go_on(name.get(known..).unwrap_or_default(), known);
        true
    }

    /// Reads what begins with a segment at `at`.
    fn go_on(&mut self, mut rest: &[u8], mut at: usize) {
        while let Some((before, digits, behind)) = first_number(rest) {
            self.pattern.extend_from_slice(before);
            self.pattern.push(b'#');
            self.numbers.push(digits);
            at = at.saturating_add(rest.len().saturating_sub(behind.len()));
            rest = behind;
            if let Some(segment) = behind.strip_prefix(b".") {
                self.pattern.push(b'.');
                at = at.saturating_add(1);
                rest = segment;
                self.ends.push((at, self.pattern.len()));
            }
        }
        self.pattern.extend_from_slice(rest);
    }
}

/// What stands before the first segment that is a number, the number, and what stands behind it: nothing, or a point
/// and more. `text` begins with a segment.
fn first_number(text: &[u8]) -> Option<(&[u8], u64, &[u8])> {
    let mut at = 0_usize;
    loop {
        let segment = text.get(at..)?;
        if segment.first().is_some_and(u8::is_ascii_digit) {
            let end = segment.iter().position(|&byte| byte == b'.').unwrap_or(segment.len());
            let (segment, behind) = segment.split_at_checked(end)?;
            if let Some(number) = number(segment) {
                return Some((text.get(..at)?, number, behind));
            }
        }
        at = at.checked_add(point(segment)?)?.checked_add(1)?;
    }
}

/// How many numbers stand before the one that begins at byte `at` of `name`; nothing where none begins there.
pub(super) fn numbers_before(name: &[u8], at: usize) -> Option<usize> {
    let (mut count, mut rest) = (0_usize, name);
    while let Some((before, _, behind)) = first_number(rest) {
        let start = name.len().checked_sub(rest.len())?.checked_add(before.len())?;
        if start >= at {
            return (start == at).then_some(count);
        }
        (count, rest) = (count.saturating_add(1), behind.strip_prefix(b".")?);
    }
    None
}

/// Where the first point is, eight bytes a step.
fn point(text: &[u8]) -> Option<usize> {
    const POINTS: u64 = u64::from_ne_bytes([b'.'; 8]);
    const LOW: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let mut at = 0_usize;
    let mut rest = text;
    while let Some((step, behind)) = rest.split_first_chunk::<8>() {
        let other = u64::from_le_bytes(*step) ^ POINTS;
        let zero = other.wrapping_sub(LOW) & !other & HIGH;
        if zero != 0 {
            return at.checked_add(usize::try_from(zero.trailing_zeros() / 8).ok()?);
        }
        at = at.saturating_add(8);
        rest = behind;
    }
    rest.iter().position(|&byte| byte == b'.').and_then(|place| at.checked_add(place))
}

/// What stands behind the last point.
pub(super) fn ending(name: &str) -> &str {
    let point = name.bytes().rposition(|byte| byte == b'.');
    point.and_then(|point| name.get(point.checked_add(1)?..)).unwrap_or(name)
}

fn number(segment: &[u8]) -> Option<u64> {
    segment.iter().try_fold(0_u64, |number, byte| {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        number.checked_mul(10)?.checked_add(digit).filter(|_| digit < 10)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_told_from_words() {
        let mut reader = Reader::default();
        for (name, expected, counts) in [
            (
                "model.layers.12.mlp.experts.3.up_proj.weight",
                "model.layers.#.mlp.experts.#.up_proj.weight",
                &[12, 3][..],
            ),
            ("a.5_scale.+5..7", "a.5_scale.+5..#", &[7]),
            ("a.99999999999999999999.\u{e9}", "a.99999999999999999999.\u{e9}", &[]),
            ("0.1..2.b", "#.#..#.b", &[0, 1, 2]),
            ("7", "#", &[7]),
            (".3.", ".#.", &[3]),
            ("12x.long_word_here.4y.00", "12x.long_word_here.4y.#", &[0]),
            ("", "", &[]),
        ] {
            reader.read(name.as_bytes());
            assert_eq!((reader.pattern.as_slice(), reader.numbers.as_slice()), (expected.as_bytes(), counts), "{name}");
        }
        assert_eq!((ending("a.b.weight"), ending("weight"), ending("a.")), ("weight", "weight", ""));
    }
    proptest! {
        #[test]
        fn what_was_read_before_changes_nothing(names in proptest::collection::vec("[a01.]{0,12}", 1..20)) {
            let mut reader = Reader::default();
            for name in &names {
                reader.read(name.as_bytes());
                let mut alone = Reader::default();
                alone.read(name.as_bytes());
                prop_assert_eq!((&reader.pattern, &reader.numbers), (&alone.pattern, &alone.numbers), "{}", name);
                prop_assert!(!reader.read(name.as_bytes()));
            }
        }
    }
}
