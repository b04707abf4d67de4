//! Calls, filters and tests with their arguments.

use super::super::ast::{Arguments, Call, Expr, FilterCall, FilterName, Kind as Node, Span, TestCall};
use super::super::error::Outcome;
use super::super::filters::Filter;
use super::super::tests::Test;
use super::super::token::Kind;
use super::Parser;

impl Arguments {
    pub(super) fn height(&self) -> u16 {
        self.all().map(|expr| expr.height()).max().unwrap_or(0)
    }
}

impl Parser<'_, '_> {
    pub(super) fn call(&mut self, start: u32, callee: Expr) -> Outcome<Expr> {
        let arguments = self.arguments()?;
        let height = callee.height().max(arguments.height());
        self.node(start, Node::Call(Box::new(Call { callee, arguments })), height)
    }

    fn arguments(&mut self) -> Outcome<Arguments> {
        let open = self.expect(Kind::LeftParen)?;
        let mut arguments = Arguments::default();
        let mut first = true;
        while !self.at(Kind::RightParen) {
            if !first {
                self.expect(Kind::Comma)?;
                if self.at(Kind::RightParen) {
                    break;
                }
            }
            first = false;
            if !self.argument(&mut arguments)? {
                let message = "invalid syntax for function call expression";
                return self.fail_as(super::ErrorClass::TemplateSyntax, message, open.span);
            }
        }
        self.expect(Kind::RightParen)?;
        Ok(arguments)
    }

    /// Reads one argument; whether it may stand there.
    fn argument(&mut self, arguments: &mut Arguments) -> Outcome<bool> {
        let no_double = arguments.double_star.is_none();
        if self.skip(Kind::Star) {
            let fits = no_double && arguments.star.is_none();
            arguments.star = Some(self.expression(true)?);
            return Ok(fits);
        }
        if self.skip(Kind::Power) {
            arguments.double_star = Some(self.expression(true)?);
            return Ok(no_double);
        }
        if self.at(Kind::Name) && self.look()?.kind == Kind::Assign {
            let name = self.advance();
            self.advance();
            let value = self.expression(true)?;
            arguments.named.push((name.span, value));
            return Ok(no_double);
        }
        let fits = no_double && arguments.star.is_none() && arguments.named.is_empty();
        let value = self.expression(true)?;
        arguments.positional.push(value);
        Ok(fits)
    }

    /// A name, with dots.
    fn dotted(&mut self) -> Outcome<Span> {
        let start = self.expect(Kind::Name)?.span.start;
        while self.skip(Kind::Dot) {
            self.expect(Kind::Name)?;
        }
        Ok(self.since(start))
    }

    /// A filter's name and arguments.
    pub(super) fn filter_part(&mut self) -> Outcome<(FilterName, Arguments)> {
        let span = self.dotted()?;
        let arguments = if self.at(Kind::LeftParen) { self.arguments()? } else { Arguments::default() };
        let id = Filter::by_name(span.of(self.source));
        self.odd |= id == Some(Filter::Urlize);
        self.unknown |= id.is_none();
        Ok((FilterName { id, span }, arguments))
    }

    pub(super) fn filter(&mut self, start: u32, subject: Expr) -> Outcome<Expr> {
        self.advance();
        let (filter, arguments) = self.filter_part()?;
        let height = subject.height().max(arguments.height());
        self.node(start, Node::Filter(Box::new(FilterCall { subject, filter, arguments })), height)
    }

    pub(super) fn test(&mut self, start: u32, subject: Expr) -> Outcome<Expr> {
        self.advance();
        let negated = self.skip_name("not");
        let span = self.dotted()?;
        let arguments = self.test_arguments()?;
        let height = subject.height().max(arguments.height());
        let id = Test::by_name(span.of(self.source));
        self.unknown |= id.is_none();
        let call = TestCall { subject, id, arguments, span };
        let test = self.node(start, Node::Test(Box::new(call)), height)?;
        if !negated {
            return Ok(test);
        }
        let height = test.height();
        self.node(start, Node::Not(test), height)
    }

    fn test_arguments(&mut self) -> Outcome<Arguments> {
        match self.current.kind {
            Kind::LeftParen => self.arguments(),
            Kind::Name | Kind::String | Kind::Integer | Kind::Float | Kind::LeftBracket | Kind::LeftBrace => {
                self.bare_argument()
            }
            _ => Ok(Arguments::default()),
        }
    }

    /// The one argument that a test takes without parentheses.
    fn bare_argument(&mut self) -> Outcome<Arguments> {
        if self.at_name("else") || self.at_name("or") || self.at_name("and") {
            return Ok(Arguments::default());
        }
        if self.at_name("is") {
            return self.fail("You cannot chain multiple tests with is");
        }
        let start = self.current.span.start;
        let argument = self.nested(Self::primary)?;
        let argument = self.postfix(start, argument)?;
        Ok(Arguments { positional: vec![argument], ..Arguments::default() })
    }
}
