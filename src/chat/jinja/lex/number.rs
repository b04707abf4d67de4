//! Numbers, as Python writes them.

use super::super::token::Kind;
use super::Lexer;

impl Lexer<'_> {
    pub(super) fn number(&self, start: usize) -> (Kind, usize) {
        let digits = self.digits(start, u8::is_ascii_digit);
        let after_dot = start > 0 && self.byte(start.saturating_sub(1)) == Some(b'.');
        if !after_dot && let Some(end) = self.float(digits) {
            return (Kind::Float, end);
        }
        (Kind::Integer, self.integer(start, digits))
    }

    /// Past digits with single underscores between them.
    fn digits(&self, start: usize, digit: fn(&u8) -> bool) -> usize {
        let is_digit = |at: usize| self.byte(at).is_some_and(|byte| digit(&byte));
        let mut at = start;
        loop {
            if is_digit(at) {
                at = at.saturating_add(1);
            } else if at > start && self.byte(at) == Some(b'_') && is_digit(at.saturating_add(1)) {
                at = at.saturating_add(2);
            } else {
                return at;
            }
        }
    }

    /// Past the fraction and the exponent behind `digits`, when there is either.
    fn float(&self, digits: usize) -> Option<usize> {
        let mut end = digits;
        if self.byte(digits) == Some(b'.') {
            let fraction = digits.saturating_add(1);
            let after = self.digits(fraction, u8::is_ascii_digit);
            if after > fraction {
                end = after;
            }
        }
        if matches!(self.byte(end), Some(b'e' | b'E')) {
            let sign = matches!(self.byte(end.saturating_add(1)), Some(b'+' | b'-'));
            let exponent = end.saturating_add(if sign { 2 } else { 1 });
            let after = self.digits(exponent, u8::is_ascii_digit);
            if after > exponent {
                end = after;
            }
        }
        (end > digits).then_some(end)
    }

    fn integer(&self, start: usize, digits: usize) -> usize {
        if self.byte(start) != Some(b'0') {
            return digits;
        }
        let body = start.saturating_add(2);
        let body = if self.byte(body) == Some(b'_') { body.saturating_add(1) } else { body };
        let end = match self.byte(start.saturating_add(1)) {
            Some(b'b' | b'B') => self.digits(body, |byte| matches!(byte, b'0' | b'1')),
            Some(b'o' | b'O') => self.digits(body, |byte| matches!(byte, b'0'..=b'7')),
            Some(b'x' | b'X') => self.digits(body, u8::is_ascii_hexdigit),
            _ => body,
        };
        if end > body { end } else { self.digits(start, |byte| *byte == b'0') }
    }
}
