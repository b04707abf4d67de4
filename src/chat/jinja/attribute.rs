//! `a.b` and `a["b"]`, through the sandbox.
//!
//! `a.b` asks Python's `getattr` first and the item second; `a["b"]` the other way round. Attributes that begin with an
//! underscore, and methods that would change a list or a dictionary, are there but hidden: using one is a security error.

use super::error::{ErrorClass, Outcome, fail};
use super::eval::Machine;
use super::loops;
use super::methods;
use super::subscript;
use super::value::{Builtin, Detail, Dict, Object, Text, Undefined, Value};
use std::rc::Rc;

/// What `getattr` finds.
enum Found<'a> {
    Hidden,
    Nothing,
    Value(Value<'a>),
}

/// The built-in method `name` of `value`, if it may be called.
pub(super) fn method(value: &Value<'_>, name: &str) -> Option<&'static str> {
    let (known, hidden) = methods::of(value);
    let place = known.binary_search(&name).ok()?;
    if hidden.contains(&name) { None } else { known.get(place).copied() }
}

/// Whether a dictionary may have something of this name beside what its keys name.
pub(super) fn of_dict(name: &str) -> bool {
    name.starts_with('_') || methods::DICT.contains(&name)
}

/// `value.name`
pub(super) fn attribute<'a>(machine: &mut Machine<'a>, value: &Value<'a>, name: &Text<'a>) -> Outcome<Value<'a>> {
    match getattr(machine, value, name)? {
        Found::Value(found) => Ok(found),
        Found::Hidden => Ok(hidden(value, name)),
        Found::Nothing => match value {
            Value::Dict(dict) => Ok(member(dict, value, name)),
            Value::Undefined(undefined) => Err(undefined.failure()),
            Value::Builtin(Builtin::Template) => Ok(block(machine, value, name)),
            _ => Ok(missing(value, name)),
        },
    }
}

/// What a dictionary, which is `value`, has under a key that is none of its attributes' names.
pub(super) fn member<'a>(dict: &Dict<'a>, value: &Value<'a>, name: &Text<'a>) -> Value<'a> {
    match dict.find_str(name) {
        Some(found) => found.clone(),
        None => missing(value, name),
    }
}

/// `value|attr(name)`: the attribute alone, never the item.
pub(super) fn own_attribute<'a>(machine: &mut Machine<'a>, value: &Value<'a>, name: &Text<'a>) -> Outcome<Value<'a>> {
    Ok(match getattr(machine, value, name)? {
        Found::Value(found) => found,
        Found::Hidden => hidden(value, name),
        Found::Nothing => match value {
            Value::Undefined(undefined) => return Err(undefined.failure()),
            _ => missing(value, name),
        },
    })
}

/// `value[key]`
pub(super) fn item<'a>(machine: &mut Machine<'a>, value: &Value<'a>, key: &Value<'a>) -> Outcome<Value<'a>> {
    let found = match value {
        Value::Undefined(undefined) => return Err(undefined.failure()),
        Value::Dict(dict) => match dict.find(key, &machine.budget) {
            Ok(found) => found.cloned(),
            Err(failure) if failure.class == ErrorClass::Type => None,
            Err(failure) => return Err(failure),
        },
        _ => subscript::element(machine, value, key)?,
    };
    if let Some(found) = found {
        return Ok(found);
    }
    let Some(name) = key.as_text() else {
        let mut shown = super::value::TextBuffer::new(&machine.budget);
        super::repr::repr(key, &mut shown)?;
        let detail = Detail::Element { owner: value.owner_name(), shown: shown.into_string() };
        return Ok(Value::Undefined(Undefined::Detailed(Rc::new(detail))));
    };
    match getattr(machine, value, name)? {
        Found::Value(found) => Ok(found),
        Found::Hidden => Ok(hidden(value, name)),
        Found::Nothing if matches!(value, Value::Builtin(Builtin::Template)) => Ok(block(machine, value, name)),
        Found::Nothing => Ok(missing(value, name)),
    }
}

/// `self.name`
fn block<'a>(machine: &Machine<'a>, value: &Value<'a>, name: &Text<'a>) -> Value<'a> {
    match machine.block_named(name) {
        Some(block) => Value::object(Object::Block(block)),
        None => missing(value, name),
    }
}

fn missing<'a>(value: &Value<'a>, name: &Text<'a>) -> Value<'a> {
    let detail = Detail::Attribute { owner: value.owner_name(), name: name.clone() };
    Value::Undefined(Undefined::Detailed(Rc::new(detail)))
}

fn hidden<'a>(value: &Value<'a>, name: &Text<'a>) -> Value<'a> {
    let detail = Detail::Unsafe { owner: value.type_name(), name: name.clone() };
    Value::Undefined(Undefined::Detailed(Rc::new(detail)))
}

fn getattr<'a>(machine: &mut Machine<'a>, value: &Value<'a>, name: &str) -> Outcome<Found<'a>> {
    if let Value::Object(object) = value
        && let Object::Namespace(namespace) = &**object
    {
        let found = namespace.attributes.borrow().find_str(name).cloned();
        let hides = matches!(name, "__class__" | "_Namespace__attrs");
        return Ok(found.map_or(if hides { Found::Hidden } else { Found::Nothing }, Found::Value));
    }
    if name.starts_with('_') {
        return Ok(if internal(value, name) { Found::Hidden } else { Found::Nothing });
    }
    let (known, hidden) = methods::of(value);
    if let Ok(place) = known.binary_search(&name) {
        if hidden.contains(&name) {
            return Ok(Found::Hidden);
        }
        let name = known.get(place).copied().unwrap_or_default();
        return Value::holder(Object::Bound(value.clone(), name), &machine.budget).map(Found::Value);
    }
    let found = match value {
        Value::Object(object) => property(machine, object, name)?,
        Value::Builtin(Builtin::Dict) if name == "fromkeys" => Some(Value::Builtin(Builtin::DictFromKeys)),
        Value::Tuple(pair) if pair.group => match name {
            "grouper" => pair.first().cloned(),
            "list" => pair.get(1).cloned(),
            _ => None,
        },
        _ => number_property(value, name),
    };
    Ok(found.map_or(Found::Nothing, Found::Value))
}

fn number_property<'a>(value: &Value<'a>, name: &str) -> Option<Value<'a>> {
    let integer = matches!(value, Value::Big(_) | Value::Bool(_) | Value::Int(_));
    if !integer && !matches!(value, Value::Float(_)) {
        return None;
    }
    match name {
        "real" => super::arithmetic::positive(value).ok(),
        "numerator" if integer => super::arithmetic::positive(value).ok(),
        "denominator" if integer => Some(Value::Int(1)),
        "imag" => Some(if integer { Value::Int(0) } else { Value::Float(0.0) }),
        _ => None,
    }
}

fn property<'a>(machine: &mut Machine<'a>, object: &Rc<Object<'a>>, name: &str) -> Outcome<Option<Value<'a>>> {
    Ok(match &**object {
        Object::Loop(_) => return loops::attribute(machine, object, name),
        Object::Cycler(cycler) => match name {
            "current" => cycler.items.get(cycler.at.get()).cloned(),
            "pos" => Some(Value::count(cycler.at.get())),
            "items" => Some(Value::tuple(cycler.items.clone(), &machine.budget)?),
            _ => None,
        },
        Object::Joiner(joiner) => match name {
            "sep" => Some(joiner.separator.clone()),
            "used" => Some(Value::Bool(joiner.used.get())),
            _ => None,
        },
        Object::Macro(called) => match name {
            "name" => Some(called.name.map_or(Value::None, Value::text)),
            "arguments" => {
                let names = called.signature.parameters.iter().map(|name| Value::text(machine.text(name.span)));
                Some(Value::tuple(names.collect(), &machine.budget)?)
            }
            "caller" => Some(Value::Bool(called.signature.caller.is_some())),
            "catch_kwargs" => Some(Value::Bool(called.signature.uses_kwargs)),
            "catch_varargs" => Some(Value::Bool(called.signature.uses_varargs)),
            "explicit_caller" => {
                let mut names = called.signature.parameters.iter().map(|name| machine.text(name.span));
                Some(Value::Bool(names.any(|name| name == "caller")))
            }
            _ => None,
        },
        Object::Block(block) => (name == "name").then(|| Value::text(&block.name)),
        Object::Range(range) => match name {
            "start" => Some(Value::Int(range.start)),
            "stop" => Some(Value::Int(range.stop)),
            "step" => Some(Value::Int(range.step)),
            _ => None,
        },
        Object::Generator(_) if matches!(name, "gi_code" | "gi_frame" | "gi_running" | "gi_yieldfrom") => {
            let detail = Detail::Unsafe { owner: "generator", name: Text::copied(name, &machine.budget)? };
            Some(Value::Undefined(Undefined::Detailed(Rc::new(detail))))
        }
        _ => None,
    })
}

/// Names that every Python object has.
const COMMON: &[&str] = &[
    "__class__",
    "__delattr__",
    "__dir__",
    "__doc__",
    "__eq__",
    "__format__",
    "__ge__",
    "__getattribute__",
    "__getstate__",
    "__gt__",
    "__hash__",
    "__init__",
    "__init_subclass__",
    "__le__",
    "__lt__",
    "__ne__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__repr__",
    "__setattr__",
    "__sizeof__",
    "__str__",
    "__subclasshook__",
];

/// Names that objects defined in Python have.
const DEFINED: &[&str] = &["__dict__", "__module__", "__weakref__"];

const FUNCTION: &[&str] = &[
    "__annotations__",
    "__builtins__",
    "__call__",
    "__closure__",
    "__code__",
    "__defaults__",
    "__dict__",
    "__get__",
    "__globals__",
    "__kwdefaults__",
    "__module__",
    "__name__",
    "__qualname__",
];

const METHOD: &[&str] = &["__call__", "__module__", "__name__", "__qualname__", "__self__", "__text_signature__"];

const SEQUENCE: &[&str] = &["__add__", "__contains__", "__getitem__", "__iter__", "__len__", "__mul__", "__rmul__"];

const LIST: &[&str] = &["__class_getitem__", "__delitem__", "__iadd__", "__imul__", "__reversed__", "__setitem__"];

const DICT: &[&str] = &[
    "__class_getitem__",
    "__contains__",
    "__delitem__",
    "__getitem__",
    "__ior__",
    "__iter__",
    "__len__",
    "__or__",
    "__reversed__",
    "__ror__",
    "__setitem__",
];

const NUMBER: &[&str] = &[
    "__abs__",
    "__add__",
    "__bool__",
    "__divmod__",
    "__float__",
    "__floordiv__",
    "__getnewargs__",
    "__int__",
    "__mod__",
    "__mul__",
    "__neg__",
    "__pos__",
    "__pow__",
    "__radd__",
    "__rdivmod__",
    "__rfloordiv__",
    "__rmod__",
    "__rmul__",
    "__round__",
    "__rpow__",
    "__rsub__",
    "__rtruediv__",
    "__sub__",
    "__truediv__",
    "__trunc__",
];

/// Whether Python's object has an attribute of this name, which begins with an underscore.
fn internal(value: &Value<'_>, name: &str) -> bool {
    let own: &[&[&str]] = match value {
        Value::Str(_) | Value::Markup(_) => &[SEQUENCE, &["__getnewargs__", "__mod__", "__rmod__"]],
        Value::Bytes(_) | Value::Tuple(_) => &[SEQUENCE, &["__class_getitem__", "__getnewargs__"]],
        Value::List(_) => &[SEQUENCE, LIST],
        Value::Dict(_) => &[DICT],
        Value::Big(_) | Value::Bool(_) | Value::Float(_) | Value::Int(_) => &[NUMBER],
        Value::None => &[&["__bool__"]],
        Value::Builtin(Builtin::Dict | Builtin::Template) => &[DEFINED, &["__call__", "__getitem__"]],
        Value::Builtin(_) => &[FUNCTION],
        Value::Undefined(_) => &[SEQUENCE, DEFINED, &["__slots__", "__call__", "_fail_with_undefined_error"]],
        Value::Object(object) => match &**object {
            Object::Bound(..) => &[METHOD],
            Object::Generator(_) => &[&["__iter__", "__next__", "__del__", "__name__", "__qualname__"]],
            Object::Range(_) | Object::View(..) => &[SEQUENCE, &["__reversed__"]],
            Object::Block(_) | Object::Cycler(_) | Object::Joiner(_) | Object::Loop(_) | Object::Macro(_) => {
                &[DEFINED, &["__call__", "__iter__", "__next__", "__len__"]]
            }
            _ => &[],
        },
    };
    COMMON.contains(&name) || own.iter().any(|names| names.contains(&name))
}

pub(super) fn missing_method<T>(owner: &str, name: &str) -> Outcome<T> {
    fail(ErrorClass::Attribute, format!("'{owner}' object has no attribute '{name}'"))
}
