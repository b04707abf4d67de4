//! `attribute="a.b.0"`: how filters reach into their items.

use super::super::attribute;
use super::super::error::Outcome;
use super::super::eval::Machine;
use super::super::unicode;
use super::super::value::{Text, Value};

/// The keys of a dotted path.
pub(in super::super) struct Path<'a>(Vec<Value<'a>>);

impl<'a> Path<'a> {
    pub(super) fn of(machine: &Machine<'a>, attribute: &Value<'a>) -> Outcome<Self> {
        let Some(text) = attribute.as_str() else {
            return Ok(Self(if attribute.is_none() { Vec::new() } else { vec![attribute.clone()] }));
        };
        let keys = text.split('.').map(|part| {
            let digits = !part.is_empty() && part.chars().all(unicode::is_digit);
            match super::super::number::parse_int(part, 10).filter(|_| digits) {
                Some(number) => Ok(number),
                None => Text::copied(part, &machine.budget).map(Value::Str),
            }
        });
        keys.collect::<Outcome<_>>().map(Self)
    }

    /// Several paths, separated by commas.
    pub(super) fn several(machine: &Machine<'a>, attribute: &Value<'a>) -> Outcome<Vec<Self>> {
        match attribute.as_str() {
            Some(text) => text
                .split(',')
                .map(|part| Self::of(machine, &Value::Str(Text::copied(part, &machine.budget)?)))
                .collect(),
            None => Ok(vec![Self::of(machine, attribute)?]),
        }
    }

    pub(super) fn get(
        &self,
        machine: &mut Machine<'a>,
        item: &Value<'a>,
        default: Option<&Value<'a>>,
    ) -> Outcome<Value<'a>> {
        let mut value = item.clone();
        for key in &self.0 {
            machine.budget.spend(1)?;
            value = attribute::item(machine, &value, key)?;
            if let Some(default) = default.filter(|default| value.is_undefined() && !default.is_none()) {
                value = default.clone();
            }
        }
        Ok(value)
    }
}

/// Texts in lower case, unless case matters.
pub(super) fn ignoring_case<'a>(machine: &Machine<'a>, value: Value<'a>, case_sensitive: bool) -> Outcome<Value<'a>> {
    match value.as_text() {
        Some(text) if !case_sensitive => {
            machine.budget.room(text.len().saturating_mul(3))?;
            Text::owned(text.to_lowercase(), &machine.budget).map(Value::Str)
        }
        _ => Ok(value),
    }
}
