//! Texts, licences, languages.

use crate::catalog::base_model::word;
use std::collections::BTreeSet;

/// Most characters of a text that a finding carries whole.
const WHOLE: usize = 400;

/// Whether two texts are one, line ends and blank space at the end apart.
pub(in crate::rules::catalog) fn same_text(left: &str, right: &str) -> bool {
    left.trim_end().lines().eq(right.trim_end().lines())
}

/// The number of the first line that differs, from 1, with that line of both; an absent line is empty.
pub(in crate::rules::catalog) fn first_difference<'a>(left: &'a str, right: &'a str) -> (usize, &'a str, &'a str) {
    let same = left.lines().zip(right.lines()).take_while(|(left, right)| left == right).count();
    let line = |text: &'a str| text.lines().nth(same).unwrap_or_default();
    (same.saturating_add(1), line(left), line(right))
}

/// The text, or the line numbered `line` of it where it is long.
pub(in crate::rules::catalog) fn excerpt(text: &str, line: usize) -> String {
    if text.chars().count() <= WHOLE {
        return text.to_owned();
    }
    let line: String = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().chars().take(WHOLE).collect();
    format!("…{line}…")
}

/// Whether two licences are one: `Apache 2.0`, `apache-2.0`, `license:apache-2.0`.
pub(in crate::rules::catalog) fn same_license(left: &str, right: &str) -> bool {
    let name =
        |text: &str| word(text).replace("license", "").replace("licence", "").replace("version", "").replace('v', "");
    name(left) == name(right)
}

/// Whether two lists of languages are one. Codes are compared with codes; a list with names in it is left alone.
pub(in crate::rules::catalog) fn same_languages(left: &[&str], right: &[String]) -> bool {
    let codes = |list: &mut dyn Iterator<Item = &str>| {
        let code = |text: &str| text.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        list.map(|text| Some(code(text)).filter(|code| matches!(code.len(), 2 | 3))).collect::<Option<BTreeSet<_>>>()
    };
    match (codes(&mut left.iter().copied()), codes(&mut right.iter().map(String::as_str))) {
        (Some(left), Some(right)) => left == right,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_do_not_count() {
        assert!(same_text("a\r\nb\r\n\n", "a\nb"));
        assert!(!same_text("a\n b", "a\nb"));
        assert_eq!(first_difference("a\nb\nc", "a\r\nx"), (2, "b", "x"));
    }

    #[test]
    fn licences_have_spellings() {
        assert!(same_license("Apache License 2.0", "apache-2.0"));
        assert!(same_license("license:MIT", "mit"));
        assert!(same_license("CC BY-NC 4.0", "cc-by-nc-4.0"));
        assert!(!same_license("mit", "apache-2.0"));
    }

    #[test]
    fn languages_are_sets_of_codes() {
        assert!(same_languages(&["en", "de-DE"], &["de".into(), "EN".into()]));
        assert!(same_languages(&["English"], &["en".into()]));
        assert!(!same_languages(&["fr"], &["en".into()]));
    }
}
