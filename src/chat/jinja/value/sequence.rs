//! Lists and tuples.

use super::super::budget::{Budget, Charge};
use super::super::error::Outcome;
use super::Value;
use std::ops::Deref;
use std::rc::Rc;

/// The elements of a list or a tuple.
pub(in super::super) struct Sequence<'a> {
    items: Vec<Value<'a>>,
    depth: u16,
    /// Whether this is one of `groupby`'s named tuples.
    pub(in super::super) group: bool,
    _charge: Charge,
}

impl<'a> Sequence<'a> {
    pub(in super::super) fn new(items: Vec<Value<'a>>, budget: &Budget) -> Outcome<Rc<Self>> {
        let depth = items.iter().map(Value::depth).max().unwrap_or(0).saturating_add(1);
        budget.data_depth(depth)?;
        let bytes = items.capacity().saturating_mul(size_of::<Value<'_>>());
        let charge = budget.charge(bytes.saturating_add(size_of::<Self>()))?;
        Ok(Rc::new(Self { items, depth, group: false, _charge: charge }))
    }

    pub(in super::super) fn group(key: Value<'a>, items: Rc<Self>, budget: &Budget) -> Outcome<Value<'a>> {
        let mut pair = Self::new(vec![key, Value::List(items)], budget)?;
        if let Some(pair) = Rc::get_mut(&mut pair) {
            pair.group = true;
        }
        Ok(Value::Tuple(pair))
    }

    pub(in super::super) fn depth(&self) -> u16 {
        self.depth
    }
}

impl<'a> Deref for Sequence<'a> {
    type Target = [Value<'a>];

    fn deref(&self) -> &[Value<'a>] {
        &self.items
    }
}

impl<'a> Value<'a> {
    pub(in super::super) fn list(items: Vec<Value<'a>>, budget: &Budget) -> Outcome<Self> {
        Sequence::new(items, budget).map(Self::List)
    }

    pub(in super::super) fn tuple(items: Vec<Value<'a>>, budget: &Budget) -> Outcome<Self> {
        Sequence::new(items, budget).map(Self::Tuple)
    }
}
