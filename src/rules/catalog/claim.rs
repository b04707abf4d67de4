//! One field's claim, where it stands in the entry, and what is said when the files say otherwise.

use crate::config::ModelType;
use crate::diagnostic::{Cause, Diagnostic, Origin, camel_case};
use crate::rules::Case;
use serde_json::Value;

/// Fields that only the config of one model type has, by that type.
const OWN_FIELDS: [(ModelType, &[&str]); 3] = [
    (ModelType::Audio, &["sample_rate"]),
    (
        ModelType::Image,
        &["cfg_scale", "checkpoint_type", "clip_skip", "preview_images", "samplers", "steps", "trigger_words", "vae"],
    ),
    (
        ModelType::Llm,
        &[
            "context_length",
            "default_temperature",
            "default_top_p",
            "languages",
            "model_family",
            "quantization",
            "tokenizer",
        ],
    ),
];

/// Most characters of a text that a message shows.
const SHOWN: usize = 60;

/// What the entry says of one field.
#[derive(Debug, Clone)]
pub(super) struct Claim<'a> {
    /// Where it says so: a JSON pointer.
    pub pointer: String,
    /// What it says; never null.
    pub value: &'a Value,
}

/// The value of `key` in an object, in either spelling, with the spelling found.
fn spelt<'a>(object: &'a Value, key: &str) -> Option<(String, &'a Value)> {
    let camel = camel_case(key);
    let found = object.get(key).map(|value| (key.to_owned(), value));
    found.or_else(|| object.get(&camel).map(|value| (camel.clone(), value))).filter(|(_, value)| !value.is_null())
}

/// Whether the entry's config is written in the words of `model_type`.
///
/// An entry of another type may still be (its type alone is wrong then); one that is not has no claim to compare: its
/// type is what is wrong with it, not each of its fields.
pub(super) fn speaks(case: &Case<'_>, model_type: ModelType) -> bool {
    let Some(entry) = case.entry else { return false };
    let own = OWN_FIELDS.iter().find(|(owner, _)| *owner == model_type).map_or(&[][..], |(_, fields)| fields);
    entry.model_type == model_type || own.iter().any(|field| spelt(&entry.config, field).is_some())
}

/// The entry's claim of `path`, a config's field or `field.inner`; nothing where the config speaks of another type.
pub(super) fn claim<'a>(case: &Case<'a>, path: &str) -> Option<Claim<'a>> {
    let config = &case.entry?.config;
    speaks(case, case.derived.model_type()?).then_some(())?;
    let mut pointer = "/config".to_owned();
    let mut value = config;
    for key in path.split('.') {
        let (spelling, inner) = spelt(value, key)?;
        pointer = format!("{pointer}/{spelling}");
        value = inner;
    }
    Some(Claim { pointer, value })
}

/// A text that says something.
pub(super) fn text(value: &Value) -> Option<&str> {
    let text = match value {
        Value::Array(many) => return many.first().and_then(text),
        Value::Object(token) => token.get("content").and_then(Value::as_str),
        other => other.as_str(),
    };
    text.filter(|text| !text.is_empty())
}

/// What differs: a cause, the claim, and what the files say.
#[derive(Debug)]
pub(super) struct Difference<'a> {
    /// The entry of the rule book.
    pub cause: &'static Cause,
    /// What the message calls the field, with its unit.
    pub what: &'static str,
    /// What the catalog says and where.
    pub claim: Claim<'a>,
    /// What the files say.
    pub fact: Value,
    /// Where they say so.
    pub origin: Origin,
}

impl Difference<'_> {
    /// The finding, with both values, both places, and the correction.
    pub(super) fn finding(self) -> Diagnostic {
        let (claimed, fact) = (shown(self.claim.value), shown(&self.fact));
        let (what, pointer, place) = (self.what, &self.claim.pointer, place(&self.origin));
        let message = format!("catalog claims {what} {claimed} ({pointer}), the file says {fact}{place}");
        Diagnostic::new(self.cause, message)
            .expected(self.claim.value.clone())
            .found(self.fact.clone())
            .at(self.origin)
            .fix(self.claim.pointer, self.fact)
    }
}

/// A value as a message shows it: text without quotes around a word, long text cut.
pub(super) fn shown(value: &Value) -> String {
    let words = match value {
        Value::String(text) => format!("'{}'", text.escape_debug()),
        other => other.to_string(),
    };
    if words.chars().count() <= SHOWN {
        return words;
    }
    words.chars().take(SHOWN).chain(['…']).collect()
}

/// ` (file key)`, or nothing where the place is not known.
pub(super) fn place(origin: &Origin) -> String {
    let parts: Vec<_> = [origin.file.as_deref(), origin.key.as_deref()].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(" ")) }
}

/// Where the derived value of `field` stands; the model's first file where that is not told.
pub(super) fn origin(case: &Case<'_>, field: &str) -> Origin {
    let short = field.rsplit('.').next().unwrap_or(field);
    [field, short]
        .into_iter()
        .map(|name| case.derived.origin(name))
        .find(|origin| *origin != Origin::default())
        .unwrap_or_else(|| case.facts.files.first().map_or_else(Origin::default, |file| Origin::file(&file.name)))
}
