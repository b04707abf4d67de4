//! What may differ from round to round of a loop.

use super::expression::{Node, Operator, Symbol, Template};
use super::step::{Action, Mark, Request, RequestMarks, Step, Target};
use crate::engine::llama_cpp::tables::base;

/// What may differ in one step of a loop from round to round.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::llama_cpp) struct Changes {
    /// Each of its conditions.
    pub(in crate::engine::llama_cpp) when: Vec<bool>,
    /// Some size that it states.
    pub(in crate::engine::llama_cpp) sizes: bool,
    /// Some mark.
    pub(in crate::engine::llama_cpp) marks: bool,
    /// The tensors that it asks for.
    pub(in crate::engine::llama_cpp) asks: Asks,
}

/// What a step of a loop asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) enum Asks {
    /// Tensors of the layer that the loop counts.
    Counted,
    /// One tensor of no layer.
    Once {
        /// Its name.
        name: &'static str,
        /// Whether it need not be there.
        is_option: bool,
        /// Whether it is counted in the first round only.
        is_shared: bool,
    },
    /// Something else, or nothing.
    Other,
}

impl Changes {
    /// The changes of each step of a loop that counts in `variable`.
    pub(super) fn of(variable: Symbol, steps: &[Step]) -> Vec<Self> {
        let changing = Changing::of(variable, steps);
        steps.iter().map(|step| changing.step(step)).collect()
    }
}

/// What a loop assigns.
struct Changing {
    variable: Symbol,
    symbols: Vec<Symbol>,
    /// Whether one of them is among those that computed values come from.
    any_base: bool,
}

impl Changing {
    fn of(variable: Symbol, steps: &[Step]) -> Self {
        let mut symbols = vec![variable];
        steps.iter().for_each(|step| assigned(&step.action, &mut symbols));
        let is_base = |symbol: &Symbol| symbol.0 < base::NAMES.len() && *symbol != base::I;
        Self { variable, any_base: symbols.iter().any(is_base), symbols }
    }

    fn step(&self, step: &Step) -> Changes {
        let marks = step.action.marks();
        let all = marks.into_iter().flat_map(|marks| [&marks.optional, &marks.dup, &marks.skip]);
        Changes {
            when: step.when.iter().map(|condition| self.has(condition)).collect(),
            sizes: self.has_any(step.action.sizes()),
            marks: { all }.any(|mark| matches!(mark, Mark::If(condition) if self.has(condition))),
            asks: self.asks(&step.action),
        }
    }

    fn asks(&self, action: &Action) -> Asks {
        let is_counted = match action {
            Action::GateUp { .. } => self.variable == base::I,
            Action::Qkv { layer, .. } => self.is_layer(layer),
            Action::Request(Request { name: Template { number: Some((number, _)), .. }, .. }) => self.is_layer(number),
            Action::Request(Request { name: Template { before, number: None }, marks, .. }) => {
                let is_option = marks.optional == Mark::Always;
                return Asks::Once { name: before, is_option, is_shared: self.is_shared(marks) };
            }
            _ => false,
        };
        let is_counted = is_counted && action.marks().is_some_and(|marks| marks.slot_layer.is_none());
        if is_counted { Asks::Counted } else { Asks::Other }
    }

    fn is_layer(&self, node: &Node) -> bool {
        *node == Node::Variable(self.variable, None)
    }

    /// Whether these marks have a tensor counted in the first round only.
    fn is_shared(&self, marks: &RequestMarks) -> bool {
        let RequestMarks { dup: Mark::If(condition), skip: Mark::Never, attempt: false, .. } = marks else {
            return false;
        };
        let Node::Binary(Operator::Unequal | Operator::Greater, left, right) = &**condition else { return false };
        self.is_layer(left) && **right == Node::Number(0)
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

impl Action {
    /// The marks of what it asks for.
    pub(in crate::engine::llama_cpp) fn marks(&self) -> Option<&RequestMarks> {
        match self {
            Self::GateUp { marks, .. } | Self::Qkv { marks, .. } => Some(marks),
            Self::Request(request) => Some(&request.marks),
            _ => None,
        }
    }

    /// The sizes that it states, four at most.
    pub(in crate::engine::llama_cpp) fn sizes(&self) -> impl Iterator<Item = &Node> {
        let sizes = match self {
            Self::GateUp { width, ff, experts, .. } => [Some(width), Some(ff), Some(experts), None],
            Self::Qkv { width, query, key, value, .. } => [Some(width), Some(query), Some(key), Some(value)],
            Self::Request(Request { shape, .. }) => [shape.first(), shape.get(1), shape.get(2), shape.get(3)],
            _ => [None; 4],
        };
        sizes.into_iter().flatten()
    }
}
