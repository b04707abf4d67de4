//! Walks the resolved tree.

mod activation;
mod call;
mod expression;
mod function;
mod output;
mod print;
mod statement;
mod truth;

pub(super) use activation::Activation;
pub(super) use call::Args;
pub(in crate::chat) use output::Rendered;

use super::ast::{Block, Body, Function, Load, Name, Slot, Span, StatementKind, Tree};
use super::budget::Budget;
use super::error::{ErrorClass, Outcome};
use super::value::{Object, Undefined, Value, same};
use super::{Clock, Program, globals};
use std::cell::OnceCell;
use std::rc::Rc;

/// One rendering.
pub(super) struct Machine<'a> {
    source: &'a str,
    /// The texts of the template's literals.
    texts: &'a str,
    tree: &'a Tree,
    variables: Vec<(&'a str, Value<'a>)>,
    pub(super) clock: Option<&'a Clock>,
    pub(super) budget: Budget,
    output: output::Output,
    root: Option<Rc<Activation<'a>>>,
    body: &'a Body,
    /// The template's blocks, looked for once one is named.
    blocks: OnceCell<Vec<&'a Block>>,
    /// What can hold itself: emptied at the end, so that nothing leaks and nothing is dropped in a deep recursion.
    retained: Vec<Retained<'a>>,
}

enum Retained<'a> {
    Activation(Rc<Activation<'a>>),
    Object(Rc<Object<'a>>),
}

impl<'a> Machine<'a> {
    pub(super) fn new(
        program: &'a Program,
        variables: Vec<(&'a str, Value<'a>)>,
        clock: Option<&'a Clock>,
        budget: Budget,
    ) -> Self {
        let output = output::Output::new();
        Self {
            source: &program.source,
            texts: &program.texts,
            tree: &program.tree,
            variables,
            clock,
            budget,
            output,
            root: None,
            body: &program.root.body,
            blocks: OnceCell::new(),
            retained: Vec::new(),
        }
    }

    /// Renders the whole template.
    pub(super) fn run(mut self, root: &'a Function) -> Outcome<Rendered> {
        let activation = Activation::new(root.slots, None, &self.budget)?;
        self.root = Some(Rc::clone(&activation));
        self.enter(&activation, &root.frame.loads)?;
        self.body(&activation, &root.body)?;
        std::mem::take(&mut self.output).finish()
    }

    /// Goes one level deeper into what stands at a place.
    #[inline]
    fn level<T>(&mut self, span: Span, inner: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        self.budget.spend(1)?;
        self.budget.enter().map_err(|failure| failure.at(span))?;
        self.within(span, inner)
    }

    // Apart from what may end before it, so that the result is written where it is wanted, and not moved there.
    #[inline]
    fn within<T>(&mut self, span: Span, inner: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        let mut result = inner(self);
        self.budget.leave();
        if let Err(failure) = &mut result {
            failure.place(span);
        }
        result
    }

    fn blocks(&self) -> &[&'a Block] {
        self.blocks.get_or_init(|| {
            let mut found = Vec::new();
            blocks(self.body, &mut found);
            found
        })
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        span.of(self.source)
    }

    /// The text of a string literal.
    fn literal(&self, span: Span) -> &'a str {
        span.of(self.texts)
    }

    /// Keeps an activation that a closure holds, and those around it.
    pub(super) fn retain(&mut self, activation: &Rc<Activation<'a>>) {
        let mut next = Some(activation);
        while let Some(activation) = next.filter(|activation| activation.mark()) {
            self.retained.push(Retained::Activation(Rc::clone(activation)));
            next = activation.outer();
        }
    }

    pub(super) fn retain_object(&mut self, object: &Rc<Object<'a>>) {
        self.retained.push(Retained::Object(Rc::clone(object)));
    }

    /// Sets a frame's variables to what they hold at its start.
    fn enter(&mut self, activation: &Rc<Activation<'a>>, loads: &'a [(u16, Load)]) -> Outcome<()> {
        for (slot, load) in loads {
            let value = match load {
                Load::Parameter => continue,
                Load::Alias(from) => activation.load(*from),
                Load::Resolve(span) => self.resolve(self.text(*span)),
                Load::Undefined => {
                    activation.unset(*slot);
                    continue;
                }
            };
            activation.store(Slot { hops: 0, index: *slot }, value);
        }
        self.budget.spend(loads.len() as u64)
    }

    fn leave(&mut self, activation: &Rc<Activation<'a>>, loads: &'a [(u16, Load)]) {
        for (slot, _) in loads {
            activation.unset(*slot);
        }
    }

    /// What the caller or the environment has under `name`.
    fn resolve(&self, name: &str) -> Option<Value<'a>> {
        let given = self.variables.iter().find(|(known, _)| same(known, name)).map(|(_, value)| value.clone());
        given.or_else(|| globals::by_name(name).map(Value::Builtin))
    }

    fn load(&self, activation: &Rc<Activation<'a>>, name: &Name) -> Value<'a> {
        match activation.look(name.slot) {
            Some(value) => Value::clone(&value),
            None => Value::Undefined(Undefined::Name(self.text(name.span))),
        }
    }
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        for retained in &self.retained {
            match retained {
                Retained::Activation(activation) => activation.clear(),
                Retained::Object(object) => match &**object {
                    Object::Namespace(namespace) => namespace.attributes.borrow_mut().clear(),
                    Object::Loop(state) => drop(state.changed.take()),
                    _ => {}
                },
            }
        }
    }
}

/// The template's blocks, wherever they stand.
fn blocks<'a>(body: &'a Body, found: &mut Vec<&'a Block>) {
    for statement in body {
        match &statement.kind {
            StatementKind::Block(block) => {
                found.push(block);
                blocks(&block.function.body, found);
            }
            StatementKind::For(looped) => {
                blocks(&looped.function.body, found);
                blocks(&looped.otherwise, found);
            }
            StatementKind::If(block) => {
                block.branches.iter().for_each(|(_, body)| blocks(body, found));
                blocks(&block.otherwise, found);
            }
            StatementKind::With(block) => blocks(&block.body, found),
            StatementKind::Generation(block) => blocks(&block.function.body, found),
            _ => {}
        }
    }
}

/// The security error of an attribute that the sandbox hides.
pub(super) fn security<T>(message: impl Into<String>) -> Outcome<T> {
    super::error::fail(ErrorClass::Security, message)
}
