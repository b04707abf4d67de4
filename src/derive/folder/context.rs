//! The context length: what transformers shows and what vLLM derives from it.

use super::rope::Rope;
use super::view::View;

/// Where vLLM 0.33 looks, in order.
static KEYS: [&str; 9] = [
    "max_position_embeddings",
    "n_positions",
    "max_seq_len",
    "seq_length",
    "model_max_length",
    "max_target_positions",
    "max_sequence_length",
    "max_seq_length",
    "seq_len",
];

/// Rope types whose factor is already in the length.
static NOT_MULTIPLIED: [&str; 6] = ["deepseek_llama_scaling", "deepseek_yarn", "llama3", "longrope", "su", "yarn"];

/// What vLLM assumes where no key says a length, in tokens.
const ASSUMED: i64 = 2048;

/// vLLM's rule, worked through.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VllmLength {
    /// The smallest stated length, in tokens.
    pub derived: Option<i64>,
    /// The key that states it.
    pub key: Option<&'static str>,
    /// The length after scaling, in tokens.
    pub max_model_len: i64,
    /// Whether no key says anything and vLLM falls back to a length of its own.
    pub assumed: bool,
}

/// Works vLLM's rule on the text model's config.
pub fn vllm(text: &View<'_>, model_type: &str, ropes: &[Rope]) -> VllmLength {
    let mut length = smallest(text);
    if let Some(stated) = text.integer("model_max_length").filter(|&stated| stated != 0) {
        length = Some((stated, "model_max_length"));
    }
    let (derived, key) = (length.map(|length| length.0), length.map(|length| length.1));
    let max_model_len = scaled(text, derived.unwrap_or(ASSUMED), model_type, ropes);
    VllmLength { derived, key, max_model_len, assumed: derived.is_none() }
}

/// The smallest length, with the first key that says it.
fn smallest(text: &View<'_>) -> Option<(i64, &'static str)> {
    let stated = KEYS.iter().filter_map(|key| number(text, key).map(|length| (length, *key)));
    stated.reduce(|best, next| if next.0 < best.0 { next } else { best })
}

/// A length, whole or not: JSON writes some with a fraction.
fn number(text: &View<'_>, key: &str) -> Option<i64> {
    let value = text.value(key)?;
    value.as_i64().or_else(|| value.as_f64().and_then(whole))
}

fn scaled(text: &View<'_>, derived: i64, model_type: &str, ropes: &[Rope]) -> i64 {
    let Some(rope) = ropes.iter().find(|rope| rope.rope_type != "default") else { return derived };
    match rope.rope_type.as_str() {
        "longrope" | "su" => original(text, ropes).unwrap_or(derived),
        kind if NOT_MULTIPLIED.contains(&kind) || model_type.contains("gemma3") => derived,
        _ => rope.factor.and_then(|factor| times(derived, factor)).unwrap_or(derived),
    }
}

fn original(text: &View<'_>, ropes: &[Rope]) -> Option<i64> {
    let beside = text.integer("original_max_position_embeddings");
    beside.or_else(|| ropes.iter().find_map(|rope| rope.original_max_position_embeddings))
}

#[allow(clippy::cast_precision_loss, reason = "Python multiplies the same way")]
fn times(length: i64, factor: f64) -> Option<i64> {
    whole(length as f64 * factor)
}

#[allow(clippy::cast_possible_truncation, reason = "checked: Python's int() of a number that fits")]
fn whole(number: f64) -> Option<i64> {
    (number.is_finite() && number.abs() < 9e18).then_some(number as i64)
}
