//! Tokens of the template language.

use super::ast::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Assign,
    BlockBegin,
    BlockEnd,
    Colon,
    Comma,
    Data,
    Dot,
    Eof,
    Equal,
    Float,
    FloorDivide,
    Greater,
    GreaterEqual,
    Integer,
    LeftBrace,
    LeftBracket,
    LeftParen,
    Less,
    LessEqual,
    Minus,
    Name,
    NotEqual,
    Percent,
    Pipe,
    Plus,
    Power,
    RightBrace,
    RightBracket,
    RightParen,
    Semicolon,
    Slash,
    Star,
    String,
    Tilde,
    VariableBegin,
    VariableEnd,
}

/// The operators, those of two characters first.
pub(super) const OPERATORS: &[(&str, Kind)] = &[
    ("//", Kind::FloorDivide),
    ("**", Kind::Power),
    ("==", Kind::Equal),
    ("!=", Kind::NotEqual),
    (">=", Kind::GreaterEqual),
    ("<=", Kind::LessEqual),
    ("+", Kind::Plus),
    ("-", Kind::Minus),
    ("/", Kind::Slash),
    ("*", Kind::Star),
    ("%", Kind::Percent),
    ("~", Kind::Tilde),
    ("[", Kind::LeftBracket),
    ("]", Kind::RightBracket),
    ("(", Kind::LeftParen),
    (")", Kind::RightParen),
    ("{", Kind::LeftBrace),
    ("}", Kind::RightBrace),
    (">", Kind::Greater),
    ("<", Kind::Less),
    ("=", Kind::Assign),
    (".", Kind::Dot),
    (":", Kind::Colon),
    ("|", Kind::Pipe),
    (",", Kind::Comma),
    (";", Kind::Semicolon),
];

impl Kind {
    /// What messages call a token of this kind.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::BlockBegin => "begin of statement block",
            Self::BlockEnd => "end of statement block",
            Self::Data => "template data / text",
            Self::Eof => "end of template",
            Self::Float => "float",
            Self::Integer => "integer",
            Self::Name => "name",
            Self::String => "string",
            Self::VariableBegin => "begin of print statement",
            Self::VariableEnd => "end of print statement",
            other => OPERATORS.iter().find(|(_, kind)| *kind == other).map_or("", |(text, _)| text),
        }
    }
}
