//! A string as it stands in the document, decoded only when asked for.

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
    let mut out = String::new();
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let (character, behind) = one_escape(escape);
        out.push(character);
        rest = behind;
    }
    out.push_str(rest);
    out
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
