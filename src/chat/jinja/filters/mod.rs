//! Jinja's filters.

mod choose;
mod group;
pub(super) mod lazy;
pub(super) mod markup;
mod number;
mod order;
mod path;
mod text;
mod url;
mod wrap;

use super::error::{ErrorClass, Outcome, fail, type_error};
use super::eval::{Args, Machine};
use super::iterate::{self, Generator};
use super::value::Value;
use super::{attribute, format, json, repr, subscript};

macro_rules! filters {
    ($($variant:ident: $($name:literal)|+;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Filter {
            $($variant,)+
        }

        impl Filter {
            pub(super) fn by_name(name: &str) -> Option<Self> {
                Some(match name {
                    $($($name)|+ => Self::$variant,)+
                    _ => return None,
                })
            }
        }
    };
}

filters! {
    Abs: "abs";
    Attr: "attr";
    Batch: "batch";
    Capitalize: "capitalize";
    Center: "center";
    Default: "default" | "d";
    DictSort: "dictsort";
    Escape: "escape" | "e";
    FileSizeFormat: "filesizeformat";
    First: "first";
    Float: "float";
    ForceEscape: "forceescape";
    Format: "format";
    GroupBy: "groupby";
    Indent: "indent";
    Int: "int";
    Items: "items";
    Join: "join";
    Last: "last";
    Length: "length" | "count";
    List: "list";
    Lower: "lower";
    Map: "map";
    Max: "max";
    Min: "min";
    PPrint: "pprint";
    Random: "random";
    Reject: "reject";
    RejectAttr: "rejectattr";
    Replace: "replace";
    Reverse: "reverse";
    Round: "round";
    Safe: "safe";
    Select: "select";
    SelectAttr: "selectattr";
    Slice: "slice";
    Sort: "sort";
    String: "string";
    StripTags: "striptags";
    Sum: "sum";
    Title: "title";
    ToJson: "tojson";
    Trim: "trim";
    Truncate: "truncate";
    Unique: "unique";
    Upper: "upper";
    UrlEncode: "urlencode";
    Urlize: "urlize";
    WordCount: "wordcount";
    WordWrap: "wordwrap";
    XmlAttr: "xmlattr";
}

/// A filter that `map` names as it runs.
pub(super) fn named(name: &Value<'_>) -> Outcome<Filter> {
    match name.as_str().and_then(Filter::by_name) {
        Some(filter) => Ok(filter),
        None => {
            let shown = name.as_str().map_or_else(|| name.type_name().to_owned(), repr::quoted);
            fail(ErrorClass::TemplateRuntime, format!("No filter named {shown}."))
        }
    }
}

pub(super) fn apply<'a>(
    machine: &mut Machine<'a>,
    filter: Filter,
    value: Value<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    machine.budget.spend(1)?;
    match filter {
        Filter::Default => default(value, args),
        Filter::Join => choose::join(machine, &value, args),
        Filter::Length => {
            args.plain("len", 0, 0)?;
            subscript::length(machine, &value).map(Value::count)
        }
        Filter::ToJson => json::filter(machine, &value, args),
        Filter::Trim => text::trim(machine, value, args),
        Filter::Batch => lazy::filter(machine, lazy::Kind::Batch, value, args),
        Filter::Items => lazy::filter(machine, lazy::Kind::Items, value, args),
        Filter::Map => lazy::filter(machine, lazy::Kind::Map, value, args),
        Filter::Reject => lazy::filter(machine, lazy::Kind::Reject, value, args),
        Filter::RejectAttr => lazy::filter(machine, lazy::Kind::RejectAttr, value, args),
        Filter::Select => lazy::filter(machine, lazy::Kind::Select, value, args),
        Filter::SelectAttr => lazy::filter(machine, lazy::Kind::SelectAttr, value, args),
        Filter::Slice => lazy::filter(machine, lazy::Kind::Slice, value, args),
        Filter::Unique => lazy::filter(machine, lazy::Kind::Unique, value, args),
        Filter::DictSort => order::dict_sort(machine, &value, args),
        Filter::Sort => order::sort(machine, &value, args),
        Filter::Max => order::extreme(machine, &value, true, args),
        Filter::Min => order::extreme(machine, &value, false, args),
        Filter::GroupBy => group::group_by(machine, &value, args),
        Filter::Sum => group::sum(machine, &value, args),
        Filter::Abs => number::abs(&value, args),
        Filter::FileSizeFormat => number::file_size(machine, &value, args),
        Filter::Float => number::float(value, args),
        Filter::Int => number::int(machine, value, args),
        Filter::Round => number::round(&value, args),
        Filter::Escape | Filter::ForceEscape | Filter::Safe | Filter::StripTags | Filter::XmlAttr => {
            markup::filter(machine, filter, value, args)
        }
        Filter::UrlEncode => url::encode(machine, &value, args),
        Filter::Urlize => fail(ErrorClass::Unsupported, "the filter 'urlize' is not rendered here"),
        Filter::WordWrap => wrap::word_wrap(machine, &value, args),
        Filter::First | Filter::Last | Filter::List | Filter::Random | Filter::Reverse => {
            choose::choose(machine, filter, &value, args)
        }
        Filter::Attr => {
            let [name] = args.bind("do_attr", ["name"], 1)?;
            match name.as_ref().and_then(Value::as_text) {
                Some(name) => attribute::own_attribute(machine, &value, name),
                None => type_error("attribute name must be string"),
            }
        }
        Filter::Format => format_filter(machine, value, args),
        Filter::PPrint => wrap::pretty(machine, &value, args),
        Filter::String => {
            args.plain("soft_str", 0, 0)?;
            soft(machine, value)
        }
        _ => text::filter(machine, filter, value, args),
    }
}

fn default<'a>(value: Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [default, boolean] = args.bind("do_default", ["default_value", "boolean"], 0)?;
    let replaces = value.is_undefined() || (boolean.is_some_and(|boolean| boolean.truth()) && !value.truth());
    Ok(if replaces { default.unwrap_or(Value::text("")) } else { value })
}

fn format_filter<'a>(machine: &mut Machine<'a>, value: Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    if !args.named.is_empty() && !args.positional.is_empty() {
        let message = "can't handle positional and keyword arguments at the same time";
        return fail(ErrorClass::FilterArgument, message);
    }
    let format = soft(machine, value)?;
    if args.named.is_empty() {
        let values = Value::tuple(args.positional, &machine.budget)?;
        return format::percent(machine, &format, values);
    }
    let mut named = super::value::Dict::default();
    for (name, value) in args.named {
        named.insert(Value::Str(name), value, &machine.budget)?;
    }
    format::percent(machine, &format, named.value())
}

/// `soft_str`: texts stay as they are, everything else is printed.
fn soft<'a>(machine: &Machine<'a>, value: Value<'a>) -> Outcome<Value<'a>> {
    if value.as_str().is_some() { Ok(value) } else { repr::to_text(machine, &value).map(Value::Str) }
}

/// A generator over items that are there already.
fn ready<'a>(machine: &Machine<'a>, kind: &'static str, items: Vec<Value<'a>>) -> Outcome<Value<'a>> {
    Generator::over(kind, items, machine)
}

fn integer_argument(value: &Value<'_>) -> Outcome<i64> {
    match subscript::index(value) {
        Some(number) => Ok(number),
        None => type_error(format!("'{}' object cannot be interpreted as an integer", value.type_name())),
    }
}

fn collect<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<Vec<Value<'a>>> {
    iterate::collect(machine, value)
}
