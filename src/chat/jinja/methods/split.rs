//! Splitting.

use super::super::error::{Outcome, type_error, value_error};
use super::super::eval::{Args, Machine};
use super::super::subscript;
use super::super::unicode;
use super::super::value::{Text, Value};
use super::wrap;

/// Where a part begins and ends, in bytes.
type Part = (usize, usize);

/// `split` and `rsplit`.
pub(super) fn split<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    from_right: bool,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let [separator, most] = args.bind("split", ["sep", "maxsplit"], 0)?;
    let most = match most.map(|most| subscript::index(&most)) {
        None => -1,
        Some(Some(most)) => most,
        Some(None) => return type_error("maxsplit must be an integer"),
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let parts = match separator {
        None | Some(Value::None) if from_right => words_from_right(text, most),
        None | Some(Value::None) => words(text, most),
        Some(separator) => match separator.as_str() {
            Some("") => return value_error("empty separator"),
            Some(separator) if from_right => pieces_from_right(text, separator, most),
            Some(separator) => pieces(text, separator, most),
            None => return type_error(format!("must be str or None, not {}", separator.type_name())),
        },
    };
    collect(machine, value, text, &parts)
}

fn collect<'a>(machine: &Machine<'a>, value: &Value<'a>, text: &Text<'a>, parts: &[Part]) -> Outcome<Value<'a>> {
    machine.budget.spend(parts.len() as u64)?;
    let parts = parts.iter().map(|(start, end)| Ok(wrap(value, text.part(*start, *end, &machine.budget)?)));
    Value::list(parts.collect::<Outcome<_>>()?, &machine.budget)
}

fn pieces(text: &str, separator: &str, most: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, found) in text.match_indices(separator).take(most) {
        parts.push((from, at));
        from = at.saturating_add(found.len());
    }
    parts.push((from, text.len()));
    parts
}

fn pieces_from_right(text: &str, separator: &str, most: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut to = text.len();
    for (at, found) in text.rmatch_indices(separator).take(most) {
        parts.push((at.saturating_add(found.len()), to));
        to = at;
    }
    parts.push((0, to));
    parts.reverse();
    parts
}

fn words(text: &str, most: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let place = |rest: &str| text.len().saturating_sub(rest.len());
    let mut rest = unicode::trim_start(text);
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push((place(rest), text.len()));
            break;
        }
        let start = place(rest);
        rest = rest.trim_start_matches(|c| !unicode::is_blank(c));
        parts.push((start, place(rest)));
        rest = unicode::trim_start(rest);
    }
    parts
}

fn words_from_right(text: &str, most: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = unicode::trim_end(text);
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push((0, rest.len()));
            break;
        }
        let end = rest.len();
        rest = rest.trim_end_matches(|c| !unicode::is_blank(c));
        parts.push((rest.len(), end));
        rest = unicode::trim_end(rest);
    }
    parts.reverse();
    parts
}

/// `splitlines`
pub(super) fn lines<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let [keep] = args.bind("splitlines", ["keepends"], 0)?;
    let keep = keep.is_some_and(|keep| keep.truth());
    let parts: Vec<Part> =
        line_parts(text).into_iter().map(|(start, end, next)| (start, if keep { next } else { end })).collect();
    collect(machine, value, text, &parts)
}

/// Each line's start, its end, and the start of the next.
pub(in super::super) fn line_parts(text: &str) -> Vec<(usize, usize, usize)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if !unicode::ends_line(character) {
            continue;
        }
        let mut next = at.saturating_add(character.len_utf8());
        if character == '\r' && characters.next_if(|(_, follows)| *follows == '\n').is_some() {
            next = next.saturating_add(1);
        }
        parts.push((start, at, next));
        start = next;
    }
    if start < text.len() {
        parts.push((start, text.len(), text.len()));
    }
    parts
}

/// `partition` and `rpartition`.
pub(super) fn partition<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    from_right: bool,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let values = args.plain("partition", 1, 1)?;
    let separator = values.first().unwrap_or(&Value::None);
    let Some(separator) = separator.as_str() else {
        return type_error(format!("must be str, not {}", separator.type_name()));
    };
    if separator.is_empty() {
        return value_error("empty separator");
    }
    let found = if from_right { text.rfind(separator) } else { text.find(separator) };
    let (end, start) = match found {
        Some(at) => (at, at.saturating_add(separator.len())),
        None if from_right => (0, 0),
        None => (text.len(), text.len()),
    };
    let parts = [(0, end), (end, start), (start, text.len())];
    let parts = parts.iter().map(|(from, to)| Ok(wrap(value, text.part(*from, *to, &machine.budget)?)));
    Value::tuple(parts.collect::<Outcome<_>>()?, &machine.budget)
}
