//! Why a template could not be compiled or rendered.

use super::ast::Span;
use std::fmt;

/// The class that Python would have raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// `AssertionError`
    Assertion,
    /// `AttributeError`
    Attribute,
    /// A bound of [`Limits`](crate::limits::Limits) was met. Python would go on until something kills it.
    Budget,
    /// `jinja2.exceptions.FilterArgumentError`
    FilterArgument,
    /// `IndexError`
    Index,
    /// `KeyError`
    Key,
    /// `OverflowError`
    Overflow,
    /// `RecursionError`: the template nests deeper than the limits allow while it is rendered.
    Recursion,
    /// `RuntimeError`
    Runtime,
    /// `jinja2.exceptions.SecurityError`: the template tried to reach outside.
    Security,
    /// `SyntaxError`, of the Python code that Jinja would have generated.
    Syntax,
    /// `jinja2.exceptions.TemplateError`: what `raise_exception` raises.
    Template,
    /// `jinja2.exceptions.TemplateAssertionError`
    TemplateAssertion,
    /// `jinja2.exceptions.TemplateRuntimeError`
    TemplateRuntime,
    /// `jinja2.exceptions.TemplateSyntaxError`
    TemplateSyntax,
    /// `TypeError`
    Type,
    /// `jinja2.exceptions.UndefinedError`
    Undefined,
    /// Jinja can do this and modelgate cannot: see `COMPATIBILITY.md`.
    Unsupported,
    /// `ValueError`
    Value,
    /// `ZeroDivisionError`
    ZeroDivision,
}

impl ErrorClass {
    /// The name of the class, as Python prints it.
    pub fn python_name(self) -> &'static str {
        match self {
            Self::Assertion => "AssertionError",
            Self::Attribute => "AttributeError",
            Self::Budget => "BudgetError",
            Self::FilterArgument => "FilterArgumentError",
            Self::Index => "IndexError",
            Self::Key => "KeyError",
            Self::Overflow => "OverflowError",
            Self::Recursion => "RecursionError",
            Self::Runtime => "RuntimeError",
            Self::Security => "SecurityError",
            Self::Syntax => "SyntaxError",
            Self::Template => "TemplateError",
            Self::TemplateAssertion => "TemplateAssertionError",
            Self::TemplateRuntime => "TemplateRuntimeError",
            Self::TemplateSyntax => "TemplateSyntaxError",
            Self::Type => "TypeError",
            Self::Undefined => "UndefinedError",
            Self::Unsupported => "UnsupportedError",
            Self::Value => "ValueError",
            Self::ZeroDivision => "ZeroDivisionError",
        }
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.python_name())
    }
}

/// A stop, with its place in the template once an expression has put it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::chat) struct Failure {
    pub(in crate::chat) class: ErrorClass,
    pub(in crate::chat) message: String,
    pub(in crate::chat) span: Option<Span>,
    /// Whether the template itself raised it.
    pub(in crate::chat) raised: bool,
}

/// Boxed, so that the happy path stays narrow.
pub(in crate::chat) type Outcome<T> = Result<T, Box<Failure>>;

impl Failure {
    // Whatever leads to a stop is rare: the code for it stands out of the way.
    #[cold]
    pub(in crate::chat) fn new(class: ErrorClass, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { class, message: message.into(), span: None, raised: false })
    }

    /// Places the stop, unless something further in has.
    #[cold]
    pub(in crate::chat) fn at(mut self: Box<Self>, span: Span) -> Box<Self> {
        self.place(span);
        self
    }

    /// The same of one that stays where it is.
    #[cold]
    pub(super) fn place(&mut self, span: Span) {
        self.span.get_or_insert(span);
    }
}

/// The name of a filter or a test, for messages: blanks may stand around its dots.
pub(super) fn spelled(written: &str) -> String {
    written.split(super::unicode::is_blank).collect()
}

#[cold]
pub(in crate::chat) fn type_error<T>(message: impl Into<String>) -> Outcome<T> {
    fail(ErrorClass::Type, message)
}

#[cold]
pub(in crate::chat) fn value_error<T>(message: impl Into<String>) -> Outcome<T> {
    fail(ErrorClass::Value, message)
}

#[cold]
pub(in crate::chat) fn fail<T>(class: ErrorClass, message: impl Into<String>) -> Outcome<T> {
    Err(Failure::new(class, message))
}
