//! Filters on texts.

use super::super::error::{ErrorClass, Outcome, fail, type_error};
use super::super::eval::{Args, Machine};
use super::super::methods::{self, justified, line_parts, replaced};
use super::super::repr;
use super::super::subscript;
use super::super::unicode;
use super::super::value::{Text, TextBuffer, Value};
use super::{Filter, integer_argument, soft};

pub(super) fn filter<'a>(
    machine: &mut Machine<'a>,
    filter: Filter,
    value: Value<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    match filter {
        Filter::Capitalize => method(machine, value, "capitalize", args),
        Filter::Lower => method(machine, value, "lower", args),
        Filter::Upper => method(machine, value, "upper", args),
        Filter::Center => center(machine, value, args),
        Filter::Indent => indent(machine, &value, args),
        Filter::Replace => replace(machine, &value, args),
        Filter::Title => title(machine, value, args),
        Filter::Truncate => truncate(machine, &value, args),
        _ => word_count(machine, value, args),
    }
}

/// A filter that is a method of the printed value.
fn method<'a>(machine: &mut Machine<'a>, value: Value<'a>, name: &str, args: Args<'a>) -> Outcome<Value<'a>> {
    args.plain(name, 0, 0)?;
    let text = soft(machine, value)?;
    methods::call(machine, &text, name, Args::default())
}

pub(super) fn trim<'a>(machine: &mut Machine<'a>, value: Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [characters] = args.bind("do_trim", ["chars"], 0)?;
    let text = soft(machine, value)?;
    let args = Args { positional: characters.into_iter().collect(), named: Vec::new() };
    methods::call(machine, &text, "strip", args)
}

fn center<'a>(machine: &mut Machine<'a>, value: Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [width] = args.bind("do_center", ["width"], 0)?;
    let width = width.map_or(Ok(80), |width| integer_argument(&width))?;
    let text = soft(machine, value)?;
    let Some(inner) = text.as_text() else { return Ok(text) };
    let centered = justified(machine, inner, "center", usize::try_from(width).unwrap_or(0), " ")?;
    Ok(like(&text, centered))
}

fn like<'a>(value: &Value<'a>, text: Text<'a>) -> Value<'a> {
    if matches!(value, Value::Markup(_)) { Value::Markup(text) } else { Value::Str(text) }
}

fn replace<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [old, new, count] = args.bind("do_replace", ["old", "new", "count"], 2)?;
    let text = repr::to_text(machine, value)?;
    let old = repr::to_text(machine, &old.unwrap_or(Value::None))?;
    let new = repr::to_text(machine, &new.unwrap_or(Value::None))?;
    let count = match count {
        None | Some(Value::None) => -1,
        Some(count) => integer_argument(&count)?,
    };
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    replaced(machine, &text, &old, &new, most).map(Value::Str)
}

/// Upper case after blanks and some signs, lower case elsewhere.
fn title<'a>(machine: &mut Machine<'a>, value: Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    args.plain("do_title", 0, 0)?;
    let text = soft(machine, value)?;
    let text = text.as_text().cloned().unwrap_or(Text::Borrowed(""));
    machine.budget.room(text.len().saturating_mul(3))?;
    let mut out = String::new();
    let splits = |c: char| unicode::is_blank(c) || matches!(c, '-' | '(' | '{' | '[' | '<');
    let mut rest = &*text;
    while let Some(first) = rest.chars().next() {
        let same = splits(first);
        let end = rest.find(|c| splits(c) != same).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.extend(first.to_uppercase());
        out.push_str(&word.get(first.len_utf8()..).unwrap_or_default().to_lowercase());
        rest = after;
    }
    Text::owned(out, &machine.budget).map(Value::Str)
}

fn indent<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [width, first, blank] = args.bind("do_indent", ["width", "first", "blank"], 0)?;
    let truth = |value: Option<Value<'a>>| value.is_some_and(|value| value.truth());
    let (first, blank) = (truth(first), truth(blank));
    let width = width.unwrap_or(Value::Int(4));
    let mut indention = TextBuffer::new(&machine.budget);
    match width.as_str() {
        Some(text) => indention.push(text)?,
        None => match subscript::index(&width) {
            Some(width) => indention.repeat(" ", usize::try_from(width).unwrap_or(0))?,
            None => return type_error(format!("can't multiply sequence by non-int of type '{}'", width.type_name())),
        },
    }
    let Some(text) = value.as_text() else {
        return match value {
            Value::Undefined(undefined) => Err(undefined.failure()),
            // Python's `+=` takes the text for more elements, so that it is the list that cannot be split.
            Value::List(_) => fail(ErrorClass::Attribute, "'list' object has no attribute 'splitlines'"),
            _ => {
                let found = value.type_name();
                type_error(format!("unsupported operand type(s) for +=: '{found}' and 'str'"))
            }
        };
    };
    // The added newline keeps the last line, even an empty one.
    let mut source = TextBuffer::new(&machine.budget);
    source.push(text)?;
    source.push("\n")?;
    let source = source.into_string();
    let mut out = TextBuffer::new(&machine.budget);
    if first {
        out.push(indention.as_str())?;
    }
    for (place, (start, end, _)) in line_parts(&source).into_iter().enumerate() {
        machine.budget.spend(1)?;
        let line = source.get(start..end).unwrap_or_default();
        if place > 0 {
            out.push("\n")?;
            if blank || !line.is_empty() {
                out.push(indention.as_str())?;
            }
        }
        out.push(line)?;
    }
    Ok(like(value, out.finish()?))
}

fn truncate<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [length, kill, end, leeway] = args.bind("do_truncate", ["length", "killwords", "end", "leeway"], 0)?;
    let number = |value: Option<Value<'a>>, default: i64| match value {
        None | Some(Value::None) => Ok(default),
        Some(value) => integer_argument(&value),
    };
    let (length, leeway) = (number(length, 255)?, number(leeway, 5)?);
    let end = end.unwrap_or(Value::text("..."));
    let Some(end) = end.as_text() else {
        return type_error(format!("object of type '{}' has no len()", end.type_name()));
    };
    let end_length = i64::try_from(end.chars().count()).unwrap_or(i64::MAX);
    if length < end_length {
        return fail(ErrorClass::Assertion, format!("expected length >= {end_length}, got {length}"));
    }
    if leeway < 0 {
        return fail(ErrorClass::Assertion, format!("expected leeway >= 0, got {leeway}"));
    }
    let size = subscript::length(machine, value)?;
    if i64::try_from(size).unwrap_or(i64::MAX) <= length.saturating_add(leeway) {
        return Ok(value.clone());
    }
    let Some(text) = value.as_text() else {
        return type_error(format!("'{}' object cannot be truncated", value.type_name()));
    };
    let keep = usize::try_from(length.saturating_sub(end_length)).unwrap_or(0);
    let cut = text.char_indices().map(|(at, _)| at).nth(keep).unwrap_or(text.len());
    let mut kept = text.get(..cut).unwrap_or_default();
    if !kill.is_some_and(|kill| kill.truth()) {
        kept = kept.rsplit_once(' ').map_or(kept, |(before, _)| before);
    }
    let mut out = TextBuffer::new(&machine.budget);
    out.push(kept)?;
    out.push(end)?;
    Ok(like(value, out.finish()?))
}

fn word_count<'a>(machine: &mut Machine<'a>, value: Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    args.plain("do_wordcount", 0, 0)?;
    let text = soft(machine, value)?;
    let text = text.as_str().unwrap_or_default();
    machine.budget.scan(text.len())?;
    let words = text.split(|c: char| c != '_' && !unicode::is_alphanumeric(c));
    Ok(Value::count(words.filter(|word| !word.is_empty()).count()))
}
