//! Markup: escaping, and texts that are marked as escaped.

use super::super::budget::Budget;
use super::super::error::{ErrorClass, Outcome, fail, type_error, value_error};
use super::super::eval::{Args, Machine};
use super::super::repr;
use super::super::unicode;
use super::super::value::{Text, TextBuffer, Value};
use super::Filter;

/// A text with `&<>"'` escaped.
pub(in super::super) fn escaped<'a>(text: &str, budget: &Budget) -> Outcome<Text<'a>> {
    let mut out = TextBuffer::new(budget);
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.push(rest.get(..at).unwrap_or_default())?;
        out.push(match rest.as_bytes().get(at) {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&#34;",
            _ => "&#39;",
        })?;
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
    }
    out.push(rest)?;
    out.finish()
}

pub(super) fn filter<'a>(
    machine: &mut Machine<'a>,
    filter: Filter,
    value: Value<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    if filter == Filter::XmlAttr {
        return xml_attributes(machine, &value, args);
    }
    args.plain("escape", 0, 0)?;
    let text = repr::to_text(machine, &value)?;
    match (filter, &value) {
        (Filter::Escape, Value::Markup(_)) | (Filter::Safe, _) => Ok(Value::Markup(text)),
        (Filter::StripTags, _) => strip_tags(&text, &machine.budget).map(Value::Str),
        _ => escaped(&text, &machine.budget).map(Value::Markup),
    }
}

/// The methods that only markup has.
pub(in super::super) fn method<'a>(
    machine: &mut Machine<'a>,
    text: &Text<'a>,
    name: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    match name {
        "escape" => {
            let values = args.plain(name, 1, 1)?;
            filter(machine, Filter::Escape, values.into_iter().next().unwrap_or(Value::None), Args::default())
        }
        "striptags" => strip_tags(text, &machine.budget).map(Value::Str),
        _ => unescape(text, &machine.budget).map(Value::Str),
    }
}

/// Without comments and tags, blanks run together, entities resolved.
fn strip_tags<'a>(text: &str, budget: &Budget) -> Outcome<Text<'a>> {
    let text = without(text, "<!--", "-->");
    let text = without(&text, "<", ">");
    let words: Vec<&str> = text.split(unicode::is_blank).filter(|word| !word.is_empty()).collect();
    unescape(&words.join(" "), budget)
}

fn without(text: &str, open: &str, close: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(open) {
        let inner = rest.get(start..).unwrap_or_default();
        let Some(end) = inner.find(close) else { break };
        out.push_str(rest.get(..start).unwrap_or_default());
        rest = inner.get(end.saturating_add(close.len())..).unwrap_or_default();
    }
    out + rest
}

/// Resolves entities: the numeric ones, and the named ones that escaping makes.
fn unescape<'a>(text: &str, budget: &Budget) -> Outcome<Text<'a>> {
    let mut out = TextBuffer::new(budget);
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push(rest.get(..at).unwrap_or_default())?;
        let entity = rest.get(at..).unwrap_or_default();
        let found = entity.find(';').and_then(|end| Some((resolve(entity.get(1..end)?)?, end)));
        match found {
            Some((character, end)) => {
                out.push_char(character)?;
                rest = entity.get(end.saturating_add(1)..).unwrap_or_default();
            }
            None => {
                out.push("&")?;
                rest = entity.get(1..).unwrap_or_default();
            }
        }
    }
    out.push(rest)?;
    out.finish()
}

fn resolve(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "apos" => '\'',
        "gt" => '>',
        "lt" => '<',
        "nbsp" => '\u{a0}',
        "quot" => '"',
        _ => return None,
    })
}

fn xml_attributes<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [autospace] = args.bind("do_xmlattr", ["autospace"], 0)?;
    let Value::Dict(dict) = value else {
        if let Value::Undefined(undefined) = value {
            return Err(undefined.failure());
        }
        return fail(ErrorClass::Attribute, format!("'{}' object has no attribute 'items'", value.type_name()));
    };
    let mut out = TextBuffer::new(&machine.budget);
    let mut first = !autospace.is_none_or(|autospace| autospace.truth());
    for (key, value) in dict.entries() {
        if value.is_none() || value.is_undefined() {
            continue;
        }
        let Some(name) = key.as_str() else { return type_error("expected string or bytes-like object") };
        if name.contains(|c: char| c.is_ascii_whitespace() || matches!(c, '\u{b}' | '/' | '>' | '=')) {
            return value_error(format!("Invalid character in attribute name: {}", repr::quoted(name)));
        }
        if !first {
            out.push(" ")?;
        }
        first = false;
        out.push(&markup_of(machine, key)?)?;
        out.push("=\"")?;
        out.push(&markup_of(machine, value)?)?;
        out.push("\"")?;
    }
    out.value()
}

fn markup_of<'a>(machine: &Machine<'a>, value: &Value<'a>) -> Outcome<Text<'a>> {
    let text = repr::to_text(machine, value)?;
    if matches!(value, Value::Markup(_)) { Ok(text) } else { escaped(&text, &machine.budget) }
}
