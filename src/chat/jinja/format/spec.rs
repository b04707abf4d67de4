//! The format specification of one value: `[[fill]align][sign][#][0][width][,][.precision][type]`.

use super::super::compare::Number;
use super::super::error::{ErrorClass, Outcome, fail, value_error};
use super::super::number;
use super::super::repr;
use super::super::value::{TextBuffer, Value};
use num_bigint::BigInt;

#[derive(Default, Clone)]
pub(super) struct Spec {
    pub(super) fill: Option<char>,
    pub(super) align: Option<char>,
    pub(super) sign: Option<char>,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    pub(super) grouping: Option<char>,
    pub(super) precision: Option<usize>,
    pub(super) kind: Option<char>,
}

/// Reads a number off the front of `text`. One that is too large for anything fails later, against the budget.
fn take_number(text: &mut &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    *text = rest;
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX))
}

fn take(text: &mut &str, choices: &str) -> Option<char> {
    let first = text.chars().next().filter(|c| choices.contains(*c))?;
    *text = text.get(first.len_utf8()..).unwrap_or_default();
    Some(first)
}

pub(super) fn parse(text: &str) -> Outcome<Spec> {
    let mut spec = Spec::default();
    let mut rest = text;
    let mut characters = text.chars();
    let (first, second) = (characters.next(), characters.next());
    if let (Some(fill), Some(align)) = (first, second)
        && "<>=^".contains(align)
    {
        spec.fill = Some(fill);
        spec.align = Some(align);
        rest = characters.as_str();
    } else {
        spec.align = take(&mut rest, "<>=^");
    }
    spec.sign = take(&mut rest, "+- ");
    take(&mut rest, "z");
    spec.alternate = take(&mut rest, "#").is_some();
    spec.zero = take(&mut rest, "0").is_some();
    if spec.zero {
        spec.fill = spec.fill.or(Some('0'));
        spec.align = spec.align.or(Some('='));
    }
    spec.width = take_number(&mut rest).unwrap_or(0);
    spec.grouping = take(&mut rest, ",_");
    if take(&mut rest, ".").is_some() {
        spec.precision =
            Some(take_number(&mut rest).map_or_else(|| value_error("Format specifier missing precision"), Ok)?);
    }
    let mut characters = rest.chars();
    spec.kind = characters.next();
    if !characters.as_str().is_empty() {
        return value_error("Invalid format specifier");
    }
    Ok(spec)
}

/// `format(value, spec)`
pub(super) fn format(value: &Value<'_>, spec: &str, out: &mut TextBuffer<'_>) -> Outcome<()> {
    if spec.is_empty() {
        return repr::print(value, out);
    }
    match (value, Number::of(value)) {
        (Value::Str(text) | Value::Markup(text), _) => format_text(text, spec, out),
        (Value::Bool(truth), _) if parse(spec)?.kind.is_none() && !spec.ends_with('d') => {
            // A format without a type prints True and False as the integers they are.
            integer(&BigInt::from(i32::from(*truth)), &parse(spec)?, out)
        }
        (_, Some(Number::Float(float))) => format_float(float, &parse(spec)?, out),
        (_, Some(number)) => format_integer(&number.big(), &parse(spec)?, out),
        (Value::Undefined(_), _) => fail(ErrorClass::Type, "unsupported format string passed to Undefined.__format__"),
        _ => {
            let name = value.type_name();
            fail(ErrorClass::Type, format!("unsupported format string passed to {name}.__format__"))
        }
    }
}

fn unknown<T>(code: char, kind: &str) -> Outcome<T> {
    value_error(format!("Unknown format code '{code}' for object of type '{kind}'"))
}

fn format_text(text: &str, spec: &str, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let spec = parse(spec)?;
    if let Some(code) = spec.kind.filter(|code| *code != 's') {
        return unknown(code, "str");
    }
    if spec.sign.is_some() {
        return value_error("Sign not allowed in string format specifier");
    }
    if spec.alternate {
        return value_error("Alternate form (#) not allowed in string format specifier");
    }
    if spec.align == Some('=') && !spec.zero {
        return value_error("'=' alignment not allowed in string format specifier");
    }
    if let Some(grouping) = spec.grouping {
        return value_error(format!("Cannot specify '{grouping}' with 's'."));
    }
    let kept: String = match spec.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_owned(),
    };
    let align = if spec.zero && spec.align == Some('=') { '<' } else { spec.align.unwrap_or('<') };
    pad("", &kept, &spec, align, out)
}

/// Writes `sign` and `body`, filled up to the width.
fn pad(sign: &str, body: &str, spec: &Spec, align: char, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let length = sign.chars().count().saturating_add(body.chars().count());
    let missing = spec.width.saturating_sub(length);
    let mut buffer = [0; 4];
    let fill = &*spec.fill.unwrap_or(' ').encode_utf8(&mut buffer);
    let left = match align {
        '>' | '=' => missing,
        '^' => missing / 2,
        _ => 0,
    };
    if align == '=' {
        out.push(sign)?;
        out.repeat(fill, left)?;
        return out.push(body);
    }
    out.repeat(fill, left)?;
    out.push(sign)?;
    out.push(body)?;
    out.repeat(fill, missing.saturating_sub(left))
}

fn sign(negative: bool, spec: &Spec) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    }
}

fn format_integer(number: &BigInt, spec: &Spec, out: &mut TextBuffer<'_>) -> Outcome<()> {
    match spec.kind {
        None | Some('b' | 'c' | 'd' | 'n' | 'o' | 'x' | 'X') => integer(number, spec, out),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => format_float(number::big_to_float(number)?, spec, out),
        Some(code) => unknown(code, "int"),
    }
}

fn integer(number: &BigInt, spec: &Spec, out: &mut TextBuffer<'_>) -> Outcome<()> {
    if spec.precision.is_some() {
        return value_error("Precision not allowed in integer format specifier");
    }
    let magnitude = number.magnitude();
    let (prefix, digits) = match spec.kind {
        Some('b') => ("0b", magnitude.to_str_radix(2)),
        Some('o') => ("0o", magnitude.to_str_radix(8)),
        Some('x') => ("0x", magnitude.to_str_radix(16)),
        Some('X') => ("0X", magnitude.to_str_radix(16).to_uppercase()),
        Some('c') => return character(number, spec, out),
        _ => ("", magnitude.to_string()),
    };
    let group = if prefix.is_empty() { 3 } else { 4 };
    let prefix = if spec.alternate { prefix } else { "" };
    let sign = format!("{}{prefix}", sign(*number < BigInt::ZERO, spec));
    let digits = grouped(&digits, "", sign.len(), group, spec);
    pad(&sign, &digits, spec, spec.align.unwrap_or('>'), out)
}

fn character(number: &BigInt, spec: &Spec, out: &mut TextBuffer<'_>) -> Outcome<()> {
    match u32::try_from(number).ok().and_then(char::from_u32) {
        Some(character) => pad("", character.encode_utf8(&mut [0; 4]), spec, spec.align.unwrap_or('<'), out),
        None => fail(ErrorClass::Overflow, "%c arg not in range(0x110000)"),
    }
}

/// The integer part with separators, and with the zeros that a zero-filled width wants, then the rest.
fn grouped(whole: &str, rest: &str, sign: usize, group: usize, spec: &Spec) -> String {
    let Some(separator) = spec.grouping else { return format!("{whole}{rest}") };
    let mut digits = whole.to_owned();
    let room = spec.width.min(10_000).saturating_sub(sign).saturating_sub(rest.len());
    let length = |digits: usize| digits.saturating_add(digits.saturating_sub(1).checked_div(group).unwrap_or(0));
    if spec.fill == Some('0') && spec.align == Some('=') {
        while length(digits.len()) < room {
            digits.insert(0, '0');
        }
    }
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(place);
        if place > 0 && left.checked_rem(group) == Some(0) {
            out.push(separator);
        }
        out.push(digit);
    }
    out + rest
}

fn format_float(float: f64, spec: &Spec, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let code = spec.kind.unwrap_or(' ');
    if !" eEfFgGn%".contains(code) {
        return unknown(code, "float");
    }
    let precision = spec.precision.unwrap_or(6);
    out.budget().room(precision)?;
    let body = float_body(float.abs(), code, spec, precision);
    let body = if code.is_ascii_uppercase() { body.to_uppercase() } else { body };
    let sign = sign(float.is_sign_negative() && !float.is_nan(), spec);
    let end = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    let (whole, rest) = body.split_at_checked(end).unwrap_or((&body, ""));
    let body = if float.is_finite() { grouped(whole, rest, sign.len(), 3, spec) } else { body };
    pad(sign, &body, spec, spec.align.unwrap_or('>'), out)
}

/// The digits of a float that is not negative.
fn float_body(float: f64, code: char, spec: &Spec, precision: usize) -> String {
    if !float.is_finite() {
        let word = if float.is_nan() { "nan" } else { "inf" };
        return if code == '%' { format!("{word}%") } else { word.to_owned() };
    }
    match code {
        'f' | 'F' => fixed(float, precision, spec.alternate),
        'e' | 'E' => exponential(float, precision, spec.alternate),
        '%' => format!("{}%", fixed(float * 100.0, precision, spec.alternate)),
        ' ' if spec.precision.is_none() => number::float_repr(float),
        ' ' => general(float, precision.max(1), spec.alternate, true),
        _ => general(float, precision.max(1), spec.alternate, false),
    }
}

pub(super) fn fixed(float: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{float:.precision$}");
    if alternate && precision == 0 { text + "." } else { text }
}

pub(super) fn exponential(float: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{float:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    let point = if alternate && precision == 0 { "." } else { "" };
    format!("{digits}{point}e{sign}{:02}", exponent.unsigned_abs())
}

/// `%g`: so many significant digits, in whichever notation is shorter. `repr`-like, a whole number keeps its `.0`.
pub(super) fn general(float: f64, precision: usize, alternate: bool, repr_like: bool) -> String {
    let digits = precision.saturating_sub(1);
    let scientific = format!("{float:.digits$e}");
    let exponent: i64 = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let significant = i64::try_from(precision).unwrap_or(i64::MAX);
    let most = if repr_like { significant.saturating_sub(1) } else { significant };
    if exponent < -4 || exponent >= most {
        let text = exponential(float, digits, false);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
        let mantissa = if alternate { mantissa } else { shortened(mantissa) };
        return format!("{mantissa}e{exponent}");
    }
    let places = usize::try_from(significant.saturating_sub(1).saturating_sub(exponent)).unwrap_or(0);
    let text = format!("{float:.places$}");
    let text = if alternate { text } else { shortened(&text).to_owned() };
    if repr_like && !text.contains('.') { text + ".0" } else { text }
}

/// Without the zeros behind the last digit of a fraction.
fn shortened(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
