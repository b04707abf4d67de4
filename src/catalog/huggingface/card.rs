//! The model card, and the tags that repeat it.

use crate::catalog::answer::{first_text, text, texts};
use serde_json::Value;

/// The repository's tags.
pub(super) fn tags(answer: &Value) -> Vec<String> {
    texts(answer, "tags")
}

/// The licence: the card's, or the tag's. `other` names itself in `license_name`.
pub(super) fn license(answer: &Value) -> Option<String> {
    let card = first_text(answer, "cardData/license").or_else(|| tagged(answer, "license:"));
    match card.as_deref() {
        Some("other") => text(answer, "cardData/license_name").or(card),
        _ => card,
    }
}

/// The first base model: the card's, or the tag's, which may say between the words how it was made from it.
pub(super) fn base_model(answer: &Value) -> Option<String> {
    let tag = || tagged(answer, "base_model:").map(|tag| tag.rsplit(':').next().unwrap_or(&tag).to_owned());
    first_text(answer, "cardData/base_model").or_else(tag)
}

/// The card's languages.
pub(super) fn languages(answer: &Value) -> Vec<String> {
    texts(answer, "cardData/language")
}

/// What follows `prefix` in the first tag that begins with it.
fn tagged(answer: &Value, prefix: &str) -> Option<String> {
    tags(answer).iter().find_map(|tag| tag.strip_prefix(prefix)).filter(|rest| !rest.is_empty()).map(str::to_owned)
}

/// Whether a tag of the repository or of the card is this word.
pub(super) fn has_tag(answer: &Value, word: &str) -> bool {
    let own = texts(answer, "cardData/tags");
    tags(answer).iter().chain(&own).any(|tag| tag.eq_ignore_ascii_case(word))
}

/// Whether consent is asked for: `true`, `"auto"` and `"manual"` mean yes.
pub(super) fn gated(answer: &Value) -> Option<bool> {
    match answer.get("gated")? {
        Value::Bool(truth) => Some(*truth),
        Value::String(word) => Some(!matches!(word.as_str(), "" | "false")),
        _ => None,
    }
}
