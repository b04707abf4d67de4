//! Filters and tests that there are not. In most templates there are none, and nothing is looked at.

use super::super::ast::{Expr, FilterName, Kind, Span};
use super::super::error::{ErrorClass, Outcome, fail, spelled};
use super::super::walk;
use super::Resolver;

impl Resolver<'_, '_> {
    /// Looks at an expression from the outside in.
    pub(super) fn known(&mut self, expr: Expr) -> Outcome<()> {
        if !self.unknown {
            return Ok(());
        }
        let softer = match self.tree.kind(expr) {
            Kind::Conditional(_) => true,
            Kind::Filter(call) => self.known_filter(&call.filter).map(|()| false)?,
            Kind::Test(call) if call.id.is_none() => self.missing("test", call.span).map(|()| false)?,
            _ => false,
        };
        let before = self.soft;
        self.soft |= softer;
        let mut inside = Vec::new();
        walk::children(self.tree.kind(expr), &mut |inner| inside.push(inner));
        let result = inside.into_iter().try_for_each(|inner| self.known(inner));
        self.soft = before;
        result
    }

    pub(super) fn known_filter(&self, filter: &FilterName) -> Outcome<()> {
        if filter.id.is_some() { Ok(()) } else { self.missing("filter", filter.span) }
    }

    fn missing(&self, kind: &str, name: Span) -> Outcome<()> {
        if self.soft {
            return Ok(());
        }
        let message = format!("No {kind} named '{}'.", spelled(self.text(name)));
        fail(ErrorClass::TemplateAssertion, message).map_err(|failure| failure.at(name))
    }
}
