//! What is not safe for work: a truth value, a word in old answers, a bit mask in new ones.

use super::Listing;
use crate::catalog::answer::{at, count, truth};
use serde_json::Value;

/// The bits of what the hub itself shows everybody: PG (1) and PG-13 (2). R is 4, X 8, XXX 16, blocked 32.
const SAFE_BITS: u64 = 0b11;

/// Whether the model is marked; its own mark goes before the sum of its pictures' levels.
pub(super) fn of_model(listed: Listing<'_>) -> Option<bool> {
    let marked = truth(listed.model, "nsfw").or_else(|| marked(listed.version));
    marked.or_else(|| by_level(listed.version)).or_else(|| by_level(listed.model))
}

/// Whether a picture is marked.
pub(super) fn of_picture(picture: &Value) -> Option<bool> {
    by_level(picture).or_else(|| marked(picture))
}

/// The mark itself; old rows have it in words.
fn marked(row: &Value) -> Option<bool> {
    truth(row, "nsfw").or_else(|| by_word(at(row, "nsfw")?.as_str()?))
}

fn by_level(row: &Value) -> Option<bool> {
    let level = count(row, "nsfwLevel").filter(|level| *level > 0);
    let word = || at(row, "nsfwLevel").and_then(Value::as_str).and_then(by_word);
    level.map(|level| level & !SAFE_BITS != 0).or_else(word)
}

/// `Soft` was what is PG-13 now.
fn by_word(word: &str) -> Option<bool> {
    match word {
        "None" | "Soft" => Some(false),
        "Mature" | "X" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::of_picture;
    use serde_json::json;

    #[test]
    fn every_age_of_answers_is_read() {
        for (row, wanted) in [
            (json!({"nsfw": false}), Some(false)),
            (json!({"nsfw": "X"}), Some(true)),
            (json!({"nsfw": "None"}), Some(false)),
            (json!({"nsfwLevel": "Mature"}), Some(true)),
            (json!({"nsfwLevel": 1}), Some(false)),
            (json!({"nsfwLevel": 2}), Some(false)),
            (json!({"nsfwLevel": 4}), Some(true)),
            (json!({"nsfwLevel": 17}), Some(true)),
            (json!({"nsfwLevel": 0}), None),
            (json!({}), None),
        ] {
            assert_eq!(of_picture(&row), wanted, "{row}");
        }
    }
}
