//! Python values, as far as a template can see them.
//!
//! Everything is shared and immutable, save what Jinja itself lets a template change: namespaces, generators, loops.
//! Every owned value carries its charge of live memory and its depth, so that printing, comparing and dropping it
//! cannot recurse without bound.

mod convert;
mod dict;
mod object;
mod sequence;
mod text;

pub(super) use dict::Dict;
pub(super) use object::{Builtin, Cycler, Joiner, LoopState, Macro, Namespace, Object, Range, View};
pub(super) use sequence::Sequence;
pub(super) use text::{Blob, Text, TextBuffer, same};

use super::budget::Budget;
use super::error::Outcome;
use num_bigint::BigInt;
use std::rc::Rc;

/// A value; `'a` is the life of the template and of the conversation, whose texts are borrowed.
#[derive(Clone)]
#[repr(u64)]
pub(super) enum Value<'a> {
    Big(Rc<BigInt>),
    Bool(bool),
    Builtin(Builtin),
    Bytes(Rc<Blob>),
    Dict(Rc<Dict<'a>>),
    Float(f64),
    Int(i64),
    List(Rc<Sequence<'a>>),
    /// A text that `|e` or `|safe` marked as markup.
    Markup(Text<'a>),
    None,
    Object(Rc<Object<'a>>),
    Str(Text<'a>),
    Tuple(Rc<Sequence<'a>>),
    Undefined(Undefined<'a>),
}

/// Why a value is undefined; said only when it is used.
#[derive(Clone)]
pub(super) enum Undefined<'a> {
    Detailed(Rc<Detail<'a>>),
    /// A variable of this name.
    Name(&'a str),
}

/// An undefined value that is not a plain variable.
pub(super) enum Detail<'a> {
    Attribute {
        owner: &'static str,
        name: Text<'a>,
    },
    Element {
        owner: &'static str,
        shown: String,
    },
    Hint(String),
    /// An attribute that the sandbox hides: using it is a security error.
    Unsafe {
        owner: &'static str,
        name: Text<'a>,
    },
}

impl<'a> Value<'a> {
    /// What is undefined, whatever it is: what is only looked at does not say what it should have been.
    pub(super) const NOTHING: &'a Self = &Self::Undefined(Undefined::Name(""));

    pub(super) fn text(text: &'a str) -> Self {
        Self::Str(Text::Borrowed(text))
    }

    pub(super) fn hint(hint: impl Into<String>) -> Self {
        Self::Undefined(Undefined::Detailed(Rc::new(Detail::Hint(hint.into()))))
    }

    pub(super) fn object(object: Object<'a>) -> Self {
        Self::Object(Rc::new(object))
    }

    /// An object that holds values of the template's choice, no deeper than the limits allow.
    pub(super) fn holder(object: Object<'a>, budget: &Budget) -> Outcome<Self> {
        budget.data_depth(object.depth())?;
        budget.spend(1)?;
        Ok(Self::object(object))
    }

    /// The text of a string, marked as markup or not.
    pub(super) fn as_text(&self) -> Option<&Text<'a>> {
        match self {
            Self::Str(text) | Self::Markup(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        self.as_text().map(|text| &**text)
    }

    pub(super) fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined(_))
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// How deep this value is nested: 0 for a scalar.
    pub(super) fn depth(&self) -> u16 {
        match self {
            Self::Dict(dict) => dict.depth(),
            Self::List(items) | Self::Tuple(items) => items.depth(),
            Self::Object(object) => object.depth(),
            _ => 0,
        }
    }

    /// Python's `type(x).__name__`.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Big(_) | Self::Int(_) => "int",
            Self::Bool(_) => "bool",
            Self::Builtin(builtin) => builtin.type_name(),
            Self::Bytes(_) => "bytes",
            Self::Dict(_) => "dict",
            Self::Float(_) => "float",
            Self::List(_) => "list",
            Self::Markup(_) => "Markup",
            Self::None => "NoneType",
            Self::Object(object) => object.type_name(),
            Self::Str(_) => "str",
            Self::Tuple(_) => "tuple",
            Self::Undefined(_) => "Undefined",
        }
    }

    /// What Jinja calls the owner of a missing attribute.
    pub(super) fn owner_name(&self) -> &'static str {
        match self {
            Self::Big(_) | Self::Int(_) => "int object",
            Self::Bool(_) => "bool object",
            Self::Builtin(_) => "function object",
            Self::Bytes(_) => "bytes object",
            Self::Dict(_) => "dict object",
            Self::Float(_) => "float object",
            Self::List(_) => "list object",
            Self::Markup(_) => "markupsafe.Markup object",
            Self::None => "None",
            Self::Object(object) => object.owner_name(),
            Self::Str(_) => "str object",
            Self::Tuple(_) => "tuple object",
            Self::Undefined(_) => "jinja2.runtime.Undefined object",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_three_words() {
        assert!(size_of::<Value<'_>>() <= 24, "{}", size_of::<Value<'_>>());
        assert!(size_of::<Option<Value<'_>>>() <= 24, "{}", size_of::<Option<Value<'_>>>());
    }
}
