//! A model card's front matter: the few lines of YAML between `---` at the top of a README.md.
//!
//! Only what cards write there is read: keys at the left margin with a scalar, an inline list or a list of dashes.
//! Anything deeper is left alone; a card is advice, so nothing in it is a fault.

/// Most lines that are looked at: real cards have under 1,500 (long evaluation tables among them).
const MAX_LINES: usize = 20_000;

/// A parsed front matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document<'a> {
    /// The keys at the left margin with their scalars, in order.
    pub entries: Vec<(&'a str, Vec<&'a str>)>,
}

impl<'a> Document<'a> {
    /// The scalars of `key`.
    pub fn list(&self, key: &str) -> &[&'a str] {
        self.entries.iter().find(|(name, _)| *name == key).map(|(_, values)| values.as_slice()).unwrap_or_default()
    }

    /// The first scalar of `key`.
    pub fn first(&self, key: &str) -> Option<&'a str> {
        self.list(key).first().copied()
    }
}

/// Reads the front matter of a card; empty where there is none.
pub fn parse(bytes: &[u8]) -> Document<'_> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => bytes.get(..error.valid_up_to()).and_then(|sound| std::str::from_utf8(sound).ok()).unwrap_or(""),
    };
    let mut lines = text.trim_start_matches('\u{feff}').lines().take(MAX_LINES);
    let mut document = Document::default();
    if lines.next().map(str::trim_end) != Some("---") {
        return document;
    }
    for line in lines.take_while(|line| line.trim_end() != "---") {
        read_line(&mut document, line);
    }
    document
}

fn read_line<'a>(document: &mut Document<'a>, line: &'a str) {
    let trimmed = line.trim_start();
    if let Some(element) = trimmed.strip_prefix("- ") {
        // A list of mappings holds no scalars.
        if let (Some((_, values)), false) = (document.entries.last_mut(), is_mapping(element)) {
            values.extend(scalar(element));
        }
    } else if trimmed.len() == line.len()
        && let Some((key, value)) = line.split_once(':')
    {
        document.entries.push((key.trim(), values(value.trim())));
    }
}

fn is_mapping(element: &str) -> bool {
    element.contains(": ") || element.trim_end().ends_with(':')
}

fn values(value: &str) -> Vec<&str> {
    match value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(list) => list.split(',').filter_map(scalar).collect(),
        None => scalar(value).into_iter().collect(),
    }
}

fn scalar(value: &str) -> Option<&str> {
    let value = value.split(" #").next().unwrap_or(value).trim();
    let value = value.trim_matches(|quote| quote == '"' || quote == '\'');
    (!value.is_empty() && !matches!(value, ">" | "|" | ">-" | "|-" | "null" | "~")).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_and_lists_are_read() {
        let card = b"---\nlicense: apache-2.0 # free\nlanguage:\n- en\n- 'de'\ntags: [a, \"b\"]\nmodel-index:\n- name: x\n  results: 1\n---\nlicense: no\n";
        let document = parse(card);
        assert_eq!(document.first("license"), Some("apache-2.0"));
        assert_eq!(document.list("language"), ["en", "de"]);
        assert_eq!(document.list("tags"), ["a", "b"]);
        assert!(document.list("model-index").is_empty());
    }

    #[test]
    fn a_card_without_front_matter_is_empty() {
        assert_eq!(parse(b"# Model\nlicense: x\n"), Document::default());
        assert_eq!(parse(b""), Document::default());
        assert_eq!(parse(b"---\xff"), Document::default());
    }
}
