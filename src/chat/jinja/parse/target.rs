//! What can be assigned to.

use super::super::ast::{Expr, Kind as Node, Name, Slot, Target};
use super::super::error::{ErrorClass, Outcome};
use super::super::token::Kind;
use super::Parser;
use super::literal::TupleRules;

impl Parser<'_, '_> {
    /// A name, or names in a tuple.
    pub(super) fn target(&mut self, ends_at: Option<&'static str>) -> Outcome<Target> {
        self.targets(|parser| {
            let expr = parser.tuple(&TupleRules { simple: true, ends_at, ..TupleRules::default() })?;
            parser.assignable(expr)
        })
    }

    /// What `set` assigns to: also an attribute of a namespace.
    pub(super) fn set_target(&mut self) -> Outcome<Target> {
        self.targets(Self::assigned)
    }

    /// Reads targets by way of expressions, of which nothing is left.
    fn targets(&mut self, read: impl FnOnce(&mut Self) -> Outcome<Target>) -> Outcome<Target> {
        let (mentions, first) = (self.mentions, self.tree.end());
        let target = read(self);
        self.mentions = mentions;
        self.tree.cut(first);
        target
    }

    fn assigned(&mut self) -> Outcome<Target> {
        if !self.at(Kind::Name) || self.look()?.kind != Kind::Dot {
            return self.set_names();
        }
        let target = self.attribute_target()?;
        if !self.at(Kind::Comma) {
            return Ok(target);
        }
        self.more_targets(target)
    }

    fn set_names(&mut self) -> Outcome<Target> {
        let start = self.current.span.start;
        let first = self.nested(Self::primary).or_else(|failure| {
            let empty = matches!(self.current.kind, Kind::BlockEnd | Kind::VariableEnd | Kind::RightParen);
            if !empty {
                return Err(failure);
            }
            self.fail(format!("Expected an expression, got '{}'", self.describe(self.current)))
        })?;
        let first = self.assignable(first)?;
        if self.at(Kind::Comma) {
            return self.more_targets(first).map_err(|failure| failure.at(self.since(start)));
        }
        Ok(first)
    }

    fn attribute_target(&mut self) -> Outcome<Target> {
        let name = self.advance();
        let name = Name { span: name.span, slot: Slot::default() };
        self.advance();
        let attribute = self.expect(Kind::Name)?;
        Ok(Target::Attribute(name, attribute.span))
    }

    fn more_targets(&mut self, first: Target) -> Outcome<Target> {
        let mut targets = vec![first];
        while self.skip(Kind::Comma) {
            if matches!(self.current.kind, Kind::BlockEnd | Kind::VariableEnd | Kind::RightParen) {
                break;
            }
            let target = if self.at(Kind::Name) && self.look()?.kind == Kind::Dot {
                self.attribute_target()?
            } else {
                let expr = self.nested(Self::primary)?;
                self.assignable(expr)?
            };
            targets.push(target);
        }
        Ok(Target::Tuple(targets))
    }

    /// A plain name.
    pub(super) fn name_target(&mut self) -> Outcome<Name> {
        let token = self.expect(Kind::Name)?;
        let name = self.text(token);
        if matches!(name, "true" | "false" | "none" | "True" | "False" | "None") {
            return self.fail_as(ErrorClass::TemplateSyntax, "can't assign to 'name'", token.span);
        }
        Ok(Name { span: token.span, slot: Slot::default() })
    }

    fn assignable(&self, expr: Expr) -> Outcome<Target> {
        let node = self.tree.node(expr);
        let kind = match &node.kind {
            Node::Name(name) => return Ok(Target::Name(*name)),
            Node::Tuple(items) => {
                let targets = items.iter().map(|item| self.assignable(*item));
                return targets.collect::<Outcome<_>>().map(Target::Tuple);
            }
            Node::Constant(_) => "const",
            Node::Dict(_) => "dict",
            Node::List(_) => "list",
            _ => "expr",
        };
        self.fail_as(ErrorClass::TemplateSyntax, format!("can't assign to '{kind}'"), node.span)
    }
}
