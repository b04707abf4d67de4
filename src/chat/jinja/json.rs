//! `|tojson`, as transformers sets it: `json.dumps` with its own defaults, no HTML escapes.

use super::compare;
use super::error::{Outcome, type_error};
use super::eval::{Args, Machine};
use super::iterate;
use super::number;
use super::repr;
use super::subscript;
use super::value::{Text, TextBuffer, Value};

struct Style<'a> {
    ascii: bool,
    indent: Option<Text<'a>>,
    comma: Text<'a>,
    colon: Text<'a>,
    sorted: bool,
}

/// `value|tojson(ensure_ascii, indent, separators, sort_keys)`
pub(super) fn filter<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let names = ["ensure_ascii", "indent", "separators", "sort_keys"];
    let [ascii, indent, separators, sorted] = args.bind("tojson", names, 0)?;
    let indent = indentation(machine, indent)?;
    let separators = separators.filter(|separators| !separators.is_none());
    let (comma, colon) = match separators {
        Some(pair) => pair_of(machine, &pair)?,
        None => (Text::Borrowed(if indent.is_some() { "," } else { ", " }), Text::Borrowed(": ")),
    };
    let truth = |value: Option<Value<'a>>| value.is_some_and(|value| value.truth());
    let style = Style { ascii: truth(ascii), indent, comma, colon, sorted: truth(sorted) };
    let mut out = TextBuffer::new(&machine.budget);
    write(&style, value, 0, &mut out)?;
    out.value()
}

/// `value|tojson`, to be printed.
pub(super) fn print(value: &Value<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let (comma, colon) = (Text::Borrowed(", "), Text::Borrowed(": "));
    write(&Style { ascii: false, indent: None, comma, colon, sorted: false }, value, 0, out)
}

fn indentation<'a>(machine: &Machine<'a>, indent: Option<Value<'a>>) -> Outcome<Option<Text<'a>>> {
    match indent {
        None | Some(Value::None) => Ok(None),
        Some(value) => match (value.as_text(), subscript::index(&value)) {
            (Some(text), _) => Ok(Some(text.clone())),
            (_, Some(width)) => {
                let mut blanks = TextBuffer::new(&machine.budget);
                blanks.repeat(" ", usize::try_from(width).unwrap_or(0))?;
                blanks.finish().map(Some)
            }
            _ => type_error(format!("can't multiply sequence by non-int of type '{}'", value.type_name())),
        },
    }
}

fn pair_of<'a>(machine: &mut Machine<'a>, pair: &Value<'a>) -> Outcome<(Text<'a>, Text<'a>)> {
    let parts = iterate::collect(machine, pair)?;
    match parts.as_slice() {
        [Value::Str(comma) | Value::Markup(comma), Value::Str(colon) | Value::Markup(colon)] => {
            Ok((comma.clone(), colon.clone()))
        }
        [_, _] => type_error("separators must be strings"),
        _ => super::error::value_error(format!("expected 2 separators, got {}", parts.len())),
    }
}

fn write(style: &Style<'_>, value: &Value<'_>, level: usize, out: &mut TextBuffer<'_>) -> Outcome<()> {
    out.budget().spend(1)?;
    match value {
        Value::Str(text) | Value::Markup(text) => string(style, text, out),
        Value::None => out.push("null"),
        Value::Bool(truth) => out.push(if *truth { "true" } else { "false" }),
        Value::Int(_) | Value::Big(_) => repr::repr(value, out),
        Value::Float(float) => out.push(&float_text(*float)),
        Value::List(items) | Value::Tuple(items) => {
            if items.is_empty() {
                return out.push("[]");
            }
            out.push("[")?;
            for (place, item) in items.iter().enumerate() {
                separate(style, place, level, out)?;
                write(style, item, level.saturating_add(1), out)?;
            }
            line(style, level, out)?;
            out.push("]")
        }
        Value::Dict(dict) => {
            if dict.is_empty() {
                return out.push("{}");
            }
            out.push("{")?;
            if style.sorted {
                members(style, sorted(dict.entries(), out)?.into_iter(), level, out)?;
            } else {
                members(style, dict.written(out).iter(), level, out)?;
            }
            line(style, level, out)?;
            out.push("}")
        }
        other => type_error(format!("Object of type {} is not JSON serializable", other.type_name())),
    }
}

type Entry<'a> = (Value<'a>, Value<'a>);

fn members<'v, 'a: 'v>(
    style: &Style<'_>,
    entries: impl Iterator<Item = &'v Entry<'a>>,
    level: usize,
    out: &mut TextBuffer<'_>,
) -> Outcome<()> {
    for (place, (key, value)) in entries.enumerate() {
        separate(style, place, level, out)?;
        write_key(style, key, out)?;
        out.push(&style.colon)?;
        write(style, value, level.saturating_add(1), out)?;
    }
    Ok(())
}

/// The entries by key; Python compares the keys as they are, before they become texts.
fn sorted<'v, 'a>(entries: &'v [Entry<'a>], out: &TextBuffer<'_>) -> Outcome<Vec<&'v Entry<'a>>> {
    let keyed = entries.iter().enumerate().map(|(place, (key, _))| (key.clone(), Value::count(place)));
    let order = compare::sort(keyed.collect(), false, out.budget())?;
    let places = order.iter().filter_map(subscript::index).filter_map(|place| usize::try_from(place).ok());
    Ok(places.filter_map(|place| entries.get(place)).collect())
}

fn float_text(float: f64) -> String {
    if float.is_nan() {
        return "NaN".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    number::float_repr(float)
}

fn separate(style: &Style<'_>, place: usize, level: usize, out: &mut TextBuffer<'_>) -> Outcome<()> {
    if place > 0 {
        out.push(&style.comma)?;
    }
    line(style, level.saturating_add(1), out)
}

fn line(style: &Style<'_>, level: usize, out: &mut TextBuffer<'_>) -> Outcome<()> {
    match &style.indent {
        Some(indent) => {
            out.push("\n")?;
            out.repeat(indent, level)
        }
        None => Ok(()),
    }
}

fn write_key(style: &Style<'_>, key: &Value<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    match key {
        Value::Str(text) | Value::Markup(text) => string(style, text, out),
        Value::None => out.push("\"null\""),
        Value::Bool(truth) => out.push(if *truth { "\"true\"" } else { "\"false\"" }),
        Value::Float(float) => out.push(&format!("\"{}\"", float_text(*float))),
        Value::Int(_) | Value::Big(_) => {
            out.push("\"")?;
            repr::repr(key, out)?;
            out.push("\"")
        }
        other => type_error(format!("keys must be str, int, float, bool or None, not {}", other.type_name())),
    }
}

fn string(style: &Style<'_>, text: &str, out: &mut TextBuffer<'_>) -> Outcome<()> {
    out.push("\"")?;
    let mut rest = text;
    let special = |c: char| c < ' ' || c == '"' || c == '\\' || (style.ascii && !c.is_ascii());
    while let Some(at) = rest.find(special) {
        out.push(rest.get(..at).unwrap_or_default())?;
        let mut characters = rest.get(at..).unwrap_or_default().chars();
        if let Some(character) = characters.next() {
            escape(character, out)?;
        }
        rest = characters.as_str();
    }
    out.push(rest)?;
    out.push("\"")
}

fn escape(character: char, out: &mut TextBuffer<'_>) -> Outcome<()> {
    match character {
        '"' => out.push("\\\""),
        '\\' => out.push("\\\\"),
        '\n' => out.push("\\n"),
        '\r' => out.push("\\r"),
        '\t' => out.push("\\t"),
        '\u{8}' => out.push("\\b"),
        '\u{c}' => out.push("\\f"),

        other => other.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| out.push(&format!("\\u{unit:04x}"))),
    }
}
