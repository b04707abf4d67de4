//! What stands between tags: text, less what the tags around it strip of it, raw blocks, comments.

use super::super::error::Outcome;
use super::super::token::Kind;
use super::super::unicode::{is_blank, trim_end};
use super::{Class, Lexer, Sign, State, class_of, span};

/// How many bytes are left without the blanks at the end.
fn stripped(text: &str) -> usize {
    let mut rest = text.as_bytes();
    while let [before @ .., last] = rest
        && class_of(*last) == Class::Blank
    {
        rest = before;
    }
    match rest.last() {
        Some(0x80..) => trim_end(text).len(),
        _ => rest.len(),
    }
}

impl Lexer<'_> {
    /// Where the next tag opens.
    fn opening(&self) -> Option<(usize, u8)> {
        let mut rest = self.bytes(self.at);
        loop {
            rest = match rest {
                [b'{', second @ (b'{' | b'%' | b'#'), ..] => {
                    return Some((self.source.len().saturating_sub(rest.len()), *second));
                }
                [_, more @ ..] => more,
                [] => return None,
            };
        }
    }

    pub(super) fn root(&mut self) -> Outcome<()> {
        let start = self.at;
        let Some((tag, second)) = self.opening() else {
            self.at = self.source.len();
            self.push(Kind::Data, start, self.at);
            return Ok(());
        };
        if second == b'%'
            && let Some((sign, inner)) = self.raw_opening(tag)
        {
            self.tokens.raw.push(span(tag, inner));
            self.data(start, tag, sign, true);
            self.move_to(inner);
            return self.raw(tag);
        }
        let (sign, inner) = self.sign(tag.saturating_add(2));
        self.data(start, tag, sign, second != b'{');
        self.move_to(inner);
        let (kind, state) = match second {
            b'{' => (Kind::VariableBegin, State::Variable),
            b'%' => (Kind::BlockBegin, State::Block),
            _ => return self.comment(tag),
        };
        self.state = state;
        self.push(kind, tag, inner);
        Ok(())
    }

    pub(super) fn move_to(&mut self, at: usize) {
        self.line_start = at > self.at && self.byte(at.saturating_sub(1)) == Some(b'\n');
        self.at = at;
    }

    /// Takes the text before a tag, less what the tag strips of it.
    fn data(&mut self, start: usize, end: usize, sign: Sign, block: bool) {
        let text = self.source.get(start..end).unwrap_or_default();
        let mut kept = text.len();
        if sign == Sign::Strip {
            kept = stripped(text);
        } else if sign == Sign::None && block {
            let line = text.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
            let blank = text.get(line..).unwrap_or_default().chars().all(is_blank);
            if blank && (line > 0 || self.line_start) {
                kept = line;
            }
        }
        if kept > 0 {
            self.push(Kind::Data, start, start.saturating_add(kept));
        }
    }

    /// `{%- raw -%}`: its sign, and where its content begins.
    fn raw_opening(&self, tag: usize) -> Option<(Sign, usize)> {
        let (sign, at) = self.sign(tag.saturating_add(2));
        let at = self.blanks(at);
        let at = self.rest(at).starts_with("raw").then_some(at.saturating_add(3))?;
        let at = self.blanks(at);
        let rest = self.rest(at);
        if rest.starts_with("-%}") {
            return Some((sign, self.blanks(at.saturating_add(3))));
        }
        rest.starts_with("%}").then_some((sign, at.saturating_add(2)))
    }

    /// The content of a raw block, which ends at the first `endraw`.
    fn raw(&mut self, tag: usize) -> Outcome<()> {
        let start = self.at;
        let mut from = start;
        while let Some(found) = self.rest(from).find("{%") {
            let end = from.saturating_add(found);
            if let Some((sign, after)) = self.raw_closing(end) {
                self.data(start, end, sign, true);
                self.move_to(after);
                return Ok(());
            }
            from = end.saturating_add(2);
        }
        self.syntax("Missing end of raw directive", tag, start)
    }

    fn raw_closing(&self, tag: usize) -> Option<(Sign, usize)> {
        let (sign, at) = self.sign(tag.saturating_add(2));
        let at = self.blanks(at);
        let at = self.rest(at).starts_with("endraw").then_some(at.saturating_add(6))?;
        self.block_end(self.blanks(at)).map(|after| (sign, after))
    }

    /// Past the end of a block, with what it trims.
    pub(super) fn block_end(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        if rest.starts_with("-%}") {
            return Some(self.blanks(at.saturating_add(3)));
        }
        if rest.starts_with("+%}") {
            return Some(at.saturating_add(3));
        }
        rest.starts_with("%}").then(|| self.newline(at.saturating_add(2)))
    }

    fn newline(&self, at: usize) -> usize {
        if self.byte(at) == Some(b'\n') { at.saturating_add(1) } else { at }
    }

    fn comment(&mut self, tag: usize) -> Outcome<()> {
        let Some(found) = self.rest(self.at).find("#}") else {
            return self.syntax("Missing end of comment tag", tag, self.at);
        };
        let end = self.at.saturating_add(found);
        let sign = (found > 0).then(|| self.byte(end.saturating_sub(1))).flatten();
        let after = end.saturating_add(2);
        let after = match sign {
            Some(b'-') => self.blanks(after),
            Some(b'+') => after,
            _ => self.newline(after),
        };
        self.move_to(after);
        Ok(())
    }
}
