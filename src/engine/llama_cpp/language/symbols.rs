//! Names that a page uses, and what is wrong with one that cannot be read.

use super::expression::Symbol;
use crate::engine::llama_cpp::tables::{self, base};

/// A line that the language does not allow: a mistake in a page, found by the tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) struct PageError(pub(in crate::engine::llama_cpp) String);

impl PageError {
    pub(super) fn expected(what: &str, found: &str) -> Self {
        Self(format!("expected {what}, found '{found}'"))
    }
}

/// Names met so far.
#[derive(Debug)]
pub(super) struct Symbols {
    pub(super) names: Vec<&'static str>,
    pub(super) texts: Vec<&'static str>,
}

impl Symbols {
    pub(super) fn new() -> Self {
        Self { names: base::NAMES.to_vec(), texts: Vec::new() }
    }

    /// Names that are known already, for tests.
    #[cfg(test)]
    pub(super) fn with(names: &[&'static str], texts: &[&'static str]) -> Self {
        Self { names: names.to_vec(), texts: texts.to_vec() }
    }

    /// The variable called `name`.
    pub(super) fn symbol(&mut self, name: &'static str) -> Symbol {
        if let Some(at) = self.names.iter().position(|known| *known == name) {
            return Symbol(at);
        }
        self.names.push(name);
        Symbol(self.names.len().saturating_sub(1))
    }

    /// The number that stands for `text`.
    pub(super) fn text(&mut self, text: &'static str) -> i64 {
        let known = self.texts.iter().position(|known| *known == text);
        let at = known.unwrap_or_else(|| {
            self.texts.push(text);
            self.texts.len().saturating_sub(1)
        });
        i64::try_from(at).unwrap_or_default().saturating_add(1)
    }

    /// The expression that `name` is short for.
    pub(super) fn named(&self, name: &str) -> Option<&'static str> {
        tables::named_expression(name)
    }
}
