//! Methods of dictionaries, lists, tuples, ranges and bytes.

use super::super::attribute::missing_method;
use super::super::compare;
use super::super::error::{ErrorClass, Outcome, fail, value_error};
use super::super::eval::{Args, Machine};
use super::super::globals;
use super::super::iterate::Iter;
use super::super::value::{Blob, Dict, Object, Sequence, Text, Value, View};
use std::fmt::Write;
use std::rc::Rc;

pub(super) fn dict<'a>(
    machine: &mut Machine<'a>,
    dict: &Rc<Dict<'a>>,
    name: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let view = match name {
        "get" => return get(machine, dict, args),
        "items" => View::Items,
        "keys" => View::Keys,
        "values" => View::Values,
        "copy" => {
            args.plain(name, 0, 0)?;
            return Ok(Value::Dict(Rc::clone(dict)));
        }
        "fromkeys" => return globals::from_keys(machine, args),
        _ => return missing_method("dict", name),
    };
    args.plain(name, 0, 0)?;
    Value::holder(Object::View(view, Rc::clone(dict)), &machine.budget)
}

fn get<'a>(machine: &Machine<'a>, dict: &Dict<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let mut values = args.plain("get", 1, 2)?.into_iter();
    let key = values.next().unwrap_or(Value::None);
    let default = values.next().unwrap_or(Value::None);
    Ok(dict.find(&key, &machine.budget)?.cloned().unwrap_or(default))
}

pub(super) fn sequence<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    items: &Rc<Sequence<'a>>,
    name: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    if name == "copy" {
        args.plain(name, 0, 0)?;
        return Value::list(items.to_vec(), &machine.budget);
    }
    search(machine, value, name, args)
}

pub(super) fn range<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    name: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    search(machine, value, name, args)
}

/// `count(x)`, and `index(x, start, stop)`.
fn search<'a>(machine: &mut Machine<'a>, value: &Value<'a>, name: &str, args: Args<'a>) -> Outcome<Value<'a>> {
    let values = args.plain(name, 1, if name == "index" { 3 } else { 1 })?;
    let wanted = values.first().cloned().unwrap_or(Value::None);
    let bounds = [values.get(1).cloned(), values.get(2).cloned(), None].map(|bound| bound.unwrap_or(Value::None));
    let start = super::super::subscript::index(&bounds[0]).unwrap_or(0);
    let window =
        if values.len() > 1 { super::super::subscript::slice(value, &bounds, &machine.budget)? } else { value.clone() };
    let mut iter = Iter::of(&window)?;
    let mut place = 0_usize;
    let mut count = 0_usize;
    while let Some(item) = iter.next(machine)? {
        if compare::same(&item, &wanted) || compare::equal(&item, &wanted, &machine.budget)? {
            if name == "index" {
                let length = i64::try_from(super::super::iterate::length(value).unwrap_or(0)).unwrap_or(i64::MAX);
                let start = if start < 0 { start.saturating_add(length).max(0) } else { start };
                return Ok(Value::count(place.saturating_add(usize::try_from(start).unwrap_or(0))));
            }
            count = count.saturating_add(1);
        }
        place = place.saturating_add(1);
    }
    if name == "index" {
        return value_error(format!("x not in {}", value.type_name()));
    }
    Ok(Value::count(count))
}

/// `str.encode`
pub(super) fn encode<'a>(machine: &Machine<'a>, text: &Text<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [encoding, _] = args.bind("encode", ["encoding", "errors"], 0)?;
    let encoding = encoding.as_ref().and_then(Value::as_str).unwrap_or("utf-8").to_ascii_lowercase().replace('_', "-");
    machine.budget.room(text.len())?;
    let bytes = match encoding.as_str() {
        "utf-8" | "utf8" => text.as_bytes().to_vec(),
        "ascii" if text.is_ascii() => text.as_bytes().to_vec(),
        "latin-1" | "iso-8859-1" => match text.chars().map(|c| u8::try_from(u32::from(c))).collect() {
            Ok(bytes) => bytes,
            Err(_) => return value_error("'latin-1' codec can't encode character"),
        },
        "ascii" => return value_error("'ascii' codec can't encode character: ordinal not in range(128)"),
        other => return fail(ErrorClass::Unsupported, format!("the encoding '{other}' is not rendered here")),
    };
    Blob::new(bytes, &machine.budget).map(|blob| Value::Bytes(Rc::new(blob)))
}

/// `bytes.decode` and `bytes.hex`
pub(super) fn bytes<'a>(machine: &Machine<'a>, blob: &Blob, name: &str, args: Args<'a>) -> Outcome<Value<'a>> {
    machine.budget.room(blob.bytes.len().saturating_mul(2))?;
    if name == "hex" {
        args.plain(name, 0, 0)?;
        let mut out = String::new();
        for byte in &blob.bytes {
            let _ = write!(out, "{byte:02x}");
        }
        return Text::owned(out, &machine.budget).map(Value::Str);
    }
    let [encoding, _] = args.bind("decode", ["encoding", "errors"], 0)?;
    let encoding = encoding.as_ref().and_then(Value::as_str).unwrap_or("utf-8").to_ascii_lowercase();
    if !matches!(encoding.as_str(), "utf-8" | "utf8" | "utf_8" | "ascii") {
        return fail(ErrorClass::Unsupported, format!("the encoding '{encoding}' is not rendered here"));
    }
    match std::str::from_utf8(&blob.bytes) {
        Ok(text) => Text::copied(text, &machine.budget).map(Value::Str),
        Err(_) => value_error(format!("'{encoding}' codec can't decode the bytes")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_sorted() {
        let tables = [super::super::STRING, super::super::MARKUP, super::super::LIST, super::super::DICT];
        assert!(tables.iter().all(|table| table.is_sorted()));
        assert!(super::super::INTEGER.is_sorted() && super::super::FLOAT.is_sorted());
    }
}
