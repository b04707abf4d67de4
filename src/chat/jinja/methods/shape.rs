//! Stripping, filling, replacing, joining.

use super::super::error::{Outcome, type_error};
use super::super::eval::{Args, Machine};
use super::super::filters::markup;
use super::super::iterate::Iter;
use super::super::subscript;
use super::super::unicode;
use super::super::value::{Text, TextBuffer, Value};
use super::wrap;

/// `strip`, `lstrip` and `rstrip`.
pub(super) fn strip<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    name: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let values = args.plain(name, 0, 1)?;
    let (left, right) = (name != "rstrip", name != "lstrip");
    let (start, end) = match values.first() {
        None | Some(Value::None) => stripped(text, left, right, unicode::is_blank),
        Some(characters) => match characters.as_str() {
            Some(characters) => stripped(text, left, right, |c| characters.contains(c)),
            None => return type_error(format!("{name} arg must be None or str")),
        },
    };
    Ok(wrap(value, text.part(start, end, &machine.budget)?))
}

fn stripped(text: &str, left: bool, right: bool, drop: impl Fn(char) -> bool) -> (usize, usize) {
    let kept = if left { text.trim_start_matches(&drop) } else { text };
    let start = text.len().saturating_sub(kept.len());
    let kept = if right { kept.trim_end_matches(&drop) } else { kept };
    (start, start.saturating_add(kept.len()))
}

pub(super) fn remove<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    prefix: bool,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let values = args.plain("removeprefix", 1, 1)?;
    let Some(affix) = values.first().and_then(Value::as_str) else {
        return type_error("removeprefix() argument must be str");
    };
    let kept = if prefix { text.strip_prefix(affix) } else { text.strip_suffix(affix) };
    let kept = kept.map_or(text.len(), str::len);
    let start = if prefix { text.len().saturating_sub(kept) } else { 0 };
    Ok(wrap(value, text.part(start, start.saturating_add(kept), &machine.budget)?))
}

pub(super) fn replace<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let values = args.plain("replace", 2, 3)?;
    let (old, new) = match values.as_slice() {
        [old, new, ..] => (old, new),
        _ => return type_error("replace expected at least 2 arguments"),
    };
    for (place, part) in [old, new].into_iter().enumerate() {
        if part.as_str().is_none() {
            let (place, found) = (place.saturating_add(1), part.type_name());
            return type_error(format!("replace() argument {place} must be str, not {found}"));
        }
    }
    let count = match values.get(2).map(subscript::index) {
        None => -1,
        Some(Some(count)) => count,
        Some(None) => return type_error("replace() argument 3 must be an integer"),
    };
    let mut new = new.as_text().cloned().unwrap_or(Text::Borrowed(""));
    if matches!(value, Value::Markup(_)) && !matches!(values.get(1), Some(Value::Markup(_))) {
        new = markup::escaped(&new, &machine.budget)?;
    }
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    replaced(machine, text, old.as_str().unwrap_or_default(), &new, most).map(|text| wrap(value, text))
}

/// Python's `text.replace(old, new, most)`.
pub(in super::super) fn replaced<'a>(
    machine: &mut Machine<'a>,
    text: &Text<'a>,
    old: &str,
    new: &str,
    most: usize,
) -> Outcome<Text<'a>> {
    machine.budget.scan(text.len())?;
    if most == 0 || (!old.is_empty() && !text.contains(old)) {
        return Ok(text.clone());
    }
    let mut out = TextBuffer::new(&machine.budget);
    let mut from = 0;
    for (at, found) in text.match_indices(old).take(most) {
        machine.budget.spend(1)?;
        out.push(text.get(from..at).unwrap_or_default())?;
        out.push(new)?;
        from = at.saturating_add(found.len());
    }
    out.push(text.get(from..).unwrap_or_default())?;
    out.finish()
}

pub(super) fn join<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let values = args.plain("join", 1, 1)?;
    let is_markup = matches!(value, Value::Markup(_));
    let Ok(mut iter) = Iter::of(values.first().unwrap_or(&Value::None)) else {
        return type_error("can only join an iterable");
    };
    let mut out = String::new();
    let mut place = 0_usize;
    while let Some(item) = iter.next(machine)? {
        let Some(part) = item.as_text() else {
            let found = item.type_name();
            return type_error(format!("sequence item {place}: expected str instance, {found} found"));
        };
        let escape = is_markup && !matches!(item, Value::Markup(_));
        let part = if escape { markup::escaped(part, &machine.budget)? } else { part.clone() };
        let separator = if place > 0 { &**text } else { "" };
        let needed = out.len().saturating_add(separator.len()).saturating_add(part.len());
        if needed > out.capacity() {
            machine.budget.room(needed.saturating_mul(2))?;
        }
        out.push_str(separator);
        out.push_str(&part);
        place = place.saturating_add(1);
    }
    Ok(wrap(value, Text::owned(out, &machine.budget)?))
}

/// `center`, `ljust`, `rjust` and `zfill`.
pub(super) fn justify<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    name: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let values = args.plain(name, 1, if name == "zfill" { 1 } else { 2 })?;
    let width = values.first().unwrap_or(&Value::None);
    let Some(width) = subscript::index(width) else {
        return type_error(format!("'{}' object cannot be interpreted as an integer", width.type_name()));
    };
    let fill = match values.get(1).map(|fill| fill.as_str().filter(|fill| fill.chars().count() == 1)) {
        None => " ",
        Some(Some(fill)) => fill,
        Some(None) => return type_error("The fill character must be exactly one character long"),
    };
    let text = justified(machine, text, name, usize::try_from(width).unwrap_or(0), fill)?;
    Ok(wrap(value, text))
}

pub(in super::super) fn justified<'a>(
    machine: &Machine<'a>,
    text: &Text<'a>,
    name: &str,
    width: usize,
    fill: &str,
) -> Outcome<Text<'a>> {
    let missing = width.saturating_sub(text.chars().count());
    if missing == 0 {
        return Ok(text.clone());
    }
    let mut out = TextBuffer::new(&machine.budget);
    let left = match name {
        // Python puts the odd blank on the left only where the width is odd too.
        "center" => (missing / 2).saturating_add(missing & width & 1),
        "ljust" => 0,
        _ => missing,
    };
    let (sign, body) = match text.strip_prefix(['+', '-']) {
        Some(body) if name == "zfill" => {
            text.split_at_checked(text.len().saturating_sub(body.len())).unwrap_or(("", body))
        }
        _ => ("", &**text),
    };
    out.push(sign)?;
    out.repeat(if name == "zfill" { "0" } else { fill }, left)?;
    out.push(body)?;
    out.repeat(fill, missing.saturating_sub(left))?;
    out.finish()
}

pub(super) fn expand_tabs<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let [size] = args.bind("expandtabs", ["tabsize"], 0)?;
    let Some(size) = size.map_or(Some(8), |size| subscript::index(&size)) else {
        return type_error("expandtabs() argument must be an integer");
    };
    let size = usize::try_from(size).unwrap_or(0);
    let mut out = TextBuffer::new(&machine.budget);
    let mut column = 0_usize;
    for character in text.chars() {
        if character == '\t' {
            let blanks = column.checked_rem(size).map_or(0, |used| size.saturating_sub(used));
            out.repeat(" ", blanks)?;
            column = column.saturating_add(blanks);
        } else {
            out.push_char(character)?;
            column = if matches!(character, '\n' | '\r') { 0 } else { column.saturating_add(1) };
        }
    }
    Ok(wrap(value, out.finish()?))
}
