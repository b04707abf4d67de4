//! What one rendering may spend: steps, live memory, output, depth.

use super::error::{ErrorClass, Failure, Outcome};
use super::watch::Watch;
use crate::limits::TemplateLimits;
use std::cell::Cell;
use std::rc::Rc;

thread_local! {
    /// Bytes held by template values on this thread. Values never leave the thread that renders.
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

/// Bytes of live memory, given back on drop.
#[derive(Debug, Default)]
pub(super) struct Charge(usize);

impl Charge {
    fn take(bytes: usize) -> Self {
        LIVE.with(|live| live.set(live.get().saturating_add(bytes)));
        Self(bytes)
    }

    /// Adds another charge to this one.
    pub(super) fn merge(&mut self, mut other: Charge) {
        self.0 = self.0.saturating_add(std::mem::take(&mut other.0));
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        LIVE.with(|live| live.set(live.get().saturating_sub(self.0)));
    }
}

/// The account of one rendering.
#[derive(Debug)]
pub(super) struct Budget {
    steps_left: Cell<u64>,
    depth_left: Cell<u32>,
    live_end: usize,
    output_end: usize,
    limits: TemplateLimits,
    watch: Option<Rc<Watch>>,
}

impl Budget {
    /// An account for an input of `input_bytes`.
    pub(super) fn new(limits: &TemplateLimits, input_bytes: usize, watch: Option<Rc<Watch>>) -> Self {
        let scaled = (input_bytes as u64).saturating_mul(limits.steps_per_input_byte);
        let steps = limits.steps.saturating_add(scaled).min(limits.steps_most);
        let live = limits.live_bytes.saturating_add(input_bytes);
        Self {
            steps_left: Cell::new(steps),
            depth_left: Cell::new(limits.depth),
            output_end: limits.output_bytes.saturating_add(input_bytes.saturating_mul(8)),
            live_end: LIVE.with(Cell::get).saturating_add(live),
            limits: limits.clone(),
            watch,
        }
    }

    /// What watches over this rendering.
    pub(super) fn watch(&self) -> Option<&Rc<Watch>> {
        self.watch.as_ref()
    }

    /// Pays for `count` steps of work.
    pub(super) fn spend(&self, count: u64) -> Outcome<()> {
        match self.steps_left.get().checked_sub(count) {
            Some(left) => {
                self.steps_left.set(left);
                Ok(())
            }
            None => Err(exceeded("the template takes more steps than the limits allow for an input of this size")),
        }
    }

    /// Pays for touching `bytes` of text.
    pub(super) fn scan(&self, bytes: usize) -> Outcome<()> {
        self.spend((bytes as u64) >> 6)
    }

    /// Takes `bytes` of live memory.
    pub(super) fn charge(&self, bytes: usize) -> Outcome<Charge> {
        self.room(bytes)?;
        Ok(Charge::take(bytes))
    }

    /// Whether `bytes` more would fit.
    pub(super) fn room(&self, bytes: usize) -> Outcome<()> {
        let fits = LIVE.with(Cell::get).checked_add(bytes).is_some_and(|end| end <= self.live_end);
        if fits {
            return self.scan(bytes);
        }
        Err(exceeded(format!("the template holds more than {} bytes of memory", self.limits.live_bytes)))
    }

    /// Whether an output of `bytes` is still allowed.
    pub(super) fn output(&self, bytes: usize) -> Outcome<()> {
        if bytes <= self.output_end {
            return Ok(());
        }
        Err(exceeded(format!("the output is longer than {} bytes", self.output_end)))
    }

    /// Whether data may be nested `depth` levels deep.
    pub(super) fn data_depth(&self, depth: u16) -> Outcome<()> {
        if depth <= self.limits.data_depth {
            return Ok(());
        }
        Err(exceeded(format!("data is nested deeper than {} levels", self.limits.data_depth)))
    }

    /// Goes one level deeper; [`Budget::leave`] must follow.
    pub(super) fn enter(&self) -> Outcome<()> {
        match self.depth_left.get().checked_sub(1) {
            Some(left) => {
                self.depth_left.set(left);
                Ok(())
            }
            None => {
                let message = format!("the template nests deeper than {} levels", self.limits.depth);
                Err(Failure::new(ErrorClass::Recursion, message))
            }
        }
    }

    pub(super) fn leave(&self) {
        self.depth_left.set(self.depth_left.get().saturating_add(1));
    }
}

#[cold]
pub(super) fn exceeded(message: impl Into<String>) -> Box<Failure> {
    Failure::new(ErrorClass::Budget, message)
}
