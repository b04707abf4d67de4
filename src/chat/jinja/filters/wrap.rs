//! `wordwrap` and `pprint`.

use super::super::compare;
use super::super::error::{ErrorClass, Failure, Outcome, fail, value_error};
use super::super::eval::{Args, Machine};
use super::super::methods::line_parts;
use super::super::repr;
use super::super::value::{TextBuffer, Value};
use super::{integer_argument, soft};

/// Longest line that `pprint` leaves in one piece, in characters.
const LINE: usize = 80;

/// `pprint` of what fits one line; Python would break anything longer.
pub(super) fn pretty<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    args.plain("do_pprint", 0, 0)?;
    let sorted = sorted(machine, value)?;
    let mut out = TextBuffer::new(&machine.budget);
    repr::repr(&sorted, &mut out)?;
    if out.as_str().chars().count() > LINE {
        return fail(ErrorClass::Unsupported, "the filter 'pprint' is not rendered here for more than one line");
    }
    out.value()
}

/// The value with every dictionary sorted by its keys.
fn sorted<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<Value<'a>> {
    machine.budget.enter()?;
    machine.budget.spend(1)?;
    let result = match value {
        Value::List(items) => {
            let items = items.iter().map(|item| sorted(machine, item)).collect::<Outcome<Vec<_>>>()?;
            Value::list(items, &machine.budget)?
        }
        Value::Tuple(items) => {
            let items = items.iter().map(|item| sorted(machine, item)).collect::<Outcome<Vec<_>>>()?;
            Value::tuple(items, &machine.budget)?
        }
        Value::Dict(dict) => {
            let keyed = dict.keys().map(|key| (key.clone(), key.clone())).collect();
            let mut out = super::super::value::Dict::default();
            let keys = compare::sort(keyed, false, &machine.budget).map_err(|failure| match failure.class {
                ErrorClass::Type => Failure::new(ErrorClass::Unsupported, "'pprint' of keys without an order"),
                _ => failure,
            });
            for key in keys? {
                let value = dict.find(&key, &machine.budget)?.cloned().unwrap_or(Value::None);
                let value = sorted(machine, &value)?;
                out.insert(key, value, &machine.budget)?;
            }
            out.value()
        }
        other => other.clone(),
    };
    machine.budget.leave();
    Ok(result)
}

/// Wraps each line, as Python's `textwrap` does with words of plain text.
pub(super) fn word_wrap<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let names = ["width", "break_long_words", "wrapstring", "break_on_hyphens"];
    let [width, long, with, hyphens] = args.bind("do_wordwrap", names, 0)?;
    let width = width.map_or(Ok(79), |width| integer_argument(&width))?;
    let long = long.is_none_or(|long| long.truth());
    let hyphens = hyphens.is_none_or(|hyphens| hyphens.truth());
    let with = with.filter(|with| !with.is_none()).unwrap_or(Value::text("\n"));
    let with = soft(machine, with)?;
    let with = with.as_str().unwrap_or("\n");
    let text = repr::to_text(machine, value)?;
    if hyphens && text.contains('-') {
        return fail(ErrorClass::Unsupported, "the filter 'wordwrap' is not rendered here for text with hyphens");
    }
    let Some(width) = usize::try_from(width).ok().filter(|width| *width > 0) else {
        return value_error(format!("invalid width {width} (must be > 0)"));
    };
    machine.budget.spend(text.len() as u64)?;
    let mut out = TextBuffer::new(&machine.budget);
    for (place, (start, end, _)) in line_parts(&text).into_iter().enumerate() {
        if place > 0 {
            out.push(with)?;
        }
        let lines = wrapped(text.get(start..end).unwrap_or_default(), width, long);
        for (place, line) in lines.iter().enumerate() {
            out.push(if place > 0 { with } else { "" })?;
            out.push(line)?;
        }
    }
    out.value()
}

/// The lines of one paragraph.
fn wrapped(text: &str, width: usize, long: bool) -> Vec<String> {
    let mut chunks = chunks(text);
    chunks.reverse();
    let mut lines: Vec<String> = Vec::new();
    while let Some(next) = chunks.last() {
        if next.trim_ascii().is_empty() && !lines.is_empty() {
            chunks.pop();
            continue;
        }
        let mut line: Vec<String> = Vec::new();
        let mut used = 0_usize;
        while let Some(chunk) = chunks.last() {
            let length = chunk.chars().count();
            if used.saturating_add(length) > width {
                break;
            }
            used = used.saturating_add(length);
            line.extend(chunks.pop());
        }
        if let Some(chunk) = chunks.last().filter(|chunk| chunk.chars().count() > width).cloned() {
            chunks.pop();
            let room = width.saturating_sub(used);
            if long && room > 0 {
                line.push(chunk.chars().take(room).collect());
                chunks.push(chunk.chars().skip(room).collect());
            } else if line.is_empty() {
                line.push(chunk);
            } else {
                chunks.push(chunk);
            }
        }
        if line.last().is_some_and(|chunk| chunk.trim_ascii().is_empty()) {
            line.pop();
        }
        if !line.is_empty() {
            lines.push(line.concat());
        }
    }
    lines
}

/// Words and the blanks between them.
fn chunks(text: &str) -> Vec<String> {
    let mut chunks: Vec<String> = Vec::new();
    let mut blank = false;
    for character in text.chars() {
        let is_blank = character.is_ascii_whitespace() || character == '\u{b}';
        match chunks.last_mut() {
            Some(chunk) if is_blank == blank => chunk.push(character),
            _ => chunks.push(character.to_string()),
        }
        blank = is_blank;
    }
    chunks
}
