//! The language of the architectures' pages.
//!
//! A page says which keys and tensors an architecture asks for, in the engine's order. It is read when a model of that
//! architecture is met for the first time, never before. The grammar is in `docs/engines/llama-cpp.md`.

mod changes;
mod compile;
mod context;
mod expression;
#[cfg(test)]
mod facts;
mod page;
mod scan;
mod series;
mod step;
mod symbols;

pub(super) use changes::{Asks, Changes};
pub(super) use compile::compile;
pub(super) use expression::{Derived, Node, Operator, Symbol, Template};
pub(super) use series::{AllSeries, Series, Stem};
pub(super) use step::{
    Action, Kind, Mark, Pattern, Program, Read, Reading, Request, RequestMarks, Rope, Slot, SlotRole, Step, Target,
};
pub(super) use symbols::PageError;
