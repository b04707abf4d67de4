//! Reading a hub's answer, whatever it holds: what is absent or of another type is not there.

use crate::error::Error;
use serde::Serialize;
use serde_json::{Map, Value};

/// The value at `path`, keys separated by `/`; `null` is not there.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

/// The text at `path`; an empty one is not there.
pub(super) fn text(value: &Value, path: &str) -> Option<String> {
    at(value, path).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A text, or the first of a list of texts.
pub(super) fn first_text(value: &Value, path: &str) -> Option<String> {
    texts(value, path).into_iter().next()
}

/// A list of texts; a single text is a list of one. Elements that are objects count by their `name`.
pub(super) fn texts(value: &Value, path: &str) -> Vec<String> {
    match at(value, path) {
        Some(Value::Array(many)) => many.iter().filter_map(element).filter(|text| !text.is_empty()).collect(),
        Some(Value::String(one)) if !one.is_empty() => vec![one.clone()],
        _ => Vec::new(),
    }
}

fn element(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| text(value, "name"))
}

/// The list at `path`; nothing is an empty one.
pub(super) fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The count at `path`: a whole number that is not negative, also as text.
pub(super) fn count(value: &Value, path: &str) -> Option<u64> {
    let value = at(value, path)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The number at `path`, also as text; only finite ones.
pub(super) fn number(value: &Value, path: &str) -> Option<f64> {
    let value = at(value, path)?;
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

/// The truth at `path`.
pub(super) fn truth(value: &Value, path: &str) -> Option<bool> {
    at(value, path).and_then(Value::as_bool)
}

/// Refuses what is no answer of `hub` about a model: no object, or the hub's own complaint.
pub(super) fn require_object(hub: &str, answer: &Value) -> Result<(), Error> {
    let what = || format!("{hub} response");
    match answer {
        Value::Object(members) => match complaint(members) {
            Some(complaint) => Err(Error::input(what(), format!("it is an error: {complaint}"))),
            None => Ok(()),
        },
        Value::Array(_) => Err(Error::input(what(), "it is a list, one model was expected")),
        _ => Err(Error::input(what(), "it is no JSON object")),
    }
}

/// The words of an error answer: `{"error": "..."}` without an id.
fn complaint(members: &Map<String, Value>) -> Option<String> {
    let error = members.get("error").or_else(|| members.get("message"))?;
    let known = ["_id", "id", "items", "modelId"].iter().any(|key| members.contains_key(*key));
    (!known).then(|| error.as_str().map_or_else(|| error.to_string(), str::to_owned))
}

/// A config as an entry keeps it: what is not known is left out.
pub(crate) fn claims(config: &impl Serialize) -> Value {
    let mut claims = serde_json::to_value(config).unwrap_or_default();
    prune(&mut claims);
    claims
}

fn prune(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(prune),
        Value::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, value| !is_empty(value));
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.is_empty(),
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_read_from_text_too() {
        let answer = json!({"a": "2", "b": 7, "c": "7.5", "d": -1, "e": {"f": "x"}, "g": "NaN"});
        assert_eq!((count(&answer, "a"), count(&answer, "b"), count(&answer, "d")), (Some(2), Some(7), None));
        assert_eq!((number(&answer, "c"), number(&answer, "g")), (Some(7.5), None));
        assert_eq!(text(&answer, "e/f").as_deref(), Some("x"));
    }

    #[test]
    fn unknown_fields_are_left_out_of_claims() {
        let claims = claims(&json!({"a": null, "b": [], "c": {"d": null}, "e": 0, "f": false}));
        assert_eq!(claims, json!({"e": 0, "f": false}));
    }
}
