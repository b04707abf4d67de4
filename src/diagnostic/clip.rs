//! What a finding shows of a stranger's words: a name may be as long as its file.

use serde_json::Value;

/// Most bytes of a message, a cure or a value. The longest message about a real model seen has some 700.
const TEXT_BYTES: usize = 4096;
/// Most bytes of a file's name, a key or a tensor's name in a place.
const NAME_BYTES: usize = 1024;
/// Most elements of a list.
const ELEMENTS: usize = 256;

/// A text for people, cut where it is too long.
pub(super) fn text(text: String) -> String {
    cut(text, TEXT_BYTES)
}

/// A name, cut where it is too long.
pub(super) fn name(name: String) -> String {
    cut(name, NAME_BYTES)
}

/// A value with the texts and lists in it cut where they are too long.
pub(super) fn value(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().take(ELEMENTS).map(self::value).collect(),
        Value::String(string) => Value::String(text(string)),
        other => other,
    }
}

fn cut(mut text: String, most: usize) -> String {
    let length = text.len();
    if length > most {
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
        text.shrink_to_fit();
        text.push_str(&format!("… ({length} bytes)"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_at_a_character() {
        assert_eq!(text("a".repeat(4096)), "a".repeat(4096));
        assert_eq!(text("a".repeat(4097)), format!("{}… (4097 bytes)", "a".repeat(4096)));
        assert_eq!(name("é".repeat(600)), format!("{}… (1200 bytes)", "é".repeat(512)));
        assert_eq!(name(format!("a{}", "é".repeat(600))), format!("a{}… (1201 bytes)", "é".repeat(511)));
        let long = value(vec!["b".repeat(5000); 300].into());
        assert_eq!(long.as_array().unwrap().len(), 256);
        assert!(long[0].as_str().unwrap().len() < 4200);
    }
}
