//! Python's operators on numbers, texts and sequences.

use super::ast::Operator;
use super::budget::{Budget, exceeded};
use super::compare::Number;
use super::error::{ErrorClass, Outcome, fail, type_error};
use super::eval::Machine;
use super::format;
use super::number;
use super::value::{Sequence, Text, TextBuffer, Value};
use num_bigint::BigInt;

/// Longest integer that may be made, in bits: what Python still prints (4300 digits).
const INTEGER_BITS: u64 = 14_284;

pub(super) fn binary<'a>(
    operator: Operator,
    left: Value<'a>,
    right: Value<'a>,
    machine: &mut Machine<'a>,
) -> Outcome<Value<'a>> {
    if let (Value::Int(left), Value::Int(right)) = (&left, &right)
        && let Some(value) = small(operator, *left, *right)
    {
        return Ok(value);
    }
    for value in [&left, &right] {
        // A text takes anything in its format; everything else needs two defined operands.
        if let Value::Undefined(undefined) = value
            && !(operator == Operator::Modulo && left.as_str().is_some())
        {
            return Err(undefined.failure());
        }
    }
    if let (Some(left), Some(right)) = (Number::of(&left), Number::of(&right)) {
        return numbers(operator, &left, &right);
    }
    match operator {
        Operator::Add => add(left, right, &machine.budget),
        Operator::Multiply => multiply(&left, &right, &machine.budget),
        Operator::Modulo if left.as_str().is_some() => format::percent(machine, &left, right),
        _ => unsupported(operator, &left, &right),
    }
}

/// Two small integers, when nothing overflows.
fn small<'a>(operator: Operator, left: i64, right: i64) -> Option<Value<'a>> {
    match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        _ => None,
    }
    .map(Value::Int)
}

fn numbers<'a>(operator: Operator, left: &Number<'_>, right: &Number<'_>) -> Outcome<Value<'a>> {
    if matches!(left, Number::Float(_)) || matches!(right, Number::Float(_)) || operator == Operator::Divide {
        return floats(operator, left, right);
    }
    integers(operator, &left.big(), &right.big())
}

#[allow(clippy::arithmetic_side_effects, reason = "integers of any size do not overflow, and no divisor is zero here")]
fn integers<'a>(operator: Operator, left: &BigInt, right: &BigInt) -> Outcome<Value<'a>> {
    let zero = BigInt::ZERO;
    let bits = match operator {
        Operator::Multiply => left.bits().saturating_add(right.bits()),
        Operator::Power => {
            let exponent = u64::try_from(right).unwrap_or(u64::MAX);
            if left.bits() <= 1 { 1 } else { left.bits().saturating_mul(exponent) }
        }
        _ => 0,
    };
    match operator {
        Operator::FloorDivide | Operator::Modulo if *right == zero => {
            let message = match operator {
                Operator::Modulo => "integer modulo by zero",
                _ => "integer division or modulo by zero",
            };
            return fail(ErrorClass::ZeroDivision, message);
        }
        Operator::Power if *right < zero => {
            return floats(operator, &Number::Big(left), &Number::Big(right));
        }
        _ if bits > INTEGER_BITS => return Err(exceeded("an integer of more than 4300 digits")),
        _ => {}
    }
    Ok(Value::integer(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::FloorDivide => floor_divide(left, right).0,
        Operator::Modulo => floor_divide(left, right).1,
        // Only 0, 1 and -1 have such powers here, and of those only whether the exponent is odd matters.
        _ => left.pow(u32::try_from(right).unwrap_or(if right.bit(0) { 1 } else { 2 })),
    }))
}

/// The quotient rounded down and the remainder with the divisor's sign; the divisor is not zero.
#[allow(clippy::arithmetic_side_effects, reason = "integers of any size do not overflow, and no divisor is zero here")]
fn floor_divide(left: &BigInt, right: &BigInt) -> (BigInt, BigInt) {
    let (quotient, remainder) = (left / right, left % right);
    let negative = |number: &BigInt| *number < BigInt::ZERO;
    if remainder != BigInt::ZERO && negative(&remainder) != negative(right) {
        return (quotient - 1, remainder + right);
    }
    (quotient, remainder)
}

fn to_float(number: &Number<'_>) -> Outcome<f64> {
    match number {
        Number::Float(number) => Ok(*number),
        Number::Int(number) => Ok(number::int_to_float(*number)),
        Number::Big(number) => number::big_to_float(number),
    }
}

fn floats<'a>(operator: Operator, left: &Number<'_>, right: &Number<'_>) -> Outcome<Value<'a>> {
    if let (Number::Big(_) | Number::Int(_), Number::Big(_) | Number::Int(_), Operator::Divide) =
        (left, right, operator)
    {
        let (left, right) = (left.big(), right.big());
        if left.bits().max(right.bits()) > 53 && right != BigInt::ZERO {
            return number::divide(&left, &right).map(Value::Float);
        }
    }
    let exact = !matches!(left, Number::Float(_)) && !matches!(right, Number::Float(_));
    let (left, right) = (to_float(left)?, to_float(right)?);
    let by_zero = right == 0.0;
    let message = match operator {
        Operator::Divide if by_zero && exact => "division by zero",
        Operator::Divide if by_zero => "float division by zero",
        Operator::FloorDivide if by_zero => "float floor division by zero",
        Operator::Modulo if by_zero => "float modulo",
        Operator::Power if left == 0.0 && right < 0.0 => "0.0 cannot be raised to a negative power",
        _ => "",
    };
    if !message.is_empty() {
        return fail(ErrorClass::ZeroDivision, message);
    }
    Ok(Value::Float(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::FloorDivide => float_divide(left, right).0,
        Operator::Modulo => float_divide(left, right).1,
        Operator::Power => return power(left, right),
    }))
}

/// Python's float `divmod`.
fn float_divide(left: f64, right: f64) -> (f64, f64) {
    let mut remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder == 0.0 {
        remainder = 0.0_f64.copysign(right);
    } else if (right < 0.0) != (remainder < 0.0) {
        remainder += right;
        quotient -= 1.0;
    }
    let floor = quotient.floor();
    if quotient == 0.0 {
        return (0.0_f64.copysign(left / right), remainder);
    }
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, remainder)
}

fn power<'a>(left: f64, right: f64) -> Outcome<Value<'a>> {
    if left < 0.0 && left.is_finite() && right.is_finite() && right.fract() != 0.0 {
        return fail(ErrorClass::Unsupported, "complex numbers are not rendered here");
    }
    let result = left.powf(right);
    if result.is_infinite() && left.is_finite() && right.is_finite() {
        return fail(ErrorClass::Overflow, "(34, 'Numerical result out of range')");
    }
    Ok(Value::Float(result))
}

fn add<'a>(left: Value<'a>, right: Value<'a>, budget: &Budget) -> Outcome<Value<'a>> {
    match (left, right) {
        (Value::Str(left), Value::Str(right)) => left.append(&right, budget).map(Value::Str),
        (Value::Markup(left), Value::Markup(right)) => left.append(&right, budget).map(Value::Markup),
        (Value::Markup(left), Value::Str(right)) => {
            left.append(&super::filters::markup::escaped(&right, budget)?, budget).map(Value::Markup)
        }
        (Value::Str(left), Value::Markup(right)) => {
            super::filters::markup::escaped(&left, budget)?.append(&right, budget).map(Value::Markup)
        }
        (Value::List(left), Value::List(right)) => {
            budget.spend(left.len().saturating_add(right.len()) as u64)?;
            Value::list(left.iter().chain(right.iter()).cloned().collect(), budget)
        }
        (Value::Tuple(left), Value::Tuple(right)) => {
            budget.spend(left.len().saturating_add(right.len()) as u64)?;
            Value::tuple(left.iter().chain(right.iter()).cloned().collect(), budget)
        }
        (left @ (Value::Str(_) | Value::List(_) | Value::Tuple(_)), right) => {
            let (left, right) = (left.type_name(), right.type_name());
            type_error(format!("can only concatenate {left} (not \"{right}\") to {left}"))
        }
        (left, right) => unsupported(Operator::Add, &left, &right),
    }
}

fn multiply<'a>(left: &Value<'a>, right: &Value<'a>, budget: &Budget) -> Outcome<Value<'a>> {
    let (sequence, times) = match (left, right) {
        (Value::Int(_) | Value::Bool(_) | Value::Big(_), other) => (other, left),
        (other, times) => (other, times),
    };
    let Some(times) = repetitions(times) else { return cannot_multiply(left, right) };
    match sequence {
        Value::Str(text) => repeat(text, times, budget).map(Value::Str),
        Value::Markup(text) => repeat(text, times, budget).map(Value::Markup),
        Value::List(items) => Value::list(repeated(items, times, budget)?, budget),
        Value::Tuple(items) => Value::tuple(repeated(items, times, budget)?, budget),
        _ => cannot_multiply(left, right),
    }
}

fn repetitions(value: &Value<'_>) -> Option<usize> {
    match value {
        Value::Bool(truth) => Some(usize::from(*truth)),
        Value::Int(number) => Some(usize::try_from(*number).unwrap_or(0)),
        Value::Big(number) => Some(if **number < BigInt::ZERO { 0 } else { usize::MAX }),
        _ => None,
    }
}

fn cannot_multiply<'a>(left: &Value<'a>, right: &Value<'a>) -> Outcome<Value<'a>> {
    let sequence = |value: &Value<'_>| value.as_str().is_some() || matches!(value, Value::List(_) | Value::Tuple(_));
    let other = if sequence(left) { right } else { left };
    if sequence(left) || sequence(right) {
        return type_error(format!("can't multiply sequence by non-int of type '{}'", other.type_name()));
    }
    unsupported(Operator::Multiply, left, right)
}

fn repeat<'a>(text: &Text<'a>, times: usize, budget: &Budget) -> Outcome<Text<'a>> {
    let mut buffer = TextBuffer::new(budget);
    buffer.repeat(text, times)?;
    buffer.finish()
}

fn repeated<'a>(items: &Sequence<'a>, times: usize, budget: &Budget) -> Outcome<Vec<Value<'a>>> {
    let count = items.len().saturating_mul(times);
    budget.room(count.saturating_mul(size_of::<Value<'_>>()))?;
    budget.spend(count as u64)?;
    let times = if items.is_empty() { 0 } else { times };
    Ok((0..times).flat_map(|_| items.iter().cloned()).collect())
}

fn unsupported<'a>(operator: Operator, left: &Value<'_>, right: &Value<'_>) -> Outcome<Value<'a>> {
    let sign = match operator {
        Operator::Add => "+",
        Operator::Divide => "/",
        Operator::FloorDivide => "//",
        Operator::Modulo => "%",
        Operator::Multiply => "*",
        Operator::Power => "** or pow()",
        Operator::Subtract => "-",
    };
    let (left, right) = (left.type_name(), right.type_name());
    type_error(format!("unsupported operand type(s) for {sign}: '{left}' and '{right}'"))
}

#[allow(clippy::arithmetic_side_effects, reason = "integers of any size do not overflow, and no divisor is zero here")]
pub(super) fn negative<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    match (value, Number::of(value)) {
        (Value::Undefined(undefined), _) => Err(undefined.failure()),
        (_, Some(Number::Float(number))) => Ok(Value::Float(-number)),
        (_, Some(number)) => Ok(Value::integer(-number.big())),
        _ => type_error(format!("bad operand type for unary -: '{}'", value.type_name())),
    }
}

pub(super) fn positive<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    match (value, Number::of(value)) {
        (Value::Undefined(undefined), _) => Err(undefined.failure()),
        (_, Some(Number::Float(number))) => Ok(Value::Float(number)),
        (_, Some(number)) => Ok(Value::integer(number.big())),
        _ => type_error(format!("bad operand type for unary +: '{}'", value.type_name())),
    }
}
