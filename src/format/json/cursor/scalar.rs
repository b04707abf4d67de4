//! Strings, numbers and words, stepped over or taken.

use super::super::parse::{self, NOTES};
use super::super::text::{self, Text};
use super::super::{Note, NoteKind};
use super::Cursor;
use crate::format::Fault;
use crate::format::scan::{digits, run_end};

impl<'a> Cursor<'a> {
    /// The text at hand; any other value is stepped over.
    pub(crate) fn text(&mut self) -> Result<Option<Text<'a>>, Fault> {
        if self.peek() == Some(b'"') { self.string().map(Some) } else { self.skip().map(|()| None) }
    }

    /// The integer at hand if it is one of 64 bits, not negative; any other value is stepped over.
    #[inline(always)]
    pub(crate) fn unsigned(&mut self) -> Result<Option<u64>, Fault> {
        if let Some((number, count)) = digits(self.rest())
            && let [b'1'..=b'9', rest @ ..] = self.rest()
            && let Some(b',' | b' ' | b'\n' | b'}' | b']') = rest.get(count.wrapping_sub(1))
        {
            self.at = self.at.wrapping_add(count);
            return Ok(Some(number));
        }
        self.other_unsigned()
    }

    fn other_unsigned(&mut self) -> Result<Option<u64>, Fault> {
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            // The tree holds integers as i64: what exceeds it is no 64-bit integer there either.
            let fits = |number: &u64| i64::try_from(*number).is_ok();
            return self.number().map(|written| written.and_then(|digits| digits.parse().ok()).filter(fits));
        }
        let negative_zero = self.peek() == Some(b'-');
        let written = if negative_zero { self.number()? } else { self.skip().map(|()| None)? };
        Ok(written.and_then(|digits| digits.parse::<i64>().ok()).and_then(|number| u64::try_from(number).ok()))
    }

    /// The integer at hand if it is written as one of 64 bits without a sign; any other value is stepped over.
    pub(crate) fn whole(&mut self) -> Result<Option<u64>, Fault> {
        match self.peek() {
            Some(b'0'..=b'9') => Ok(self.number()?.and_then(|digits| digits.parse().ok())),
            _ => self.skip().map(|()| None),
        }
    }

    /// The truth value at hand; any other value is stepped over.
    pub(crate) fn truth(&mut self) -> Result<Option<bool>, Fault> {
        match self.peek() {
            Some(b't') => self.word().map(|()| Some(true)),
            Some(b'f') => self.word().map(|()| Some(false)),
            _ => self.skip().map(|()| None),
        }
    }

    pub(super) fn word(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b't') if self.take("true") => Ok(()),
            Some(b'f') if self.take("false") => Ok(()),
            Some(b'n') if self.take("null") => Ok(()),
            Some(b'N') if self.take("NaN") => self.non_finite(3),
            Some(b'I') if self.take("Infinity") => self.non_finite(8),
            None => Err(self.syntax("the document ends where a value should be")),
            _ => Err(self.syntax("a value was expected")),
        }
    }

    /// Notes the bare non-finite number of `length` bytes that was just stepped over.
    fn non_finite(&mut self, length: usize) -> Result<(), Fault> {
        self.note(NoteKind::NonFinite, self.at.saturating_sub(length), "a number that is not finite")
    }

    fn note(&mut self, kind: NoteKind, offset: usize, what: &str) -> Result<(), Fault> {
        if self.strict {
            return Err(parse::syntax(self.bytes, offset, what));
        }
        if self.notes.len() < NOTES {
            self.notes.push(Note { kind, key: None, offset: offset as u64 });
        }
        Ok(())
    }

    /// Steps over a number; gives it as written when it is an integer.
    pub(super) fn number(&mut self) -> Result<Option<&'a str>, Fault> {
        let start = self.at;
        if self.take("-Infinity") {
            self.non_finite(9)?;
            return Ok(None);
        }
        self.take("-");
        if !self.take("0") && !self.digits() {
            return Err(self.syntax("a digit was expected"));
        }
        let mark = self.at;
        if self.take(".") && !self.digits() {
            self.at = mark;
            return Err(self.syntax("a digit was expected after the point"));
        }
        let integer = mark == self.at;
        let integer = !self.exponent()? && integer;
        let written = self.text.get(start..self.at);
        if self.strict && written.is_some_and(out_of_range) {
            return Err(parse::syntax(self.bytes, start, "a number beyond 64-bit floats"));
        }
        Ok(written.filter(|_| integer))
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.step();
        }
        self.at > start
    }

    fn exponent(&mut self) -> Result<bool, Fault> {
        if !self.take("e") && !self.take("E") {
            return Ok(false);
        }
        if !self.take("+") {
            self.take("-");
        }
        if self.digits() { Ok(true) } else { Err(self.syntax("a digit was expected in the exponent")) }
    }

    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Text<'a>, Fault> {
        let offset = self.at;
        let start = offset.wrapping_add(1);
        let end = run_end(self.bytes, start);
        match end.filter(|&end| self.bytes.get(end) == Some(&b'"')) {
            Some(end) => {
                self.at = end.wrapping_add(1);
                Ok(Text { raw: self.text.get(start..end).unwrap_or_default(), escaped: false, offset: offset as u64 })
            }
            None => self.other_string(),
        }
    }

    fn other_string(&mut self) -> Result<Text<'a>, Fault> {
        let offset = self.at;
        self.step();
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at = run_end(self.bytes, self.at).unwrap_or(self.bytes.len());
            match self.peek() {
                Some(b'"') => {
                    let raw = self.text.get(start..self.at).unwrap_or_default();
                    self.step();
                    return Ok(Text { raw, escaped, offset: offset as u64 });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                None => return Err(self.syntax("the document ends inside a string")),
                Some(_) => return Err(self.syntax("a control character stands in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        self.step();
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.step();
                Ok(())
            }
            Some(b'u') => self.unicode(),
            _ => Err(self.syntax("an unknown escape stands in a string")),
        }
    }

    fn unicode(&mut self) -> Result<(), Fault> {
        let offset = self.at.saturating_sub(1);
        let mut unit = self.hex4()?;
        if (0xD800..0xDC00).contains(&unit) && self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b"\\u")) {
            let mark = self.at;
            self.step();
            let low = self.hex4()?;
            if (0xDC00..0xE000).contains(&low) {
                unit = 0;
            } else {
                self.at = mark;
            }
        }
        if (0xD800..0xE000).contains(&unit) {
            return self.note(NoteKind::LoneSurrogate, offset, "half a surrogate pair");
        }
        Ok(())
    }

    /// Reads `uXXXX`, standing on the `u`.
    fn hex4(&mut self) -> Result<u32, Fault> {
        self.step();
        let unit = self.text.get(self.at..self.at.saturating_add(4)).and_then(text::hex4);
        let unit = unit.ok_or_else(|| self.syntax("four hexadecimal digits were expected"))?;
        self.at = self.at.saturating_add(4);
        Ok(unit)
    }
}

/// Whether no 64-bit float is near the number.
fn out_of_range(written: &str) -> bool {
    let short = written.len() < 300 && !written.contains(['e', 'E']);
    !short && written.parse().is_ok_and(f64::is_infinite)
}
