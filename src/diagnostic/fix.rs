//! A correction of the catalog's entry.

use serde::Serialize;
use serde_json::{Map, Value};

/// What a catalog's entry should say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fix {
    /// Where in the entry: a JSON pointer.
    pub pointer: String,
    /// What should stand there.
    pub value: Value,
}

impl Fix {
    /// Writes the value into `entry`. Objects on the way are made where there are none; a key that stands there in
    /// camelCase is the one that is written.
    pub fn apply(&self, entry: &mut Value) {
        let keys = self.pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"));
        let mut place = entry;
        for key in keys {
            place = member(place, &key);
        }
        *place = self.value.clone();
    }
}

/// The member `key` of `place`, which becomes an object if it is none.
fn member<'a>(place: &'a mut Value, key: &str) -> &'a mut Value {
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    let camel = camel_case(key);
    let spelling = if place.get(key).is_none() && place.get(&camel).is_some() { &camel } else { key };
    match place {
        Value::Object(members) => members.entry(spelling).or_insert(Value::Null),
        other => other,
    }
}

/// `snake_case` as `snakeCase`.
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut out, word| {
        let mut letters = word.chars();
        out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        out.push_str(letters.as_str());
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_written_where_they_stand() {
        let mut entry = json!({"modelType": "image", "config": {"contextLength": 1, "kept": 2}});
        let fix = |pointer: &str, value: Value| Fix { pointer: pointer.to_owned(), value };
        fix("/model_type", json!("llm")).apply(&mut entry);
        fix("/config/context_length", json!(8192)).apply(&mut entry);
        fix("/config/tokenizer/eos_token", json!("</s>")).apply(&mut entry);
        let config = json!({"contextLength": 8192, "kept": 2, "tokenizer": {"eos_token": "</s>"}});
        assert_eq!(entry, json!({"modelType": "llm", "config": config}));
    }
}
