//! What is printed.

use super::super::ast::{Body, Expr, Kind as Node, Node as Stands, Root, Statement, StatementKind, Tree};
use super::super::error::Outcome;
use super::super::token::Kind;
use super::Parser;

impl Parser<'_, '_> {
    /// `{% print a, b %}`
    pub(super) fn prints(&mut self, start: u32, body: &mut Body) -> Outcome<()> {
        self.advance();
        let mut first = true;
        while !self.at(Kind::BlockEnd) {
            if !first {
                self.expect(Kind::Comma)?;
            }
            first = false;
            let expr = self.root(|parser| parser.expression(true))?;
            let kind = self.printed(expr);
            body.push(Statement { span: self.since(start), kind });
        }
        self.advance();
        Ok(())
    }

    /// Marks a slice of a constant: Jinja folds it where it is printed, and a fold that fails is undefined.
    pub(super) fn printed(&mut self, expr: Root) -> StatementKind {
        if matches!(self.tree.kind(expr.top), Node::Slice(slice) if is_constant(&self.tree, slice.subject))
            && let Some(Stands { kind: Node::Slice(slice), .. }) = self.tree.node_mut(expr.top)
        {
            slice.constant = true;
        }
        StatementKind::Print(expr)
    }
}

/// Whether an expression is made of literals alone.
fn is_constant(tree: &Tree, expr: Expr) -> bool {
    let constant = |inner: &Expr| is_constant(tree, *inner);
    match tree.kind(expr) {
        Node::Constant(_) => true,
        Node::Binary(_, left, right) | Node::And(left, right) | Node::Or(left, right) => {
            constant(left) && constant(right)
        }
        Node::Concat(items) | Node::List(items) | Node::Tuple(items) => items.iter().all(constant),
        Node::Dict(pairs) => pairs.iter().all(|(key, value)| constant(key) && constant(value)),
        Node::Negative(inner) | Node::Not(inner) | Node::Positive(inner) => constant(inner),
        _ => false,
    }
}
