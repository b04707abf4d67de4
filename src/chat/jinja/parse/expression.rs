//! Expressions, by climbing precedence.

use super::super::ast::{Chain, Comparison, Conditional, Expr, Kind as Node, Member, Operator, Slice, Span};
use super::super::attribute;
use super::super::error::Outcome;
use super::super::seen;
use super::super::token::Kind;
use super::Parser;

/// How tightly the operators bind, loosest first.
const OR: u8 = 0;
const AND: u8 = 1;
const NOT: u8 = 2;
const COMPARE: u8 = 3;
const SUM: u8 = 4;
const CONCAT: u8 = 5;
const PRODUCT: u8 = 6;
const POWER: u8 = 7;
const UNARY: u8 = 8;

impl Parser<'_, '_> {
    /// A node over children of which the tallest is `height`.
    // In line, so that it is built where it will stand.
    #[inline(always)]
    pub(super) fn node(&mut self, start: u32, kind: Node, height: u16) -> Outcome<Expr> {
        let span = self.since(start);
        let height = height.saturating_add(1);
        if height > self.limits.nesting {
            return self.too_deep(span);
        }
        Ok(self.tree.add(span, kind, height))
    }

    /// A full expression; without `conditional`, one that stops before an `if`.
    pub(super) fn expression(&mut self, conditional: bool) -> Outcome<Expr> {
        self.nested(|parser| if conditional { parser.conditional() } else { parser.binary(OR) })
    }

    fn conditional(&mut self) -> Outcome<Expr> {
        let start = self.current.span.start;
        let mut expr = self.binary(OR)?;
        while self.skip_name("if") {
            let test = self.binary(OR)?;
            let otherwise = if self.skip_name("else") { Some(self.expression(true)?) } else { None };
            let height = expr.height().max(test.height()).max(otherwise.map_or(0, |other| other.height()));
            let node = Node::Conditional(Box::new(Conditional { test, then: expr, otherwise }));
            expr = self.node(start, node, height)?;
        }
        Ok(expr)
    }

    fn binary(&mut self, level: u8) -> Outcome<Expr> {
        let start = self.current.span.start;
        if level <= NOT && self.at_name("not") {
            let inner = self.nested(|parser| {
                parser.advance();
                parser.binary(NOT)
            })?;
            let height = inner.height();
            let not = self.node(start, Node::Not(inner), height)?;
            return self.climb(start, not, level, AND);
        }
        let left = self.unary(true)?;
        self.climb(start, left, level, POWER)
    }

    /// Takes in the operators behind `left` that bind at least as tightly as `level`, and at most as `most`.
    fn climb(&mut self, start: u32, mut left: Expr, level: u8, most: u8) -> Outcome<Expr> {
        loop {
            let Some(found) = self.operator_level()? else { return Ok(left) };
            if found < level || found > most {
                return Ok(left);
            }
            left = match found {
                COMPARE => self.comparison(start, left)?,
                CONCAT => self.concat(start, left)?,
                _ => self.operation(start, left, found)?,
            };
        }
    }

    fn operator_level(&self) -> Outcome<Option<u8>> {
        Ok(match self.current.kind {
            Kind::Equal | Kind::NotEqual | Kind::Less | Kind::LessEqual | Kind::Greater | Kind::GreaterEqual => {
                Some(COMPARE)
            }
            Kind::Plus | Kind::Minus => Some(SUM),
            Kind::Tilde => Some(CONCAT),
            Kind::Star | Kind::Slash | Kind::FloorDivide | Kind::Percent => Some(PRODUCT),
            Kind::Power => Some(POWER),
            Kind::Name => match self.text(self.current) {
                "or" => Some(OR),
                "and" => Some(AND),
                "in" => Some(COMPARE),
                "not" => self.before_in()?.then_some(COMPARE),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether the next token is `in`.
    fn before_in(&self) -> Outcome<bool> {
        let next = self.look()?;
        Ok(next.kind == Kind::Name && self.text(next) == "in")
    }

    fn operation(&mut self, start: u32, left: Expr, level: u8) -> Outcome<Expr> {
        let operator = self.advance().kind;
        let right = self.operand(level.saturating_add(1))?;
        let height = left.height().max(right.height());
        let node = match (level, operator) {
            (OR, _) => Node::Or(left, right),
            (AND, _) => Node::And(left, right),
            (_, Kind::Plus) => Node::Binary(Operator::Add, left, right),
            (_, Kind::Minus) => Node::Binary(Operator::Subtract, left, right),
            (_, Kind::Star) => Node::Binary(Operator::Multiply, left, right),
            (_, Kind::Slash) => Node::Binary(Operator::Divide, left, right),
            (_, Kind::FloorDivide) => Node::Binary(Operator::FloorDivide, left, right),
            (_, Kind::Percent) => Node::Binary(Operator::Modulo, left, right),
            _ => Node::Binary(Operator::Power, left, right),
        };
        self.node(start, node, height)
    }

    fn operand(&mut self, level: u8) -> Outcome<Expr> {
        if level >= UNARY { self.unary(true) } else { self.binary(level) }
    }

    fn comparison(&mut self, start: u32, first: Expr) -> Outcome<Expr> {
        let (comparison, second) = self.compared()?;
        let mut height = first.height().max(second.height());
        if self.operator_level()? != Some(COMPARE) {
            return self.node(start, Node::Compare(comparison, first, second), height);
        }
        let mut rest = vec![(comparison, second)];
        while self.operator_level()? == Some(COMPARE) {
            let (comparison, operand) = self.compared()?;
            height = height.max(operand.height());
            rest.push((comparison, operand));
        }
        self.node(start, Node::Chain(Box::new(Chain { first, rest })), height)
    }

    /// A comparison and what stands behind it.
    fn compared(&mut self) -> Outcome<(Comparison, Expr)> {
        let comparison = match self.advance().kind {
            Kind::Equal => Comparison::Equal,
            Kind::NotEqual => Comparison::NotEqual,
            Kind::Less => Comparison::Less,
            Kind::LessEqual => Comparison::LessEqual,
            Kind::Greater => Comparison::Greater,
            Kind::GreaterEqual => Comparison::GreaterEqual,
            _ if self.at_name("in") && self.last_was("not") => {
                self.advance();
                Comparison::NotIn
            }
            _ => Comparison::In,
        };
        Ok((comparison, self.operand(SUM)?))
    }

    /// Whether the token just read ends in `word`.
    fn last_was(&self, word: &str) -> bool {
        let end = self.last_end;
        let start = end.saturating_sub(u32::try_from(word.len()).unwrap_or(u32::MAX));
        (Span { start, end }).of(self.source) == word
    }

    fn concat(&mut self, start: u32, first: Expr) -> Outcome<Expr> {
        let mut height = first.height();
        let mut parts = vec![first];
        while self.skip(Kind::Tilde) {
            let part = self.operand(PRODUCT)?;
            height = height.max(part.height());
            parts.push(part);
        }
        self.node(start, Node::Concat(parts), height)
    }

    /// A sign, or a primary with what follows it; without `filtered`, no filters and tests.
    pub(super) fn unary(&mut self, filtered: bool) -> Outcome<Expr> {
        let start = self.current.span.start;
        let mut expr = match self.current.kind {
            Kind::Minus | Kind::Plus => {
                let sign = self.advance().kind;
                let inner = self.nested(|parser| parser.unary(false))?;
                let height = inner.height();
                let node = if sign == Kind::Minus { Node::Negative(inner) } else { Node::Positive(inner) };
                self.node(start, node, height)?
            }
            _ => self.primary()?,
        };
        if matches!(self.current.kind, Kind::Dot | Kind::LeftBracket | Kind::LeftParen) {
            expr = self.postfix(start, expr)?;
        }
        if filtered { self.filtered(start, expr) } else { Ok(expr) }
    }

    /// Subscripts and calls.
    pub(super) fn postfix(&mut self, start: u32, mut expr: Expr) -> Outcome<Expr> {
        loop {
            expr = match self.current.kind {
                Kind::Dot => self.attribute(start, expr)?,
                Kind::LeftBracket => self.subscript(start, expr)?,
                Kind::LeftParen => self.call(start, expr)?,
                _ => return Ok(expr),
            };
        }
    }

    /// Filters, tests, and calls of their results.
    fn filtered(&mut self, start: u32, mut expr: Expr) -> Outcome<Expr> {
        loop {
            expr = match self.current.kind {
                Kind::Pipe => self.filter(start, expr)?,
                Kind::Name if self.at_name("is") => self.test(start, expr)?,
                Kind::LeftParen => self.call(start, expr)?,
                _ => return Ok(expr),
            };
        }
    }

    fn attribute(&mut self, start: u32, subject: Expr) -> Outcome<Expr> {
        self.advance();
        let height = subject.height();
        let token = self.advance();
        if token.kind == Kind::Name {
            let text = self.text(token);
            self.odd |= seen::is_odd(text);
            let plain = !attribute::of_dict(text);
            let name = Member { span: token.span, plain };
            return self.node(start, Node::Attribute(subject, name), height);
        }
        if token.kind != Kind::Integer {
            return self.fail_as(super::ErrorClass::TemplateSyntax, "expected name or number", token.span);
        }
        let kind = Node::Constant(super::literal::integer(self.text(token)));
        let index = self.tree.add(token.span, kind, 1);
        self.node(start, Node::Item(subject, index), height)
    }

    fn subscript(&mut self, start: u32, subject: Expr) -> Outcome<Expr> {
        self.advance();
        let mut parts = Vec::new();
        if !self.at(Kind::RightBracket) {
            let first = self.nested(Self::subscribed)?;
            if self.skip(Kind::RightBracket) {
                return match first {
                    Subscribed::Slice(bounds) => self.slice(start, subject, bounds),
                    Subscribed::Index(index) => {
                        let height = subject.height().max(index.height());
                        self.node(start, Node::Item(subject, index), height)
                    }
                };
            }
            parts.push(first);
        }
        while !self.at(Kind::RightBracket) {
            self.expect(Kind::Comma)?;
            parts.push(self.nested(Self::subscribed)?);
        }
        let inner = self.current.span.start;
        self.advance();
        let items = parts.into_iter().map(|part| self.plain(part, inner)).collect::<Outcome<Vec<_>>>()?;
        let height = items.iter().map(|item| item.height()).max().unwrap_or(0);
        let index = self.node(inner, Node::Tuple(items), height)?;
        let height = subject.height().max(index.height());
        self.node(start, Node::Item(subject, index), height)
    }

    /// A subscript among several. No type that a template can see takes a slice among them.
    fn plain(&mut self, part: Subscribed, start: u32) -> Outcome<Expr> {
        match part {
            Subscribed::Index(index) => Ok(index),
            Subscribed::Slice(_) => self.node(start, Node::List(Vec::new()), 0),
        }
    }

    fn slice(&mut self, start: u32, subject: Expr, bounds: [Option<Expr>; 3]) -> Outcome<Expr> {
        let tallest = bounds.iter().flatten().map(|bound| bound.height()).max().unwrap_or(0);
        let height = tallest.max(subject.height());
        let [from, to, step] = bounds;
        let slice = Slice { subject, start: from, stop: to, step, constant: false };
        self.node(start, Node::Slice(Box::new(slice)), height)
    }

    fn subscribed(&mut self) -> Outcome<Subscribed> {
        let first = if self.at(Kind::Colon) { None } else { Some(self.expression(true)?) };
        if !self.at(Kind::Colon) {
            return Ok(Subscribed::Index(first.map_or_else(|| self.expected("expression"), Ok)?));
        }
        self.advance();
        let stop = self.bound()?;
        let step = if self.skip(Kind::Colon) { self.bound()? } else { None };
        Ok(Subscribed::Slice([first, stop, step]))
    }

    fn bound(&mut self) -> Outcome<Option<Expr>> {
        match self.current.kind {
            Kind::Colon | Kind::Comma | Kind::RightBracket => Ok(None),
            _ => self.expression(true).map(Some),
        }
    }
}

enum Subscribed {
    Index(Expr),
    Slice([Option<Expr>; 3]),
}
