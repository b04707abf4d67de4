//! Grouping and adding up.

use super::super::compare;
use super::super::error::{Outcome, type_error};
use super::super::eval::{Args, Machine};
use super::super::iterate::Iter;
use super::super::value::{Sequence, Value};
use super::collect;
use super::lazy::add;
use super::path::{Path, ignoring_case};

pub(super) fn group_by<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [attribute, default, case] = args.bind("sync_do_groupby", ["attribute", "default", "case_sensitive"], 1)?;
    let case = case.is_some_and(|case| case.truth());
    let path = Path::of(machine, &attribute.unwrap_or(Value::None))?;
    let default = default.unwrap_or(Value::None);
    let mut keyed = Vec::new();
    for item in collect(machine, value)? {
        let key = path.get(machine, &item, Some(&default))?;
        let key = ignoring_case(machine, key, case)?;
        // The key goes along with its item, since grouping needs it once more.
        keyed.push((key.clone(), Value::tuple(vec![key, item], &machine.budget)?));
    }
    let sorted = compare::sort(keyed, false, &machine.budget)?;
    let mut groups: Vec<(Value<'a>, Vec<Value<'a>>)> = Vec::new();
    for pair in sorted {
        let Value::Tuple(pair) = pair else { continue };
        let (Some(key), Some(item)) = (pair.first(), pair.get(1)) else { continue };
        match groups.last_mut() {
            Some((known, items)) if compare::equal(known, key, &machine.budget)? => items.push(item.clone()),
            _ => groups.push((key.clone(), vec![item.clone()])),
        }
    }
    let mut out = Vec::new();
    for (key, items) in groups {
        let key = match items.first().filter(|_| !case) {
            Some(first) => path.get(machine, first, Some(&default))?,
            None => key,
        };
        let items = Sequence::new(items, &machine.budget)?;
        out.push(Sequence::group(key, items, &machine.budget)?);
    }
    Value::list(out, &machine.budget)
}

pub(super) fn sum<'a>(machine: &mut Machine<'a>, value: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
    let [attribute, start] = args.bind("sync_do_sum", ["attribute", "start"], 0)?;
    let path = match attribute {
        Some(Value::None) | None => None,
        Some(attribute) => Some(Path::of(machine, &attribute)?),
    };
    let mut total = start.unwrap_or(Value::Int(0));
    if total.as_str().is_some() {
        return type_error("sum() can't sum strings [use ''.join(seq) instead]");
    }
    let mut iter = Iter::of(value)?;
    while let Some(mut item) = iter.next(machine)? {
        if let Some(path) = &path {
            item = path.get(machine, &item, None)?;
        }
        total = add(machine, total, item)?;
    }
    Ok(total)
}
