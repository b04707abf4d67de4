//! The variables of one call of a function.

use super::super::ast::Slot;
use super::super::budget::{Budget, Charge};
use super::super::error::Outcome;
use super::super::value::Value;
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

/// What the variables of one call hold.
pub(super) type Variables<'a> = [Option<Value<'a>>];

pub(in super::super) struct Activation<'a> {
    slots: RefCell<Vec<Option<Value<'a>>>>,
    outer: Option<Rc<Activation<'a>>>,
    retained: Cell<bool>,
    _charge: Charge,
}

impl<'a> Activation<'a> {
    pub(super) fn new(slots: u16, outer: Option<Rc<Self>>, budget: &Budget) -> Outcome<Rc<Self>> {
        let bytes = usize::from(slots).saturating_mul(size_of::<Option<Value<'_>>>());
        let charge = budget.charge(bytes.saturating_add(size_of::<Self>()))?;
        let slots = RefCell::new(vec![None; usize::from(slots)]);
        Ok(Rc::new(Self { slots, outer, retained: Cell::new(false), _charge: charge }))
    }

    /// Marks it as retained; whether it was not before.
    pub(super) fn mark(&self) -> bool {
        !self.retained.replace(true)
    }

    /// The activation of the function around this one.
    pub(super) fn outer(&self) -> Option<&Rc<Self>> {
        self.outer.as_ref()
    }

    fn at(&self, hops: u16) -> Option<&Self> {
        let mut activation = self;
        for _ in 0..hops {
            activation = activation.outer.as_deref()?;
        }
        Some(activation)
    }

    /// All slots, to look at; meanwhile nothing may be evaluated, which could set one.
    pub(super) fn variables(&self) -> Ref<'_, Variables<'a>> {
        Ref::map(self.slots.borrow(), Vec::as_slice)
    }

    /// What a slot holds, to look at.
    pub(super) fn look(&self, slot: Slot) -> Option<Ref<'_, Value<'a>>> {
        let slots = self.at(slot.hops)?.slots.borrow();
        Ref::filter_map(slots, |slots| slots.get(usize::from(slot.index))?.as_ref()).ok()
    }

    pub(super) fn load(&self, slot: Slot) -> Option<Value<'a>> {
        self.look(slot).map(|value| Value::clone(&value))
    }

    pub(super) fn store(&self, slot: Slot, value: Option<Value<'a>>) {
        let Some(activation) = self.at(slot.hops) else { return };
        let old = match activation.slots.borrow_mut().get_mut(usize::from(slot.index)) {
            Some(place) => std::mem::replace(place, value),
            None => None,
        };
        // Dropped only now that the slots are no longer borrowed.
        drop(old);
    }

    /// Empties a slot of this activation.
    pub(super) fn unset(&self, index: u16) {
        let old = match self.slots.borrow_mut().get_mut(usize::from(index)) {
            Some(place @ Some(_)) => place.take(),
            _ => return,
        };
        drop(old);
    }

    pub(super) fn clear(&self) {
        let slots = self.slots.take();
        drop(slots);
    }
}
