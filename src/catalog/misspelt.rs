//! Which field a misspelt one was meant to be.

use serde_json::Value;

/// The most letters by which a misspelling may differ.
const NEAR: usize = 2;

/// The words of `error`, and the field of `text` that was probably meant where it misses one of `known`.
pub(super) fn explain(error: &serde_json::Error, text: &str, known: &[&str]) -> String {
    let words = error.to_string();
    let missing = words.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let meant = missing.and_then(|field| near(text, field, known).map(|given| (given, field)));
    match meant {
        Some((given, field)) => format!("{words}; is '{given}' meant to be '{field}'?"),
        None => words,
    }
}

/// The unknown key of the object in `text` that is nearest to `field`.
fn near(text: &str, field: &str, known: &[&str]) -> Option<String> {
    let Ok(Value::Object(members)) = serde_json::from_str(text) else { return None };
    let strange = members.keys().filter(|key| !known.contains(&key.as_str()));
    let ranked = strange.map(|key| (distance(&key.to_lowercase(), field), key));
    ranked.filter(|(distance, _)| *distance <= NEAR).min().map(|(_, key)| key.clone())
}

/// How many letters must be put in, left out or changed to make `left` into `right`.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (above, letter) in left.chars().enumerate() {
        let mut corner = above;
        let mut before = above.saturating_add(1);
        let mut next = vec![before];
        for (cell, other) in row.iter().skip(1).zip(right.chars()) {
            let change = corner.saturating_add(usize::from(letter != other));
            before = change.min(before.saturating_add(1)).min(cell.saturating_add(1));
            next.push(before);
            corner = *cell;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn letters_are_counted() {
        for (left, right, wanted) in
            [("path", "path", 0), ("paht", "path", 2), ("pth", "path", 1), ("", "id", 2), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(left, right), wanted, "{left} {right}");
        }
    }
}
