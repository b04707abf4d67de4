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
    /// The operator of these two bytes.
    pub(super) fn double(first: u8, second: u8) -> Option<Self> {
        Some(match (first, second) {
            (b'/', b'/') => Self::FloorDivide,
            (b'*', b'*') => Self::Power,
            (b'=', b'=') => Self::Equal,
            (b'!', b'=') => Self::NotEqual,
            (b'>', b'=') => Self::GreaterEqual,
            (b'<', b'=') => Self::LessEqual,
            _ => return None,
        })
    }

    /// The operator of this byte alone.
    pub(super) fn single(byte: u8) -> Option<Self> {
        Some(match byte {
            b'+' => Self::Plus,
            b'-' => Self::Minus,
            b'/' => Self::Slash,
            b'*' => Self::Star,
            b'%' => Self::Percent,
            b'~' => Self::Tilde,
            b'[' => Self::LeftBracket,
            b']' => Self::RightBracket,
            b'(' => Self::LeftParen,
            b')' => Self::RightParen,
            b'{' => Self::LeftBrace,
            b'}' => Self::RightBrace,
            b'>' => Self::Greater,
            b'<' => Self::Less,
            b'=' => Self::Assign,
            b'.' => Self::Dot,
            b':' => Self::Colon,
            b'|' => Self::Pipe,
            b',' => Self::Comma,
            b';' => Self::Semicolon,
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
