//! Characters as Python classifies them.

use super::unicode_tables::{DIGITS, FOLD, LETTERLESS, NUMERIC, TITLE, UNPRINTABLE, ZEROS};

/// `str.isspace` of one character.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// `str.strip()`
pub(in crate::chat) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// `str.rstrip()`
pub(in crate::chat) fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_blank)
}

/// `str.lstrip()`
pub(super) fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

/// Whether a line ends at this character, as `str.splitlines` sees it.
pub(super) fn ends_line(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn within(ranges: &[(u32, u32)], character: char) -> bool {
    let code = u32::from(character);
    let after = ranges.partition_point(|(start, _)| *start <= code);
    after.checked_sub(1).and_then(|place| ranges.get(place)).is_some_and(|(_, end)| code <= *end)
}

fn mapped(map: &'static [(char, &'static str)], character: char) -> Option<&'static str> {
    let place = map.binary_search_by_key(&character, |(from, _)| *from).ok()?;
    map.get(place).map(|(_, to)| *to)
}

/// `str.isprintable` of one character.
pub(super) fn is_printable(character: char) -> bool {
    !within(UNPRINTABLE, character)
}

/// `str.isalpha` of one character.
pub(super) fn is_alpha(character: char) -> bool {
    character.is_alphabetic() && !within(LETTERLESS, character)
}

/// The value of a decimal digit of any script.
pub(super) fn decimal(character: char) -> Option<u32> {
    let code = u32::from(character);
    let after = ZEROS.partition_point(|zero| *zero <= code);
    let zero = after.checked_sub(1).and_then(|place| ZEROS.get(place))?;
    code.checked_sub(*zero).filter(|value| *value < 10)
}

/// `str.isdigit` of one character.
pub(super) fn is_digit(character: char) -> bool {
    decimal(character).is_some() || within(DIGITS, character)
}

/// `str.isnumeric` of one character.
pub(super) fn is_numeric(character: char) -> bool {
    within(NUMERIC, character)
}

/// `str.isalnum` of one character.
pub(super) fn is_alphanumeric(character: char) -> bool {
    is_alpha(character) || is_numeric(character)
}

/// Whether a character has case.
pub(super) fn is_cased(character: char) -> bool {
    character.is_lowercase() || character.is_uppercase() || is_title(character)
}

/// Whether a character is in title case (`ǅ`).
pub(super) fn is_title(character: char) -> bool {
    let code = u32::from(character);
    matches!(code, 0x1C5 | 0x1C8 | 0x1CB | 0x1F2 | 0x1F88..=0x1F8F | 0x1F98..=0x1F9F | 0x1FA8..=0x1FAF)
        || matches!(code, 0x1FBC | 0x1FCC | 0x1FFC)
}

/// Pushes a character in title case.
pub(super) fn push_title(character: char, out: &mut String) {
    match mapped(TITLE, character) {
        Some(title) => out.push_str(title),
        None => out.extend(character.to_uppercase()),
    }
}

/// `str.casefold`
pub(super) fn fold(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match mapped(FOLD, character) {
            Some(folded) => out.push_str(folded),
            None => out.extend(character.to_lowercase()),
        }
    }
    out
}

/// `str.capitalize`
pub(super) fn capitalize(text: &str) -> String {
    let mut characters = text.chars();
    let mut out = String::new();
    if let Some(first) = characters.next() {
        push_title(first, &mut out);
        out.push_str(&characters.as_str().to_lowercase());
    }
    out
}

/// `str.title`
pub(super) fn title(text: &str) -> String {
    let mut out = String::new();
    let mut word = false;
    for character in text.chars() {
        if word {
            out.extend(character.to_lowercase());
        } else {
            push_title(character, &mut out);
        }
        word = is_cased(character);
    }
    out
}

/// `str.swapcase`
pub(super) fn swap_case(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if character.is_uppercase() {
            out.extend(character.to_lowercase());
        } else if character.is_lowercase() {
            out.extend(character.to_uppercase());
        } else {
            out.push(character);
        }
    }
    out
}

/// Names for `\N{..}`: characters that templates write by name. A table of all of Unicode's is not worth its size.
const NAMES: &[(&str, char)] = &[
    ("BLACK CIRCLE", '●'),
    ("BULLET", '•'),
    ("CARRIAGE RETURN", '\r'),
    ("CHARACTER TABULATION", '\t'),
    ("DEGREE SIGN", '°'),
    ("DOUBLE LOW-9 QUOTATION MARK", '„'),
    ("EM DASH", '—'),
    ("EN DASH", '–'),
    ("FULLWIDTH VERTICAL LINE", '｜'),
    ("HORIZONTAL ELLIPSIS", '…'),
    ("LEFT DOUBLE QUOTATION MARK", '“'),
    ("LEFT SINGLE QUOTATION MARK", '‘'),
    ("LINE FEED", '\n'),
    ("LOWER ONE EIGHTH BLOCK", '▁'),
    ("MIDDLE DOT", '·'),
    ("NO-BREAK SPACE", '\u{a0}'),
    ("QUOTATION MARK", '"'),
    ("RIGHT DOUBLE QUOTATION MARK", '”'),
    ("RIGHT SINGLE QUOTATION MARK", '’'),
    ("RIGHTWARDS ARROW", '→'),
    ("SPACE", ' '),
    ("ZERO WIDTH JOINER", '\u{200d}'),
    ("ZERO WIDTH NO-BREAK SPACE", '\u{feff}'),
    ("ZERO WIDTH NON-JOINER", '\u{200c}'),
    ("ZERO WIDTH SPACE", '\u{200b}'),
];

/// The character of a Unicode name, where it is one of the known ones.
pub(super) fn by_name(name: &str) -> Option<char> {
    let name = name.to_ascii_uppercase();
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}
