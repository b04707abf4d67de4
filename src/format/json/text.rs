//! A string as it stands in the document, decoded only when asked for.

use crate::format::scan::run_end;
use std::borrow::Cow;

/// A string that was checked but not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Text<'a> {
    /// What stands between the quotes.
    pub(crate) raw: &'a str,
    /// Whether any escape stands in it.
    pub(crate) escaped: bool,
    /// The byte offset of the opening quote.
    pub(crate) offset: u64,
}

impl<'a> Text<'a> {
    /// The text, borrowed where no escape stands in it. Half a surrogate pair becomes U+FFFD, as in the tree.
    pub(crate) fn decode(&self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
    }

    /// Whether the text is `word`.
    pub(crate) fn is(&self, word: &str) -> bool {
        if self.escaped { means(self.raw, word).is_some() } else { self.raw == word }
    }
}

/// `Some` when `raw`, decoded, is `word`: compared piece by piece, so that nothing is allocated.
fn means(raw: &str, word: &str) -> Option<()> {
    let (mut rest, mut word) = (raw, word);
    while let Some((plain, escape)) = rest.split_once('\\') {
        let (character, behind) = one_escape(escape);
        word = word.strip_prefix(plain)?.strip_prefix(character)?;
        rest = behind;
    }
    (rest == word).then_some(())
}

fn unescape(raw: &str) -> String {
    let (mut out, mut at) = (Vec::new(), 0_usize);
    while let Some(end) = run_end(raw.as_bytes(), at) {
        copy(raw.as_bytes(), at, end, &mut out);
        let (character, behind) = one_escape(raw.get(end.saturating_add(1)..).unwrap_or_default());
        match u8::try_from(character) {
            Ok(byte @ 0..=0x7F) => out.push(byte),
            _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        at = raw.len().saturating_sub(behind.len());
    }
    copy(raw.as_bytes(), at, raw.len(), &mut out);
    // Whole characters were put together; only a text that was never checked could fail here.
    String::from_utf8(out).unwrap_or_default()
}

/// Adds the bytes from `from` to `to`. Sixteen are copied at once where so many are there, and those too many given back:
/// most runs between two escapes are short.
#[inline(always)]
fn copy(bytes: &[u8], from: usize, to: usize, out: &mut Vec<u8>) {
    let length = to.saturating_sub(from);
    match bytes.get(from..).and_then(<[u8]>::first_chunk::<16>) {
        Some(chunk) if length <= 16 => {
            let end = out.len().saturating_add(length);
            out.extend_from_slice(chunk);
            out.truncate(end);
        }
        _ => out.extend_from_slice(bytes.get(from..to).unwrap_or_default()),
    }
}

/// The character that an escape without its backslash stands for, and the text behind it.
fn one_escape(escape: &str) -> (char, &str) {
    let mut characters = escape.chars();
    let plain = match characters.next() {
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return unicode(characters.as_str()),
        other => other.unwrap_or('\\'),
    };
    (plain, characters.as_str())
}

fn unicode(digits: &str) -> (char, &str) {
    let (high, rest) = digits.split_at_checked(4).unwrap_or((digits, ""));
    let high = hex4(high).unwrap_or(0xFFFD);
    let low = rest.strip_prefix("\\u").and_then(|low| low.split_at_checked(4));
    if let (0xD800..0xDC00, Some((low, behind))) = (high, low)
        && let Some(low @ 0xDC00..0xE000) = hex4(low)
    {
        let unit = ((high & 0x3FF) << 10 | (low & 0x3FF)).saturating_add(0x1_0000);
        return (char::from_u32(unit).unwrap_or('\u{FFFD}'), behind);
    }
    (char::from_u32(high).unwrap_or('\u{FFFD}'), rest)
}

/// The number that exactly four hexadecimal digits stand for.
pub(super) fn hex4(digits: &str) -> Option<u32> {
    let sound = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    sound.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}
