//! Long stretches of alike elements, stepped over without looking at each: only as far as every byte is as expected.
//!
//! A stretch ends before its last element, and before any that holds an escape or is separated in another way: the
//! cursor goes on there as if nothing had been leapt over.

use super::cursor::Cursor;
use crate::format::scan::{Pattern, digits, run_end};

/// How the parts of a pair lie, learned from the first.
struct Pair {
    open: Pattern,
    middle: Pattern,
    close: Pattern,
    next: Pattern,
}

impl<'a> Cursor<'a> {
    /// Steps over strings of the list at hand; gives how many. Stands before an element, then and now.
    pub(crate) fn leap_strings(&mut self) -> u64 {
        let (bytes, separator) = (self.bytes(), self.separator());
        let (mut at, mut count) = (self.at(), 0_u64);
        if bytes.get(at) != Some(&b'"') || separator.last() != Some(b'"') {
            return 0;
        }
        while let Some(next) = plain(bytes, at).and_then(|behind| met(separator, bytes, behind)) {
            at = next.wrapping_sub(1);
            count = count.wrapping_add(1);
        }
        self.go(at);
        count
    }

    /// Steps over members of the object at hand that are numbers of 32 bits; gives each key, if no escape stands in it, with
    /// its number. Stands before a key, then and now.
    pub(super) fn leap_numbers(&mut self, mut each: impl FnMut(&'a [u8], u64)) {
        let (bytes, separator) = (self.bytes(), self.separator());
        let mut at = self.at();
        if bytes.get(at) != Some(&b'"') || separator.last() != Some(b'"') {
            return;
        }
        while let Some((key, number, next)) = member(bytes, at, separator) {
            each(key, number);
            at = next;
        }
        self.go(at);
    }

    /// Steps over pairs of strings of the list at hand; gives how many. Stands before an element, then and now.
    pub(crate) fn leap_pairs(&mut self) -> u64 {
        let (bytes, mut at, mut count) = (self.bytes(), self.at(), 0_u64);
        let Some(pair) = self.pair() else { return 0 };
        while let Some(next) = pair.behind(bytes, at) {
            at = next;
            count = count.wrapping_add(1);
        }
        self.go(at);
        count
    }

    /// How the pair at hand is written, if it is one of plain strings.
    fn pair(&self) -> Option<Pair> {
        let mut probe = self.clone();
        let mut places = Vec::new();
        let outer = probe.list(|probe| {
            places.push((probe.at(), probe.text().ok().flatten().map(|_| probe.at())));
            Ok(())
        });
        outer.ok()?;
        let [(first, Some(first_end)), (second, Some(second_end))] = places[..] else { return None };
        let (bytes, next) = (self.bytes(), self.separator());
        if next.last() != Some(b'[') {
            return None;
        }
        let from = |at: usize, to: usize, last: u8| Pattern::new(tail(bytes, at), to.wrapping_sub(at), last);
        let end = probe.at().wrapping_sub(1);
        Some(Pair {
            open: from(self.at(), first, b'"'),
            middle: from(first_end, second, b'"'),
            close: from(second_end, end, b']'),
            next,
        })
    }
}

impl Pair {
    /// Where the element behind the pair at `at` begins, if all is as expected.
    #[inline(always)]
    fn behind(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let first = met(self.open, bytes, at)?.wrapping_sub(1);
        let second = met(self.middle, bytes, plain(bytes, first)?)?.wrapping_sub(1);
        let end = met(self.close, bytes, plain(bytes, second)?)?;
        met(self.next, bytes, end).map(|next| next.wrapping_sub(1))
    }
}

#[inline(always)]
fn met(pattern: Pattern, bytes: &[u8], at: usize) -> Option<usize> {
    pattern.is_met(tail(bytes, at)).then(|| at.wrapping_add(pattern.length))
}

#[inline(always)]
fn tail(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// The key at `at`, its number, and where the next key begins.
#[inline(always)]
fn member(bytes: &[u8], at: usize, separator: Pattern) -> Option<(&[u8], u64, usize)> {
    let behind = plain(bytes, at)?;
    let key = bytes.get(at.wrapping_add(1)..behind.wrapping_sub(1))?;
    let value = match tail(bytes, behind) {
        [b':', b' ', ..] => behind.wrapping_add(2),
        [b':', ..] => behind.wrapping_add(1),
        _ => return None,
    };
    let rest = tail(bytes, value);
    let (number, count) = digits(rest)?;
    if (count > 1 && rest.first() == Some(&b'0')) || number > u64::from(u32::MAX) {
        return None;
    }
    let next = met(separator, bytes, value.wrapping_add(count))?;
    Some((key, number, next.wrapping_sub(1)))
}

/// The place behind the string at `at`, if no escape stands in it.
#[inline(always)]
fn plain(bytes: &[u8], at: usize) -> Option<usize> {
    let end = run_end(bytes, at.wrapping_add(1))?;
    (bytes.get(end) == Some(&b'"')).then(|| end.wrapping_add(1))
}
