//! Texts end at their first byte that is zero: llama.cpp hands them on as C strings.

/// The text up to its first zero byte: all that llama.cpp sees of it.
pub fn until_zero(text: &[u8]) -> &[u8] {
    if has_zero(text) { text.split(|byte| *byte == 0).next().unwrap_or_default() } else { text }
}

/// Whether `written`, up to its first zero byte, is `name`, in which there is none: few names need be looked through.
pub(super) fn is_named(written: &[u8], name: &[u8]) -> bool {
    match written.get(name.len()) {
        None => written == name,
        Some(0) => written.starts_with(name),
        Some(_) => false,
    }
}

/// Looks at many bytes at a time: hundreds of names of tensors are asked, most of them of 16 to 32 bytes.
fn has_zero(text: &[u8]) -> bool {
    match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) if text.len() <= 16 => word_has_zero(*first) || word_has_zero(*last),
        (Some(_), _) => long_has_zero(text),
        _ => match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            (Some([a, b, c, d]), Some([e, f, g, h])) => word_has_zero([*a, *b, *c, *d, *e, *f, *g, *h]),
            _ => text.contains(&0),
        },
    }
}

fn long_has_zero(text: &[u8]) -> bool {
    match (text.first_chunk::<16>(), text.last_chunk::<16>()) {
        (Some(first), Some(last)) if text.len() <= 32 => words_have_zero(*first) || words_have_zero(*last),
        _ => text.contains(&0),
    }
}

fn words_have_zero(bytes: [u8; 16]) -> bool {
    let words = u128::from_le_bytes(bytes);
    words.wrapping_sub(u128::MAX / 0xFF) & !words & (u128::MAX / 0xFF * 0x80) != 0
}

fn word_has_zero(bytes: [u8; 8]) -> bool {
    let word = u64::from_le_bytes(bytes);
    word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_at_its_first_zero_whatever_its_length() {
        for length in 0..40_usize {
            let text: Vec<u8> = (1..=length).map(|byte| u8::try_from(byte).unwrap() | 0x80).collect();
            assert_eq!(until_zero(&text), text);
            for at in 0..length {
                let mut cut = text.clone();
                cut[at] = 0;
                cut[length - 1] = 0;
                let seen = &text[..at.min(length - 1)];
                assert_eq!(until_zero(&cut), seen, "length {length}, zero at {at}");
                let named: Vec<_> = (0..=length).filter(|end| is_named(&cut, &text[..*end])).collect();
                assert_eq!(named, [seen.len()], "length {length}, zero at {at}");
            }
        }
    }
}
