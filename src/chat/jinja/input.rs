//! What the caller hands to a template.

use super::budget::Budget;
use super::error::Outcome;
use super::value::{Dict, Value};
use crate::format::json::Json;

/// One variable.
#[derive(Debug, Clone, Copy)]
pub(in crate::chat) enum Input<'a> {
    Bool(bool),
    Json(&'a Json),
    List(&'a [Json]),
    Messages(&'a [Vec<(&'a str, &'a Json)>]),
    None,
    Text(&'a str),
}

impl<'a> Input<'a> {
    /// Its value, which borrows its texts.
    pub(super) fn value(self, budget: &Budget) -> Outcome<Value<'a>> {
        Ok(match self {
            Self::Bool(truth) => Value::Bool(truth),
            Self::Json(json) => Value::from_json(json, budget)?,
            Self::List(elements) => Value::list_of(elements, budget)?,
            Self::Messages(messages) => {
                let members = |message: &'a Vec<_>| Dict::of(message.iter().copied(), budget);
                let items = messages.iter().map(members);
                Value::list(items.collect::<Outcome<_>>()?, budget)?
            }
            Self::None => Value::None,
            Self::Text(text) => Value::text(text),
        })
    }

    /// About how many bytes it would take as JSON.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Bool(_) | Self::None => 4,
            Self::Json(json) => size(json),
            Self::List(elements) => elements.iter().map(size).sum(),
            Self::Messages(messages) => {
                let members = messages.iter().flatten();
                members.map(|(key, value)| key.len().saturating_add(4).saturating_add(size(value))).sum()
            }
            Self::Text(text) => text.len(),
        }
    }
}

fn size(json: &Json) -> usize {
    match json {
        Json::Array(elements) => elements.iter().map(size).sum::<usize>().saturating_add(2),
        Json::Object(members) => members
            .iter()
            .map(|member| member.key.len().saturating_add(4).saturating_add(size(&member.value)))
            .fold(2, usize::saturating_add),
        Json::String(text) => text.len().saturating_add(2),
        _ => 4,
    }
}
