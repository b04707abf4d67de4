//! Names of tensors as requests have them: in parts, and spelled only where they must be.

use crate::engine::llama_cpp::language::Series;
use std::borrow::Cow;

/// A tensor's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    /// What stands before the number; the whole name where there is none.
    pub(super) before: &'static str,
    /// The number and what stands behind it.
    pub(super) number: Option<(i64, &'static str)>,
    /// The series that it is one of, where the page knows that.
    pub(super) series: Option<Series>,
}

impl Name {
    /// A name without a number in it.
    pub(super) fn whole(name: &'static str) -> Self {
        Self { before: name, number: None, series: None }
    }

    /// A name that a layer has.
    pub(super) fn of_layer(layer: i64, after: &'static str) -> Self {
        Self { before: "blk.", number: Some((layer, after)), series: None }
    }

    /// The name, spelled.
    pub(super) fn text(&self) -> Cow<'static, str> {
        match self.number {
            Some((number, after)) => Cow::Owned(format!("{}{number}{after}", self.before)),
            None => Cow::Borrowed(self.before),
        }
    }

    /// Whether it ends so, which is no number.
    pub(super) fn ends_with(&self, end: &str) -> bool {
        self.number.map_or(self.before, |(_, after)| after).ends_with(end)
    }
}
