//! Text to tokens, on demand: [`text`] reads what stands between tags, this file what stands in them.
//!
//! Blocks are trimmed and left-stripped as transformers sets them: a newline after a block goes, blanks between the
//! start of a line and a block go, `-` takes all blanks on its side and `+` keeps them.

mod number;
mod text;

use super::ast::Span;
use super::error::{ErrorClass, Outcome, fail};
use super::token::{Kind, Token};
use super::unicode::is_blank;

#[derive(Clone)]
pub(super) struct Lexer<'s> {
    source: &'s str,
    at: usize,
    state: State,
    /// The closing brackets still due.
    due: Vec<u8>,
    /// Whether what was read last ended a line.
    line_start: bool,
    /// A token that was found together with the one before it.
    pending: Option<Token>,
    /// The tag of the raw block that was read last.
    raw: Option<Span>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Block,
    Root,
    Variable,
}

/// The sign beside a tag's delimiter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Keep,
    None,
    Strip,
}

/// Replaces every kind of line end by `\n` and drops one at the very end, as Jinja does with a template's source.
pub(in crate::chat) fn normalize(source: &str) -> String {
    let mut text = newlines(source);
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Replaces every kind of line end by `\n`.
pub(super) fn newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

fn span(start: usize, end: usize) -> Span {
    let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: clamp(start), end: clamp(end) }
}

fn token(kind: Kind, start: usize, end: usize) -> Token {
    Token { kind, span: span(start, end) }
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, at: 0, state: State::Root, due: Vec::new(), line_start: true, pending: None, raw: None }
    }

    pub(super) fn text(&self, span: Span) -> &'s str {
        self.source.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    pub(super) fn next(&mut self) -> Outcome<Token> {
        if let Some(token) = self.pending.take() {
            return Ok(token);
        }
        match self.state {
            State::Root => self.root(),
            State::Block | State::Variable => self.tag(),
        }
    }

    /// The tag of the raw block that was passed since this was last asked.
    pub(super) fn passed_raw(&mut self) -> Option<Span> {
        self.raw.take()
    }

    fn rest(&self, at: usize) -> &'s str {
        self.source.get(at..).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    fn syntax<T>(&self, message: impl Into<String>, start: usize, end: usize) -> Outcome<T> {
        fail(ErrorClass::TemplateSyntax, message).map_err(|failure| failure.at(span(start, end)))
    }

    /// Past the blanks at `at`.
    fn blanks(&self, at: usize) -> usize {
        let bytes = self.source.as_bytes().get(at..).unwrap_or_default();
        let plain = bytes.iter().take_while(|byte| matches!(byte, b'\t'..=b'\r' | 0x1c..=0x1f | b' ')).count();
        let at = at.saturating_add(plain);
        if self.byte(at).is_none_or(|byte| byte.is_ascii()) {
            return at;
        }
        let rest = self.rest(at);
        let length = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
        at.saturating_add(length)
    }

    fn sign(&self, at: usize) -> (Sign, usize) {
        match self.byte(at) {
            Some(b'-') => (Sign::Strip, at.saturating_add(1)),
            Some(b'+') => (Sign::Keep, at.saturating_add(1)),
            _ => (Sign::None, at),
        }
    }

    fn tag(&mut self) -> Outcome<Token> {
        self.at = self.blanks(self.at);
        if let Some(end) = self.tag_end() {
            return Ok(end);
        }
        let start = self.at;
        let Some(first) = self.rest(start).chars().next() else {
            return Ok(token(Kind::Eof, start, start));
        };
        let (kind, end) = match first {
            '0'..='9' => self.number(start),
            '"' | '\'' => self.string(start, first)?,
            c if c == '_' || c.is_alphanumeric() => self.name(start)?,
            _ => self.operator(start)?,
        };
        self.at = end;
        Ok(token(kind, start, end))
    }

    fn tag_end(&mut self) -> Option<Token> {
        let start = self.at;
        if !self.due.is_empty() || !matches!(self.byte(start), Some(b'%' | b'+' | b'-' | b'}')) {
            return None;
        }
        let (kind, end) = if self.state == State::Block {
            (Kind::BlockEnd, self.block_end(start)?)
        } else {
            (Kind::VariableEnd, self.variable_end(start)?)
        };
        self.state = State::Root;
        self.move_to(end);
        Some(token(kind, start, end))
    }

    fn variable_end(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        if rest.starts_with("-}}") {
            return Some(self.blanks(at.saturating_add(3)));
        }
        rest.starts_with("}}").then_some(at.saturating_add(2))
    }

    fn name(&self, start: usize) -> Outcome<(Kind, usize)> {
        let rest = self.rest(start);
        let plain = rest.bytes().take_while(|byte| *byte == b'_' || byte.is_ascii_alphanumeric()).count();
        let behind = rest.get(plain..).unwrap_or_default();
        let more = if behind.bytes().next().is_none_or(|byte| byte.is_ascii()) {
            0
        } else {
            behind.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(behind.len())
        };
        let end = start.saturating_add(plain).saturating_add(more);
        if rest.starts_with(|c: char| c == '_' || c.is_alphabetic()) {
            return Ok((Kind::Name, end));
        }
        self.syntax("Invalid character in identifier", start, end)
    }

    fn string(&self, start: usize, quote: char) -> Outcome<(Kind, usize)> {
        let mut escaped = false;
        // Quotes and backslashes are ASCII, and no byte of another character is.
        for (at, byte) in self.rest(start).bytes().enumerate().skip(1) {
            if escaped {
                escaped = false;
            } else if byte == b'\\' {
                escaped = true;
            } else if char::from(byte) == quote {
                return Ok((Kind::String, start.saturating_add(at).saturating_add(1)));
            }
        }
        self.unexpected(start, quote)
    }

    fn unexpected<T>(&self, at: usize, character: char) -> Outcome<T> {
        let place = self.source.get(..at).unwrap_or_default().chars().count();
        let shown = super::repr::quoted(character.encode_utf8(&mut [0; 4]));
        self.syntax(format!("unexpected char {shown} at {place}"), at, at.saturating_add(character.len_utf8()))
    }

    fn operator(&mut self, start: usize) -> Outcome<(Kind, usize)> {
        let Some((kind, length)) = Kind::operator(self.byte(start), self.byte(start.saturating_add(1))) else {
            return self.unexpected(start, self.rest(start).chars().next().unwrap_or_default());
        };
        match kind {
            Kind::LeftBrace => self.due.push(b'}'),
            Kind::LeftBracket => self.due.push(b']'),
            Kind::LeftParen => self.due.push(b')'),
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen => self.close(start)?,
            _ => {}
        }
        Ok((kind, start.saturating_add(length)))
    }

    fn close(&mut self, start: usize) -> Outcome<()> {
        let end = start.saturating_add(1);
        let text = self.source.get(start..end).unwrap_or_default();
        match self.due.pop() {
            None => self.syntax(format!("unexpected '{text}'"), start, end),
            Some(due) if text.as_bytes() != [due] => {
                self.syntax(format!("unexpected '{text}', expected '{}'", char::from(due)), start, end)
            }
            Some(_) => Ok(()),
        }
    }
}
