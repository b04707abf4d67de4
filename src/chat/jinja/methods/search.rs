//! Looking for one text in another.

use super::super::error::{Outcome, type_error, value_error};
use super::super::eval::{Args, Machine};
use super::super::subscript;
use super::super::value::{Text, Value};

/// The part of a text between two indexes, and how many characters precede it.
struct Window<'t> {
    text: &'t str,
    before: usize,
}

fn window<'t>(text: &'t str, start: &Value<'_>, end: &Value<'_>) -> Outcome<Option<Window<'t>>> {
    if start.is_none() && end.is_none() {
        return Ok(Some(Window { text, before: 0 }));
    }
    let length = text.chars().count();
    let start = bound(start, length, 0)?;
    let end = bound(end, length, length)?.min(length);
    if start > end {
        return Ok(None);
    }
    let place = |index: usize| text.char_indices().map(|(at, _)| at).nth(index).unwrap_or(text.len());
    Ok(Some(Window { text: text.get(place(start)..place(end)).unwrap_or_default(), before: start }))
}

fn bound(value: &Value<'_>, length: usize, default: usize) -> Outcome<usize> {
    if value.is_none() {
        return Ok(default);
    }
    let Some(index) = subscript::index(value) else {
        return type_error("slice indices must be integers or None or have an __index__ method");
    };
    if index >= 0 {
        return Ok(usize::try_from(index).unwrap_or(usize::MAX));
    }
    Ok(length.saturating_sub(usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX)))
}

fn third<'v, 'a>(values: &'v [Value<'a>], place: usize) -> &'v Value<'a> {
    values.get(place).unwrap_or(&Value::None)
}

/// `find`, `index`, `rfind`, `rindex` and `count`.
pub(super) fn find<'a>(machine: &mut Machine<'a>, text: &Text<'a>, name: &str, args: Args<'a>) -> Outcome<Value<'a>> {
    let values = args.plain(name, 1, 3)?;
    let needle = third(&values, 0);
    let Some(needle) = needle.as_str() else { return type_error(format!("must be str, not {}", needle.type_name())) };
    machine.budget.scan(text.len())?;
    let window = window(text, third(&values, 1), third(&values, 2))?;
    if name == "count" {
        return Ok(Value::count(window.map_or(0, |window| count(window.text, needle))));
    }
    let found = window.and_then(|window| {
        let at = if name.starts_with('r') { window.text.rfind(needle) } else { window.text.find(needle) }?;
        let inside = window.text.get(..at).unwrap_or_default().chars().count();
        Some(window.before.saturating_add(inside))
    });
    match found {
        Some(place) => Ok(Value::count(place)),
        None if name.ends_with("index") => value_error("substring not found"),
        None => Ok(Value::Int(-1)),
    }
}

fn count(text: &str, needle: &str) -> usize {
    if needle.is_empty() { text.chars().count().saturating_add(1) } else { text.matches(needle).count() }
}

/// `startswith` and `endswith`.
pub(super) fn affix<'a>(machine: &mut Machine<'a>, text: &Text<'a>, start: bool, args: Args<'a>) -> Outcome<Value<'a>> {
    let name = if start { "startswith" } else { "endswith" };
    let values = args.plain(name, 1, 3)?;
    let Some(window) = window(text, third(&values, 1), third(&values, 2))? else { return Ok(Value::Bool(false)) };
    let matches = |affix: &str| if start { window.text.starts_with(affix) } else { window.text.ends_with(affix) };
    let affix = third(&values, 0);
    if let Some(affix) = affix.as_str() {
        return Ok(Value::Bool(matches(affix)));
    }
    let Value::Tuple(choices) = affix else {
        let found = affix.type_name();
        return type_error(format!("{name} first arg must be str or a tuple of str, not {found}"));
    };
    for choice in choices.iter() {
        machine.budget.spend(1)?;
        match choice.as_str() {
            Some(choice) if matches(choice) => return Ok(Value::Bool(true)),
            Some(_) => {}
            None => {
                let found = choice.type_name();
                return type_error(format!("tuple for {name} must only contain str, not {found}"));
            }
        }
    }
    Ok(Value::Bool(false))
}
