//! The `loop` variable.

use super::ast::For;
use super::error::{Outcome, type_error};
use super::eval::{Activation, Args, Machine};
use super::iterate::Iter;
use super::value::{LoopState, Object, Value};
use super::{attribute, compare};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What a loop runs over, with what it has to look ahead at.
pub(super) struct Source<'a> {
    iter: Iter<'a>,
    length: Option<usize>,
    after: Option<Value<'a>>,
    before: Option<Value<'a>>,
    current: Option<Value<'a>>,
    depth: u16,
}

impl Source<'_> {
    pub(super) fn known_length(&self) -> Option<usize> {
        self.length
    }

    pub(super) fn depth(&self) -> u16 {
        self.depth
    }
}

/// A loop that has not begun.
pub(super) fn state<'a>(
    machine: &mut Machine<'a>,
    iter: Iter<'a>,
    length: Option<usize>,
    depth: u16,
    depth0: i64,
    recurse: Option<(&'a For, Rc<Activation<'a>>)>,
) -> Outcome<Rc<Object<'a>>> {
    let depth = depth.saturating_add(1);
    machine.budget.data_depth(depth)?;
    let source = Source { iter, length, after: None, before: None, current: None, depth };
    Ok(Rc::new(Object::Loop(LoopState {
        source: RefCell::new(source),
        index0: Cell::new(-1),
        depth0,
        changed: RefCell::new(None),
        recurse,
        _charge: machine.budget.charge(size_of::<Object<'_>>())?,
    })))
}

fn inner<'o, 'a>(object: &'o Object<'a>) -> Option<&'o LoopState<'a>> {
    match object {
        Object::Loop(state) => Some(state),
        _ => None,
    }
}

/// The next item of a loop.
pub(super) fn advance<'a>(machine: &mut Machine<'a>, object: &Rc<Object<'a>>) -> Outcome<Option<Value<'a>>> {
    let Some(state) = inner(object) else { return Ok(None) };
    let Ok(mut source) = state.source.try_borrow_mut() else { return type_error("the loop is already running") };
    let item = match source.after.take() {
        Some(item) => Some(item),
        None => source.iter.next(machine)?,
    };
    if let Some(item) = &item {
        state.index0.set(state.index0.get().saturating_add(1));
        source.before = source.current.replace(item.clone());
    }
    Ok(item)
}

/// An attribute of `loop`; `None` where it has none of that name.
pub(super) fn attribute<'a>(
    machine: &mut Machine<'a>,
    object: &Rc<Object<'a>>,
    name: &str,
) -> Outcome<Option<Value<'a>>> {
    let Some(state) = inner(object) else { return Ok(None) };
    let index0 = state.index0.get();
    Ok(Some(match name {
        "index" => Value::Int(index0.saturating_add(1)),
        "index0" => Value::Int(index0),
        "first" => Value::Bool(index0 == 0),
        "last" => Value::Bool(peek(machine, state)?.is_none()),
        "length" => Value::Int(length(machine, state)?),
        "revindex" => Value::Int(length(machine, state)?.saturating_sub(index0)),
        "revindex0" => Value::Int(length(machine, state)?.saturating_sub(index0).saturating_sub(1)),
        "depth" => Value::Int(state.depth0.saturating_add(1)),
        "depth0" => Value::Int(state.depth0),
        "previtem" if index0 == 0 => Value::hint("there is no previous item"),
        "previtem" => state.source.borrow().before.clone().unwrap_or(Value::None),
        "nextitem" => peek(machine, state)?.unwrap_or_else(|| Value::hint("there is no next item")),
        "cycle" => Value::object(Object::Bound(Value::Object(Rc::clone(object)), "cycle")),
        "changed" => Value::object(Object::Bound(Value::Object(Rc::clone(object)), "changed")),
        _ => return Ok(None),
    }))
}

fn peek<'a>(machine: &mut Machine<'a>, state: &LoopState<'a>) -> Outcome<Option<Value<'a>>> {
    let Ok(mut source) = state.source.try_borrow_mut() else { return type_error("the loop is already running") };
    if source.after.is_none() {
        source.after = source.iter.next(machine)?;
    }
    Ok(source.after.clone())
}

/// The number of items. Those of a generator are all fetched for it.
pub(super) fn length<'a>(machine: &mut Machine<'a>, state: &LoopState<'a>) -> Outcome<i64> {
    let Ok(mut source) = state.source.try_borrow_mut() else { return type_error("the loop is already running") };
    if let Some(length) = source.length {
        return Ok(i64::try_from(length).unwrap_or(i64::MAX));
    }
    let rest = source.iter.rest(machine)?;
    let seen = usize::try_from(state.index0.get().saturating_add(1)).unwrap_or(0);
    let length = rest.len().saturating_add(seen).saturating_add(usize::from(source.after.is_some()));
    source.iter = Iter::Owned(rest.into_iter());
    source.length = Some(length);
    Ok(i64::try_from(length).unwrap_or(i64::MAX))
}

/// `loop.cycle(..)` and `loop.changed(..)`.
pub(super) fn call<'a>(
    machine: &mut Machine<'a>,
    object: &Rc<Object<'a>>,
    method: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    let Some(state) = inner(object) else { return attribute::missing_method(object.type_name(), method) };
    let values = args.plain(method, 0, usize::MAX)?;
    if method == "changed" {
        return changed(machine, object, state, values);
    }
    let index = usize::try_from(state.index0.get()).unwrap_or(0).checked_rem(values.len());
    match index.and_then(|index| values.into_iter().nth(index)) {
        Some(value) => Ok(value),
        None => type_error("no items for cycling given"),
    }
}

fn changed<'a>(
    machine: &mut Machine<'a>,
    object: &Rc<Object<'a>>,
    state: &LoopState<'a>,
    values: Vec<Value<'a>>,
) -> Outcome<Value<'a>> {
    let same = match &*state.changed.borrow() {
        None => false,
        Some(before) => compare::all_equal(before, &values, &machine.budget)?,
    };
    if !same {
        if state.changed.borrow().is_none() {
            machine.retain_object(object);
        }
        state.changed.replace(Some(values));
    }
    Ok(Value::Bool(!same))
}
