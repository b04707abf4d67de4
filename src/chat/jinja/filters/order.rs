//! Sorting and extremes.

use super::super::ast::Comparison;
use super::super::compare;
use super::super::error::{ErrorClass, Outcome, fail};
use super::super::eval::{Args, Machine};
use super::super::iterate::Iter;
use super::super::value::Value;
use super::collect;
use super::path::{Path, ignoring_case};

pub(super) fn dict_sort<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [case, by, reverse] = args.bind("do_dictsort", ["case_sensitive", "by", "reverse"], 0)?;
    let case = case.is_some_and(|case| case.truth());
    let by_value = match by.as_ref().map(|by| by.as_str().unwrap_or_default()) {
        None | Some("key") => false,
        Some("value") => true,
        Some(_) => return fail(ErrorClass::FilterArgument, "You can only sort by either \"key\" or \"value\""),
    };
    let Value::Dict(dict) = value else {
        if let Value::Undefined(undefined) = value {
            return Err(undefined.failure());
        }
        return fail(ErrorClass::Attribute, format!("'{}' object has no attribute 'items'", value.type_name()));
    };
    let mut keyed = Vec::new();
    for (key, value) in dict.entries() {
        let sort_key = ignoring_case(machine, if by_value { value.clone() } else { key.clone() }, case)?;
        keyed.push((sort_key, Value::tuple(vec![key.clone(), value.clone()], &machine.budget)?));
    }
    let items = compare::sort(keyed, reverse.is_some_and(|reverse| reverse.truth()), &machine.budget)?;
    Value::list(items, &machine.budget)
}

pub(super) fn sort<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [reverse, case, attribute] = args.bind("do_sort", ["reverse", "case_sensitive", "attribute"], 0)?;
    let case = case.is_some_and(|case| case.truth());
    let paths = Path::several(machine, &attribute.unwrap_or(Value::None))?;
    let mut keyed = Vec::new();
    for item in collect(machine, value)? {
        let mut keys = Vec::new();
        for path in &paths {
            let key = path.get(machine, &item, None)?;
            keys.push(ignoring_case(machine, key, case)?);
        }
        keyed.push((Value::list(keys, &machine.budget)?, item));
    }
    let items = compare::sort(keyed, reverse.is_some_and(|reverse| reverse.truth()), &machine.budget)?;
    Value::list(items, &machine.budget)
}

/// `max`, or `min`: the first of several that are equal.
pub(super) fn extreme<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    max: bool,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let [case, attribute] = args.bind("do_max", ["case_sensitive", "attribute"], 0)?;
    let case = case.is_some_and(|case| case.truth());
    let path = Path::of(machine, &attribute.unwrap_or(Value::None))?;
    let mut iter = Iter::of(value)?;
    let mut best: Option<(Value<'a>, Value<'a>)> = None;
    let operator = if max { Comparison::Greater } else { Comparison::Less };
    while let Some(item) = iter.next(machine)? {
        let key = path.get(machine, &item, None)?;
        let key = ignoring_case(machine, key, case)?;
        let better = match &best {
            None => true,
            Some((best, _)) => compare::ordered(operator, &key, best, &machine.budget)?,
        };
        if better {
            best = Some((key, item));
        }
    }
    Ok(best.map_or_else(|| Value::hint("No aggregated item, sequence was empty."), |(_, item)| item))
}
