//! An entry's claims, typed.

use super::ModelEntry;
use crate::config::{Config, LlmConfig, ModelType};
use crate::error::Error;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A claim that is not of its field's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The field's name, as the entry writes it; empty where the whole config is no object.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

impl ModelEntry {
    /// The claims as the config of the entry's model type.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] that names the first field whose value is not of its type.
    pub fn typed_config(&self) -> Result<Config, Error> {
        typed(self.model_type, &self.config).map_err(|malformed| {
            let what = format!("catalog entry '{}' /config/{}", self.id, malformed.field);
            Error::input(what, malformed.detail)
        })
    }

    /// Every claim whose value is not of its field's type.
    pub fn malformed_claims(&self) -> Vec<Malformed> {
        let Err(whole) = typed(self.model_type, &self.config) else { return Vec::new() };
        let alone = members(&self.config).filter_map(|(key, value)| typed(self.model_type, &alone(key, value)).err());
        let alone: Vec<_> = alone.collect();
        if alone.is_empty() { vec![whole] } else { alone }
    }
}

/// `claims` as the config of `model_type`; no claims at all are an empty config.
fn typed(model_type: ModelType, claims: &Value) -> Result<Config, Malformed> {
    Ok(match model_type {
        ModelType::Audio => Config::Audio(parse(claims)?),
        ModelType::Image => Config::Image(Box::new(parse(claims)?)),
        ModelType::Llm => Config::from(parse::<LlmConfig>(claims)?),
        ModelType::Video => Config::Video(parse(claims)?),
    })
}

fn parse<T: DeserializeOwned + Default>(claims: &Value) -> Result<T, Malformed> {
    match claims {
        Value::Null => Ok(T::default()),
        Value::Object(_) => serde_json::from_value(claims.clone()).map_err(|error| locate::<T>(claims, &error)),
        _ => Err(Malformed { field: String::new(), detail: "an object was expected".to_owned() }),
    }
}

/// Names the first field that does not parse on its own.
fn locate<T: DeserializeOwned>(claims: &Value, error: &serde_json::Error) -> Malformed {
    let fault = |(key, value): (&String, &Value)| {
        let error = serde_json::from_value::<T>(alone(key, value)).err()?;
        Some(Malformed { field: key.clone(), detail: error.to_string() })
    };
    members(claims).find_map(fault).unwrap_or_else(|| Malformed { field: String::new(), detail: error.to_string() })
}

fn members(claims: &Value) -> impl Iterator<Item = (&String, &Value)> {
    claims.as_object().into_iter().flatten()
}

fn alone(key: &str, value: &Value) -> Value {
    Value::Object(Map::from_iter([(key.to_owned(), value.clone())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(model_type: &str, config: &str) -> ModelEntry {
        let text = format!(r#"{{"id":"a","name":"A","path":"a","model_type":"{model_type}","config":{config}}}"#);
        ModelEntry::from_json(&text).unwrap()
    }

    #[test]
    fn both_spellings_and_unknown_fields_are_taken() {
        let config =
            entry("llm", r#"{"contextLength":8192,"model_family":"llama","mine":[1]}"#).typed_config().unwrap();
        let llm = config.as_llm().unwrap();
        assert_eq!((llm.context_length, llm.model_family.as_deref()), (Some(8192), Some("llama")));
    }

    #[test]
    fn every_type_has_its_config() {
        for kind in ["audio", "image", "llm", "video"] {
            assert_eq!(entry(kind, "null").typed_config().unwrap().model_type().name(), kind);
        }
    }

    #[test]
    fn a_claim_of_the_wrong_type_is_named() {
        let entry = entry("llm", r#"{"license":"mit","context_length":"many","quantization":7}"#);
        let error = entry.typed_config().unwrap_err().to_string();
        assert!(error.starts_with("catalog entry 'a' /config/context_length: invalid type"), "{error}");
        assert_eq!(entry.malformed_claims().len(), 2);
    }

    #[test]
    fn claims_that_are_no_object_are_named() {
        assert!(entry("image", "[]").typed_config().is_err());
    }
}
