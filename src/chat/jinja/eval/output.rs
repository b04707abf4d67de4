//! The text under construction, and the blocks that capture parts of it.

use super::super::budget::Budget;
use super::super::error::Outcome;

/// A rendered template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::chat) struct Rendered {
    pub(in crate::chat) text: String,
    /// The spans of `{% generation %}` blocks, in code points.
    pub(in crate::chat) generation: Vec<(usize, usize)>,
}

#[derive(Default)]
pub(super) struct Output {
    text: String,
    /// The texts around the one being captured, outermost first.
    outer: Vec<String>,
    /// Bytes of all of them.
    total: usize,
    generation: Vec<(usize, usize)>,
    /// How many code points the first so many bytes of the outermost text hold.
    counted: (usize, usize),
}

impl Output {
    pub(super) fn push(&mut self, more: &str, budget: &Budget) -> Outcome<()> {
        self.total = self.total.saturating_add(more.len());
        budget.output(self.total)?;
        budget.scan(more.len())?;
        self.text.push_str(more);
        Ok(())
    }

    pub(super) fn open(&mut self) {
        self.outer.push(std::mem::take(&mut self.text));
    }

    pub(super) fn close(&mut self) -> String {
        let captured = std::mem::replace(&mut self.text, self.outer.pop().unwrap_or_default());
        self.total = self.total.saturating_sub(captured.len());
        captured
    }

    /// Records a generated text that follows what the template has written so far at its top level.
    pub(super) fn generated(&mut self, text: &str) {
        let top = self.outer.first().unwrap_or(&self.text);
        let (bytes, characters) = self.counted;
        let more = top.get(bytes..).unwrap_or_default().chars().count();
        let start = characters.saturating_add(more);
        self.counted = (top.len(), start);
        self.generation.push((start, start.saturating_add(text.chars().count())));
    }

    pub(super) fn finish(self) -> Rendered {
        Rendered { text: self.text, generation: self.generation }
    }
}
