//! `urlencode`

use super::super::error::{Outcome, type_error, value_error};
use super::super::eval::{Args, Machine};
use super::super::iterate::Iter;
use super::super::repr;
use super::super::value::{TextBuffer, Value};
use super::collect;

pub(super) fn encode<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    args.plain("do_urlencode", 0, 0)?;
    let mut out = String::new();
    if value.as_str().is_some() || Iter::of(value).is_err() {
        quote(machine, value, false, &mut out)?;
    } else {
        let pairs = match value {
            Value::Dict(dict) => dict.entries().to_vec(),
            _ => pairs(machine, value)?,
        };
        for (place, (key, value)) in pairs.iter().enumerate() {
            if place > 0 {
                out.push('&');
            }
            quote(machine, key, true, &mut out)?;
            out.push('=');
            quote(machine, value, true, &mut out)?;
        }
    }
    let mut text = TextBuffer::new(&machine.budget);
    text.push(&out)?;
    text.value()
}

fn pairs<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<Vec<(Value<'a>, Value<'a>)>> {
    let mut pairs = Vec::new();
    for pair in collect(machine, value)? {
        if Iter::of(&pair).is_err() {
            return type_error(format!("cannot unpack non-iterable {} object", pair.type_name()));
        }
        let mut parts = collect(machine, &pair)?.into_iter();
        match (parts.next(), parts.next(), parts.next()) {
            (Some(key), Some(value), None) => pairs.push((key, value)),
            _ => return value_error("not enough values to unpack (expected 2)"),
        }
    }
    Ok(pairs)
}

fn quote<'a>(machine: &Machine<'a>, value: &Value<'a>, query: bool, out: &mut String) -> Outcome<()> {
    let text = repr::to_text(machine, value)?;
    machine.budget.room(out.len().saturating_add(text.len().saturating_mul(3)))?;
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(char::from(byte)),
            b'/' if !query => out.push('/'),
            b' ' if query => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(())
}
