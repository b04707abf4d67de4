//! The steps of a loop over layers: what is the same in every round is worked out once.

use super::Stop;
use super::name::Name;
use super::requests::NAMED;
use super::state::State;
use super::tensors::Settled;
use crate::engine::llama_cpp::language::{
    Action, Mark, Node, Operator, Request, RequestMarks, Step, Symbol, Target, Template,
};
use crate::engine::llama_cpp::tables::base;

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
pub(super) struct Planned<'p> {
    /// The conditions that must be asked in every round.
    pub(super) when: Vec<&'p Node>,
    /// What is done.
    pub(super) action: &'p Action,
    /// What is the same in every round.
    pub(super) known: Known,
    /// From when on only the tensors that are there make one round differ from another.
    steady: Steady,
    /// What the step came to in a round before this one, where that was plain.
    memo: Option<Vec<Settled>>,
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
    /// The last round, where every step of it came to no more than requests that were settled; these are in `loaded`.
    last: Option<usize>,
    loaded: Vec<Settled>,
}

/// What another round may find changed.
struct Changing {
    symbols: Vec<Symbol>,
    /// Whether one of them is among those that computed values come from.
    any_base: bool,
}

impl State<'_> {
    /// The steps of a loop that counts in `variable`. A value that kills the process does so when it is asked for.
    pub(super) fn plan<'p>(&self, variable: Symbol, steps: &'p [Step]) -> Plan<'p> {
        let changing = Changing::of(variable, steps);
        let steps = steps.iter().filter_map(|step| self.planned(step, &changing)).collect();
        Plan { steps, last: None, loaded: Vec::new() }
    }

    /// The step, unless it is done in no round.
    fn planned<'p>(&self, step: &'p Step, changing: &Changing) -> Option<Planned<'p>> {
        let mut when = Vec::new();
        for condition in &step.when {
            match self.fixed(condition, changing) {
                Some(0) if when.is_empty() => return None,
                None | Some(0) => when.push(&**condition),
                Some(_) => {}
            }
        }
        let (action, known) = (&step.action, self.known(&step.action, changing));
        let is_known = known.sizes.is_some() && known.marks.is_some() && changing.counts(action);
        let steady = if !when.is_empty() {
            Steady::Never
        } else if is_known || self.is_absent_option(action) {
            Steady::FromFirst
        } else if known.sizes.is_some() && self.is_shared(action, changing.variable()) {
            Steady::BehindFirst
        } else {
            Steady::Never
        };
        Some(Planned { when, action, known, steady, memo: None })
    }

    /// Whether the step asks in every round for the same tensor, which is counted in the first one only.
    fn is_shared(&self, action: &Action, variable: Symbol) -> bool {
        let Action::Request(Request { name: Template { before, number: None }, marks, .. }) = action else {
            return false;
        };
        let RequestMarks { dup: Mark::If(condition), skip: Mark::Never, attempt: false, .. } = marks else {
            return false;
        };
        let Node::Binary(Operator::Unequal | Operator::Greater, left, right) = &**condition else { return false };
        **left == Node::Variable(variable, None) && **right == Node::Number(0) && self.tensors.has(&Name::whole(before))
    }

    /// Whether the step asks for a tensor of no layer that is not there and need not be.
    fn is_absent_option(&self, action: &Action) -> bool {
        let Action::Request(Request { name: Template { before, number: None }, marks, .. }) = action else {
            return false;
        };
        marks.optional == Mark::Always && !self.tensors.has(&Name::whole(before))
    }

    /// The steps of a loop, once.
    pub(super) fn round(&mut self, plan: &mut Plan<'_>, number: i64) -> Result<(), Stop> {
        let is_plain = number < self.all_layers() && !self.tensors.has_scales;
        let layer = usize::try_from(number).ok().filter(|number| is_plain && *number < base::LAYERS);
        let repeated = layer.zip(plan.last).filter(|(layer, last)| self.tensors.are_alike(*layer, *last));
        if let Some((layer, _)) = repeated {
            self.tensors.load(&plan.loaded, layer);
            return Ok(());
        }
        for step in &mut plan.steps {
            if self.failures.len() >= NAMED {
                return Ok(());
            }
            let memo = step.memo.as_ref().zip(layer);
            if !memo.is_some_and(|(memo, layer)| self.tensors.repeat(memo, layer)) {
                self.step_of_round(step, number)?;
            }
        }
        plan.note(layer);
        Ok(())
    }

    fn step_of_round(&mut self, step: &mut Planned<'_>, number: i64) -> Result<(), Stop> {
        if !self.all_hold(step.when.iter().copied())? {
            return Ok(());
        }
        self.tensors.settled.clear();
        let (odd, failed) = (self.tensors.odd, self.failures.len());
        self.tensor_step(step.action, &step.known)?;
        let is_plain = match step.steady {
            Steady::BehindFirst => number > 0 && self.failures.len() == failed,
            Steady::FromFirst => self.tensors.odd == odd,
            Steady::Never => false,
        };
        step.memo = is_plain.then(|| std::mem::take(&mut self.tensors.settled));
        Ok(())
    }

    /// The value, where it is the same in every round.
    fn fixed(&self, node: &Node, changing: &Changing) -> Option<i64> {
        if changing.has(node) { None } else { self.evaluate(node).ok() }
    }

    fn known(&self, action: &Action, changing: &Changing) -> Known {
        let Some(marks) = marks_of(action) else { return Known::default() };
        let mut sizes = [1; 4];
        let all = sizes.iter_mut().zip(sizes_of(action)).all(|(size, node)| {
            let fixed = self.fixed(node, changing);
            *size = fixed.unwrap_or(1);
            fixed.is_some()
        });
        let varies = [&marks.optional, &marks.dup, &marks.skip]
            .into_iter()
            .any(|mark| matches!(mark, Mark::If(condition) if changing.has(condition)));
        Known { sizes: all.then_some(sizes), marks: if varies { None } else { self.resolve(marks).ok() } }
    }

    /// The sizes that a step states.
    pub(super) fn sizes(&self, action: &Action) -> Result<[i64; 4], Stop> {
        let mut sizes = [1; 4];
        for (size, node) in sizes.iter_mut().zip(sizes_of(action)) {
            *size = self.number(node)?;
        }
        Ok(sizes)
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

impl Plan<'_> {
    /// Notes that this was the last round.
    fn note(&mut self, layer: Option<usize>) {
        self.last = layer.filter(|_| self.steps.iter().all(|step| step.memo.is_some()));
        self.loaded.clear();
        if self.last.is_some() {
            self.loaded.extend(self.steps.iter().filter_map(|step| step.memo.as_ref()).flatten());
        }
    }
}

impl Changing {
    /// The variable that the loop counts in.
    fn variable(&self) -> Symbol {
        self.symbols.first().copied().unwrap_or(base::I)
    }

    /// Whether the step asks for tensors of the layer that the loop counts.
    fn counts(&self, action: &Action) -> bool {
        let variable = self.variable();
        let is_layer = |node: &Node| *node == Node::Variable(variable, None);
        let counts = match action {
            Action::GateUp { .. } => variable == base::I,
            Action::Qkv { layer, .. } => is_layer(layer),
            Action::Request(request) => request.name.number.as_ref().is_some_and(|(number, _)| is_layer(number)),
            _ => false,
        };
        counts && marks_of(action).is_some_and(|marks| marks.slot_layer.is_none())
    }

    fn of(variable: Symbol, steps: &[Step]) -> Self {
        let mut symbols = vec![variable];
        steps.iter().for_each(|step| assigned(&step.action, &mut symbols));
        let is_base = |symbol: &Symbol| symbol.0 < base::NAMES.len() && *symbol != base::I;
        Self { any_base: symbols.iter().any(is_base), symbols }
    }

    /// Whether the expression may have another value in another round.
    fn has(&self, node: &Node) -> bool {
        match node {
            Node::ArrayKey(_) | Node::HasKey(_) | Node::Length(_) | Node::Number(_) => false,
            Node::Asked(_) | Node::Loaded(_) => true,
            Node::Variable(symbol, layer) => self.symbols.contains(symbol) || self.has_any(layer.as_deref()),
            Node::Derived(_, layer) => self.any_base || self.has_any(layer.as_deref()),
            Node::DeepstackBad | Node::PleRows => self.any_base,
            Node::LargestOverLayers(inner, _) => self.any_base || self.has(inner),
            Node::Has(tensor) => self.names(tensor),
            Node::Size(tensor, axis) => self.names(tensor) || self.has(axis),
            Node::Negate(inner) | Node::Not(inner) => self.has(inner),
            Node::And(left, right)
            | Node::Binary(_, left, right)
            | Node::Larger(left, right)
            | Node::Or(left, right)
            | Node::Outside(_, left, right)
            | Node::Smaller(left, right) => self.has(left) || self.has(right),
            Node::Choose(condition, then, otherwise) => self.has(condition) || self.has(then) || self.has(otherwise),
        }
    }

    fn has_any<'n>(&self, nodes: impl IntoIterator<Item = &'n Node>) -> bool {
        nodes.into_iter().any(|node| self.has(node))
    }

    fn names(&self, tensor: &Template) -> bool {
        self.has_any(tensor.number.as_ref().map(|(number, _)| &**number))
    }
}

/// Adds the variables that a step assigns.
fn assigned(action: &Action, symbols: &mut Vec<Symbol>) {
    match action {
        Action::Copy { to, .. } => symbols.push(*to),
        Action::For { variable, steps, .. } => {
            symbols.push(*variable);
            steps.iter().for_each(|step| assigned(&step.action, symbols));
        }
        Action::Pattern { .. } => symbols.extend([base::IS_RECR, base::IS_SWA]),
        Action::Set { target: Target::All(symbol) | Target::Layer(symbol, _) | Target::Listed(symbol, _), .. } => {
            symbols.push(*symbol);
        }
        _ => {}
    }
}

fn marks_of(action: &Action) -> Option<&RequestMarks> {
    match action {
        Action::GateUp { marks, .. } | Action::Qkv { marks, .. } => Some(marks),
        Action::Request(request) => Some(&request.marks),
        _ => None,
    }
}

/// The sizes that a step states, four at most.
fn sizes_of(action: &Action) -> impl Iterator<Item = &Node> {
    let sizes = match action {
        Action::GateUp { width, ff, experts, .. } => [Some(width), Some(ff), Some(experts), None],
        Action::Qkv { width, query, key, value, .. } => [Some(width), Some(query), Some(key), Some(value)],
        Action::Request(Request { shape, .. }) => [shape.first(), shape.get(1), shape.get(2), shape.get(3)],
        _ => [None; 4],
    };
    sizes.into_iter().flatten()
}
