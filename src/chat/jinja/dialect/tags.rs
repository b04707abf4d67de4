//! What stands in the tokens: tags by name, their signs, numbers, escapes, signs after keywords.

use super::super::Program;
use super::super::ast::Span;
use super::super::escape::backslash;
use super::super::lex::escape_bit;
use super::super::token::{Kind, Token};
use super::Found;
use crate::chat::dialect::{Construct, Dialect, Outcome};

/// Words behind which a sign is one of a number's.
const KEYWORDS: [&str; 8] = ["and", "elif", "else", "if", "in", "is", "not", "or"];

/// Reads the tokens of a template.
pub(super) fn read(program: &Program, found: &mut Found<'_>) {
    let (source, tokens) = (program.source.as_str(), program.tokens.list.as_slice());
    let (ascii, escapes) = (source.is_ascii(), program.tokens.escapes & !known_escapes(found.dialect) != 0);
    let mut reader = Reader { source, tokens, place: 0, found };
    program.tokens.raw.iter().for_each(|span| reader.tag("raw", *span, *span));
    let texts = [(Kind::Name, !ascii), (Kind::String, escapes)];
    let texts = texts.into_iter().filter(|(_, odd)| *odd).map(|(kind, _)| kind);
    let wanted = texts.chain(TELLING).fold(0, |kinds, kind| kinds | bit(kind));
    for (place, token) in tokens.iter().enumerate().filter(|(_, token)| bit(token.kind) & wanted != 0) {
        reader.place = place;
        reader.token(*token);
    }
}

/// Kinds of tokens that there may be something to say of in any template.
const TELLING: [Kind; 9] = [
    Kind::BlockBegin,
    Kind::BlockEnd,
    Kind::Float,
    Kind::FloorDivide,
    Kind::Integer,
    Kind::Minus,
    Kind::Plus,
    Kind::Power,
    Kind::Star,
];

/// A bit for each kind of token.
fn bit(kind: Kind) -> u64 {
    1_u64.wrapping_shl(kind as u32)
}

/// The bits of the characters that may stand behind a backslash.
fn known_escapes(dialect: &Dialect) -> u128 {
    let digits = if dialect.escapes.contains('0') { "0123456789" } else { "" };
    dialect
        .escapes
        .bytes()
        .filter(u8::is_ascii)
        .chain(digits.bytes())
        .fold(0, |known, escaped| known | escape_bit(escaped))
}

struct Reader<'s, 'f, 'd> {
    source: &'s str,
    tokens: &'s [Token],
    /// Where the token that is looked at stands among them.
    place: usize,
    found: &'f mut Found<'d>,
}

impl<'s> Reader<'s, '_, '_> {
    fn text(&self, span: Span) -> &'s str {
        span.of(self.source)
    }

    /// The token so many before the one that is looked at.
    fn before(&self, count: usize) -> Option<Token> {
        self.tokens.get(self.place.checked_sub(count)?).copied()
    }

    fn token(&mut self, token: Token) {
        match token.kind {
            Kind::BlockBegin => self.opens(token),
            Kind::BlockEnd => self.closes(token),
            Kind::FloorDivide => self.found.construct(Construct::FloorDivision, token.span),
            Kind::Float | Kind::Integer => self.number(token, self.text(token.span)),
            Kind::Minus | Kind::Plus if self.behind_keyword() => {
                self.found.construct(Construct::KeywordSign, token.span);
            }
            Kind::Name => self.name(token.span),
            Kind::Power => {
                let argument = self.begins_argument();
                self.found.construct(if argument { Construct::DoubleStar } else { Construct::Power }, token.span);
            }
            Kind::Star if self.begins_argument() => self.found.construct(Construct::Star, token.span),
            Kind::String => self.string(token),
            _ => {}
        }
    }

    fn is_behind(&self, kinds: &[Kind]) -> bool {
        self.before(1).is_some_and(|last| kinds.contains(&last.kind))
    }

    fn begins_argument(&self) -> bool {
        self.is_behind(&[Kind::LeftParen, Kind::Comma])
    }

    fn behind_keyword(&self) -> bool {
        let attribute = self.before(2).is_some_and(|second| second.kind == Kind::Dot);
        let keyword = |last: Token| last.kind == Kind::Name && KEYWORDS.contains(&self.text(last.span));
        self.before(1).is_some_and(keyword) && !attribute
    }

    fn opens(&mut self, token: Token) {
        let signed = token.span.len() > 2;
        if signed && self.text(token.span).ends_with('+') {
            self.found.construct(Construct::SignedTag, token.span);
        }
        if let Some(Token { kind: Kind::Name, span }) = self.tokens.get(self.place.saturating_add(1)).copied() {
            self.tag(self.text(span), span, token.span);
        }
        if !signed && self.found.dialect.untrimmed {
            let before = self.source.as_bytes().get(..token.span.start as usize).unwrap_or_default();
            let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let line = before.len().saturating_sub(blanks);
            let begins = line.checked_sub(1).is_none_or(|end| before.get(end) == Some(&b'\n'));
            if blanks > 0 && begins {
                self.untrimmed(token.span);
            }
        }
    }

    fn untrimmed(&mut self, span: Span) {
        if self.found.dialect.untrimmed {
            self.found.note("a tag on a line of its own".to_owned(), Outcome::OtherText, span);
        }
    }

    fn closes(&mut self, token: Token) {
        if token.span.len() > 2 {
            let text = self.text(token.span);
            if text.starts_with('+') {
                self.found.construct(Construct::SignedTag, token.span);
            }
            if text == "%}\n" {
                self.untrimmed(token.span);
            }
        }
        if self.is_behind(&[Kind::Colon]) {
            self.found.construct(Construct::TagColon, token.span);
        }
    }

    fn number(&mut self, token: Token, text: &str) {
        if self.is_behind(&[Kind::Dot]) {
            self.found.construct(Construct::IntegerAttribute, token.span);
        }
        if text.contains(|character: char| character == '_' || character.is_ascii_alphabetic()) {
            self.found.construct(Construct::NumberForm, token.span);
        } else if token.kind == Kind::Integer && text.parse::<i64>().is_err() {
            self.found.construct(Construct::LargeInteger, token.span);
        }
    }

    fn name(&mut self, span: Span) {
        if !self.text(span).is_ascii() {
            self.found.construct(Construct::NonAsciiName, span);
        }
    }

    /// A tag by its name, which stands at `span`; the tag opens at `opening`.
    fn tag(&mut self, name: &str, span: Span, opening: Span) {
        let dialect = self.found.dialect;
        if !dialect.tags.contains(&name) {
            return;
        }
        let written = self.source.get(opening.start as usize..).unwrap_or_default();
        if !dialect.removed.iter().any(|removed| written.starts_with(removed)) {
            self.found.note(format!("the tag {name}"), Outcome::NotCompiled, span);
        }
    }

    fn string(&mut self, token: Token) {
        let escapes = self.found.dialect.escapes;
        let mut rest = self.text(token.span);
        while let Some(at) = backslash(rest) {
            let mut characters = rest.get(at.saturating_add(1)..).unwrap_or_default().chars();
            let Some(escaped) = characters.next() else { return };
            rest = characters.as_str();
            let known = escapes.contains(escaped) || (escaped.is_ascii_digit() && escapes.contains('0'));
            if !known {
                let what = format!("the escape \\{}", escaped.escape_default());
                self.found.note(what, Outcome::NotCompiled, token.span);
            }
        }
    }
}
