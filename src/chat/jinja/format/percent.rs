//! `"%s" % values`

use super::super::compare::Number;
use super::super::error::{ErrorClass, Outcome, fail, type_error, value_error};
use super::super::eval::Machine;
use super::super::filters::markup;
use super::super::number;
use super::super::repr;
use super::super::subscript;
use super::super::value::{Dict, TextBuffer, Value};
use super::spec;
use num_bigint::BigInt;
use std::rc::Rc;

/// What a format takes its values from.
struct Source<'v, 'a> {
    mapping: Option<&'v Rc<Dict<'a>>>,
    values: Vec<Value<'a>>,
    at: usize,
    /// Whether the text is markup, whose values are escaped.
    markup: bool,
}

#[derive(Default)]
struct Directive {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// `text % values`, where `text` is a text or markup.
pub(in super::super) fn percent<'a>(
    machine: &mut Machine<'a>,
    text: &Value<'a>,
    values: Value<'a>,
) -> Outcome<Value<'a>> {
    let markup = matches!(text, Value::Markup(_));
    let Some(format) = text.as_text().cloned() else { return type_error("a format must be a string") };
    let mapping = match &values {
        Value::Dict(dict) => Some(dict),
        _ => None,
    };
    let given = match &values {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    let mut source = Source { mapping, values: given, at: 0, markup };
    let mut out = TextBuffer::new(&machine.budget);
    let mut rest: &str = &format;
    while let Some(at) = rest.find('%') {
        out.push(rest.get(..at).unwrap_or_default())?;
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        rest = directive(rest, &mut source, &mut out)?;
    }
    out.push(rest)?;
    let unused = matches!(&values, Value::Tuple(_)) || (mapping.is_none() && !is_loose(&values));
    if source.at < source.values.len() && unused {
        return type_error("not all arguments converted during string formatting");
    }
    let text = out.finish()?;
    Ok(if markup { Value::Markup(text) } else { Value::Str(text) })
}

/// Values that Python takes for a mapping, and so need not be used up.
fn is_loose(value: &Value<'_>) -> bool {
    matches!(value, Value::Bytes(_) | Value::List(_) | Value::Object(_) | Value::Undefined(_))
}

impl<'a> Source<'_, 'a> {
    fn next(&mut self) -> Outcome<Value<'a>> {
        let value = self.values.get(self.at).cloned();
        self.at = self.at.saturating_add(1);
        match value {
            Some(value) => Ok(value),
            None => type_error("not enough arguments for format string"),
        }
    }

    fn named(&mut self, key: &str) -> Outcome<Value<'a>> {
        let Some(mapping) = self.mapping else { return type_error("format requires a mapping") };
        match mapping.find_str(key) {
            Some(value) => Ok(value.clone()),
            None => fail(ErrorClass::Key, repr::quoted(key)),
        }
    }

    fn star(&mut self) -> Outcome<i64> {
        match subscript::index(&self.next()?) {
            Some(number) => Ok(number),
            None => type_error("* wants int"),
        }
    }
}

fn take(rest: &str, character: char) -> Option<&str> {
    rest.strip_prefix(character)
}

fn number_of<'t>(rest: &'t str, source: &mut Source<'_, '_>) -> Outcome<(Option<i64>, &'t str)> {
    if let Some(rest) = take(rest, '*') {
        return Ok((Some(source.star()?), rest));
    }
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    Ok(((!digits.is_empty()).then(|| digits.parse().unwrap_or(i64::MAX)), rest))
}

/// Reads and writes one directive; what is left of the format.
fn directive<'t>(rest: &'t str, source: &mut Source<'_, '_>, out: &mut TextBuffer<'_>) -> Outcome<&'t str> {
    let mut rest = rest;
    let mut key = None;
    if let Some(inner) = take(rest, '(') {
        let Some((name, after)) = inner.split_once(')') else { return value_error("incomplete format key") };
        key = Some(name);
        rest = after;
    }
    let mut directive = Directive::default();
    while let Some(flag) = rest.chars().next() {
        match flag {
            '-' => directive.left = true,
            '+' => directive.plus = true,
            ' ' => directive.blank = true,
            '#' => directive.alternate = true,
            '0' => directive.zero = true,
            _ => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    let (width, after) = number_of(rest, source)?;
    rest = after;
    if let Some(width) = width {
        directive.left |= width < 0;
        directive.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
    }
    if let Some(after) = take(rest, '.') {
        let (precision, after) = number_of(after, source)?;
        directive.precision = Some(usize::try_from(precision.unwrap_or(0)).unwrap_or(0));
        rest = after;
    }
    rest = rest.strip_prefix(['h', 'l', 'L']).unwrap_or(rest);
    let mut characters = rest.chars();
    let Some(code) = characters.next() else { return value_error("incomplete format") };
    if code == '%' {
        out.push("%")?;
        return Ok(characters.as_str());
    }
    let value = match key {
        Some(key) => source.named(key)?,
        None => source.next()?,
    };
    convert(code, &directive, &value, source.markup, out)?;
    Ok(characters.as_str())
}

fn convert(
    code: char,
    directive: &Directive,
    value: &Value<'_>,
    markup: bool,
    out: &mut TextBuffer<'_>,
) -> Outcome<()> {
    match code {
        's' | 'r' | 'a' => text(code, directive, value, markup, out),
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => integer(code, directive, value, out),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => float(code, directive, value, out),
        'c' => character(directive, value, out),
        other => {
            let code = u32::from(other);
            value_error(format!("unsupported format character '{other}' (0x{code:x}) at index 0"))
        }
    }
}

fn text(code: char, directive: &Directive, value: &Value<'_>, markup: bool, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let mut shown = TextBuffer::new(out.budget());
    if code == 's' {
        repr::print(value, &mut shown)?
    } else {
        repr::repr(value, &mut shown)?
    };
    let escape = markup && !matches!(value, Value::Markup(_));
    let shown = if code == 'a' { ascii(shown.as_str()) } else { shown.into_string() };
    let shown = if escape { markup::escaped(&shown, out.budget())?.to_string() } else { shown };
    let kept: String = match directive.precision {
        Some(precision) => shown.chars().take(precision).collect(),
        None => shown,
    };
    pad("", &kept, false, directive, out)
}

fn ascii(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        let code = u32::from(character);
        match code {
            0..=0x7F => out.push(character),
            0x80..=0xFF => out.push_str(&format!("\\x{code:02x}")),
            0x100..=0xFFFF => out.push_str(&format!("\\u{code:04x}")),
            _ => out.push_str(&format!("\\U{code:08x}")),
        }
    }
    out
}

fn pad(sign: &str, body: &str, zero: bool, directive: &Directive, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let length = sign.chars().count().saturating_add(body.chars().count());
    let missing = directive.width.saturating_sub(length);
    if zero && !directive.left {
        out.push(sign)?;
        out.repeat("0", missing)?;
        return out.push(body);
    }
    if !directive.left {
        out.repeat(" ", missing)?;
    }
    out.push(sign)?;
    out.push(body)?;
    out.repeat(" ", if directive.left { missing } else { 0 })
}

fn sign(negative: bool, directive: &Directive) -> &'static str {
    match (negative, directive.plus, directive.blank) {
        (true, _, _) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

fn wrong(code: char, wanted: &str, value: &Value<'_>) -> Outcome<()> {
    type_error(format!("%{code} format: {wanted} is required, not {}", value.type_name()))
}

fn integer(code: char, directive: &Directive, value: &Value<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let decimal = matches!(code, 'd' | 'i' | 'u');
    let number = match Number::of(value) {
        Some(Number::Float(float)) if decimal => match number::truncate(float) {
            Some(number) => number,
            None if float.is_nan() => return value_error("cannot convert float NaN to integer"),
            None => return fail(ErrorClass::Overflow, "cannot convert float infinity to integer"),
        },
        Some(Number::Float(_)) => return wrong(code, "an integer", value),
        Some(number) => number.big(),
        None => return wrong(code, if decimal { "a real number" } else { "an integer" }, value),
    };
    let magnitude = number.magnitude();
    let (prefix, digits) = match code {
        'x' => ("0x", magnitude.to_str_radix(16)),
        'X' => ("0X", magnitude.to_str_radix(16).to_uppercase()),
        'o' => ("0o", magnitude.to_str_radix(8)),
        _ => ("", magnitude.to_string()),
    };
    let prefix = if directive.alternate { prefix } else { "" };
    let sign = format!("{}{prefix}", sign(number < BigInt::ZERO, directive));
    let missing = directive.precision.unwrap_or(0).saturating_sub(digits.len());
    let mut body = TextBuffer::new(out.budget());
    body.repeat("0", missing)?;
    body.push(&digits)?;
    pad(&sign, body.as_str(), directive.zero, directive, out)
}

fn float(code: char, directive: &Directive, value: &Value<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let float = match Number::of(value) {
        Some(Number::Float(float)) => float,
        Some(Number::Int(number)) => number::int_to_float(number),
        Some(Number::Big(number)) => number::big_to_float(number)?,
        None => {
            return match value {
                Value::Undefined(undefined) => Err(undefined.failure()),
                _ => type_error(format!("must be real number, not {}", value.type_name())),
            };
        }
    };
    let precision = directive.precision.unwrap_or(6);
    out.budget().room(precision)?;
    let magnitude = float.abs();
    let body = match code.to_ascii_lowercase() {
        _ if float.is_nan() => "nan".to_owned(),
        _ if float.is_infinite() => "inf".to_owned(),
        'e' => spec::exponential(magnitude, precision, directive.alternate),
        'f' => spec::fixed(magnitude, precision, directive.alternate),
        _ => spec::general(magnitude, precision.max(1), directive.alternate, false),
    };
    let body = if code.is_ascii_uppercase() { body.to_uppercase() } else { body };
    let sign = sign(float.is_sign_negative() && !float.is_nan(), directive);
    pad(sign, &body, directive.zero, directive, out)
}

fn character(directive: &Directive, value: &Value<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    if let Some(text) = value.as_str() {
        if text.chars().count() == 1 {
            return pad("", text, false, directive, out);
        }
        return type_error("%c requires int or char");
    }
    let Some(number) = subscript::index(value) else { return type_error("%c requires int or char") };
    match u32::try_from(number).ok().and_then(char::from_u32) {
        Some(character) => pad("", character.encode_utf8(&mut [0; 4]), false, directive, out),
        None => fail(ErrorClass::Overflow, "%c arg not in range(0x110000)"),
    }
}
