//! Names of tensors: their numbers apart from their words.

/// Replaces every number between points by `#`.
pub(super) fn normalize(name: &str, pattern: &mut Vec<u8>, numbers: &mut Vec<u64>) {
    pattern.clear();
    numbers.clear();
    let mut rest = name.as_bytes();
    while let Some((before, digits, behind)) = first_number(rest) {
        pattern.extend_from_slice(before);
        pattern.push(b'#');
        numbers.push(digits);
        rest = behind;
    }
    pattern.extend_from_slice(rest);
}

/// What stands before the first segment that is a number, the number, and what stands behind it: nothing, or a point
/// and more. `text` begins with a segment or with a point.
fn first_number(text: &[u8]) -> Option<(&[u8], u64, &[u8])> {
    let mut at = usize::from(text.first() == Some(&b'.'));
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
    name.rsplit_once('.').map_or(name, |(_, ending)| ending)
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

    #[test]
    fn numbers_are_told_from_words() {
        let (mut pattern, mut numbers) = (Vec::new(), Vec::new());
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
            normalize(name, &mut pattern, &mut numbers);
            assert_eq!((pattern.as_slice(), numbers.as_slice()), (expected.as_bytes(), counts), "{name}");
        }
        assert_eq!((ending("a.b.weight"), ending("weight"), ending("a.")), ("weight", "weight", ""));
    }
}
