//! Filters on numbers.

use super::super::arithmetic;
use super::super::compare::Number;
use super::super::error::{ErrorClass, Outcome, fail, type_error};
use super::super::eval::{Args, Machine};
use super::super::number;
use super::super::subscript;
use super::super::value::{Text, Value};
use num_bigint::BigInt;

pub(super) fn abs<'a>(value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    args.plain("abs", 0, 0)?;
    match Number::of(value) {
        Some(Number::Float(float)) => Ok(Value::Float(float.abs())),
        Some(number) if number.big() < BigInt::ZERO => arithmetic::negative(value),
        Some(_) => arithmetic::positive(value),
        None => type_error(format!("bad operand type for abs(): '{}'", value.type_name())),
    }
}

/// Python's `float(value)`; `None` where it raises a `TypeError` or a `ValueError`.
fn to_float(value: &Value<'_>) -> Outcome<Option<f64>> {
    if let Value::Undefined(undefined) = value {
        return Err(undefined.failure());
    }
    if let Some(text) = value.as_str() {
        return Ok(number::parse_float(text));
    }
    Ok(match Number::of(value) {
        Some(Number::Float(float)) => Some(float),
        Some(Number::Int(number)) => Some(number::int_to_float(number)),
        Some(Number::Big(number)) => Some(number::big_to_float(number)?),
        None => None,
    })
}

pub(super) fn float<'a>(value: Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [default] = args.bind("do_float", ["default"], 0)?;
    Ok(match to_float(&value)? {
        Some(float) => Value::Float(float),
        None => default.unwrap_or(Value::Float(0.0)),
    })
}

pub(super) fn int<'a>(machine: &mut Machine<'a>, value: Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [default, base] = args.bind("do_int", ["default", "base"], 0)?;
    let default = default.unwrap_or(Value::Int(0));
    if let Some(text) = value.as_str() {
        machine.budget.scan(text.len())?;
        let base = base.as_ref().map_or(Some(10), subscript::index);
        let base = base.and_then(|base| u32::try_from(base).ok()).filter(|base| *base == 0 || (2..=36).contains(base));
        if let Some(number) = base.and_then(|base| number::parse_int(text, base)) {
            return Ok(number);
        }
        let whole = number::parse_float(text).and_then(number::truncate);
        return Ok(whole.map_or(default, Value::integer));
    }
    match Number::of(&value) {
        Some(Number::Float(float)) => match number::truncate(float) {
            Some(whole) => Ok(Value::integer(whole)),
            None if float.is_nan() => Ok(default),
            None => fail(ErrorClass::Overflow, "cannot convert float infinity to integer"),
        },
        Some(_) => arithmetic::positive(&value),
        None => match value {
            Value::Undefined(undefined) => Err(undefined.failure()),
            _ => Ok(default),
        },
    }
}

pub(super) fn round<'a>(value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [precision, method] = args.bind("do_round", ["precision", "method"], 0)?;
    let precision = precision.unwrap_or(Value::Int(0));
    let method = method.as_ref().map_or("common", |method| method.as_str().unwrap_or_default());
    if !matches!(method, "common" | "ceil" | "floor") {
        return fail(ErrorClass::FilterArgument, "method must be common, ceil or floor");
    }
    let Some(digits) = subscript::index(&precision) else {
        return type_error(format!("'{}' object cannot be interpreted as an integer", precision.type_name()));
    };
    let Some(number) = Number::of(value) else {
        return match value {
            Value::Undefined(undefined) if method != "common" => Err(undefined.failure()),
            _ => type_error(format!("type {} doesn't define __round__ method", value.type_name())),
        };
    };
    if method == "common" {
        return match number {
            Number::Float(float) => Ok(Value::Float(number::round(float, digits))),
            integer if digits >= 0 => Ok(Value::integer(integer.big())),
            integer => round_integer(&integer.big(), digits),
        };
    }
    let float = match number {
        Number::Float(float) => float,
        other => number::big_to_float(&other.big())?,
    };
    let scale = 10_f64.powi(i32::try_from(digits.clamp(-400, 400)).unwrap_or(0));
    let scaled = float * scale;
    let whole = if method == "ceil" { scaled.ceil() } else { scaled.floor() };
    if !whole.is_finite() {
        return fail(ErrorClass::Overflow, "cannot convert float infinity to integer");
    }
    // Python's floor and ceil give integers, which have no negative zero.
    Ok(Value::Float((whole + 0.0) / scale))
}

fn round_integer<'a>(number: &BigInt, digits: i64) -> Outcome<Value<'a>> {
    let places = u32::try_from(digits.unsigned_abs()).unwrap_or(u32::MAX);
    if places > 4300 {
        return Ok(Value::Int(0));
    }
    Ok(Value::integer(number::round_to(number, &BigInt::from(10).pow(places), true)))
}

pub(super) fn file_size<'a>(machine: &Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [binary] = args.bind("do_filesizeformat", ["binary"], 0)?;
    let binary = binary.is_some_and(|binary| binary.truth());
    let Some(bytes) = to_float(value)? else {
        return match value.as_str() {
            Some(text) => super::super::error::value_error(format!("could not convert string to float: '{text}'")),
            None => {
                type_error(format!("float() argument must be a string or a real number, not '{}'", value.type_name()))
            }
        };
    };
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    let text = if bytes == 1.0 {
        "1 Byte".to_owned()
    } else if bytes < base {
        format!("{} Bytes", number::truncate(bytes).unwrap_or_default())
    } else {
        let mut unit = base;
        let mut text = String::new();
        for prefix in ["k", "M", "G", "T", "P", "E", "Z", "Y"] {
            unit *= base;
            let prefix = if binary { prefix.to_uppercase() + "i" } else { prefix.to_owned() };
            text = format!("{:.1} {prefix}B", base * bytes / unit);
            if bytes < unit {
                break;
            }
        }
        text
    };
    Text::owned(text, &machine.budget).map(Value::Str)
}
