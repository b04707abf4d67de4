//! The text under construction, and the blocks that capture parts of it.

use super::super::budget::Budget;
use super::super::error::{Outcome, type_error};

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
    /// The type of the first value in the text that is none.
    marred: Option<&'static str>,
    /// The texts around the one being captured, outermost first.
    outer: Vec<(String, Option<&'static str>)>,
    /// Bytes of all of them.
    total: usize,
    generation: Vec<(usize, usize)>,
    /// How many code points the first so many bytes of the outermost text hold.
    counted: (usize, usize),
    /// Where the sum begins whose texts are being written, in the outermost text.
    unfinished: Option<usize>,
}

/// Room that a prompt begins with, in bytes: most grow beyond it, and few doublings are left.
const FIRST: usize = 1 << 10;

impl Output {
    pub(super) fn new() -> Self {
        let mut output = Self::default();
        output.text.reserve(FIRST);
        output
    }

    pub(super) fn push(&mut self, more: &str, budget: &Budget) -> Outcome<()> {
        self.total = self.total.saturating_add(more.len());
        budget.output(self.total)?;
        budget.scan(more.len())?;
        self.text.push_str(more);
        Ok(())
    }

    pub(super) fn open(&mut self) {
        self.outer.push((std::mem::take(&mut self.text), self.marred.take()));
    }

    pub(super) fn close(&mut self) -> Outcome<String> {
        let (text, marred) = self.outer.pop().unwrap_or_default();
        let captured = std::mem::replace(&mut self.text, text);
        self.total = self.total.saturating_sub(captured.len());
        joined(captured, std::mem::replace(&mut self.marred, marred))
    }

    /// Begins a sum: until it is settled, it is no part of what has been written.
    pub(super) fn begin(&mut self) {
        if self.is_top() {
            self.unfinished = Some(self.text.len());
        }
    }

    pub(super) fn settle(&mut self) {
        if self.is_top() {
            self.unfinished = None;
        }
    }

    /// Whether what is written becomes a part of the prompt and nothing else.
    pub(super) fn is_top(&self) -> bool {
        self.outer.is_empty()
    }

    /// Where the text ends.
    pub(super) fn end(&self) -> usize {
        self.text.len()
    }

    /// Takes back what was written from a place on.
    pub(super) fn take_back(&mut self, from: usize) -> String {
        let taken = self.text.split_off(from.min(self.text.len()));
        self.total = self.total.saturating_sub(taken.len());
        taken
    }

    /// Notes that a value of this type stands where a text should.
    pub(super) fn mar(&mut self, type_name: &'static str) {
        self.marred.get_or_insert(type_name);
    }

    /// Records a generated text that follows what the template has written so far at its top level.
    pub(super) fn generated(&mut self, text: &str) {
        let top = self.outer.first().map_or(&self.text, |(text, _)| text);
        let (bytes, characters) = self.counted;
        let end = self.unfinished.unwrap_or(top.len());
        let more = top.get(bytes..end).unwrap_or_default().chars().count();
        let start = characters.saturating_add(more);
        self.counted = (end, start);
        self.generation.push((start, start.saturating_add(text.chars().count())));
    }

    pub(super) fn finish(self) -> Outcome<Rendered> {
        Ok(Rendered { text: joined(self.text, self.marred)?, generation: self.generation })
    }
}

fn joined(text: String, marred: Option<&'static str>) -> Outcome<String> {
    match marred {
        None => Ok(text),
        Some(type_name) => type_error(format!("expected str instance, {type_name} found")),
    }
}
