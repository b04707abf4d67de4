//! `"{}".format(..)`, with attributes and items looked up through the sandbox.

use super::super::attribute;
use super::super::error::{ErrorClass, Outcome, fail, type_error, value_error};
use super::super::eval::{Args, Machine};
use super::super::filters::markup;
use super::super::repr;
use super::super::value::{Dict, Text, TextBuffer, Value};
use super::spec;
use std::rc::Rc;

struct Formatter<'m, 'a> {
    machine: &'m mut Machine<'a>,
    args: Vec<Value<'a>>,
    named: Named<'a>,
    /// The number of the next `{}`; `None` once fields are numbered by hand.
    automatic: Option<usize>,
    manual: bool,
    markup: bool,
}

enum Named<'a> {
    Given(Vec<(Text<'a>, Value<'a>)>),
    Mapping(Rc<Dict<'a>>),
}

/// `text.format(..)`, or `text.format_map(mapping)`.
pub(in super::super) fn format<'a>(
    machine: &mut Machine<'a>,
    text: &Value<'a>,
    map: bool,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let Some(format) = text.as_text().cloned() else { return type_error("a format must be a string") };
    let markup = matches!(text, Value::Markup(_));
    let (args, named) = if map { mapping(args)? } else { (args.positional, Named::Given(args.named)) };
    let mut formatter = Formatter { machine, args, named, automatic: Some(0), manual: false, markup };
    let text = formatter.run(&format, 2)?;
    let text = Text::owned(text, &formatter.machine.budget)?;
    Ok(if markup { Value::Markup(text) } else { Value::Str(text) })
}

fn mapping<'a>(args: Args<'a>) -> Outcome<(Vec<Value<'a>>, Named<'a>)> {
    if !args.named.is_empty() {
        return type_error("format_map() takes no keyword arguments");
    }
    match args.positional.as_slice() {
        [Value::Dict(dict)] => Ok((Vec::new(), Named::Mapping(Rc::clone(dict)))),
        [_] => Ok((Vec::new(), Named::Given(Vec::new()))),
        many => type_error(format!("format_map() takes exactly one argument ({} given)", many.len())),
    }
}

/// One replacement field: its name, its conversion, its specification.
struct Field<'t> {
    name: &'t str,
    conversion: Option<char>,
    spec: &'t str,
}

impl<'a> Formatter<'_, 'a> {
    fn run(&mut self, format: &str, depth: u8) -> Outcome<String> {
        let Some(depth) = depth.checked_sub(1) else { return value_error("Max string recursion exceeded") };
        let mut out = String::new();
        let mut rest = format;
        while let Some(at) = rest.find(['{', '}']) {
            push(self.machine, &mut out, rest.get(..at).unwrap_or_default())?;
            let brace = rest.get(at..).unwrap_or_default();
            rest = brace.get(1..).unwrap_or_default();
            let doubled = rest.chars().next() == brace.chars().next();
            if doubled {
                push(self.machine, &mut out, rest.get(..1).unwrap_or_default())?;
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            if brace.starts_with('}') {
                return value_error("Single '}' encountered in format string");
            }
            let (inner, after) = field_text(rest)?;
            rest = after;
            self.field(&parse(inner)?, depth, &mut out)?;
        }
        push(self.machine, &mut out, rest)?;
        Ok(out)
    }

    fn field(&mut self, field: &Field<'_>, depth: u8, out: &mut String) -> Outcome<()> {
        let value = self.value(field.name)?;
        let value = self.converted(value, field.conversion)?;
        let spec = if field.spec.contains(['{', '}']) { self.run(field.spec, depth)? } else { field.spec.to_owned() };
        let budget = &self.machine.budget;
        let mut shown = TextBuffer::new(budget);
        spec::format(&value, &spec, &mut shown)?;
        let shown = shown.into_string();
        if self.markup && !matches!(value, Value::Markup(_)) {
            return push(self.machine, out, &markup::escaped(&shown, budget)?);
        }
        push(self.machine, out, &shown)
    }

    fn converted(&self, value: Value<'a>, conversion: Option<char>) -> Outcome<Value<'a>> {
        let Some(conversion) = conversion else { return Ok(value) };
        let mut shown = TextBuffer::new(&self.machine.budget);
        match conversion {
            's' => repr::print(&value, &mut shown)?,
            'r' | 'a' => repr::repr(&value, &mut shown)?,
            other => return value_error(format!("Unknown conversion specifier {other}")),
        }
        shown.value()
    }

    fn value(&mut self, name: &str) -> Outcome<Value<'a>> {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut path) = name.split_at_checked(end).unwrap_or((name, ""));
        let mut value = self.first(first)?;
        while !path.is_empty() {
            if let Some(rest) = path.strip_prefix('.') {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                let name = Text::copied(name, &self.machine.budget)?;
                value = attribute::attribute(self.machine, &value, &name)?;
                path = after;
            } else {
                let rest = path.get(1..).unwrap_or_default();
                let Some((key, after)) = rest.split_once(']') else {
                    return value_error("Missing ']' in format string");
                };
                let key = match key.parse::<i64>() {
                    Ok(number) if !key.starts_with(['-', '+']) => Value::Int(number),
                    _ => Value::Str(Text::copied(key, &self.machine.budget)?),
                };
                value = attribute::item(self.machine, &value, &key)?;
                path = after;
            }
        }
        Ok(value)
    }

    fn first(&mut self, name: &str) -> Outcome<Value<'a>> {
        if name.is_empty() {
            let Some(next) = self.automatic.filter(|_| !self.manual) else {
                return value_error("cannot switch from manual field specification to automatic field numbering");
            };
            self.automatic = Some(next.saturating_add(1));
            return self.positional(next);
        }
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            if self.automatic.is_some_and(|next| next > 0) {
                return value_error("cannot switch from manual field specification to automatic field numbering");
            }
            self.manual = true;
            return self.positional(name.parse().unwrap_or(usize::MAX));
        }
        let found = match &self.named {
            Named::Given(named) => named.iter().find(|(known, _)| **known == *name).map(|(_, value)| value.clone()),
            Named::Mapping(dict) => dict.find_str(name).cloned(),
        };
        found.map_or_else(|| fail(ErrorClass::Key, repr::quoted(name)), Ok)
    }

    fn positional(&self, index: usize) -> Outcome<Value<'a>> {
        match self.args.get(index) {
            Some(value) => Ok(value.clone()),
            None => {
                fail(ErrorClass::Index, format!("Replacement index {index} out of range for positional args tuple"))
            }
        }
    }
}

fn push(machine: &Machine<'_>, out: &mut String, more: &str) -> Outcome<()> {
    machine.budget.room(out.len().saturating_add(more.len()).saturating_mul(2))?;
    out.push_str(more);
    Ok(())
}

/// The text of a field up to its closing brace, and what follows.
fn field_text(text: &str) -> Outcome<(&str, &str)> {
    let mut depth = 1_u32;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth = depth.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let after = text.get(at.saturating_add(1)..).unwrap_or_default();
            return Ok((text.get(..at).unwrap_or_default(), after));
        }
    }
    if text.is_empty() {
        return value_error("Single '{' encountered in format string");
    }
    value_error("expected '}' before end of string")
}

fn parse(inner: &str) -> Outcome<Field<'_>> {
    // A bracketed key may hold '!' and ':'.
    let bracket = inner.find('[').filter(|open| inner.find([':', '!']).is_none_or(|at| *open < at));
    let from = bracket.and_then(|_| inner.find(']')).unwrap_or(0);
    let tail = inner.get(from..).unwrap_or_default();
    let Some(at) = tail.find(['!', ':']).map(|at| at.saturating_add(from)) else {
        return Ok(Field { name: inner, conversion: None, spec: "" });
    };
    let (name, rest) = inner.split_at_checked(at).unwrap_or((inner, ""));
    if let Some(spec) = rest.strip_prefix(':') {
        return Ok(Field { name, conversion: None, spec });
    }
    let mut characters = rest.get(1..).unwrap_or_default().chars();
    let Some(conversion) = characters.next() else {
        return value_error("end of string while looking for conversion specifier");
    };
    match characters.as_str().strip_prefix(':') {
        Some(spec) => Ok(Field { name, conversion: Some(conversion), spec }),
        None if characters.as_str().is_empty() => Ok(Field { name, conversion: Some(conversion), spec: "" }),
        None => value_error("expected ':' after conversion specifier"),
    }
}
