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
    /// What stopped the lexer.
    Broken,
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

impl Kind {
    /// The operator that begins with these two bytes, and its length.
    pub(super) fn operator(first: Option<u8>, second: Option<u8>) -> Option<(Self, usize)> {
        Some(match (first?, second) {
            (b'/', Some(b'/')) => (Self::FloorDivide, 2),
            (b'*', Some(b'*')) => (Self::Power, 2),
            (b'=', Some(b'=')) => (Self::Equal, 2),
            (b'!', Some(b'=')) => (Self::NotEqual, 2),
            (b'>', Some(b'=')) => (Self::GreaterEqual, 2),
            (b'<', Some(b'=')) => (Self::LessEqual, 2),
            (b'+', _) => (Self::Plus, 1),
            (b'-', _) => (Self::Minus, 1),
            (b'/', _) => (Self::Slash, 1),
            (b'*', _) => (Self::Star, 1),
            (b'%', _) => (Self::Percent, 1),
            (b'~', _) => (Self::Tilde, 1),
            (b'[', _) => (Self::LeftBracket, 1),
            (b']', _) => (Self::RightBracket, 1),
            (b'(', _) => (Self::LeftParen, 1),
            (b')', _) => (Self::RightParen, 1),
            (b'{', _) => (Self::LeftBrace, 1),
            (b'}', _) => (Self::RightBrace, 1),
            (b'>', _) => (Self::Greater, 1),
            (b'<', _) => (Self::Less, 1),
            (b'=', _) => (Self::Assign, 1),
            (b'.', _) => (Self::Dot, 1),
            (b':', _) => (Self::Colon, 1),
            (b'|', _) => (Self::Pipe, 1),
            (b',', _) => (Self::Comma, 1),
            (b';', _) => (Self::Semicolon, 1),
            _ => return None,
        })
    }

    /// What messages call a token of this kind.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::BlockBegin => "begin of statement block",
            Self::BlockEnd => "end of statement block",
            Self::Data => "template data / text",
            Self::Broken | Self::Eof => "end of template",
            Self::Float => "float",
            Self::Integer => "integer",
            Self::Name => "name",
            Self::String => "string",
            Self::VariableBegin => "begin of print statement",
            Self::VariableEnd => "end of print statement",
            Self::Assign => "=",
            Self::Colon => ":",
            Self::Comma => ",",
            Self::Dot => ".",
            Self::Equal => "==",
            Self::FloorDivide => "//",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::LeftBrace => "{",
            Self::LeftBracket => "[",
            Self::LeftParen => "(",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Minus => "-",
            Self::NotEqual => "!=",
            Self::Percent => "%",
            Self::Pipe => "|",
            Self::Plus => "+",
            Self::Power => "**",
            Self::RightBrace => "}",
            Self::RightBracket => "]",
            Self::RightParen => ")",
            Self::Semicolon => ";",
            Self::Slash => "/",
            Self::Star => "*",
            Self::Tilde => "~",
        }
    }
}
