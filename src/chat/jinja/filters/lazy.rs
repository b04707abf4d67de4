//! Filters that are generators: they look at their input only when they are asked, and only as far.

use super::super::arithmetic;
use super::super::ast::Operator;
use super::super::error::{ErrorClass, Outcome, fail, type_error};
use super::super::eval::{Args, Machine};
use super::super::iterate::{Generator, Iter, shown};
use super::super::tests::{self, Test};
use super::super::value::{Dict, Value, View};
use super::path::{Path, ignoring_case};
use super::{Filter, apply, integer_argument, named};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Batch,
    Items,
    Map,
    Reject,
    RejectAttr,
    Select,
    SelectAttr,
    Slice,
    Unique,
}

/// A generator that has begun.
pub(in super::super) enum Running<'a> {
    Batch { iter: Iter<'a>, count: i64, fill: Value<'a>, kept: Vec<Value<'a>>, ended: bool },
    Mapped { iter: Iter<'a>, filter: Filter, args: Args<'a> },
    Plucked { iter: Iter<'a>, path: Path<'a>, default: Value<'a> },
    Ready(Iter<'a>),
    Selected { iter: Iter<'a>, path: Option<Path<'a>>, test: Option<(Test, Args<'a>)>, negate: bool },
    Unique { iter: Iter<'a>, path: Path<'a>, case_sensitive: bool, seen: Dict<'a> },
}

pub(super) fn filter<'a>(
    machine: &mut Machine<'a>,
    kind: Kind,
    value: Value<'a>,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    // Python checks the arguments of these when they are called, and those of the others when they are asked.
    let args = match kind {
        Kind::Batch => bound(args.bind("do_batch", ["linecount", "fill_with"], 1)?),
        Kind::Items => {
            args.plain("do_items", 0, 0)?;
            Args::default()
        }
        Kind::Slice => bound(args.bind("sync_do_slice", ["slices", "fill_with"], 1)?),
        Kind::Unique => bound(args.bind("sync_do_unique", ["case_sensitive", "attribute"], 0)?),
        _ => args,
    };
    Generator::lazy(kind, value, args, machine)
}

fn bound<'a, const N: usize>(values: [Option<Value<'a>>; N]) -> Args<'a> {
    let positional = values.into_iter().map(|value| value.unwrap_or(Value::None)).collect();
    Args { positional, named: Vec::new() }
}

/// Begins a generator; `None` where it is empty.
pub(in super::super) fn start<'a>(
    machine: &mut Machine<'a>,
    kind: Kind,
    value: Value<'a>,
    args: Args<'a>,
) -> Outcome<Option<Running<'a>>> {
    let mut given = args.positional.clone().into_iter();
    Ok(Some(match kind {
        Kind::Batch => {
            let count = integer_argument(&given.next().unwrap_or(Value::None))?;
            let fill = given.next().unwrap_or(Value::None);
            Running::Batch { iter: Iter::of(&value)?, count, fill, kept: Vec::new(), ended: false }
        }
        Kind::Items => match &value {
            Value::Undefined(_) => return Ok(None),
            Value::Dict(dict) => {
                let pairs = dict.entries().iter().map(|entry| shown(View::Items, entry, machine));
                Running::Ready(Iter::Owned(pairs.collect::<Outcome<Vec<_>>>()?.into_iter()))
            }
            _ => return type_error("Can only get item pairs from a mapping."),
        },
        Kind::Slice => {
            let count = integer_argument(&given.next().unwrap_or(Value::None))?;
            Running::Ready(slices(machine, &value, count, &given.next().unwrap_or(Value::None))?)
        }
        Kind::Unique => {
            let case_sensitive = given.next().is_some_and(|value| value.truth());
            let path = Path::of(machine, &given.next().unwrap_or(Value::None))?;
            Running::Unique { iter: Iter::of(&value)?, path, case_sensitive, seen: Dict::default() }
        }
        _ if !value.truth() => return Ok(None),
        Kind::Map => map(machine, &value, args)?,
        Kind::Select | Kind::Reject => select(machine, &value, args, false, kind == Kind::Reject)?,
        Kind::SelectAttr | Kind::RejectAttr => select(machine, &value, args, true, kind == Kind::RejectAttr)?,
    }))
}

fn map<'a>(machine: &mut Machine<'a>, value: &Value<'a>, mut args: Args<'a>) -> Outcome<Running<'a>> {
    if args.positional.is_empty() && args.named.iter().any(|(name, _)| &**name == "attribute") {
        let mut attribute = Value::None;
        let mut default = Value::None;
        for (name, value) in args.named {
            match &*name {
                "attribute" => attribute = value,
                "default" => default = value,
                other => {
                    let message = format!("Unexpected keyword argument {}", super::super::repr::quoted(other));
                    return fail(ErrorClass::FilterArgument, message);
                }
            }
        }
        let path = Path::of(machine, &attribute)?;
        return Ok(Running::Plucked { iter: Iter::of(value)?, path, default });
    }
    if args.positional.is_empty() {
        return fail(ErrorClass::FilterArgument, "map requires a filter argument");
    }
    let name = args.positional.remove(0);
    let iter = Iter::of(value)?;
    // An unknown filter fails only once there is an item to apply it to.
    if super::super::iterate::length(value) == Some(0) {
        return Ok(Running::Ready(iter));
    }
    Ok(Running::Mapped { iter, filter: named(&name)?, args })
}

fn select<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    mut args: Args<'a>,
    attribute: bool,
    negate: bool,
) -> Outcome<Running<'a>> {
    let mut path = None;
    if attribute {
        if args.positional.is_empty() {
            return fail(ErrorClass::FilterArgument, "Missing parameter for attribute name");
        }
        path = Some(Path::of(machine, &args.positional.remove(0))?);
    }
    let iter = Iter::of(value)?;
    let test = if args.positional.is_empty() {
        None
    } else {
        let name = args.positional.remove(0);
        Some((tests::named(&name)?, args))
    };
    Ok(Running::Selected { iter, path, test, negate })
}

fn slices<'a>(machine: &mut Machine<'a>, value: &Value<'a>, count: i64, fill: &Value<'a>) -> Outcome<Iter<'a>> {
    let items = super::collect(machine, value)?;
    if count == 0 {
        return fail(ErrorClass::ZeroDivision, "integer division or modulo by zero");
    }
    let count = usize::try_from(count).unwrap_or(0);
    machine.budget.spend(count as u64)?;
    machine.budget.room(count.saturating_mul(size_of::<Value<'_>>()))?;
    let each = items.len().checked_div(count).unwrap_or(0);
    let larger = items.len().checked_rem(count).unwrap_or(0);
    let mut slices = Vec::new();
    let mut items = items.into_iter();
    for number in 0..count {
        let more = usize::from(number < larger);
        let mut slice: Vec<_> = items.by_ref().take(each.saturating_add(more)).collect();
        if !fill.is_none() && more == 0 {
            slice.push(fill.clone());
        }
        slices.push(Value::list(slice, &machine.budget)?);
    }
    Ok(Iter::Owned(slices.into_iter()))
}

impl<'a> Running<'a> {
    pub(in super::super) fn next(&mut self, machine: &mut Machine<'a>) -> Outcome<Option<Value<'a>>> {
        match self {
            Self::Ready(iter) => iter.next(machine),
            Self::Batch { iter, count, fill, kept, ended } => batch(machine, iter, *count, fill, kept, ended),
            Self::Mapped { iter, filter, args } => match iter.next(machine)? {
                Some(item) => apply(machine, *filter, item, args.clone()).map(Some),
                None => Ok(None),
            },
            Self::Plucked { iter, path, default } => match iter.next(machine)? {
                Some(item) => path.get(machine, &item, Some(default)).map(Some),
                None => Ok(None),
            },
            Self::Selected { iter, path, test, negate } => {
                while let Some(item) = iter.next(machine)? {
                    let looked = match path {
                        Some(path) => path.get(machine, &item, None)?,
                        None => item.clone(),
                    };
                    let passes = match test {
                        Some((test, args)) => tests::apply(machine, *test, &looked, args.clone())?,
                        None => looked.truth(),
                    };
                    if passes != *negate {
                        return Ok(Some(item));
                    }
                }
                Ok(None)
            }
            Self::Unique { iter, path, case_sensitive, seen } => {
                while let Some(item) = iter.next(machine)? {
                    let key = path.get(machine, &item, None)?;
                    let key = ignoring_case(machine, key, *case_sensitive)?;
                    let known = seen.len();
                    seen.insert(key, Value::None, &machine.budget)?;
                    if seen.len() > known {
                        return Ok(Some(item));
                    }
                }
                Ok(None)
            }
        }
    }
}

fn batch<'a>(
    machine: &mut Machine<'a>,
    iter: &mut Iter<'a>,
    count: i64,
    fill: &Value<'a>,
    kept: &mut Vec<Value<'a>>,
    ended: &mut bool,
) -> Outcome<Option<Value<'a>>> {
    while !*ended {
        let Some(item) = iter.next(machine)? else {
            *ended = true;
            break;
        };
        let full = i64::try_from(kept.len()).unwrap_or(i64::MAX) == count;
        let batch = full.then(|| std::mem::take(kept));
        machine.budget.room(kept.len().saturating_mul(2).saturating_mul(size_of::<Value<'_>>()))?;
        kept.push(item);
        if let Some(batch) = batch {
            return Value::list(batch, &machine.budget).map(Some);
        }
    }
    if kept.is_empty() {
        return Ok(None);
    }
    let mut last = std::mem::take(kept);
    let missing = count.saturating_sub(i64::try_from(last.len()).unwrap_or(i64::MAX));
    if !fill.is_none() && missing > 0 {
        let missing = usize::try_from(missing).unwrap_or(usize::MAX);
        machine.budget.room(missing.saturating_mul(size_of::<Value<'_>>()))?;
        machine.budget.spend(missing as u64)?;
        last.extend(std::iter::repeat_n(fill.clone(), missing));
    }
    Value::list(last, &machine.budget).map(Some)
}

/// Adds as `sum` does.
pub(super) fn add<'a>(machine: &mut Machine<'a>, left: Value<'a>, right: Value<'a>) -> Outcome<Value<'a>> {
    arithmetic::binary(Operator::Add, left, right, machine)
}
