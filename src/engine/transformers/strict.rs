//! The strict types of transformers 5: what JSON value a declared field takes.
//!
//! A field's types are a row of letters: `i` integer, `f` float, `b` boolean, `s` string, `n` null, `o` object, `[..]`
//! a list of one of these, `'a|b'` one of these strings, `c` and `t` a Python object that no JSON value is, `*`
//! anything. One of them must fit. Python is exact here: `1` is no float, `128.0` and `true` are no integers.

use crate::format::json::Json;

/// Whether `value` is of one of `types`.
pub fn fits(types: &str, value: &Json) -> bool {
    let mut rest = types;
    while let Some((one, behind)) = first(rest) {
        if fits_one(one, value) {
            return true;
        }
        rest = behind;
    }
    false
}

/// The types in words, for messages.
pub fn words(types: &str) -> String {
    let mut words = Vec::new();
    let mut rest = types;
    while let Some((one, behind)) = first(rest) {
        words.extend(word(one));
        rest = behind;
    }
    words.join(" or ")
}

/// Splits the first type off.
fn first(types: &str) -> Option<(&str, &str)> {
    let end = match types.as_bytes().first()? {
        b'[' => closing(types)?,
        b'\'' => types.get(1..)?.find('\'')?.checked_add(2)?,
        _ => 1,
    };
    types.split_at_checked(end)
}

/// One past the bracket that closes the first one.
fn closing(types: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in types.bytes().enumerate() {
        match byte {
            b'[' => depth = depth.checked_add(1)?,
            b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return at.checked_add(1);
        }
    }
    None
}

fn fits_one(one: &str, value: &Json) -> bool {
    if let Some(inner) = one.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return matches!(value, Json::Array(elements) if elements.iter().all(|element| fits(inner, element)));
    }
    if let Some(list) = one.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return value.as_str().is_some_and(|text| list.split('|').any(|word| word == text));
    }
    match one {
        "*" => true,
        "b" => matches!(value, Json::Bool(_)),
        "f" => matches!(value, Json::Float(_)),
        "i" => matches!(value, Json::Int(_) | Json::BigInt(_)),
        "n" => value.is_null(),
        "o" => matches!(value, Json::Object(_)),
        "s" => matches!(value, Json::String(_)),
        _ => false,
    }
}

fn word(one: &str) -> Option<String> {
    if let Some(inner) = one.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Some(format!("list of {}", words(inner)));
    }
    Some(match one {
        "*" => "anything".to_owned(),
        "b" => "boolean".to_owned(),
        "f" => "float".to_owned(),
        "i" => "integer".to_owned(),
        "n" => "null".to_owned(),
        "o" => "object".to_owned(),
        "s" => "string".to_owned(),
        "c" | "t" => return None,
        strings => format!("one of {strings}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_is_exact() {
        assert!(fits("i", &Json::Int(1)) && !fits("i", &Json::Float(1.0)) && !fits("i", &Json::Bool(true)));
        assert!(fits("f", &Json::Float(1.0)) && !fits("f", &Json::Int(1)));
        assert!(fits("in", &Json::Null) && !fits("i", &Json::Null));
        assert!(fits("i[i]n", &Json::Array(vec![Json::Int(1)])));
        assert!(!fits("i[i]n", &Json::Array(vec![Json::String("1".into())])));
        assert!(fits("'a|b'n", &Json::String("b".into())) && !fits("'a|b'n", &Json::String("c".into())));
        assert!(!fits("ct", &Json::Object(Vec::new())));
        assert!(fits("[[i]]n", &Json::Array(vec![Json::Array(vec![Json::Int(2)])])));
    }

    #[test]
    fn types_are_told_in_words() {
        assert_eq!(words("i[i]n"), "integer or list of integer or null");
        assert_eq!(words("ocn"), "object or null");
    }
}
