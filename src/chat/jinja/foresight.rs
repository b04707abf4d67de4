//! What can be told of a template's output without rendering it.

use super::Program;
use super::ast::{Body, Constant, Expr, Kind, StatementKind};
use super::token::Kind as TokenKind;

impl Program {
    /// How often a name stands in the template, whatever it stands for.
    pub(in crate::chat) fn mentions(&self, name: &str) -> usize {
        let names = self.tokens.list.iter().filter(|token| token.kind == TokenKind::Name);
        names.filter(|token| token.span.len() == name.len() && self.text(token.span) == name).count()
    }

    /// Whether all that hangs on a variable, which the template names once, is a text at its end that is not empty.
    pub(in crate::chat) fn ends_by(&self, variable: &str) -> bool {
        let last = self.root.body.iter().rfind(|statement| !matches!(statement.kind, StatementKind::Text(_)));
        let Some(StatementKind::If(block)) = last.map(|statement| &statement.kind) else { return false };
        let [(test, body)] = block.branches.as_slice() else { return false };
        self.is_variable(test, variable) && block.otherwise.is_empty() && self.writes(body)
    }

    fn is_variable(&self, expr: &Expr, variable: &str) -> bool {
        matches!(&expr.kind, Kind::Name(name) if self.text(name.span) == variable)
    }

    /// Whether a text stands among the statements, so that what they write is not empty.
    fn writes(&self, body: &Body) -> bool {
        body.iter().any(|statement| match &statement.kind {
            StatementKind::Print(Expr { kind: Kind::Constant(Constant::Str(text)), .. }) => {
                !self.literal(*text).is_empty()
            }
            StatementKind::Text(_) => true,
            _ => false,
        })
    }
}
