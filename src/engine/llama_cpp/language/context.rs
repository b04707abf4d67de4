//! What the blocks around a line add to it: conditions, marks, and the slot of a tensor.

use super::expression::Node;
use super::step::{Mark, RequestMarks, Slot, SlotRole};
use crate::engine::llama_cpp::tables::{self, SCALED};
use std::sync::Arc;

/// What blocks around a line say of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    pub(super) when: Vec<Arc<Node>>,
    pub(super) marks: RequestMarks,
}

impl Context {
    pub(super) fn with_condition(&self, condition: Node) -> Self {
        let mut context = self.clone();
        split(condition, &mut context.when);
        context
    }

    pub(super) fn with_marks(&self, marks: &RequestMarks) -> Self {
        Self { when: self.when.clone(), marks: marks.clone().or(&self.marks) }
    }
}

/// `a && b` holds where both hold, asked in order.
pub(super) fn split(condition: Node, conditions: &mut Vec<Arc<Node>>) {
    match condition {
        Node::And(left, right) => {
            split(*left, conditions);
            split(*right, conditions);
        }
        other => conditions.push(Arc::new(other)),
    }
}

impl RequestMarks {
    /// These marks, and the outer ones where these say nothing.
    pub(super) fn or(mut self, outer: &Self) -> Self {
        let inherit = |mark: &mut Mark, outer: &Mark| {
            if *mark == Mark::Never {
                *mark = outer.clone();
            }
        };
        inherit(&mut self.optional, &outer.optional);
        inherit(&mut self.dup, &outer.dup);
        inherit(&mut self.skip, &outer.skip);
        self.reshape |= outer.reshape;
        self.attempt |= outer.attempt;
        self.slot_layer = self.slot_layer.or_else(|| outer.slot_layer.clone());
        self
    }
}

/// The slot of a tensor that stands in a layer, by what stands before and behind the layer in its name.
pub(super) fn slot(before: &str, after: &str, marks: &RequestMarks) -> Option<Slot> {
    let stem = after.trim_start_matches('.');
    let (stem, role) =
        [(".weight", SlotRole::Weight), (".input_scale", SlotRole::InputScale), (".scale", SlotRole::Scale)]
            .into_iter()
            .find_map(|(suffix, role)| stem.strip_suffix(suffix).map(|stem| (stem, role)))?;
    let wanted = |row: &&tables::Scaled| match marks.slot {
        Some(slot) => row.slot == slot,
        None => before == "blk." && row.tensor == stem,
    };
    let at = SCALED.iter().position(|row| wanted(&row))?;
    Some(Slot { bit: 1_u32.checked_shl(u32::try_from(at).ok()?)?, role })
}
