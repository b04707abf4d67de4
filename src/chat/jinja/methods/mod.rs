//! The methods of Python's built-in types.

mod case;
mod container;
mod number;
mod search;
mod shape;
mod split;

use super::error::Outcome;
use super::eval::{Args, Machine};
use super::format;
use super::value::{Object, Text, Value};
use super::{attribute, globals, loops};
pub(super) use case::{is_lower, is_upper};
pub(super) use shape::{justified, replaced};
pub(super) use split::line_parts;

const STRING: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
];

const MARKUP: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "escape",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "striptags",
    "swapcase",
    "title",
    "translate",
    "unescape",
    "upper",
    "zfill",
];

const BYTES: &[&str] = &["decode", "hex"];

const LIST: &[&str] =
    &["append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort"];
const LIST_HIDDEN: &[&str] = &["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"];

pub(super) const DICT: &[&str] =
    &["clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"];
const DICT_HIDDEN: &[&str] = &["clear", "pop", "popitem", "setdefault", "update"];

const SEQUENCE: &[&str] = &["count", "index"];

const INTEGER: &[&str] = &["as_integer_ratio", "bit_count", "bit_length", "conjugate", "from_bytes", "to_bytes"];
const FLOAT: &[&str] = &["as_integer_ratio", "conjugate", "fromhex", "hex", "is_integer"];

/// The methods of a value's type, sorted, and those among them that the sandbox hides.
pub(super) fn of(value: &Value<'_>) -> (&'static [&'static str], &'static [&'static str]) {
    match value {
        Value::Big(_) | Value::Bool(_) | Value::Int(_) => (INTEGER, &[]),
        Value::Bytes(_) => (BYTES, &[]),
        Value::Dict(_) => (DICT, DICT_HIDDEN),
        Value::Float(_) => (FLOAT, &[]),
        Value::List(_) => (LIST, LIST_HIDDEN),
        Value::Markup(_) => (MARKUP, &[]),
        Value::Str(_) => (STRING, &[]),
        Value::Tuple(_) => (SEQUENCE, &[]),
        Value::Object(object) => match &**object {
            Object::Cycler(_) => (&["next", "reset"], &[]),
            Object::Range(_) => (SEQUENCE, &[]),
            _ => (&[], &[]),
        },
        _ => (&[], &[]),
    }
}

/// Calls a method that [`of`] knows.
pub(super) fn call<'a>(machine: &mut Machine<'a>, value: &Value<'a>, name: &str, args: Args<'a>) -> Outcome<Value<'a>> {
    machine.budget.spend(1)?;
    match value {
        Value::Markup(text) | Value::Str(text) => string(machine, value, text, name, args),
        Value::Dict(dict) => container::dict(machine, dict, name, args),
        Value::List(items) | Value::Tuple(items) => container::sequence(machine, value, items, name, args),
        Value::Big(_) | Value::Bool(_) | Value::Float(_) | Value::Int(_) => number::call(machine, value, name, args),
        Value::Bytes(blob) => container::bytes(machine, blob, name, args),
        Value::Object(object) => match &**object {
            Object::Cycler(cycler) => globals::cycle(cycler, name, args),
            Object::Loop(_) => loops::call(machine, object, name, args),
            Object::Range(_) => container::range(machine, value, name, args),
            _ => attribute::missing_method(value.type_name(), name),
        },
        _ => attribute::missing_method(value.type_name(), name),
    }
}

fn string<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    name: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    machine.budget.scan(text.len())?;
    match name {
        "format" => format::format(machine, value, false, args),
        "format_map" => format::format(machine, value, true, args),
        "strip" | "lstrip" | "rstrip" => shape::strip(machine, value, text, name, args),
        "split" | "rsplit" => split::split(machine, value, text, name == "rsplit", args),
        "splitlines" => split::lines(machine, value, text, args),
        "partition" | "rpartition" => split::partition(machine, value, text, name == "rpartition", args),
        "replace" => shape::replace(machine, value, text, args),
        "join" => shape::join(machine, value, text, args),
        "startswith" | "endswith" => search::affix(machine, text, name == "startswith", args),
        "find" | "index" | "rfind" | "rindex" | "count" => search::find(machine, text, name, args),
        "removeprefix" | "removesuffix" => shape::remove(machine, value, text, name == "removeprefix", args),
        "center" | "ljust" | "rjust" | "zfill" => shape::justify(machine, value, text, name, args),
        "expandtabs" => shape::expand_tabs(machine, value, text, args),
        "encode" => container::encode(machine, text, args),
        "escape" | "striptags" | "unescape" => super::filters::markup::method(machine, text, name, args),
        _ => case::call(machine, value, text, name, args),
    }
}

/// A text of the same type as `like`: the methods of markup return markup.
fn wrap<'a>(like: &Value<'a>, text: Text<'a>) -> Value<'a> {
    if matches!(like, Value::Markup(_)) { Value::Markup(text) } else { Value::Str(text) }
}
