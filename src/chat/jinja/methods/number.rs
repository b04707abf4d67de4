//! Methods of numbers.

use super::super::arithmetic::positive;
use super::super::attribute::missing_method;
use super::super::compare::Number;
use super::super::error::{ErrorClass, Outcome, fail};
use super::super::eval::{Args, Machine};
use super::super::value::Value;

pub(super) fn call<'a>(machine: &mut Machine<'a>, value: &Value<'a>, name: &str, args: Args<'a>) -> Outcome<Value<'a>> {
    let Some(number) = Number::of(value) else { return missing_method(value.type_name(), name) };
    match name {
        "conjugate" => positive(value),
        "is_integer" => {
            args.plain(name, 0, 0)?;
            Ok(Value::Bool(matches!(number, Number::Float(float) if float.is_finite() && float.fract() == 0.0)))
        }
        "bit_length" => {
            args.plain(name, 0, 0)?;
            Ok(Value::Int(i64::try_from(number.big().bits()).unwrap_or(i64::MAX)))
        }
        "bit_count" => {
            args.plain(name, 0, 0)?;
            Ok(Value::Int(i64::try_from(number.big().magnitude().count_ones()).unwrap_or(i64::MAX)))
        }
        "as_integer_ratio" if !matches!(number, Number::Float(_)) => {
            Value::tuple(vec![positive(value)?, Value::Int(1)], &machine.budget)
        }
        other => fail(ErrorClass::Unsupported, format!("{}.{other}() is not rendered here", value.type_name())),
    }
}
