//! The same grammar as the tree parser, pulled value by value: nothing is built that nobody asked for, so memory does
//! not grow with the document. Faults are the tree parser's own, to the byte; tests hold the two together.

mod scalar;

use super::Note;
use super::code::LIMIT;
use super::leap::Leap;
use super::text::Text;
use crate::format::Fault;
use crate::format::scan::{Pattern, Written, behind_blanks};
use crate::limits::Limits;

/// The levels that serde_json takes.
const SERDE_DEPTH: usize = 127;

/// Levels of nesting whose separators are kept apart.
const LEVELS: usize = 8;

/// A place in a document, standing before a value or behind one.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    depth_left: usize,
    /// Whether what only Python takes is refused, as Rust's serde_json refuses it.
    strict: bool,
    /// How elements were separated last, by level.
    separators: [Pattern; LEVELS],
    /// What was tolerated so far; duplicate keys are the caller's to notice.
    pub(crate) notes: Vec<Note>,
}

impl<'a> Cursor<'a> {
    /// Stands before the document's only value.
    pub(crate) fn begin(bytes: &'a [u8], limits: &Limits) -> Result<Self, Fault> {
        if bytes.len() as u64 > limits.json_bytes {
            let message = format!("{} bytes of JSON exceed the limit of {} bytes", bytes.len(), limits.json_bytes);
            return Err(Fault::new(&LIMIT, 0, message).expected(limits.json_bytes).found(bytes.len()));
        }
        let text = simdutf8::basic::from_utf8(bytes).map_err(|_| super::parse::not_utf8(bytes, valid(bytes)))?;
        let mut cursor = Self::new(text, limits.json_depth, false);
        if text.starts_with('\u{feff}') {
            return Err(cursor.syntax("a byte-order mark, which Python's json refuses"));
        }
        cursor.blanks();
        Ok(cursor)
    }

    /// Stands before the only value of a document that is to be taken where serde_json would parse it into a tree.
    pub(crate) fn strict(text: &'a str) -> Self {
        let mut cursor = Self::new(text, SERDE_DEPTH, true);
        cursor.blanks();
        cursor
    }

    fn new(text: &'a str, depth: usize, strict: bool) -> Self {
        let separators = [Pattern::NONE; LEVELS];
        Self { text, bytes: text.as_bytes(), at: 0, depth, depth_left: depth, strict, separators, notes: Vec::new() }
    }

    /// Makes sure that nothing follows the document's only value.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
        self.blanks();
        if self.at < self.bytes.len() {
            return Err(self.syntax("more text after the end of the document"));
        }
        Ok(())
    }

    /// The byte at which the cursor stands.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How many bytes stand behind the cursor.
    pub(crate) fn bytes_left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// The whole document.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The same, known to be UTF-8.
    pub(super) fn document(&self) -> &'a str {
        self.text
    }

    /// Stands at `at` from now on: a place of the same nesting, before an element.
    pub(super) fn go(&mut self, at: usize) {
        self.at = at;
    }

    /// How elements of the container at hand were separated last.
    pub(super) fn separator(&self) -> Pattern {
        self.separators.get(self.depth_left % LEVELS).copied().unwrap_or(Pattern::NONE)
    }

    /// The first byte of the value at hand; the end of the document gives none.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn syntax(&self, what: &str) -> Fault {
        super::parse::syntax(self.bytes, self.at, what)
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    #[inline(always)]
    fn blanks(&mut self) {
        self.at = behind_blanks(self.bytes, self.at);
    }

    #[inline(always)]
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    #[inline(always)]
    fn take(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word.as_bytes());
        if found {
            self.at = self.at.wrapping_add(word.len());
        }
        found
    }

    /// Steps into the object or list at hand.
    fn enter(&mut self) -> Result<(), Fault> {
        let Some(left) = self.depth_left.checked_sub(1) else {
            let message = format!("nested deeper than the limit of {} levels", self.depth);
            return Err(Fault::new(&LIMIT, self.at as u64, message).expected(self.depth));
        };
        self.depth_left = left;
        self.step();
        self.blanks();
        Ok(())
    }

    /// Whether one more member or element follows; steps over the comma or out of the container.
    #[inline(always)]
    pub(super) fn more(&mut self, first: bool, close: &str, missing: &str) -> Result<bool, Fault> {
        let learned = self.separator();
        if !first && learned.is_met(self.rest()) {
            self.at = self.at.wrapping_add(learned.length).wrapping_sub(1);
            return Ok(true);
        }
        self.other_separator(first, close, missing)
    }

    #[inline(never)]
    fn other_separator(&mut self, first: bool, close: &str, missing: &str) -> Result<bool, Fault> {
        let before = self.rest();
        if !first {
            self.blanks();
        }
        if self.take(close) {
            self.depth_left = self.depth_left.saturating_add(1);
            return Ok(false);
        }
        if !first {
            if !self.take(",") {
                return Err(self.syntax(missing));
            }
            self.blanks();
            self.learn(before);
        }
        Ok(true)
    }

    /// Notes how elements were just separated: the bytes up to and with the next element's first.
    fn learn(&mut self, before: &[u8]) {
        let length = before.len().saturating_sub(self.rest().len());
        if let (Some(slot), Some(next)) = (self.separators.get_mut(self.depth_left % LEVELS), self.bytes.get(self.at)) {
            *slot = Pattern::new(before, length, *next);
        }
    }

    /// Walks the object at hand: `visit` gets each key and must consume its value.
    pub(crate) fn object(
        &mut self,
        mut visit: impl FnMut(&mut Self, Text<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.enter()?;
        let mut first = true;
        while self.more(first, "}", "',' or '}' was expected")? {
            first = false;
            let key = self.key()?;
            visit(self, key)?;
        }
        Ok(())
    }

    /// [`Self::object`] where most members are numbers of at most seven digits: `number` gets those that are written
    /// plainly, `visit` all others.
    pub(crate) fn numbers<S>(
        &mut self,
        state: &mut S,
        mut number: impl FnMut(&mut S, &'a [u8], Written),
        mut visit: impl FnMut(&mut S, &mut Self, Text<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.enter()?;
        let (mut first, mut leap) = (true, Leap::new());
        while self.more(first, "}", "',' or '}' was expected")? {
            first = false;
            self.leap_numbers(&mut leap, |key, value| number(state, key, value));
            let key = self.key()?;
            visit(state, self, key)?;
        }
        Ok(())
    }

    /// [`Self::object`] where most members are texts: `text` gets those that are written plainly, `visit` all others.
    pub(crate) fn texts<S>(
        &mut self,
        state: &mut S,
        mut text: impl FnMut(&mut S, Text<'a>, Text<'a>),
        mut visit: impl FnMut(&mut S, &mut Self, Text<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.enter()?;
        let (mut first, mut leap) = (true, Leap::new());
        while self.more(first, "}", "',' or '}' was expected")? {
            first = false;
            self.leap_texts(&mut leap, |key, value| text(state, key, value));
            let key = self.key()?;
            visit(state, self, key)?;
        }
        Ok(())
    }

    /// Walks the list at hand: `visit` must consume each element.
    pub(crate) fn list(&mut self, mut visit: impl FnMut(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        self.enter()?;
        let mut first = true;
        while self.more(first, "]", "',' or ']' was expected")? {
            first = false;
            visit(self)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn key(&mut self) -> Result<Text<'a>, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.syntax("a key in double quotes was expected"));
        }
        let key = self.string()?;
        // As nearly every writer spells it.
        if let [b':', b' ', b'!'..=b'~', ..] = self.rest() {
            self.at = self.at.wrapping_add(2);
            return Ok(key);
        }
        self.blanks();
        if !self.take(":") {
            return Err(self.syntax("':' was expected"));
        }
        self.blanks();
        Ok(key)
    }

    /// Steps over the value at hand, whatever it is.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'{') => self.object(|cursor, _| cursor.skip()),
            Some(b'[') => self.list(Self::skip),
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            _ => self.word().map(drop),
        }
    }
}

/// How many bytes at the start are UTF-8.
#[cold]
fn valid(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len)
}

#[cfg(test)]
mod tests;
