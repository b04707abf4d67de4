//! The steps of a loop over layers: what is the same in every round is worked out once.

use super::Stop;
use super::name::Name;
use super::requests::NAMED;
use super::state::State;
use super::tensors::Settled;
use crate::engine::llama_cpp::language::{Action, Asks, Changes, Mark, Node, RequestMarks, Step};
use crate::engine::llama_cpp::tables::base;
use std::ops::Range;

/// How a request is to be taken, its expressions resolved.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    pub(super) optional: bool,
    pub(super) dup: bool,
    pub(super) skip: bool,
    pub(super) reshape: bool,
    pub(super) attempt: bool,
}

/// What is known of a step before it is done.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// Its sizes, in the page's order; 1 behind them.
    pub(super) sizes: Option<[i64; 4]>,
    /// Its marks.
    pub(super) marks: Option<Marks>,
}

/// A step of a loop.
#[derive(Debug)]
struct Planned<'p> {
    /// The conditions that must be asked in every round.
    when: Vec<&'p Node>,
    /// What is done.
    action: &'p Action,
    /// What is the same in every round.
    known: Known,
    /// From when on only the tensors that are there make one round differ from another.
    steady: Steady,
    /// What the step came to in the last round, where that was plain: a part of what was settled there.
    memo: Option<Range<usize>>,
}

/// From when on a step is the same in every round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Steady {
    BehindFirst,
    FromFirst,
    Never,
}

/// The steps of a loop.
#[derive(Debug)]
pub(super) struct Plan<'p> {
    steps: Vec<Planned<'p>>,
    /// What was settled in the last round that was not the same as the one before.
    settled: Vec<Settled>,
    /// The layer of that round, where it came to nothing else.
    last: Option<usize>,
    /// Whether that is the layer's whole block, once that was asked.
    is_whole: Option<bool>,
}

impl State<'_> {
    /// The steps of a loop. A value that kills the process does so when it is asked for.
    pub(super) fn plan<'p>(&self, steps: &'p [Step], changes: &[Changes]) -> Plan<'p> {
        #[allow(clippy::disallowed_methods, reason = "as many as a page has lines")]
        let mut planned = Vec::with_capacity(steps.len());
        planned.extend(steps.iter().zip(changes).filter_map(|(step, changes)| self.planned(step, changes)));
        Plan { steps: planned, settled: Vec::new(), last: None, is_whole: None }
    }

    /// The step, unless it is done in no round.
    fn planned<'p>(&self, step: &'p Step, changes: &Changes) -> Option<Planned<'p>> {
        let mut when = Vec::new();
        for (condition, changes) in step.when.iter().zip(&changes.when) {
            match self.fixed(condition, *changes) {
                Some(0) if when.is_empty() => return None,
                None | Some(0) => when.push(&**condition),
                Some(_) => {}
            }
        }
        let (action, known) = (&step.action, self.known(&step.action, changes));
        let steady = if when.is_empty() { self.steady(&known, changes.asks) } else { Steady::Never };
        Some(Planned { when, action, known, steady, memo: None })
    }

    fn steady(&self, known: &Known, asks: Asks) -> Steady {
        let has = |name| self.tensors.has(&Name::whole(name));
        match asks {
            Asks::Counted if known.sizes.is_some() && known.marks.is_some() => Steady::FromFirst,
            Asks::Once { name, is_option: true, .. } if !has(name) => Steady::FromFirst,
            Asks::Once { name, is_shared: true, .. } if known.sizes.is_some() && has(name) => Steady::BehindFirst,
            _ => Steady::Never,
        }
    }

    /// The steps of a loop, once.
    pub(super) fn round(&mut self, plan: &mut Plan<'_>, number: i64) -> Result<(), Stop> {
        let is_plain = number < self.all_layers() && !self.tensors.has_scales;
        let layer = usize::try_from(number).ok().filter(|number| is_plain && *number < base::LAYERS);
        if let Some((layer, last)) = layer.zip(plan.last).filter(|(layer, last)| self.tensors.are_alike(*layer, *last))
        {
            let is_whole = *plan.is_whole.get_or_insert_with(|| self.tensors.are_all(&plan.settled, last));
            self.tensors.load_again(&plan.settled, layer, is_whole);
            return Ok(());
        }
        self.tensors.settled.clear();
        for step in &mut plan.steps {
            if self.failures.len() >= NAMED {
                return Ok(());
            }
            let start = self.tensors.settled.len();
            let memo = step.memo.take().and_then(|memo| plan.settled.get(memo)).zip(layer);
            let is_plain = memo.is_some_and(|(memo, layer)| self.tensors.repeat(memo, layer))
                || self.step_of_round(step, number)?;
            if !is_plain {
                self.tensors.settled.truncate(start);
            }
            step.memo = is_plain.then_some(start..self.tensors.settled.len());
        }
        std::mem::swap(&mut plan.settled, &mut self.tensors.settled);
        plan.last = layer.filter(|_| plan.steps.iter().all(|step| step.memo.is_some()));
        plan.is_whole = None;
        Ok(())
    }

    /// Whether the step came to no more than requests that were settled.
    fn step_of_round(&mut self, step: &Planned<'_>, number: i64) -> Result<bool, Stop> {
        if !self.all_hold(step.when.iter().copied())? {
            return Ok(false);
        }
        let (odd, failed) = (self.tensors.odd, self.failures.len());
        self.tensor_step(step.action, &step.known)?;
        Ok(match step.steady {
            Steady::BehindFirst => number > 0 && self.failures.len() == failed,
            Steady::FromFirst => self.tensors.odd == odd,
            Steady::Never => false,
        })
    }

    /// The value, where it is the same in every round.
    fn fixed(&self, node: &Node, changes: bool) -> Option<i64> {
        if changes { None } else { self.evaluate(node).ok() }
    }

    fn known(&self, action: &Action, changes: &Changes) -> Known {
        let Some(marks) = action.marks() else { return Known::default() };
        Known {
            sizes: if changes.sizes { None } else { sizes(action, |size| self.evaluate(size)).ok() },
            marks: if changes.marks { None } else { self.resolve(marks).ok() },
        }
    }

    /// The sizes that a step states.
    pub(super) fn sizes(&self, action: &Action) -> Result<[i64; 4], Stop> {
        sizes(action, |size| self.number(size))
    }

    pub(super) fn resolve(&self, marks: &RequestMarks) -> Result<Marks, Stop> {
        Ok(Marks {
            optional: self.marked(&marks.optional)?,
            dup: self.marked(&marks.dup)?,
            skip: self.marked(&marks.skip)?,
            reshape: marks.reshape,
            attempt: marks.attempt,
        })
    }

    fn marked(&self, mark: &Mark) -> Result<bool, Stop> {
        match mark {
            Mark::Always => Ok(true),
            Mark::If(condition) => Ok(self.number(condition)? != 0),
            Mark::Never => Ok(false),
        }
    }
}

/// The sizes that a step states; 1 behind them.
fn sizes<E>(action: &Action, value: impl Fn(&Node) -> Result<i64, E>) -> Result<[i64; 4], E> {
    let mut sizes = [1; 4];
    for (size, node) in sizes.iter_mut().zip(action.sizes()) {
        *size = value(node)?;
    }
    Ok(sizes)
}
