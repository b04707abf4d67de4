//! Python's iteration: what can be iterated, and the generators that filters return.

use super::ast::LoopFilter;
use super::error::{Outcome, type_error, value_error};
use super::eval::{Activation, Args, Machine};
use super::filters::lazy;
use super::value::{Blob, Dict, Object, Range, Sequence, Text, Value, View};
use std::cell::RefCell;
use std::rc::Rc;

pub(super) enum Iter<'a> {
    Bytes(Rc<Blob>, usize),
    Chars(Text<'a>, usize),
    Empty,
    /// What a loop's `if` lets through.
    Filtered(Box<Iter<'a>>, &'a LoopFilter, Rc<Activation<'a>>),
    Generator(Rc<Object<'a>>),
    Items(Rc<Sequence<'a>>, usize),
    Owned(std::vec::IntoIter<Value<'a>>),
    Range(Range, u64),
    View(View, Rc<Dict<'a>>, usize),
}

impl<'a> Iter<'a> {
    /// Python's `iter(value)`.
    pub(super) fn of(value: &Value<'a>) -> Outcome<Self> {
        Ok(match value {
            Value::Bytes(blob) => Self::Bytes(Rc::clone(blob), 0),
            Value::Dict(dict) => Self::View(View::Keys, Rc::clone(dict), 0),
            Value::List(items) | Value::Tuple(items) => Self::Items(Rc::clone(items), 0),
            Value::Markup(text) | Value::Str(text) => Self::Chars(text.clone(), 0),
            Value::Undefined(_) => Self::Empty,
            Value::Object(object) => match &**object {
                Object::Generator(_) => Self::Generator(Rc::clone(object)),
                Object::Range(range) => Self::Range(*range, 0),
                Object::View(view, dict) => Self::View(*view, Rc::clone(dict), 0),
                _ => return not_iterable(value),
            },
            _ => return not_iterable(value),
        })
    }

    pub(super) fn next(&mut self, machine: &mut Machine<'a>) -> Outcome<Option<Value<'a>>> {
        machine.budget.spend(1)?;
        match self {
            Self::Bytes(blob, at) => {
                let byte = blob.bytes.get(advance(at)).copied();
                Ok(byte.map(|byte| Value::Int(i64::from(byte))))
            }
            Self::Chars(text, at) => next_char(text, at, machine),
            Self::Empty => Ok(None),
            Self::Filtered(inner, filter, frame) => {
                while let Some(item) = inner.next(machine)? {
                    if machine.admits(filter, frame, &item)? {
                        return Ok(Some(item));
                    }
                }
                Ok(None)
            }
            Self::Generator(object) => {
                let Object::Generator(generator) = &**object else { return Ok(None) };
                match generator.try_borrow_mut() {
                    Ok(mut generator) => generator.next(machine),
                    Err(_) => value_error("generator already executing"),
                }
            }
            Self::Items(items, at) => Ok(items.get(advance(at)).cloned()),
            Self::Owned(items) => Ok(items.next()),
            Self::Range(range, at) => {
                let index = *at;
                *at = at.saturating_add(1);
                Ok((index < range.len()).then(|| Value::Int(range.at(index))))
            }
            Self::View(view, dict, at) => match dict.entries().get(advance(at)) {
                Some(entry) => shown(*view, entry, machine).map(Some),
                None => Ok(None),
            },
        }
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self, machine: &mut Machine<'a>) -> Outcome<Vec<Value<'a>>> {
        let mut items = Vec::new();
        while let Some(item) = self.next(machine)? {
            if items.len() == items.capacity() {
                machine.budget.room(items.len().saturating_mul(2).saturating_mul(size_of::<Value<'_>>()))?;
            }
            items.push(item);
        }
        Ok(items)
    }
}

fn advance(at: &mut usize) -> usize {
    let index = *at;
    *at = at.saturating_add(1);
    index
}

fn next_char<'a>(text: &Text<'a>, at: &mut usize, machine: &Machine<'a>) -> Outcome<Option<Value<'a>>> {
    let Some(character) = text.get(*at..).and_then(|rest| rest.chars().next()) else { return Ok(None) };
    let end = at.saturating_add(character.len_utf8());
    let part = text.part(*at, end, &machine.budget)?;
    *at = end;
    Ok(Some(Value::Str(part)))
}

/// What a view shows of an entry.
pub(super) fn shown<'a>(view: View, entry: &(Value<'a>, Value<'a>), machine: &Machine<'a>) -> Outcome<Value<'a>> {
    match view {
        View::Items => Value::tuple(vec![entry.0.clone(), entry.1.clone()], &machine.budget),
        View::Keys => Ok(entry.0.clone()),
        View::Values => Ok(entry.1.clone()),
    }
}

fn not_iterable<T>(value: &Value<'_>) -> Outcome<T> {
    type_error(format!("'{}' object is not iterable", value.type_name()))
}

/// Python's `list(value)`.
pub(super) fn collect<'a>(machine: &mut Machine<'a>, value: &Value<'a>) -> Outcome<Vec<Value<'a>>> {
    Iter::of(value)?.rest(machine)
}

/// Python's `len(value)`, where there is one.
pub(super) fn length(value: &Value<'_>) -> Option<usize> {
    Some(match value {
        Value::Bytes(blob) => blob.bytes.len(),
        Value::Dict(dict) => dict.len(),
        Value::List(items) | Value::Tuple(items) => items.len(),
        Value::Markup(text) | Value::Str(text) => text.chars().count(),
        Value::Undefined(_) => 0,
        Value::Object(object) => match &**object {
            Object::Range(range) => usize::try_from(range.len()).unwrap_or(usize::MAX),
            Object::View(_, dict) => dict.len(),
            Object::Loop(state) => state.source.borrow().known_length()?,
            _ => return None,
        },
        _ => return None,
    })
}

/// Something that yields its items once.
pub(super) struct Generator<'a> {
    kind: &'static str,
    state: State<'a>,
    depth: u16,
}

enum State<'a> {
    /// A filter that has not looked at its input yet.
    Fresh(Box<(lazy::Kind, Value<'a>, Args<'a>)>),
    Iter(Iter<'a>),
    Running(Box<lazy::Running<'a>>),
}

impl<'a> Generator<'a> {
    /// A generator over items that are there already.
    pub(super) fn over(kind: &'static str, items: Vec<Value<'a>>, machine: &Machine<'a>) -> Outcome<Value<'a>> {
        let depth = items.iter().map(Value::depth).max().unwrap_or(0);
        Self::made(kind, State::Iter(Iter::Owned(items.into_iter())), depth, machine)
    }

    /// A lazy filter, which starts when it is first asked.
    pub(super) fn lazy(
        kind: lazy::Kind,
        value: Value<'a>,
        args: Args<'a>,
        machine: &Machine<'a>,
    ) -> Outcome<Value<'a>> {
        let named = args.named.iter().map(|(_, value)| value);
        let depth = args.positional.iter().chain(named).map(Value::depth).fold(value.depth(), u16::max);
        Self::made("generator", State::Fresh(Box::new((kind, value, args))), depth, machine)
    }

    fn made(kind: &'static str, state: State<'a>, depth: u16, machine: &Machine<'a>) -> Outcome<Value<'a>> {
        let depth = depth.saturating_add(1);
        machine.budget.data_depth(depth)?;
        machine.budget.spend(1)?;
        Ok(Value::object(Object::Generator(RefCell::new(Self { kind, state, depth }))))
    }

    pub(super) fn depth(&self) -> u16 {
        self.depth
    }

    pub(super) fn type_name(&self) -> &'static str {
        self.kind
    }

    fn next(&mut self, machine: &mut Machine<'a>) -> Outcome<Option<Value<'a>>> {
        machine.budget.enter()?;
        if let State::Fresh(_) = self.state
            && let State::Fresh(fresh) = std::mem::replace(&mut self.state, State::Iter(Iter::Empty))
        {
            let (kind, value, args) = *fresh;
            if let Some(running) = lazy::start(machine, kind, value, args)? {
                self.state = State::Running(Box::new(running));
            }
        }
        let item = match &mut self.state {
            State::Iter(iter) => iter.next(machine)?,
            State::Running(running) => running.next(machine)?,
            State::Fresh(_) => None,
        };
        if item.is_none() {
            self.state = State::Iter(Iter::Empty);
        }
        machine.budget.leave();
        Ok(item)
    }
}
