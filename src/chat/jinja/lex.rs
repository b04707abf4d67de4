//! Text to tokens, on demand.
//!
//! Blocks are trimmed and left-stripped as transformers sets them: a newline after a block goes, blanks between the
//! start of a line and a block go, `-` takes all blanks on its side and `+` keeps them.

use super::ast::Span;
use super::error::{ErrorClass, Outcome, fail};
use super::token::{Kind, OPERATORS, Token};
use super::unicode::{is_blank, trim_end};

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
        Self { source, at: 0, state: State::Root, due: Vec::new(), line_start: true, pending: None }
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

    fn rest(&self, at: usize) -> &'s str {
        self.source.get(at..).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    fn syntax<T>(&self, message: impl Into<String>, start: usize, end: usize) -> Outcome<T> {
        fail(ErrorClass::TemplateSyntax, message).map_err(|failure| failure.at(span(start, end)))
    }

    fn blanks(&self, at: usize) -> usize {
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

    /// Where the next tag opens.
    fn opening(&self) -> Option<(usize, u8)> {
        let mut from = self.at;
        loop {
            let at = from.saturating_add(self.rest(from).find('{')?);
            match self.byte(at.saturating_add(1)) {
                Some(second @ (b'{' | b'%' | b'#')) => return Some((at, second)),
                _ => from = at.saturating_add(1),
            }
        }
    }

    fn root(&mut self) -> Outcome<Token> {
        loop {
            let Some((tag, second)) = self.opening() else { return Ok(self.last_data()) };
            let start = self.at;
            if second == b'%'
                && let Some((sign, inner)) = self.raw_opening(tag)
            {
                let lead = self.strip(start, tag, sign, true);
                self.move_to(inner);
                let raw = self.raw(tag)?;
                self.pending = (raw.span.start < raw.span.end).then_some(raw);
                if let Some(data) = lead.or_else(|| self.pending.take()) {
                    return Ok(data);
                }
                continue;
            }
            let (sign, inner) = self.sign(tag.saturating_add(2));
            let data = self.strip(start, tag, sign, second != b'{');
            self.move_to(inner);
            let begin = match second {
                b'{' => Kind::VariableBegin,
                b'%' => Kind::BlockBegin,
                _ => {
                    self.comment(tag)?;
                    match data {
                        Some(data) => return Ok(data),
                        None => continue,
                    }
                }
            };
            self.state = if begin == Kind::BlockBegin { State::Block } else { State::Variable };
            let begin = token(begin, tag, inner);
            return Ok(match data {
                Some(data) => {
                    self.pending = Some(begin);
                    data
                }
                None => begin,
            });
        }
    }

    fn move_to(&mut self, at: usize) {
        self.line_start = at > self.at && self.byte(at.saturating_sub(1)) == Some(b'\n');
        self.at = at;
    }

    fn last_data(&mut self) -> Token {
        let (start, end) = (self.at, self.source.len());
        self.at = end;
        token(if start < end { Kind::Data } else { Kind::Eof }, start, end)
    }

    /// The text before a tag, less what the tag strips of it.
    fn strip(&self, start: usize, end: usize, sign: Sign, block: bool) -> Option<Token> {
        let text = self.source.get(start..end).unwrap_or_default();
        let mut kept = text.len();
        if sign == Sign::Strip {
            kept = trim_end(text).len();
        } else if sign == Sign::None && block {
            let line = text.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
            let blank = text.get(line..).unwrap_or_default().chars().all(is_blank);
            if blank && (line > 0 || self.line_start) {
                kept = line;
            }
        }
        (kept > 0).then(|| token(Kind::Data, start, start.saturating_add(kept)))
    }

    /// `{%- raw -%}`: its sign, and where its content begins.
    fn raw_opening(&self, tag: usize) -> Option<(Sign, usize)> {
        let (sign, at) = self.sign(tag.saturating_add(2));
        let at = self.blanks(at);
        let at = self.rest(at).starts_with("raw").then_some(at.saturating_add(3))?;
        let at = self.blanks(at);
        let rest = self.rest(at);
        if rest.starts_with("-%}") {
            return Some((sign, self.blanks(at.saturating_add(3))));
        }
        rest.starts_with("%}").then_some((sign, at.saturating_add(2)))
    }

    /// The content of a raw block, which ends at the first `endraw`.
    fn raw(&mut self, tag: usize) -> Outcome<Token> {
        let start = self.at;
        let mut from = start;
        while let Some(found) = self.rest(from).find("{%") {
            let end = from.saturating_add(found);
            if let Some((sign, after)) = self.raw_closing(end) {
                let data = self.strip(start, end, sign, true).unwrap_or(token(Kind::Data, start, start));
                self.move_to(after);
                return Ok(data);
            }
            from = end.saturating_add(2);
        }
        self.syntax("Missing end of raw directive", tag, start)
    }

    fn raw_closing(&self, tag: usize) -> Option<(Sign, usize)> {
        let (sign, at) = self.sign(tag.saturating_add(2));
        let at = self.blanks(at);
        let at = self.rest(at).starts_with("endraw").then_some(at.saturating_add(6))?;
        self.block_end(self.blanks(at)).map(|after| (sign, after))
    }

    /// Past the end of a block, with what it trims.
    fn block_end(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        if rest.starts_with("-%}") {
            return Some(self.blanks(at.saturating_add(3)));
        }
        if rest.starts_with("+%}") {
            return Some(at.saturating_add(3));
        }
        rest.starts_with("%}").then(|| self.newline(at.saturating_add(2)))
    }

    fn newline(&self, at: usize) -> usize {
        if self.byte(at) == Some(b'\n') { at.saturating_add(1) } else { at }
    }

    fn comment(&mut self, tag: usize) -> Outcome<()> {
        let Some(found) = self.rest(self.at).find("#}") else {
            return self.syntax("Missing end of comment tag", tag, self.at);
        };
        let end = self.at.saturating_add(found);
        let sign = (found > 0).then(|| self.byte(end.saturating_sub(1))).flatten();
        let after = end.saturating_add(2);
        let after = match sign {
            Some(b'-') => self.blanks(after),
            Some(b'+') => after,
            _ => self.newline(after),
        };
        self.move_to(after);
        Ok(())
    }

    fn tag(&mut self) -> Outcome<Token> {
        if let Some(end) = self.tag_end() {
            return Ok(end);
        }
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
        if !self.due.is_empty() {
            return None;
        }
        let start = self.at;
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
        let length = rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len());
        let end = start.saturating_add(length);
        if rest.starts_with(|c: char| c == '_' || c.is_alphabetic()) {
            return Ok((Kind::Name, end));
        }
        self.syntax("Invalid character in identifier", start, end)
    }

    fn string(&self, start: usize, quote: char) -> Outcome<(Kind, usize)> {
        let mut escaped = false;
        for (at, character) in self.rest(start).char_indices().skip(1) {
            if escaped {
                escaped = false;
            } else if character == '\\' {
                escaped = true;
            } else if character == quote {
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
        let rest = self.rest(start);
        let Some((text, kind)) = OPERATORS.iter().find(|(text, _)| rest.starts_with(text)) else {
            return self.unexpected(start, rest.chars().next().unwrap_or_default());
        };
        match kind {
            Kind::LeftBrace => self.due.push(b'}'),
            Kind::LeftBracket => self.due.push(b']'),
            Kind::LeftParen => self.due.push(b')'),
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen => self.close(start, text)?,
            _ => {}
        }
        Ok((*kind, start.saturating_add(text.len())))
    }

    fn close(&mut self, start: usize, text: &str) -> Outcome<()> {
        let end = start.saturating_add(1);
        match self.due.pop() {
            None => self.syntax(format!("unexpected '{text}'"), start, end),
            Some(due) if text.as_bytes() != [due] => {
                self.syntax(format!("unexpected '{text}', expected '{}'", char::from(due)), start, end)
            }
            Some(_) => Ok(()),
        }
    }

    fn number(&self, start: usize) -> (Kind, usize) {
        let digits = self.digits(start, u8::is_ascii_digit);
        let after_dot = start > 0 && self.byte(start.saturating_sub(1)) == Some(b'.');
        if !after_dot && let Some(end) = self.float(digits) {
            return (Kind::Float, end);
        }
        (Kind::Integer, self.integer(start, digits))
    }

    /// Past digits with single underscores between them.
    fn digits(&self, start: usize, digit: fn(&u8) -> bool) -> usize {
        let is_digit = |at: usize| self.byte(at).is_some_and(|byte| digit(&byte));
        let mut at = start;
        loop {
            if is_digit(at) {
                at = at.saturating_add(1);
            } else if at > start && self.byte(at) == Some(b'_') && is_digit(at.saturating_add(1)) {
                at = at.saturating_add(2);
            } else {
                return at;
            }
        }
    }

    /// Past the fraction and the exponent behind `digits`, when there is either.
    fn float(&self, digits: usize) -> Option<usize> {
        let mut end = digits;
        if self.byte(digits) == Some(b'.') {
            let fraction = digits.saturating_add(1);
            let after = self.digits(fraction, u8::is_ascii_digit);
            if after > fraction {
                end = after;
            }
        }
        if matches!(self.byte(end), Some(b'e' | b'E')) {
            let sign = matches!(self.byte(end.saturating_add(1)), Some(b'+' | b'-'));
            let exponent = end.saturating_add(if sign { 2 } else { 1 });
            let after = self.digits(exponent, u8::is_ascii_digit);
            if after > exponent {
                end = after;
            }
        }
        (end > digits).then_some(end)
    }

    fn integer(&self, start: usize, digits: usize) -> usize {
        if self.byte(start) != Some(b'0') {
            return digits;
        }
        let body = start.saturating_add(2);
        let body = if self.byte(body) == Some(b'_') { body.saturating_add(1) } else { body };
        let end = match self.byte(start.saturating_add(1)) {
            Some(b'b' | b'B') => self.digits(body, |byte| matches!(byte, b'0' | b'1')),
            Some(b'o' | b'O') => self.digits(body, |byte| matches!(byte, b'0'..=b'7')),
            Some(b'x' | b'X') => self.digits(body, u8::is_ascii_hexdigit),
            _ => body,
        };
        if end > body { end } else { self.digits(start, |byte| *byte == b'0') }
    }
}
