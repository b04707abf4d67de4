//! Text to tokens: [`text`] reads what stands between tags, this file what stands in them.
//!
//! Blocks are trimmed and left-stripped as transformers sets them: a newline after a block goes, blanks between the
//! start of a line and a block go, `-` takes all blanks on its side and `+` keeps them.

mod number;
mod text;

use super::ast::Span;
use super::error::{ErrorClass, Failure, Outcome, fail};
use super::token::{Kind, Token};
use super::unicode::is_blank;

/// The tokens of a template.
#[derive(Debug)]
pub(super) struct Tokens {
    /// The last is the end of the template, or what stopped the lexer.
    pub(super) list: Vec<Token>,
    /// A bit for each ASCII character that stands behind a backslash in a string, and the first for all others.
    pub(super) escapes: u128,
    /// The opening tags of raw blocks.
    pub(super) raw: Vec<Span>,
    /// What stopped the lexer.
    pub(super) failure: Option<Box<Failure>>,
}

/// Reads a whole source, which must have been normalized.
pub(super) fn read(source: &str) -> Tokens {
    let mut tokens = Tokens { list: Vec::new(), escapes: 0, raw: Vec::new(), failure: None };
    // A token takes four bytes or more of most templates.
    tokens.list.reserve(source.len() / 4);
    let mut lexer = Lexer { source, at: 0, state: State::Root, due: Vec::new(), line_start: true, tokens };
    let failure = lexer.all().err();
    let last = if failure.is_some() { Kind::Broken } else { Kind::Eof };
    lexer.push(last, source.len(), source.len());
    Tokens { failure, ..lexer.tokens }
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    state: State,
    /// The closing brackets still due.
    due: Vec<u8>,
    /// Whether what was read last ended a line.
    line_start: bool,
    tokens: Tokens,
}

/// What a byte in a tag may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// One of ASCII's blanks, as Python knows them.
    Blank,
    Digit,
    /// The end of the tag, or an operator.
    End,
    Letter,
    Operator,
    /// A character that is not ASCII.
    Other,
    Quote,
}

/// The class of each byte.
static CLASSES: [Class; 256] = classes();

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "the compiler runs it")]
const fn classes() -> [Class; 256] {
    let mut classes = [Class::Other; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        classes[byte as usize] = match byte {
            b'\t'..=b'\r' | 0x1c..=0x1f | b' ' => Class::Blank,
            b'0'..=b'9' => Class::Digit,
            b'%' | b'+' | b'-' | b'}' => Class::End,
            b'_' | b'A'..=b'Z' | b'a'..=b'z' => Class::Letter,
            b'"' | b'\'' => Class::Quote,
            _ => Class::Operator,
        };
        byte += 1;
    }
    classes
}

fn class_of(byte: u8) -> Class {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(Class::Other)
}

/// The bit of what stands behind a backslash.
pub(super) fn escape_bit(escaped: u8) -> u128 {
    if escaped.is_ascii() { 1_u128.wrapping_shl(escaped.into()) } else { 1 }
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
fn newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

pub(super) fn span(start: usize, end: usize) -> Span {
    let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: clamp(start), end: clamp(end) }
}

impl<'s> Lexer<'s> {
    fn all(&mut self) -> Outcome<()> {
        while self.at < self.source.len() {
            let before = self.tokens.list.len();
            if let Err(failure) = self.root() {
                // Jinja does not hand out the text before a tag whose end is missing.
                self.tokens.list.truncate(before);
                return Err(failure);
            }
            if self.state != State::Root {
                self.tag()?;
            }
        }
        Ok(())
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.list.push(Token { kind, span: span(start, end) });
    }

    fn rest(&self, at: usize) -> &'s str {
        self.source.get(at..).unwrap_or_default()
    }

    fn bytes(&self, at: usize) -> &'s [u8] {
        self.source.as_bytes().get(at..).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    #[cold]
    fn syntax<T>(&self, message: impl Into<String>, start: usize, end: usize) -> Outcome<T> {
        fail(ErrorClass::TemplateSyntax, message).map_err(|failure| failure.at(span(start, end)))
    }

    /// Past the blanks at `at`.
    fn blanks(&self, at: usize) -> usize {
        let at = self.past(at, |class| class == Class::Blank);
        match self.byte(at) {
            Some(0x80..) => self.odd_blanks(at),
            _ => at,
        }
    }

    /// Past the blanks at `at`, of which the first may not be ASCII.
    #[cold]
    fn odd_blanks(&self, at: usize) -> usize {
        let rest = self.rest(at);
        let length = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
        at.saturating_add(length)
    }

    /// Past the bytes of some classes.
    fn past(&self, at: usize, wanted: fn(Class) -> bool) -> usize {
        let rest = self.bytes(at);
        let length = rest.iter().position(|byte| !wanted(class_of(*byte))).unwrap_or(rest.len());
        at.saturating_add(length)
    }

    fn sign(&self, at: usize) -> (Sign, usize) {
        match self.byte(at) {
            Some(b'-') => (Sign::Strip, at.saturating_add(1)),
            Some(b'+') => (Sign::Keep, at.saturating_add(1)),
            _ => (Sign::None, at),
        }
    }

    /// Reads what stands in a tag, and its end.
    fn tag(&mut self) -> Outcome<()> {
        let mut at = self.at;
        while let Some(first) = self.byte(at) {
            let (kind, end) = match class_of(first) {
                Class::Blank => {
                    at = at.saturating_add(1);
                    continue;
                }
                Class::Digit => self.number(at),
                Class::End if self.due.is_empty() && self.tag_end(at) => return Ok(()),
                Class::End | Class::Operator => self.operator(at, first)?,
                Class::Letter => (Kind::Name, self.name_end(at)),
                Class::Other if self.rest(at).starts_with(is_blank) => {
                    at = self.odd_blanks(at);
                    continue;
                }
                Class::Other => self.odd_name(at)?,
                Class::Quote => self.string(at, first)?,
            };
            self.push(kind, at, end);
            at = end;
        }
        self.at = at;
        Ok(())
    }

    /// Reads the end of the tag where it stands at `start`.
    fn tag_end(&mut self, start: usize) -> bool {
        self.at = start;
        let (kind, end) = match self.state {
            State::Block => (Kind::BlockEnd, self.block_end(start)),
            _ => (Kind::VariableEnd, self.variable_end(start)),
        };
        let Some(end) = end else { return false };
        self.state = State::Root;
        self.move_to(end);
        self.push(kind, start, end);
        true
    }

    fn variable_end(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        if rest.starts_with("-}}") {
            return Some(self.blanks(at.saturating_add(3)));
        }
        rest.starts_with("}}").then_some(at.saturating_add(2))
    }

    fn name_end(&self, start: usize) -> usize {
        let end = self.past(start, |class| matches!(class, Class::Digit | Class::Letter));
        if self.byte(end).is_none_or(|byte| byte.is_ascii()) {
            return end;
        }
        let behind = self.rest(end);
        let more = behind.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(behind.len());
        end.saturating_add(more)
    }

    /// A name that does not begin with an ASCII letter.
    fn odd_name(&self, start: usize) -> Outcome<(Kind, usize)> {
        let first = self.rest(start).chars().next().unwrap_or_default();
        if !first.is_alphanumeric() {
            return self.unexpected(start, first);
        }
        let end = self.name_end(start);
        if first.is_alphabetic() {
            return Ok((Kind::Name, end));
        }
        self.syntax("Invalid character in identifier", start, end)
    }

    fn string(&mut self, start: usize, quote: u8) -> Outcome<(Kind, usize)> {
        let mut rest = self.bytes(start.saturating_add(1));
        // Quotes and backslashes are ASCII, and no byte of another character is.
        loop {
            rest = match rest {
                [b'\\', escaped, more @ ..] => {
                    self.tokens.escapes |= escape_bit(*escaped);
                    more
                }
                [byte, more @ ..] if *byte == quote => {
                    return Ok((Kind::String, self.source.len().saturating_sub(more.len())));
                }
                [_, more @ ..] => more,
                [] => return self.unexpected(start, char::from(quote)),
            };
        }
    }

    #[cold]
    fn unexpected<T>(&self, at: usize, character: char) -> Outcome<T> {
        let place = self.source.get(..at).unwrap_or_default().chars().count();
        let shown = super::repr::quoted(character.encode_utf8(&mut [0; 4]));
        self.syntax(format!("unexpected char {shown} at {place}"), at, at.saturating_add(character.len_utf8()))
    }

    fn operator(&mut self, start: usize, first: u8) -> Outcome<(Kind, usize)> {
        let double = self.byte(start.saturating_add(1)).and_then(|second| Kind::double(first, second));
        if let Some(kind) = double {
            return Ok((kind, start.saturating_add(2)));
        }
        let Some(kind) = Kind::single(first) else {
            return self.unexpected(start, char::from(first));
        };
        match kind {
            Kind::LeftBrace => self.due.push(b'}'),
            Kind::LeftBracket => self.due.push(b']'),
            Kind::LeftParen => self.due.push(b')'),
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen => self.close(start)?,
            _ => {}
        }
        Ok((kind, start.saturating_add(1)))
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
