//! What can be told of a template's output without rendering it.

use super::Program;
use super::ast::{Body, Constant, Kind, Root, Span, StatementKind};
use super::token::Kind as TokenKind;

impl Program {
    /// Where a name stands in the template, whatever it stands for.
    pub(in crate::chat) fn mentions(&self, name: &str) -> impl Iterator<Item = Span> {
        let names = self.tokens.list.iter().filter(|token| token.kind == TokenKind::Name);
        let spans = names.map(|token| token.span).filter(|span| span.len() == name.len());
        spans.filter(move |span| self.text(*span) == name)
    }

    /// Whether all that hangs on a variable, which the template names once, is a text at its end that is not empty.
    pub(in crate::chat) fn ends_by(&self, variable: &str) -> bool {
        let last = self.root.body.iter().rfind(|statement| !matches!(statement.kind, StatementKind::Text(_)));
        let Some(StatementKind::If(block)) = last.map(|statement| &statement.kind) else { return false };
        let [(test, body)] = block.branches.as_slice() else { return false };
        self.is_variable(*test, variable) && block.otherwise.is_empty() && self.writes(body)
    }

    fn is_variable(&self, test: Root, variable: &str) -> bool {
        matches!(self.tree.kind(test.top), Kind::Name(name) if self.text(name.span) == variable)
    }

    /// Whether a text stands among the statements, so that what they write is not empty.
    fn writes(&self, body: &Body) -> bool {
        body.iter().any(|statement| match &statement.kind {
            StatementKind::Print(root) => match self.tree.kind(root.top) {
                Kind::Constant(Constant::Str(text)) => !self.literal(*text).is_empty(),
                _ => false,
            },
            StatementKind::Text(_) => true,
            _ => false,
        })
    }
}
