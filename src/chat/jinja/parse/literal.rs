//! Names, literals, and expressions in brackets.

use super::super::ast::{Constant, Expr, Kind as Node, Name, Slot};
use super::super::error::{ErrorClass, Outcome};
use super::super::escape::unescape;
use super::super::lex::span;
use super::super::seen;
use super::super::token::{Kind, Token};
use super::Parser;
use num_bigint::BigInt;

/// The number that an integer literal stands for.
pub(super) fn integer(text: &str) -> Constant {
    let bare: String;
    let text = if text.contains('_') {
        bare = text.replace('_', "");
        &bare
    } else {
        text
    };
    let (radix, digits) = match text.get(..2) {
        Some("0b" | "0B") => (2, text.get(2..)),
        Some("0o" | "0O") => (8, text.get(2..)),
        Some("0x" | "0X") => (16, text.get(2..)),
        _ => (10, Some(text)),
    };
    let digits = digits.unwrap_or_default();
    match i64::from_str_radix(digits, radix) {
        Ok(number) => Constant::Int(number),
        Err(_) => Constant::Big(Box::new(BigInt::parse_bytes(digits.as_bytes(), radix).unwrap_or_default())),
    }
}

/// Longest integer that Python reads from a decimal text, in digits.
const DIGITS: usize = 4300;

impl Parser<'_, '_> {
    pub(super) fn primary(&mut self) -> Outcome<Expr> {
        let start = self.current.span.start;
        let token = self.current;
        let kind = match token.kind {
            Kind::Name => self.name(token)?,
            Kind::String => self.strings()?,
            Kind::Integer => self.integer(token)?,
            Kind::Float => {
                self.advance();
                let digits: String = self.text(token).chars().filter(|c| *c != '_').collect();
                Node::Constant(Constant::Float(digits.parse().unwrap_or(f64::NAN)))
            }
            Kind::LeftParen => {
                self.advance();
                let inner = self.tuple(&TupleRules { parenthesized: true, ..TupleRules::default() })?;
                self.expect(Kind::RightParen)?;
                let span = self.since(start);
                if let Some(node) = self.tree.node_mut(inner) {
                    node.span = span;
                }
                return Ok(inner);
            }
            Kind::LeftBracket => return self.list(start),
            Kind::LeftBrace => return self.dict(start),
            _ => return self.fail(format!("unexpected '{}'", self.describe(token))),
        };
        self.node(start, kind, 0)
    }

    fn name(&mut self, token: Token) -> Outcome<Node> {
        self.advance();
        let name = self.text(token);
        Ok(match name {
            "true" | "True" => Node::Constant(Constant::Bool(true)),
            "false" | "False" => Node::Constant(Constant::Bool(false)),
            "none" | "None" => Node::Constant(Constant::None),
            _ => {
                self.mention(name);
                Node::Name(Name { span: token.span, slot: Slot::default() })
            }
        })
    }

    fn mention(&mut self, name: &str) {
        let count = match name {
            "caller" => &mut self.mentions.caller,
            "kwargs" => &mut self.mentions.kwargs,
            "loop" => &mut self.mentions.looped,
            "varargs" => &mut self.mentions.varargs,
            _ => return,
        };
        *count = count.saturating_add(1);
    }

    fn integer(&mut self, token: Token) -> Outcome<Node> {
        self.advance();
        let text = self.text(token);
        if text.len() > DIGITS {
            let message = format!("Exceeds the limit ({DIGITS} digits) for integer string conversion");
            return self.fail_as(ErrorClass::Value, message, token.span);
        }
        Ok(Node::Constant(integer(text)))
    }

    /// One string literal, or several in a row.
    fn strings(&mut self) -> Outcome<Node> {
        let start = self.texts.len();
        self.string()?;
        while self.at(Kind::String) {
            self.string()?;
        }
        let text = span(start, self.texts.len());
        self.odd |= seen::is_odd(text.of(&self.texts));
        Ok(Node::Constant(Constant::Str(text)))
    }

    fn string(&mut self) -> Outcome<()> {
        let token = self.current;
        let text = self.text(token);
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        unescape(inner, &mut self.texts).map_err(|failure| failure.at(token.span))?;
        self.advance();
        Ok(())
    }

    fn list(&mut self, start: u32) -> Outcome<Expr> {
        self.advance();
        let mut items = Vec::new();
        let mut height = 0;
        while !self.at(Kind::RightBracket) {
            if !items.is_empty() {
                self.expect(Kind::Comma)?;
                if self.at(Kind::RightBracket) {
                    break;
                }
            }
            let item = self.expression(true)?;
            height = height.max(item.height());
            items.push(item);
        }
        self.expect(Kind::RightBracket)?;
        self.node(start, Node::List(items), height)
    }

    fn dict(&mut self, start: u32) -> Outcome<Expr> {
        self.advance();
        let mut pairs = Vec::new();
        let mut height = 0;
        while !self.at(Kind::RightBrace) {
            if !pairs.is_empty() {
                self.expect(Kind::Comma)?;
                if self.at(Kind::RightBrace) {
                    break;
                }
            }
            let key = self.expression(true)?;
            self.expect(Kind::Colon)?;
            let value = self.expression(true)?;
            height = height.max(key.height()).max(value.height());
            pairs.push((key, value));
        }
        self.expect(Kind::RightBrace)?;
        self.node(start, Node::Dict(pairs), height)
    }

    /// Expressions separated by commas: a tuple where there is a comma.
    pub(super) fn tuple(&mut self, rules: &TupleRules) -> Outcome<Expr> {
        let start = self.current.span.start;
        let mut items = Vec::new();
        if self.tuple_ends(rules) {
            if !rules.parenthesized {
                return self.fail(format!("Expected an expression, got '{}'", self.describe(self.current)));
            }
        } else {
            let first = self.tuple_item(rules)?;
            if !self.at(Kind::Comma) {
                return Ok(first);
            }
            items.push(first);
        }
        while self.skip(Kind::Comma) && !self.tuple_ends(rules) {
            items.push(self.tuple_item(rules)?);
        }
        let height = items.iter().map(|item| item.height()).max().unwrap_or(0);
        self.node(start, Node::Tuple(items), height)
    }

    fn tuple_item(&mut self, rules: &TupleRules) -> Outcome<Expr> {
        if rules.simple { self.nested(Self::primary) } else { self.expression(!rules.no_conditional) }
    }

    fn tuple_ends(&self, rules: &TupleRules) -> bool {
        matches!(self.current.kind, Kind::VariableEnd | Kind::BlockEnd | Kind::RightParen)
            || rules.ends_at.is_some_and(|name| self.at_name(name))
    }
}

/// What may stand in a tuple, and where it ends.
#[derive(Default)]
pub(super) struct TupleRules {
    /// Only names and literals.
    pub(super) simple: bool,
    /// No `a if b`.
    pub(super) no_conditional: bool,
    /// It stands in parentheses, and may be empty.
    pub(super) parenthesized: bool,
    /// A name that ends it.
    pub(super) ends_at: Option<&'static str>,
}
