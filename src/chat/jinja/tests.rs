//! Jinja's tests.

use super::arithmetic;
use super::ast::{Comparison, Operator};
use super::compare::{self, Number};
use super::error::{ErrorClass, Outcome, fail};
use super::eval::{Args, Machine};
use super::filters::Filter;
use super::iterate::Iter;
use super::methods::{is_lower, is_upper};
use super::repr;
use super::subscript;
use super::value::{Builtin, Object, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Boolean,
    Callable,
    Defined,
    DivisibleBy,
    Equal,
    Escaped,
    Even,
    False,
    Filter,
    Float,
    Greater,
    GreaterEqual,
    In,
    Integer,
    Iterable,
    Less,
    LessEqual,
    Lower,
    Mapping,
    None,
    NotEqual,
    Number,
    Odd,
    SameAs,
    Sequence,
    String,
    Named,
    True,
    Undefined,
    Upper,
}

impl Test {
    pub(super) fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Self::Boolean,
            "callable" => Self::Callable,
            "defined" => Self::Defined,
            "divisibleby" => Self::DivisibleBy,
            "eq" | "==" | "equalto" => Self::Equal,
            "escaped" => Self::Escaped,
            "even" => Self::Even,
            "false" => Self::False,
            "filter" => Self::Filter,
            "float" => Self::Float,
            "gt" | ">" | "greaterthan" => Self::Greater,
            "ge" | ">=" => Self::GreaterEqual,
            "in" => Self::In,
            "integer" => Self::Integer,
            "iterable" => Self::Iterable,
            "lt" | "<" | "lessthan" => Self::Less,
            "le" | "<=" => Self::LessEqual,
            "lower" => Self::Lower,
            "mapping" => Self::Mapping,
            "none" => Self::None,
            "ne" | "!=" => Self::NotEqual,
            "number" => Self::Number,
            "odd" => Self::Odd,
            "sameas" => Self::SameAs,
            "sequence" => Self::Sequence,
            "string" => Self::String,
            "test" => Self::Named,
            "true" => Self::True,
            "undefined" => Self::Undefined,
            "upper" => Self::Upper,
            _ => return None,
        })
    }
}

/// A test that a filter names as it runs.
pub(super) fn named(name: &Value<'_>) -> Outcome<Test> {
    let Some(known) = name.as_str().and_then(Test::by_name) else {
        let shown = name.as_str().map_or_else(|| name.type_name().to_owned(), repr::quoted);
        return fail(ErrorClass::TemplateRuntime, format!("No test named {shown}."));
    };
    Ok(known)
}

pub(super) fn apply<'a>(machine: &mut Machine<'a>, test: Test, value: &Value<'a>, args: Args<'a>) -> Outcome<bool> {
    if takes_other(test) {
        let [other] = args.bind("test", ["other"], 1)?;
        return against(machine, test, value, &other.unwrap_or(Value::None));
    }
    args.plain("test", 0, 0)?;
    if matches!(test, Test::Filter | Test::Named) {
        compare::hashable(value)?;
    }
    if let Some(passes) = of_kind(test, value) {
        return Ok(passes);
    }
    Ok(match test {
        Test::Callable => callable(value),
        Test::Even => parity(machine, value)? == Some(0),
        Test::Filter => value.as_str().is_some_and(|name| Filter::by_name(name).is_some()),
        Test::Iterable => Iter::of(value).is_ok(),
        Test::Lower => is_lower(&repr::to_text(machine, value)?),
        Test::Odd => parity(machine, value)? == Some(1),
        Test::Sequence => sequence(value),
        Test::Named => value.as_str().is_some_and(|name| Test::by_name(name).is_some()),
        Test::Upper => is_upper(&repr::to_text(machine, value)?),
        _ => false,
    })
}

/// Whether a value passes a test that asks for its kind and nothing else.
pub(super) fn of_kind(test: Test, value: &Value<'_>) -> Option<bool> {
    Some(match test {
        Test::Boolean => matches!(value, Value::Bool(_)),
        Test::Defined => !value.is_undefined(),
        Test::Escaped => matches!(value, Value::Markup(_)),
        Test::False => matches!(value, Value::Bool(false)),
        Test::Float => matches!(value, Value::Float(_)),
        Test::Integer => matches!(value, Value::Int(_) | Value::Big(_)),
        Test::Mapping => matches!(value, Value::Dict(_)),
        Test::None => value.is_none(),
        Test::Number => Number::of(value).is_some(),
        Test::String => value.as_str().is_some(),
        Test::True => matches!(value, Value::Bool(true)),
        Test::Undefined => value.is_undefined(),
        _ => return None,
    })
}

fn takes_other(test: Test) -> bool {
    matches!(
        test,
        Test::DivisibleBy
            | Test::Equal
            | Test::Greater
            | Test::GreaterEqual
            | Test::In
            | Test::Less
            | Test::LessEqual
            | Test::NotEqual
            | Test::SameAs
    )
}

fn against<'a>(machine: &mut Machine<'a>, test: Test, value: &Value<'a>, other: &Value<'a>) -> Outcome<bool> {
    let operator = match test {
        Test::DivisibleBy => {
            let rest = arithmetic::binary(Operator::Modulo, value.clone(), other.clone(), machine)?;
            return compare::equal(&rest, &Value::Int(0), &machine.budget);
        }
        Test::Equal => return compare::equal(value, other, &machine.budget),
        Test::NotEqual => return Ok(!compare::equal(value, other, &machine.budget)?),
        Test::In => return subscript::contains(machine, other, value),
        Test::SameAs => return Ok(compare::same(value, other)),
        Test::Greater => Comparison::Greater,
        Test::GreaterEqual => Comparison::GreaterEqual,
        Test::Less => Comparison::Less,
        _ => Comparison::LessEqual,
    };
    compare::ordered(operator, value, other, &machine.budget)
}

/// `value % 2`, where it is 0 or 1.
fn parity<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<Option<i64>> {
    let rest = arithmetic::binary(Operator::Modulo, value.clone(), Value::Int(2), machine)?;
    match &rest {
        Value::Float(rest) if *rest == 0.0 => Ok(Some(0)),
        Value::Float(rest) if *rest == 1.0 => Ok(Some(1)),
        other => Ok(subscript::index(other)),
    }
}

fn callable(value: &Value<'_>) -> bool {
    match value {
        Value::Builtin(builtin) => *builtin != Builtin::Template,
        Value::Undefined(_) => true,
        Value::Object(object) => matches!(
            **object,
            Object::Block(_) | Object::Bound(..) | Object::Joiner(_) | Object::Loop(_) | Object::Macro(_)
        ),
        _ => false,
    }
}

fn sequence(value: &Value<'_>) -> bool {
    match value {
        Value::Bytes(_) | Value::Dict(_) | Value::List(_) | Value::Markup(_) | Value::Str(_) | Value::Tuple(_) => true,
        Value::Undefined(_) => true,
        Value::Object(object) => matches!(**object, Object::Range(_)),
        _ => false,
    }
}
