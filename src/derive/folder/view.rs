//! A config as its class shows it: other spellings, defaults, nested configs.

use super::class::{Class, SubKind, literal};
use crate::format::json::Json;
use std::borrow::Cow;

/// One config object under its class.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// The class.
    pub class: Class,
    /// The object as written; absent where the class makes one from defaults.
    pub object: Option<Cow<'a, Json>>,
    /// The JSON pointer of the object.
    pub pointer: String,
}

impl<'a> View<'a> {
    /// The view of a whole `config.json`.
    pub fn root(document: &'a Json) -> Self {
        let class = root_model_type(document).and_then(Class::of).unwrap_or(Class::UNKNOWN);
        Self { class, object: Some(Cow::Borrowed(document)), pointer: String::new() }
    }

    /// The value of `key`, in any spelling: as written, else the class's default. `null` counts as no value.
    pub fn value(&self, key: &str) -> Option<Cow<'_, Json>> {
        let field = self.class.field(key);
        let value =
            self.written(key).map(Cow::Borrowed).or_else(|| literal(self.class.default(field)?).map(Cow::Owned));
        value.filter(|value| !value.is_null())
    }

    /// The value of `key` as written, in any spelling, `null` included. A spelling that the class does not declare
    /// is applied later than the field itself and wins.
    pub fn written(&self, key: &str) -> Option<&Json> {
        self.spelled(key).and_then(|name| self.object.as_ref()?.get(name))
    }

    /// How the object spells `key`, where it has it.
    pub fn spelled(&self, key: &str) -> Option<&str> {
        let field = self.class.field(key);
        let members = self.object.as_ref()?.members();
        let other = members.iter().rev().find(|member| member.key != field && self.class.field(&member.key) == field);
        let name = other.or_else(|| members.iter().find(|member| member.key == field));
        name.map(|member| member.key.as_str())
    }

    /// The value of `key`, where it is an integer.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.value(key).and_then(|value| value.as_i64())
    }

    /// The value of `key`, where it is a truth value.
    pub fn truth(&self, key: &str) -> Option<bool> {
        self.value(key).and_then(|value| value.as_bool())
    }

    /// The value of `key`, where it is text.
    pub fn text(&self, key: &str) -> Option<String> {
        self.value(key).and_then(|value| value.as_str().map(str::to_owned))
    }

    /// The JSON pointer of `key`.
    pub fn at(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, self.spelled(key).unwrap_or(key))
    }

    /// The config of the text model: this one, or the nested one that the class names.
    pub fn text_config(&self) -> View<'_> {
        let mut view = self.borrowed();
        if self.class == Class::UNKNOWN {
            return self.nested_by_habit().unwrap_or(view);
        }
        for key in self.class.text_path() {
            match view.sub(key) {
                Some(inner) => view = inner,
                None => break,
            }
        }
        view
    }

    /// The nested config `key`.
    pub fn sub(&self, key: &str) -> Option<View<'a>> {
        let sub = self.class.sub_configs().find(|sub| sub.key == key)?;
        let written = self.object_at(key).filter(|value| matches!(value.as_ref(), Json::Object(_)));
        if written.is_none() && sub.optional {
            return None;
        }
        // Some classes take the text model's keys from beside the nested config where that is absent.
        if written.is_none() && key == "text_config" && self.class.has("flat-text") {
            let class = self.sub_class(key, sub.kind, None);
            return Some(View { class, object: self.object.clone(), pointer: self.pointer.clone() });
        }
        let preset = || self.class.sub_default(key).and_then(literal);
        let object = match written {
            Some(written) if key == "text_config" && self.class.has("merge-text") => Some(merged(preset(), &written)),
            Some(written) => Some(written),
            None => preset().map(Cow::Owned),
        };
        let class = self.sub_class(key, sub.kind, object.as_deref());
        Some(View { class, object, pointer: format!("{}/{key}", self.pointer) })
    }

    /// The class of the nested config `key`, given what is written there.
    fn sub_class(&self, key: &str, kind: SubKind, object: Option<&Json>) -> Class {
        match kind {
            SubKind::Fixed(name) => Class::named(name),
            SubKind::Auto(default) => {
                let stated = object.and_then(model_type).map(|stated| self.class.sub_type(key, stated));
                Class::of(stated.unwrap_or(default)).unwrap_or(Class::UNKNOWN)
            }
        }
    }

    /// The object under `key`, for as long as the document lives where it is borrowed from one.
    fn object_at(&self, key: &str) -> Option<Cow<'a, Json>> {
        match self.object.as_ref()? {
            Cow::Borrowed(object) => object.get(key).map(Cow::Borrowed),
            Cow::Owned(object) => object.get(key).cloned().map(Cow::Owned),
        }
    }

    fn borrowed(&self) -> View<'_> {
        let object = self.object.as_deref().map(Cow::Borrowed);
        View { class: self.class, object, pointer: self.pointer.clone() }
    }

    /// Where configs of classes that the library does not know keep their text model, by habit.
    fn nested_by_habit(&self) -> Option<View<'_>> {
        let keys = ["text_config", "llm_config", "language_config", "thinker_config"];
        let (key, object) = keys.iter().find_map(|key| {
            let object = self.object.as_ref()?.get(key)?;
            matches!(object, Json::Object(_)).then_some((key, object))
        })?;
        let class = model_type(object).and_then(Class::of).unwrap_or(Class::UNKNOWN);
        let view = View { class, object: Some(Cow::Borrowed(object)), pointer: format!("{}/{key}", self.pointer) };
        let inner = view.object.as_ref().and_then(|object| object.get("text_config")).is_some();
        if inner { None } else { Some(view) }
    }
}

/// The written object on top of a preset one.
fn merged<'a>(preset: Option<Json>, written: &Json) -> Cow<'a, Json> {
    let mut members = preset.map(|preset| preset.members().to_vec()).unwrap_or_default();
    members.retain(|member| written.get(&member.key).is_none());
    members.extend_from_slice(written.members());
    Cow::Owned(Json::Object(members))
}

fn model_type(object: &Json) -> Option<&str> {
    object.get("model_type")?.as_str()
}

/// The `model_type` that counts: transformers takes a `mistral` that lists its layers' types for a `ministral`.
pub fn root_model_type(document: &Json) -> Option<&str> {
    match model_type(document)? {
        "mistral" if document.get("layer_types").is_some() => Some("ministral"),
        model_type => Some(model_type),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Json {
        literal(text).unwrap()
    }

    #[test]
    fn spellings_and_defaults() {
        let config = document(r#"{"model_type":"gpt2","n_embd":64,"hidden_size":32,"eos_token_id":null}"#);
        let view = View::root(&config);
        assert_eq!(view.integer("hidden_size"), Some(32));
        assert_eq!(view.integer("vocab_size"), Some(50257));
        assert_eq!(view.integer("eos_token_id"), None);
        assert_eq!(view.at("hidden_size"), "/hidden_size");
    }

    #[test]
    fn text_configs_are_followed() {
        let config = document(r#"{"model_type":"llava","text_config":{"model_type":"qwen2","vocab_size":9}}"#);
        let view = View::root(&config);
        let text = view.text_config();
        assert_eq!(
            (text.class.name, text.integer("vocab_size"), text.pointer.as_str()),
            ("Qwen2Config", Some(9), "/text_config")
        );
        let bare = document(r#"{"model_type":"fuyu"}"#);
        assert_eq!(View::root(&bare).text_config().integer("vocab_size"), Some(262_144));
    }
}
