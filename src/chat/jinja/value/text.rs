//! Strings: borrowed from the template or the conversation, or shared.

use super::super::budget::{Budget, Charge};
use super::super::error::Outcome;
use super::Value;
use std::ops::Deref;
use std::rc::Rc;

/// Whether two texts are the same. Keys are short: their ends are compared as words.
pub(in super::super) fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    match left.len() {
        4..8 => left.first_chunk::<4>() == right.first_chunk() && left.last_chunk::<4>() == right.last_chunk(),
        8..=16 => left.first_chunk::<8>() == right.first_chunk() && left.last_chunk::<8>() == right.last_chunk(),
        _ => left == right,
    }
}

#[derive(Clone)]
pub(in super::super) enum Text<'a> {
    Borrowed(&'a str),
    Shared(Rc<Owned>),
}

/// A string made by the template, and what it costs.
pub(in super::super) struct Owned {
    text: String,
    charge: Charge,
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(owned) => &owned.text,
        }
    }
}

impl<'a> Text<'a> {
    pub(in super::super) fn owned(text: String, budget: &Budget) -> Outcome<Self> {
        if text.is_empty() {
            return Ok(Self::Borrowed(""));
        }
        let charge = budget.charge(text.capacity().saturating_add(size_of::<Owned>()))?;
        Ok(Self::Shared(Rc::new(Owned { text, charge })))
    }

    /// The part `start..end` (in bytes): borrowed where this is.
    pub(in super::super) fn part(&self, start: usize, end: usize, budget: &Budget) -> Outcome<Self> {
        match self {
            Self::Borrowed(text) => Ok(Self::Borrowed(text.get(start..end).unwrap_or_default())),
            Self::Shared(owned) if start == 0 && end == owned.text.len() => Ok(self.clone()),
            Self::Shared(owned) => Self::copied(owned.text.get(start..end).unwrap_or_default(), budget),
        }
    }

    pub(in super::super) fn copied(text: &str, budget: &Budget) -> Outcome<Self> {
        budget.room(text.len())?;
        Self::owned(text.to_owned(), budget)
    }

    /// This text followed by `more`, in place when nobody else holds it.
    pub(in super::super) fn append(mut self, more: &str, budget: &Budget) -> Outcome<Self> {
        if more.is_empty() {
            return Ok(self);
        }
        if let Self::Shared(rc) = &mut self
            && let Some(owned) = Rc::get_mut(rc)
        {
            let before = owned.text.capacity();
            let needed = owned.text.len().saturating_add(more.len());
            if needed > before {
                budget.room(needed.saturating_mul(2))?;
            }
            budget.scan(more.len())?;
            owned.text.push_str(more);
            let grown = owned.text.capacity().saturating_sub(before);
            owned.charge.merge(budget.charge(grown)?);
            return Ok(self);
        }
        // A sum of texts is seldom the last: room for more spares the next one a move.
        let room = self.len().saturating_add(more.len()).saturating_mul(2);
        budget.room(room)?;
        let mut text = String::with_capacity(room);
        text.push_str(&self);
        text.push_str(more);
        Self::owned(text, budget)
    }
}

/// A string under construction that keeps within the budget.
pub(in super::super) struct TextBuffer<'b> {
    text: String,
    budget: &'b Budget,
    printed: bool,
}

/// Room that a printed text begins with, in bytes.
const FIRST: usize = 1 << 7;

impl<'b> TextBuffer<'b> {
    pub(in super::super) fn new(budget: &'b Budget) -> Self {
        Self { text: String::new(), budget, printed: false }
    }

    /// One whose text becomes a part of the prompt and nothing else.
    pub(in super::super) fn printed(budget: &'b Budget) -> Self {
        let mut text = String::new();
        text.reserve(FIRST);
        Self { text, budget, printed: true }
    }

    pub(in super::super) fn is_printed(&self) -> bool {
        self.printed
    }

    pub(in super::super) fn push(&mut self, more: &str) -> Outcome<()> {
        let needed = self.text.len().saturating_add(more.len());
        if needed > self.text.capacity() {
            self.budget.room(needed.saturating_mul(2))?;
        }
        self.text.push_str(more);
        Ok(())
    }

    pub(in super::super) fn push_char(&mut self, character: char) -> Outcome<()> {
        self.push(character.encode_utf8(&mut [0; 4]))
    }

    /// Pushes `piece` so many times.
    pub(in super::super) fn repeat(&mut self, piece: &str, times: usize) -> Outcome<()> {
        let total = piece.len().saturating_mul(times);
        self.budget.room(self.text.len().saturating_add(total))?;
        if total > 0 {
            self.text.push_str(&piece.repeat(times));
        }
        Ok(())
    }

    pub(in super::super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(in super::super) fn budget(&self) -> &'b Budget {
        self.budget
    }

    pub(in super::super) fn into_string(self) -> String {
        self.text
    }

    pub(in super::super) fn finish<'a>(self) -> Outcome<Text<'a>> {
        Text::owned(self.text, self.budget)
    }

    pub(in super::super) fn value<'a>(self) -> Outcome<Value<'a>> {
        self.finish().map(Value::Str)
    }
}

impl std::fmt::Write for TextBuffer<'_> {
    fn write_str(&mut self, more: &str) -> std::fmt::Result {
        self.push(more).map_err(|_| std::fmt::Error)
    }
}

/// Python's `bytes`.
pub(in super::super) struct Blob {
    pub(in super::super) bytes: Vec<u8>,
    _charge: Charge,
}

impl Blob {
    pub(in super::super) fn new(bytes: Vec<u8>, budget: &Budget) -> Outcome<Self> {
        let charge = budget.charge(bytes.capacity().saturating_add(size_of::<Self>()))?;
        Ok(Self { bytes, _charge: charge })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_where_all_their_bytes_are() {
        for length in 0..40 {
            let text = "a".repeat(length);
            assert!(same(&text, &"a".repeat(length)));
            assert!(!same(&text, &"a".repeat(length + 1)));
            for place in 0..length {
                let mut other = text.clone();
                other.replace_range(place..=place, "b");
                assert!(!same(&text, &other), "{other}");
            }
        }
    }
}
