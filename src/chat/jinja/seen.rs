//! What a template holds that the gate wants to know of, whatever the engine.

use super::ast::{Arguments, Constant, Expr, FilterName, Kind, Node, Span};
use super::filters::Filter;
use super::walk::{self, Visitor};

/// What was seen, with its places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::chat) struct Seen {
    /// Attributes that begin with two underscores: an attempt to reach outside.
    pub(in crate::chat) outside: Vec<Span>,
    /// What is not rendered here.
    pub(in crate::chat) unsupported: Vec<(&'static str, Span)>,
}

impl super::Program {
    pub(in crate::chat) fn look(&self) -> Seen {
        if !self.odd {
            return Seen::default();
        }
        let mut look = Look { program: self, seen: Seen::default() };
        walk::body(&mut look, &self.tree, &self.root.body);
        look.seen
    }
}

/// Whether there is something to say of an attribute of this name.
pub(super) fn is_odd(name: &str) -> bool {
    name.starts_with("__") || matches!(name, "maketrans" | "translate")
}

struct Look<'p> {
    program: &'p super::Program,
    seen: Seen,
}

impl Visitor for Look<'_> {
    fn filter(&mut self, filter: &FilterName, arguments: &Arguments) {
        if filter.id == Some(Filter::Urlize) {
            self.seen.unsupported.push(("the filter urlize", filter.span));
        }
        if filter.id == Some(Filter::Attr) {
            arguments.positional.iter().for_each(|name| self.key(*name));
        }
    }

    fn expr(&mut self, expr: &Node) {
        match &expr.kind {
            Kind::Attribute(_, name) => self.attribute(self.program.text(name.span), expr.span),
            Kind::Item(_, key) => self.key(*key),
            _ => {}
        }
    }
}

impl Look<'_> {
    fn attribute(&mut self, name: &str, span: Span) {
        if name.starts_with("__") {
            self.seen.outside.push(span);
        }
        if matches!(name, "maketrans" | "translate") {
            self.seen.unsupported.push(("str.translate", span));
        }
    }

    fn key(&mut self, key: Expr) {
        let key = self.program.tree.node(key);
        if let Kind::Constant(Constant::Str(name)) = &key.kind {
            self.attribute(self.program.literal(*name), key.span);
        }
    }
}
