//! Names that a page uses, and what is wrong with one that cannot be read.

use super::context;
use super::expression::{Node, Symbol, Template};
use super::series::AllSeries;
use super::step::{RequestMarks, Slot};
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
    architecture: &'static str,
    pub(super) names: Vec<&'static str>,
    pub(super) texts: Vec<&'static str>,
    pub(super) series: AllSeries,
}

impl Symbols {
    pub(super) fn new(architecture: &'static str) -> Self {
        Self { architecture, names: base::NAMES.to_vec(), texts: Vec::new(), series: AllSeries::new() }
    }

    /// Names that are known already, for tests.
    #[cfg(test)]
    pub(super) fn with(program: &super::Program) -> Self {
        let (names, texts, series) = (program.symbols.clone(), program.texts.clone(), program.series.clone());
        Self { architecture: program.architecture, names, texts, series }
    }

    /// The key's full name: with a dot in front, the architecture's name goes before it.
    pub(super) fn key(&self, key: &str) -> Box<str> {
        if key.starts_with('.') { format!("{}{key}", self.architecture).into() } else { key.into() }
    }

    /// The full name of a key of the architecture's own.
    pub(super) fn own_key(&self, key: &str) -> Box<str> {
        format!("{}.{key}", self.architecture).into()
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

    /// A tensor's name with a number in it.
    pub(super) fn numbered(&mut self, before: &'static str, number: Node, after: &'static str) -> Template {
        Template { before, number: Some((number.into(), self.series.note(before, after))) }
    }

    /// The slot of a tensor that stands in a layer.
    pub(super) fn slot(&self, name: &Template, marks: &RequestMarks) -> Option<Slot> {
        let (_, series) = name.number.as_ref()?;
        context::slot(name.before, self.series.common(*series)?.after, marks)
    }

    /// The expression that `name` is short for.
    pub(super) fn named(&self, name: &str) -> Option<&'static str> {
        tables::named_expression(name)
    }
}
