//! First, last, all, reversed, joined.

use super::super::error::{ErrorClass, Outcome, fail, type_error};
use super::super::eval::{Args, Machine};
use super::super::iterate::Iter;
use super::super::repr;
use super::super::value::{Object, Text, Value};
use super::path::Path;
use super::{Filter, collect, ready};

pub(super) fn choose<'a>(
    machine: &mut Machine<'a>,
    filter: Filter,
    value: &Value<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    args.plain("filter", 0, 0)?;
    match filter {
        Filter::First => {
            let first = Iter::of(value)?.next(machine)?;
            Ok(first.unwrap_or_else(|| Value::hint("No first item, sequence was empty.")))
        }
        Filter::Last => {
            let items = reversible(machine, value)?;
            Ok(items.into_iter().next_back().unwrap_or_else(|| Value::hint("No last item, sequence was empty.")))
        }
        Filter::List => {
            let items = collect(machine, value)?;
            Value::list(items, &machine.budget)
        }
        Filter::Random => random(machine, value),
        _ => reverse(machine, value),
    }
}

/// The items of what Python's `reversed` takes.
fn reversible<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<Vec<Value<'a>>> {
    let known = match value {
        Value::Bytes(_) | Value::Dict(_) | Value::List(_) | Value::Tuple(_) | Value::Undefined(_) => true,
        Value::Markup(_) | Value::Str(_) => true,
        Value::Object(object) => matches!(**object, Object::Range(_) | Object::View(..)),
        _ => false,
    };
    if known {
        return collect(machine, value);
    }
    type_error(format!("'{}' object is not reversible", value.type_name()))
}

fn reverse<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<Value<'a>> {
    if let Some(text) = value.as_text() {
        machine.budget.room(text.len())?;
        let reversed = Text::owned(text.chars().rev().collect(), &machine.budget)?;
        return Ok(if matches!(value, Value::Markup(_)) { Value::Markup(reversed) } else { Value::Str(reversed) });
    }
    if let Ok(mut items) = reversible(machine, value) {
        items.reverse();
        let kind = match value {
            Value::List(_) => "list_reverseiterator",
            Value::Dict(_) => "dict_reversekeyiterator",
            Value::Object(_) => "range_iterator",
            _ => "reversed",
        };
        return ready(machine, kind, items);
    }
    if Iter::of(value).is_err() {
        return fail(ErrorClass::FilterArgument, "argument must be iterable");
    }
    let mut items = collect(machine, value)?;
    items.reverse();
    Value::list(items, &machine.budget)
}

/// Python picks any item; this one picks the first, so that the same input gives the same prompt.
fn random<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<Value<'a>> {
    if let Value::Object(object) = value
        && !matches!(**object, Object::Range(_))
    {
        return type_error(format!("object of type '{}' has no len()", value.type_name()));
    }
    let first = Iter::of(value)?.next(machine)?;
    Ok(first.unwrap_or_else(|| Value::hint("No random item, sequence was empty.")))
}

pub(super) fn join<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [separator, attribute] = args.bind("sync_do_join", ["d", "attribute"], 0)?;
    let separator = separator.unwrap_or(Value::text(""));
    let separator = repr::to_text(machine, &separator)?;
    let path = match attribute {
        Some(Value::None) | None => None,
        Some(attribute) => Some(Path::of(machine, &attribute)?),
    };
    let mut iter = Iter::of(value)?;
    let mut out = String::new();
    let mut first = true;
    while let Some(mut item) = iter.next(machine)? {
        if let Some(path) = &path {
            item = path.get(machine, &item, None)?;
        }
        let part = repr::to_text(machine, &item)?;
        let separator = if first { "" } else { &*separator };
        first = false;
        let needed = out.len().saturating_add(separator.len()).saturating_add(part.len());
        if needed > out.capacity() {
            machine.budget.room(needed.saturating_mul(2))?;
        }
        out.push_str(separator);
        out.push_str(&part);
    }
    Text::owned(out, &machine.budget).map(Value::Str)
}
