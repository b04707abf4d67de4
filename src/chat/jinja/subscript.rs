//! Indexes, slices, and `in`.

use super::budget::Budget;
use super::compare;
use super::error::{Outcome, type_error, value_error};
use super::eval::Machine;
use super::iterate::{self, Iter};
use super::value::{Object, Range, Text, TextBuffer, Value};
use num_bigint::BigInt;

/// An index as Python's `__index__` gives it, clamped; `None` where the value is no integer.
pub(super) fn index(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Big(number) => Some(if **number < BigInt::ZERO { i64::MIN } else { i64::MAX }),
        Value::Bool(truth) => Some(i64::from(*truth)),
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

/// The place of element `index`, counted from the end where it is negative.
fn place(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let index = if index < 0 { index.checked_add(length)? } else { index };
    (0..length).contains(&index).then(|| usize::try_from(index).ok()).flatten()
}

/// The element of a sequence at `key`; `None` where Python raises a `TypeError` or a `LookupError`.
pub(super) fn element<'a>(machine: &Machine<'a>, subject: &Value<'a>, key: &Value<'a>) -> Outcome<Option<Value<'a>>> {
    let Some(index) = index(key) else { return Ok(None) };
    Ok(match subject {
        Value::List(items) | Value::Tuple(items) => place(index, items.len()).and_then(|at| items.get(at)).cloned(),
        Value::Str(text) => character(text, index, &machine.budget)?.map(Value::Str),
        Value::Markup(text) => character(text, index, &machine.budget)?.map(Value::Markup),
        Value::Bytes(blob) => {
            let byte = place(index, blob.bytes.len()).and_then(|at| blob.bytes.get(at));
            byte.map(|byte| Value::Int(i64::from(*byte)))
        }
        Value::Object(object) => match &**object {
            Object::Range(range) => {
                let length = usize::try_from(range.len()).unwrap_or(usize::MAX);
                place(index, length).map(|at| Value::Int(range.at(at as u64)))
            }
            _ => None,
        },
        _ => None,
    })
}

fn character<'a>(text: &Text<'a>, index: i64, budget: &Budget) -> Outcome<Option<Text<'a>>> {
    budget.scan(text.len())?;
    let found = if index < 0 {
        let back = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX).saturating_sub(1);
        text.char_indices().rev().nth(back)
    } else {
        text.char_indices().nth(usize::try_from(index).unwrap_or(usize::MAX))
    };
    match found {
        Some((at, character)) => text.part(at, at.saturating_add(character.len_utf8()), budget).map(Some),
        None => Ok(None),
    }
}

/// `subject[start:stop:step]`
pub(super) fn slice<'a>(subject: &Value<'a>, bounds: &[Value<'a>; 3], budget: &Budget) -> Outcome<Value<'a>> {
    match subject {
        Value::List(items) => pick(items, bounds, budget).and_then(|items| Value::list(items, budget)),
        Value::Tuple(items) => pick(items, bounds, budget).and_then(|items| Value::tuple(items, budget)),
        Value::Str(text) => slice_text(text, bounds, budget).map(Value::Str),
        Value::Markup(text) => slice_text(text, bounds, budget).map(Value::Markup),
        Value::Undefined(undefined) => Err(undefined.failure()),
        Value::Dict(_) => type_error("unhashable type: 'slice'"),
        Value::Object(object) => match &**object {
            Object::Range(range) => slice_range(*range, bounds),
            _ => not_subscriptable(subject),
        },
        _ => not_subscriptable(subject),
    }
}

pub(super) fn not_subscriptable<T>(value: &Value<'_>) -> Outcome<T> {
    type_error(format!("'{}' object is not subscriptable", value.type_name()))
}

/// Start, step and count of the elements that a slice takes, as Python's `slice.indices` computes them.
struct Picked {
    start: i64,
    step: i64,
    count: u64,
}

fn picked(bounds: &[Value<'_>; 3], length: usize) -> Outcome<Picked> {
    let [start, stop, step] = bounds;
    let step = bound(step)?.unwrap_or(1);
    if step == 0 {
        return value_error("slice step cannot be zero");
    }
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let (low, high) = if step > 0 { (0, length) } else { (-1, length.saturating_sub(1)) };
    let clamp = |bound: i64| {
        let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
        bound.clamp(low, high)
    };
    let (first, last) = if step > 0 { (low, high) } else { (high, low) };
    let start = bound(start)?.map_or(first, clamp);
    let stop = bound(stop)?.map_or(last, clamp);
    Ok(Picked { start, step, count: Range { start, stop, step }.len() })
}

fn bound(value: &Value<'_>) -> Outcome<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    match index(value) {
        Some(index) => Ok(Some(index)),
        None => type_error("slice indices must be integers or None or have an __index__ method"),
    }
}

impl Picked {
    fn indices(&self) -> impl Iterator<Item = usize> {
        let range = Range { start: self.start, stop: 0, step: self.step };
        (0..self.count).filter_map(move |at| usize::try_from(range.at(at)).ok())
    }
}

fn pick<'a>(items: &[Value<'a>], bounds: &[Value<'a>; 3], budget: &Budget) -> Outcome<Vec<Value<'a>>> {
    let picked = picked(bounds, items.len())?;
    budget.spend(picked.count)?;
    budget.room(usize::try_from(picked.count).unwrap_or(usize::MAX).saturating_mul(size_of::<Value<'_>>()))?;
    Ok(picked.indices().filter_map(|at| items.get(at).cloned()).collect())
}

fn slice_text<'a>(text: &Text<'a>, bounds: &[Value<'a>; 3], budget: &Budget) -> Outcome<Text<'a>> {
    budget.scan(text.len())?;
    let ascii = text.is_ascii();
    let length = if ascii { text.len() } else { text.chars().count() };
    let picked = picked(bounds, length)?;
    if picked.step == 1 {
        let start = usize::try_from(picked.start).unwrap_or(0);
        let end = start.saturating_add(usize::try_from(picked.count).unwrap_or(usize::MAX));
        if ascii {
            return text.part(start, end, budget);
        }
        let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let from = places.nth(start).unwrap_or(text.len());
        let skip = end.saturating_sub(start).checked_sub(1);
        let to = skip.map_or(from, |skip| places.nth(skip).unwrap_or(text.len()));
        return text.part(from, to, budget);
    }
    budget.room(length.saturating_mul(4))?;
    let characters: Vec<char> = text.chars().collect();
    let mut buffer = TextBuffer::new(budget);
    for at in picked.indices() {
        if let Some(character) = characters.get(at) {
            buffer.push_char(*character)?;
        }
    }
    buffer.finish()
}

fn slice_range<'a>(range: Range, bounds: &[Value<'a>; 3]) -> Outcome<Value<'a>> {
    let length = usize::try_from(range.len()).unwrap_or(usize::MAX);
    let picked = picked(bounds, length)?;
    let step = range.step.saturating_mul(picked.step);
    let origin = |at: i64| range.start.saturating_add(range.step.saturating_mul(at));
    let start = origin(picked.start);
    let count = i64::try_from(picked.count).unwrap_or(i64::MAX);
    let stop = origin(picked.start.saturating_add(picked.step.saturating_mul(count)));
    Ok(Value::object(Object::Range(Range { start, stop, step })))
}

/// Python's `needle in haystack`.
pub(super) fn contains<'a>(machine: &mut Machine<'a>, haystack: &Value<'a>, needle: &Value<'a>) -> Outcome<bool> {
    if let Some(text) = haystack.as_str() {
        return match needle.as_str() {
            Some(part) => {
                machine.budget.scan(text.len())?;
                Ok(text.contains(part))
            }
            None => type_error(format!("'in <string>' requires string as left operand, not {}", needle.type_name())),
        };
    }
    match haystack {
        Value::Dict(dict) => return Ok(dict.find(needle, &machine.budget)?.is_some()),
        Value::List(items) | Value::Tuple(items) => return among(items, needle, &machine.budget),
        Value::Object(object) => match &**object {
            Object::View(super::value::View::Keys, dict) => return Ok(dict.find(needle, &machine.budget)?.is_some()),
            Object::Range(range) => return Ok(in_range(*range, needle)),
            _ => {}
        },
        _ => {}
    }
    let Ok(mut iter) = Iter::of(haystack) else {
        return type_error(format!("argument of type '{}' is not iterable", haystack.type_name()));
    };
    while let Some(item) = iter.next(machine)? {
        if compare::same(&item, needle) || compare::equal(&item, needle, &machine.budget)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn among<'a>(items: &[Value<'a>], needle: &Value<'a>, budget: &Budget) -> Outcome<bool> {
    budget.spend(items.len() as u64)?;
    for item in items {
        if compare::same(item, needle) || compare::equal(item, needle, budget)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn in_range(range: Range, needle: &Value<'_>) -> bool {
    let number = match needle {
        Value::Float(number) => super::number::whole(*number),
        _ => index(needle).map(Value::Int),
    };
    let Some(Value::Int(number)) = number else { return false };
    let offset = i128::from(number).saturating_sub(i128::from(range.start));
    let step = i128::from(range.step);
    offset.checked_rem(step) == Some(0)
        && offset.checked_div(step).and_then(|at| u64::try_from(at).ok()).is_some_and(|at| at < range.len())
}

/// Python's `len(value)`.
pub(super) fn length<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<usize> {
    if let Value::Object(object) = value
        && let Object::Loop(state) = &**object
    {
        let length = super::loops::length(machine, state)?;
        return Ok(usize::try_from(length).unwrap_or(0));
    }
    if let Some(text) = value.as_str() {
        machine.budget.scan(text.len())?;
    }
    match iterate::length(value) {
        Some(length) => Ok(length),
        None => type_error(format!("object of type '{}' has no len()", value.type_name())),
    }
}
