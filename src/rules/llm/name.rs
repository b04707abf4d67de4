//! Names of tensors: their numbers apart from their words.

/// Replaces every number between points by `#`.
pub(super) fn normalize(name: &str, pattern: &mut Vec<u8>, numbers: &mut Vec<u64>) {
    pattern.clear();
    numbers.clear();
    for (at, segment) in name.as_bytes().split(|&byte| byte == b'.').enumerate() {
        if at > 0 {
            pattern.push(b'.');
        }
        match number(segment) {
            Some(number) => {
                numbers.push(number);
                pattern.push(b'#');
            }
            None => pattern.extend_from_slice(segment),
        }
    }
}

/// What stands behind the last point.
pub(super) fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, ending)| ending)
}

fn number(segment: &[u8]) -> Option<u64> {
    segment.first().filter(|byte| byte.is_ascii_digit())?;
    std::str::from_utf8(segment).ok()?.parse().ok()
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
            ("", "", &[]),
        ] {
            normalize(name, &mut pattern, &mut numbers);
            assert_eq!((pattern.as_slice(), numbers.as_slice()), (expected.as_bytes(), counts), "{name}");
        }
        assert_eq!((ending("a.b.weight"), ending("weight"), ending("a.")), ("weight", "weight", ""));
    }
}
