//! Tokens to a syntax tree, after Jinja 3.1's grammar.
//!
//! Nesting is counted before the parser goes down, and every node knows its height, so that neither the parser nor
//! anything that walks the tree later can run out of stack.

mod argument;
mod expression;
mod literal;
mod print;
mod statement;
mod target;

use super::ast::{Block, Body, Expr, Root, Span, Tree};
use super::error::{ErrorClass, Failure, Outcome, fail};
use super::lex::{self, Tokens};
use super::token::{Kind, Token};
use crate::limits::TemplateLimits;

/// What is read from a template.
pub(super) struct Parsed {
    pub(super) body: Body,
    /// The texts of all string literals, one behind another.
    pub(super) texts: String,
    pub(super) tokens: Tokens,
    pub(super) tree: Tree,
    /// Whether a filter or a test stands in it that there is not.
    pub(super) unknown: bool,
    /// Whether a name, a literal or a filter stands in it that there is something to say of.
    pub(super) odd: bool,
    /// What Python, not Jinja, has against the template.
    pub(super) stray: Option<Box<Failure>>,
}

/// Reads a template whose source has been normalized.
pub(super) fn parse(source: &str, limits: &TemplateLimits) -> Outcome<Parsed> {
    let mut parser = Parser {
        source,
        tokens: lex::read(source),
        place: 0,
        current: Token { kind: Kind::Eof, span: Span::default() },
        last_end: 0,
        depth: 0,
        limits,
        open: Vec::new(),
        innermost: Vec::new(),
        loops: 0,
        mentions: Mentions::default(),
        blocks: Vec::new(),
        texts: String::new(),
        tree: Tree::default(),
        unknown: false,
        odd: false,
        stray: None,
    };
    parser.come_to(0);
    parser.tree.reserve(parser.tokens.list.len() / 2);
    parser.texts.reserve(source.len() / 4);
    let body = parser.body(&[])?;
    if parser.at(Kind::Broken) {
        return Err(parser.stop());
    }
    let Parser { texts, tokens, tree, unknown, odd, stray, .. } = parser;
    Ok(Parsed { body, texts, tokens, tree, unknown, odd, stray })
}

struct Parser<'s, 'l> {
    source: &'s str,
    tokens: Tokens,
    /// Where the current token stands among them.
    place: usize,
    current: Token,
    last_end: u32,
    depth: u16,
    limits: &'l TemplateLimits,
    /// The tags that would close each open block.
    open: Vec<&'static [&'static str]>,
    /// The tags being read.
    innermost: Vec<Span>,
    /// How many loops of the function being read are open.
    loops: u32,
    mentions: Mentions,
    blocks: Vec<Box<str>>,
    texts: String,
    tree: Tree,
    unknown: bool,
    odd: bool,
    /// The first error of the Python code that Jinja makes of the template once it has read all of it.
    stray: Option<Box<Failure>>,
}

/// How often names with a special meaning were read.
#[derive(Debug, Clone, Copy, Default)]
struct Mentions {
    caller: u32,
    kwargs: u32,
    looped: u32,
    varargs: u32,
}

impl<'s> Parser<'s, '_> {
    /// Past the current token. What stopped the lexer is a token as well, that fits nowhere: see [`Parser::fail_as`].
    fn advance(&mut self) -> Token {
        let token = self.current;
        self.last_end = token.span.end;
        self.come_to(self.place.saturating_add(1));
        token
    }

    /// Goes to the token at a place; behind the last there is nothing.
    fn come_to(&mut self, place: usize) {
        if let Some(token) = self.tokens.list.get(place) {
            self.current = *token;
            self.place = place;
        }
    }

    /// The token behind the current one.
    fn look(&self) -> Outcome<Token> {
        match self.tokens.list.get(self.place.saturating_add(1)) {
            Some(Token { kind: Kind::Broken, .. }) => Err(self.stop()),
            Some(token) => Ok(*token),
            None => Ok(self.current),
        }
    }

    /// What stopped the lexer.
    #[cold]
    fn stop(&self) -> Box<Failure> {
        self.tokens.failure.clone().unwrap_or_else(|| Failure::new(ErrorClass::TemplateSyntax, ""))
    }

    fn text(&self, token: Token) -> &'s str {
        token.span.of(self.source)
    }

    fn at(&self, kind: Kind) -> bool {
        self.current.kind == kind
    }

    fn at_name(&self, name: &str) -> bool {
        self.at(Kind::Name) && self.text(self.current) == name
    }

    fn skip(&mut self, kind: Kind) -> bool {
        let found = self.at(kind);
        if found {
            self.advance();
        }
        found
    }

    #[inline(never)]
    fn skip_name(&mut self, name: &str) -> bool {
        let found = self.at_name(name);
        if found {
            self.advance();
        }
        found
    }

    fn describe(&self, token: Token) -> &'s str {
        if token.kind == Kind::Name { self.text(token) } else { token.kind.describe() }
    }

    #[inline(never)]
    fn expect(&mut self, kind: Kind) -> Outcome<Token> {
        if self.at(kind) {
            return Ok(self.advance());
        }
        self.expected(kind.describe())
    }

    #[inline(never)]
    fn expect_name(&mut self, name: &str) -> Outcome<()> {
        if self.at_name(name) {
            self.advance();
            return Ok(());
        }
        self.expected(name)
    }

    #[cold]
    fn expected<T>(&self, what: &str) -> Outcome<T> {
        if self.at(Kind::Eof) {
            return self.fail(format!("unexpected end of template, expected '{what}'."));
        }
        self.fail(format!("expected token '{what}', got '{}'", self.describe(self.current)))
    }

    #[cold]
    fn fail<T>(&self, message: impl Into<String>) -> Outcome<T> {
        self.fail_as(ErrorClass::TemplateSyntax, message, self.current.span)
    }

    /// Whatever does not fit where the lexer was stopped, that is what the template fails by.
    #[cold]
    fn fail_as<T>(&self, class: ErrorClass, message: impl Into<String>, span: Span) -> Outcome<T> {
        if self.at(Kind::Broken) {
            return Err(self.stop());
        }
        fail(class, message).map_err(|failure| failure.at(span))
    }

    /// Reads an expression that stands in a statement.
    fn root(&mut self, read: impl FnOnce(&mut Self) -> Outcome<Expr>) -> Outcome<Root> {
        let first = self.tree.end();
        let top = read(self)?;
        Ok(Root { part: self.tree.since(first), top })
    }

    fn since(&self, start: u32) -> Span {
        Span { start, end: self.last_end }
    }

    /// Reads something nested one level deeper.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= self.limits.nesting {
            return self.too_deep(self.current.span);
        }
        self.depth = self.depth.saturating_add(1);
        let result = inner(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    #[cold]
    fn too_deep<T>(&self, span: Span) -> Outcome<T> {
        let message = format!("the template is nested deeper than {} levels", self.limits.nesting);
        self.fail_as(ErrorClass::Budget, message, span)
    }
}

/// A block that is being declared: its name may stand only once.
fn declare(parser: &mut Parser<'_, '_>, name: &str, span: Span) -> Outcome<()> {
    if parser.blocks.iter().any(|known| **known == *name) {
        return parser.fail_as(ErrorClass::TemplateAssertion, format!("block '{name}' defined twice"), span);
    }
    parser.blocks.push(name.into());
    Ok(())
}

/// A block with the function that renders it.
fn block(name: &str, body: Body) -> Box<Block> {
    let function = super::ast::Function { body, ..Default::default() };
    Box::new(Block { name: name.into(), function })
}
