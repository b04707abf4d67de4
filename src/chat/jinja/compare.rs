//! Equality, order, and what can be a key.

use super::ast::Comparison;
use super::budget::Budget;
use super::error::{Outcome, type_error};
use super::sort;
use super::value::{self, Dict, Object, Value, View};
use num_bigint::BigInt;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A number of any of Python's three kinds.
pub(super) enum Number<'v> {
    Big(&'v BigInt),
    Float(f64),
    Int(i64),
}

impl<'v> Number<'v> {
    pub(super) fn of(value: &'v Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Big(number) => Self::Big(number),
            Value::Bool(truth) => Self::Int(i64::from(*truth)),
            Value::Float(number) => Self::Float(*number),
            Value::Int(number) => Self::Int(*number),
            _ => return None,
        })
    }

    /// Compares exactly, as Python does between integers and floats.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(right),
            (Self::Int(left), Self::Int(right)) => Some(left.cmp(right)),
            (Self::Float(left), right) => Some(compare_float(right, *left)?.reverse()),
            (left, Self::Float(right)) => compare_float(left, *right),
            (left, right) => Some(left.big().cmp(&right.big())),
        }
    }

    pub(super) fn big(&self) -> BigInt {
        match self {
            Self::Big(number) => (*number).clone(),
            Self::Float(number) => super::number::truncate(*number).unwrap_or_default(),
            Self::Int(number) => BigInt::from(*number),
        }
    }
}

fn compare_float(integer: &Number<'_>, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = super::number::truncate(float).unwrap_or_default();
    Some(integer.big().cmp(&whole).then_with(|| {
        let fraction = float - float.trunc();
        0.0_f64.partial_cmp(&fraction).unwrap_or(Ordering::Equal)
    }))
}

/// Python's `a == b`.
pub(super) fn equal<'a>(left: &Value<'a>, right: &Value<'a>, budget: &Budget) -> Outcome<bool> {
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        if left.len() != right.len() {
            return Ok(false);
        }
        budget.scan(left.len())?;
        return Ok(value::same(left, right));
    }
    if let (Some(left), Some(right)) = (Number::of(left), Number::of(right)) {
        return Ok(left.compare(&right) == Some(Ordering::Equal));
    }
    budget.spend(1)?;
    Ok(match (left, right) {
        (Value::List(left), Value::List(right)) | (Value::Tuple(left), Value::Tuple(right)) => {
            all_equal(left, right, budget)?
        }
        (Value::Dict(left), Value::Dict(right)) => dicts_equal(left, right, budget)?,
        (Value::None, Value::None) | (Value::Undefined(_), Value::Undefined(_)) => true,
        (Value::Builtin(left), Value::Builtin(right)) => left == right,
        (Value::Bytes(left), Value::Bytes(right)) => left.bytes == right.bytes,
        (Value::Object(left), Value::Object(right)) => objects_equal(left, right, budget)?,
        _ => false,
    })
}

fn objects_equal<'a>(left: &Rc<Object<'a>>, right: &Rc<Object<'a>>, budget: &Budget) -> Outcome<bool> {
    if Rc::ptr_eq(left, right) {
        return Ok(true);
    }
    match (&**left, &**right) {
        (Object::Range(left), Object::Range(right)) => {
            let count = left.len();
            let same_step = count <= 1 || left.step == right.step;
            Ok(count == right.len() && (count == 0 || (left.start == right.start && same_step)))
        }
        (Object::View(View::Keys, left), Object::View(View::Keys, right)) => {
            let mut same = left.len() == right.len();
            for key in left.keys() {
                same = same && right.find(key, budget)?.is_some();
            }
            Ok(same)
        }
        (Object::View(View::Items, left), Object::View(View::Items, right)) => dicts_equal(left, right, budget),
        (Object::Bound(left, name), Object::Bound(right, other)) => Ok(name == other && equal(left, right, budget)?),
        _ => Ok(false),
    }
}

/// Element by element; a value is always equal to itself here, even NaN.
pub(super) fn all_equal<'a>(left: &[Value<'a>], right: &[Value<'a>], budget: &Budget) -> Outcome<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right) {
        if !same(left, right) && !equal(left, right, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn dicts_equal<'a>(left: &Dict<'a>, right: &Dict<'a>, budget: &Budget) -> Outcome<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (key, value) in left.entries() {
        match right.find(key, budget)? {
            Some(other) if same(value, other) || equal(value, other, budget)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Python's `a is b`, as far as it can be told.
pub(super) fn same(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::None, Value::None) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
        (Value::Str(left), Value::Str(right)) => **left == **right,
        (Value::Big(left), Value::Big(right)) => Rc::ptr_eq(left, right),
        (Value::Builtin(left), Value::Builtin(right)) => left == right,
        (Value::Dict(left), Value::Dict(right)) => std::ptr::addr_eq(Rc::as_ptr(left), Rc::as_ptr(right)),
        (Value::List(left), Value::List(right)) => std::ptr::addr_eq(Rc::as_ptr(left), Rc::as_ptr(right)),
        (Value::Tuple(left), Value::Tuple(right)) => {
            (left.is_empty() && right.is_empty()) || std::ptr::addr_eq(Rc::as_ptr(left), Rc::as_ptr(right))
        }
        (Value::Object(left), Value::Object(right)) => std::ptr::addr_eq(Rc::as_ptr(left), Rc::as_ptr(right)),
        _ => false,
    }
}

/// Python's `a < b` and its kin.
pub(super) fn ordered<'a>(operator: Comparison, left: &Value<'a>, right: &Value<'a>, budget: &Budget) -> Outcome<bool> {
    for value in [left, right] {
        if let Value::Undefined(undefined) = value {
            return Err(undefined.failure());
        }
    }
    let holds = |order: Option<Ordering>| {
        order.is_some_and(|order| match operator {
            Comparison::Less => order.is_lt(),
            Comparison::LessEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            _ => order.is_ge(),
        })
    };
    if let (Some(left), Some(right)) = (Number::of(left), Number::of(right)) {
        return Ok(holds(left.compare(&right)));
    }
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        budget.scan(left.len().min(right.len()))?;
        return Ok(holds(Some(left.cmp(right))));
    }
    match (left, right) {
        (Value::List(left), Value::List(right)) | (Value::Tuple(left), Value::Tuple(right)) => {
            sequences_ordered(operator, left, right, budget)
        }
        (Value::Bytes(left), Value::Bytes(right)) => Ok(holds(Some(left.bytes.cmp(&right.bytes)))),
        _ => unordered(operator, left, right),
    }
}

fn sequences_ordered<'a>(
    operator: Comparison,
    left: &[Value<'a>],
    right: &[Value<'a>],
    budget: &Budget,
) -> Outcome<bool> {
    for (left, right) in left.iter().zip(right) {
        if !same(left, right) && !equal(left, right, budget)? {
            return ordered(operator, left, right, budget);
        }
    }
    let order = left.len().cmp(&right.len());
    Ok(match operator {
        Comparison::Less => order.is_lt(),
        Comparison::LessEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn unordered<T>(operator: Comparison, left: &Value<'_>, right: &Value<'_>) -> Outcome<T> {
    let sign = match operator {
        Comparison::Less => "<",
        Comparison::LessEqual => "<=",
        Comparison::Greater => ">",
        _ => ">=",
    };
    let (left, right) = (left.type_name(), right.type_name());
    type_error(format!("'{sign}' not supported between instances of '{left}' and '{right}'"))
}

/// Sorts as Python's `sorted` does, stably and with `<` alone; `keys` go with `items`.
pub(super) fn sort<'a>(keyed: Vec<(Value<'a>, Value<'a>)>, reverse: bool, budget: &Budget) -> Outcome<Vec<Value<'a>>> {
    // From behind, so that equal items keep their order when all are turned round again.
    let turned = |mut keyed: Vec<_>| {
        if reverse {
            keyed.reverse();
        }
        keyed
    };
    let less = |left: &(Value<'a>, _), right: &(Value<'a>, _)| {
        budget.spend(1)?;
        ordered(Comparison::Less, &left.0, &right.0, budget)
    };
    let sorted = sort::stable(turned(keyed), less)?;
    Ok(turned(sorted).into_iter().map(|(_, item)| item).collect())
}

/// Whether a value can be a key.
pub(super) fn hashable(value: &Value<'_>) -> Outcome<()> {
    match value {
        Value::Dict(_) | Value::List(_) => type_error(format!("unhashable type: '{}'", value.type_name())),
        Value::Tuple(items) => items.iter().try_for_each(hashable),
        Value::Object(object) => match &**object {
            Object::View(View::Items | View::Keys, _) => {
                type_error(format!("unhashable type: '{}'", object.type_name()))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A key, hashed so that equal keys hash equally.
pub(super) struct Hashed<'v, 'a>(pub(super) &'v Value<'a>);

impl Hash for Hashed<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Value::Big(number) => number.hash(state),
            Value::Bool(truth) => i64::from(*truth).hash(state),
            Value::Float(number) => match super::number::whole(*number) {
                Some(whole) => Hashed(&whole).hash(state),
                None => number.to_bits().hash(state),
            },
            Value::Int(number) => number.hash(state),
            Value::Markup(text) | Value::Str(text) => (**text).hash(state),
            Value::Tuple(items) => items.iter().for_each(|item| Hashed(item).hash(state)),
            Value::Bytes(blob) => blob.bytes.hash(state),
            Value::None => 1_u8.hash(state),
            Value::Undefined(_) => 2_u8.hash(state),
            _ => 3_u8.hash(state),
        }
    }
}

/// Whether two keys, known to be hashable, are one.
pub(super) fn same_key(left: &Value<'_>, right: &Value<'_>) -> bool {
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        return left == right;
    }
    if let (Some(left), Some(right)) = (Number::of(left), Number::of(right)) {
        return left.compare(&right) == Some(Ordering::Equal);
    }
    match (left, right) {
        (Value::Tuple(left), Value::Tuple(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same_key(left, right))
        }
        (Value::Bytes(left), Value::Bytes(right)) => left.bytes == right.bytes,
        (Value::Undefined(_), Value::Undefined(_)) => true,
        _ => same(left, right),
    }
}
