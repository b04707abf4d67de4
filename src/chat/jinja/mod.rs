//! An evaluator of Jinja 3.1 templates with Python's values, for chat templates and nothing else.
//!
//! Source becomes tokens on demand ([`lex`]), tokens a syntax tree ([`parse`]), names slots ([`scope`]); a [`Program`]
//! is the result and is rendered by walking it ([`eval`]). Every loop, every byte and every level of nesting is paid
//! for from a [`budget`].

mod arithmetic;
mod ast;
mod attribute;
mod budget;
mod compare;
mod dialect;
mod error;
mod escape;
mod eval;
mod filters;
mod foresight;
mod format;
mod globals;
mod input;
mod iterate;
mod json;
mod lex;
mod loops;
mod methods;
mod number;
mod parse;
mod repr;
mod scope;
mod seen;
mod sort;
mod strftime;
mod subscript;
mod tests;
mod token;
mod tree;
mod unicode;
#[rustfmt::skip]
mod unicode_tables;
mod value;
mod walk;
mod watch;

pub use error::ErrorClass;
pub(super) use error::{Failure, Outcome, fail};
pub(super) use eval::Rendered;
pub(super) use input::Input;
pub(super) use lex::normalize;
pub(super) use repr::quoted;
pub(super) use unicode::{trim, trim_end};
pub(super) use watch::Watch;

use super::Clock;
use crate::limits::TemplateLimits;
use ast::Span;
use budget::Budget;
use eval::Machine;
use std::rc::Rc;

/// A compiled template.
#[derive(Debug)]
pub(super) struct Program {
    source: String,
    /// The texts of its string literals.
    texts: String,
    tokens: lex::Tokens,
    tree: ast::Tree,
    /// Whether there may be something to say of it, so that a look at it is worth while.
    odd: bool,
    root: ast::Function,
}

impl Program {
    /// Compiles `source`.
    pub(super) fn compile(source: &str, limits: &TemplateLimits) -> Outcome<Self> {
        if source.len() > limits.source_bytes {
            let message = format!("{} bytes of template exceed the limit of {}", source.len(), limits.source_bytes);
            return fail(ErrorClass::Budget, message);
        }
        let source = lex::normalize(source);
        let parse::Parsed { body, texts, tokens, mut tree, unknown, odd, stray } = parse::parse(&source, limits)?;
        let root = scope::resolve(&source, body, &mut tree, unknown, limits.variables)?;
        match stray {
            None => Ok(Self { source, texts, tokens, tree, odd, root }),
            Some(failure) => Err(failure),
        }
    }

    /// Renders with `variables`, the earlier of which hide the later, under a watch.
    pub(super) fn render<'a>(
        &'a self,
        variables: impl Iterator<Item = (&'a str, Input<'a>)> + Clone,
        clock: Option<&'a Clock>,
        limits: &TemplateLimits,
        watch: Option<&Rc<Watch>>,
    ) -> Outcome<Rendered> {
        let input = variables.clone().map(|(_, input)| input.bytes()).fold(self.source.len(), usize::saturating_add);
        let budget = Budget::new(limits, input, watch.cloned());
        let mut values = Vec::new();
        values.reserve_exact(variables.size_hint().0);
        for (name, input) in variables {
            values.push((name, input.value(&budget)?));
        }
        Machine::new(self, values, clock, budget).run(&self.root)
    }

    /// The normalized source, in which places are counted.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The text that stands at a place.
    fn text(&self, span: Span) -> &str {
        span.of(&self.source)
    }

    /// The text of a string literal.
    fn literal(&self, span: Span) -> &str {
        span.of(&self.texts)
    }

    /// Line and column, both from 1, of a place, and the text that stands there.
    pub(super) fn locate(source: &str, span: Span) -> (usize, usize, String) {
        let (line, column) = place(source, span);
        (line, column, span.of(source).to_owned())
    }
}

/// Line and column, both from 1, of the start of a span.
fn place(source: &str, span: Span) -> (usize, usize) {
    let before = source.get(..span.start as usize).unwrap_or(source);
    let line = before.matches('\n').count().saturating_add(1);
    let start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
    let column = before.get(start..).unwrap_or_default().chars().count().saturating_add(1);
    (line, column)
}
