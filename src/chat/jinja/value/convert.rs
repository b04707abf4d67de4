//! JSON to values, and the truth of values.

use super::super::budget::Budget;
use super::super::error::{ErrorClass, Failure, Outcome};
use super::{Detail, Dict, Object, Undefined, Value, View};
use crate::format::json::Json;
use num_bigint::BigInt;
use std::rc::Rc;

impl<'a> Value<'a> {
    /// A value that borrows the texts of `json`, whose depth its parser has bounded.
    pub(in super::super) fn from_json(json: &'a Json, budget: &Budget) -> Outcome<Self> {
        Ok(match json {
            Json::Array(elements) => Self::list_of(elements, budget)?,
            Json::BigInt(digits) => digits.parse().map_or(Self::None, Self::integer),
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Float(number) => Self::Float(*number),
            Json::Int(number) => Self::Int(*number),
            Json::Null => Self::None,
            Json::Object(members) => {
                Dict::of(members.iter().map(|member| (member.key.as_ref(), &member.value)), budget)?
            }
            Json::String(text) => Self::text(text),
        })
    }

    /// A list of such values.
    pub(in super::super) fn list_of(elements: &'a [Json], budget: &Budget) -> Outcome<Self> {
        let mut items = Vec::new();
        items.reserve_exact(elements.len());
        for element in elements {
            items.push(Self::from_json(element, budget)?);
        }
        Self::list(items, budget)
    }

    /// An integer of any size.
    pub(in super::super) fn integer(number: BigInt) -> Self {
        i64::try_from(&number).map_or_else(|_| Self::Big(Rc::new(number)), Self::Int)
    }

    /// A count.
    pub(in super::super) fn count(count: usize) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Python's `bool(x)`.
    pub(in super::super) fn truth(&self) -> bool {
        match self {
            Self::Bool(truth) => *truth,
            Self::Bytes(blob) => !blob.bytes.is_empty(),
            Self::Dict(dict) => !dict.is_empty(),
            Self::Float(number) => *number != 0.0,
            Self::Int(number) => *number != 0,
            Self::List(items) | Self::Tuple(items) => !items.is_empty(),
            Self::Markup(text) | Self::Str(text) => !text.is_empty(),
            Self::None | Self::Undefined(_) => false,
            Self::Big(_) | Self::Builtin(_) => true,
            Self::Object(object) => match &**object {
                Object::Range(range) => range.len() > 0,
                Object::View(View::Items | View::Keys | View::Values, dict) => !dict.is_empty(),
                _ => true,
            },
        }
    }
}

impl Undefined<'_> {
    /// The error that using it raises.
    pub(in super::super) fn failure(&self) -> Box<Failure> {
        let class = match self {
            Self::Detailed(detail) if matches!(**detail, Detail::Unsafe { .. }) => ErrorClass::Security,
            _ => ErrorClass::Undefined,
        };
        Failure::new(class, self.message())
    }

    fn message(&self) -> String {
        use super::super::repr::quoted;
        match self {
            Self::Name(name) => format!("{} is undefined", quoted(name)),
            Self::Detailed(detail) => match &**detail {
                Detail::Attribute { owner, name } => format!("{} has no attribute {}", quoted(owner), quoted(name)),
                Detail::Element { owner, shown } => format!("{owner} has no element {shown}"),
                Detail::Hint(hint) => hint.clone(),
                Detail::Unsafe { owner, name } => {
                    format!("access to attribute {} of {} object is unsafe.", quoted(name), quoted(owner))
                }
            },
        }
    }
}
