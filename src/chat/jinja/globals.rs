//! The functions of the environment.

use super::error::{ErrorClass, Failure, Outcome, fail, type_error, value_error};
use super::eval::{Args, Machine, security};
use super::iterate::{self, Iter};
use super::repr;
use super::strftime;
use super::subscript;
use super::value::{Builtin, Cycler, Dict, Joiner, Namespace, Object, Range, Text, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Most items of a range: Jinja's sandbox allows no more.
const RANGE: u64 = 100_000;

pub(super) fn by_name(name: &str) -> Option<Builtin> {
    Some(match name {
        "cycler" => Builtin::Cycler,
        "dict" => Builtin::Dict,
        "joiner" => Builtin::Joiner,
        "lipsum" => Builtin::Lipsum,
        "namespace" => Builtin::Namespace,
        "raise_exception" => Builtin::RaiseException,
        "range" => Builtin::Range,
        "self" => Builtin::Template,
        "strftime_now" => Builtin::StrftimeNow,
        _ => return None,
    })
}

pub(super) fn call<'a>(machine: &mut Machine<'a>, builtin: Builtin, args: Args<'a>) -> Outcome<Value<'a>> {
    match builtin {
        Builtin::Cycler => cycler(machine, args),
        Builtin::Dict => dict(machine, "dict", args).map(Dict::value),
        Builtin::DictFromKeys => from_keys(machine, args),
        Builtin::Joiner => {
            let [separator] = args.bind("Joiner.__init__", ["sep"], 0)?;
            let separator = separator.unwrap_or(Value::text(", "));
            Value::holder(Object::Joiner(Joiner { separator, used: Cell::new(false) }), &machine.budget)
        }
        Builtin::Lipsum => fail(ErrorClass::Unsupported, "lipsum() is random text and not rendered here"),
        Builtin::Namespace => namespace(machine, args),
        Builtin::RaiseException => raise(machine, args),
        Builtin::Range => range(args),
        Builtin::StrftimeNow => strftime_now(machine, args),
        Builtin::Template => type_error("'TemplateReference' object is not callable"),
    }
}

fn cycler<'a>(machine: &Machine<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    if !args.named.is_empty() {
        return type_error("Cycler.__init__() got an unexpected keyword argument");
    }
    if args.positional.is_empty() {
        return fail(ErrorClass::Runtime, "at least one item has to be provided");
    }
    Value::holder(Object::Cycler(Cycler { items: args.positional, at: Cell::new(0) }), &machine.budget)
}

/// `c.next()` and `c.reset()`
pub(super) fn cycle<'a>(cycler: &Cycler<'a>, method: &str, args: Args<'a>) -> Outcome<Value<'a>> {
    args.plain(method, 0, 0)?;
    if method == "reset" {
        cycler.at.set(0);
        return Ok(Value::None);
    }
    let at = cycler.at.get();
    let next = at.saturating_add(1).checked_rem(cycler.items.len()).unwrap_or(0);
    cycler.at.set(next);
    Ok(cycler.items.get(at).cloned().unwrap_or(Value::None))
}

pub(super) fn join<'a>(joiner: &Joiner<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    args.plain("__call__", 0, 0)?;
    Ok(if joiner.used.replace(true) { joiner.separator.clone() } else { Value::text("") })
}

/// Python's `dict(..)`.
fn dict<'a>(machine: &mut Machine<'a>, function: &str, args: Args<'a>) -> Outcome<Dict<'a>> {
    let given = args.positional.len();
    if given > 1 {
        return type_error(format!("{function} expected at most 1 argument, got {given}"));
    }
    let mut dict = Dict::default();
    match args.positional.first() {
        Some(Value::Undefined(undefined)) => return Err(undefined.failure()),
        Some(Value::Dict(other)) => dict = other.copied(&machine.budget)?,
        Some(pairs) => fill(machine, &mut dict, pairs)?,
        None => {}
    }
    for (name, value) in args.named {
        dict.insert(Value::Str(name), value, &machine.budget)?;
    }
    Ok(dict)
}

fn fill<'a>(machine: &mut Machine<'a>, dict: &mut Dict<'a>, pairs: &Value<'a>) -> Outcome<()> {
    let mut iter = Iter::of(pairs)?;
    let mut place = 0_usize;
    while let Some(pair) = iter.next(machine)? {
        let Ok(parts) = iterate::collect(machine, &pair) else {
            return type_error(format!("cannot convert dictionary update sequence element #{place} to a sequence"));
        };
        let length = parts.len();
        let mut parts = parts.into_iter();
        match (parts.next(), parts.next(), length) {
            (Some(key), Some(value), 2) => dict.insert(key, value, &machine.budget)?,
            _ => {
                return value_error(format!(
                    "dictionary update sequence element #{place} has length {length}; 2 is required"
                ));
            }
        }
        place = place.saturating_add(1);
    }
    Ok(())
}

pub(super) fn from_keys<'a>(machine: &mut Machine<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let values = args.plain("fromkeys", 1, 2)?;
    let value = values.get(1).cloned().unwrap_or(Value::None);
    let mut dict = Dict::default();
    for key in iterate::collect(machine, values.first().unwrap_or(&Value::None))? {
        dict.insert(key, value.clone(), &machine.budget)?;
    }
    Ok(dict.value())
}

fn namespace<'a>(machine: &mut Machine<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let mut attributes = dict(machine, "dict", args)?;
    attributes.keys().filter_map(Value::as_str).try_for_each(check_name)?;
    attributes.weigh(size_of::<Object<'_>>(), &machine.budget)?;
    let object = Rc::new(Object::Namespace(Namespace { attributes: RefCell::new(attributes) }));
    machine.budget.spend(1)?;
    machine.retain_object(&object);
    Ok(Value::Object(object))
}

/// transformers lets no namespace hold a name that begins with an underscore.
pub(super) fn check_name(name: &str) -> Outcome<()> {
    if !name.starts_with('_') {
        return Ok(());
    }
    let name = repr::quoted(name);
    security(format!(
        "Chat templates cannot store underscore-prefixed attributes on a namespace, but got {name}. Please rename the \
         attribute."
    ))
}

fn raise<'a>(machine: &mut Machine<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [message] = args.bind("raise_exception", ["message"], 1)?;
    let message = match message {
        Some(Value::None) | None => Text::Borrowed("None"),
        Some(message) => repr::to_text(machine, &message)?,
    };
    Err(Box::new(Failure { raised: true, ..*Failure::new(ErrorClass::Template, &*message) }))
}

fn range<'a>(args: Args<'a>) -> Outcome<Value<'a>> {
    let values = args.plain("range", 1, 3)?;
    let mut numbers = Vec::new();
    for value in &values {
        match subscript::index(value) {
            Some(number) => numbers.push(number),
            None => {
                return type_error(format!("'{}' object cannot be interpreted as an integer", value.type_name()));
            }
        }
    }
    let range = match numbers.as_slice() {
        [stop] => Range { start: 0, stop: *stop, step: 1 },
        [start, stop] => Range { start: *start, stop: *stop, step: 1 },
        [start, stop, step] => Range { start: *start, stop: *stop, step: *step },
        _ => return type_error("range expected at least 1 argument, got 0"),
    };
    if range.step == 0 {
        return value_error("range() arg 3 must not be zero");
    }
    if range.len() > RANGE {
        let message = format!("Range too big. The sandbox blocks ranges larger than MAX_RANGE ({RANGE}).");
        return fail(ErrorClass::Overflow, message);
    }
    Ok(Value::object(Object::Range(range)))
}

fn strftime_now<'a>(machine: &mut Machine<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [format] = args.bind("strftime_now", ["format"], 1)?;
    let format = format.unwrap_or(Value::None);
    let Some(text) = format.as_str() else {
        return type_error(format!("strftime() argument 1 must be str, not {}", format.type_name()));
    };
    let Some(clock) = machine.clock else {
        return fail(ErrorClass::Unsupported, "strftime_now() needs a clock, and the caller gave none");
    };
    strftime::strftime(clock, text, &machine.budget).map(Value::Str)
}
