//! Long stretches of alike elements, stepped over without looking at each: only as far as every byte is as expected.
//!
//! All places are found first at which a string ends or is not plain. Where each is followed by the separator expected,
//! it is a plain string's end, and the next string begins behind that separator: nothing waits for the string before.
//!
//! A stretch ends before its last element, and before any that holds an escape or is separated in another way: the
//! cursor goes on there as if nothing had been leapt over.

use super::cursor::Cursor;
use super::text::Text;
use crate::format::scan::{Ends, Pattern, Written};

/// What is known of a list or object that is leapt over by stretches.
pub(crate) struct Leap {
    ends: Ends,
    pairs: Option<Pairs>,
}

/// How a list of pairs of strings is written, learned from the first.
#[derive(Clone, Copy)]
struct Pairs {
    /// From an element's begin to its first quote.
    open: Pattern,
    /// From the first string's last quote to the second one's first.
    inner: Pattern,
    /// From the second string's last quote, as much as one pattern holds.
    outer: Pattern,
    /// The rest up to the next pair's first quote.
    rest: Pattern,
}

impl Leap {
    pub(crate) fn new() -> Self {
        Self { ends: Ends::new(), pairs: None }
    }

    /// Steps over groups of `N` strings from the quote at `from` on, for as long as their ends are `met`: that gives the
    /// place of the next group's first quote. Gives how many they are, and the place of the quote behind the last.
    #[inline(always)]
    fn groups<const N: usize>(
        &mut self,
        bytes: &[u8],
        from: usize,
        mut met: impl FnMut([usize; N]) -> Option<usize>,
    ) -> (u64, usize) {
        let (mut at, mut count) = (from, 0_u64);
        self.ends.seek(bytes, at);
        loop {
            let (places, start) = self.ends.rest();
            let (groups, _) = places.as_chunks::<N>();
            let mut taken = 0_usize;
            for group in groups {
                let Some(next) = met(group.map(|place| start.wrapping_add(place as usize))) else { break };
                at = next;
                taken = taken.wrapping_add(1);
            }
            count = count.wrapping_add(taken as u64);
            if taken == 0 || taken < groups.len() {
                self.ends.pass(taken.wrapping_mul(N));
                return (count, at);
            }
            self.ends.refill(bytes, at);
        }
    }
}

impl<'a> Cursor<'a> {
    /// Steps over strings of the list at hand; gives how many. Stands before an element, then and now.
    pub(crate) fn leap_strings(&mut self, leap: &mut Leap) -> u64 {
        let (bytes, separator) = (self.bytes(), self.separator().behind(b'"'));
        if self.peek() != Some(b'"') || separator.last() != Some(b'"') {
            return 0;
        }
        let (count, at) = leap.groups(bytes, self.at(), |[end]| quote_behind(separator, bytes, end));
        self.go(at);
        count
    }

    /// Steps over members of the object at hand that are numbers of at most seven digits; gives each key, if no escape stands in it, with
    /// its number. Stands before a key, then and now.
    pub(super) fn leap_numbers(&mut self, leap: &mut Leap, mut each: impl FnMut(&'a [u8], Written)) {
        let (bytes, separator) = (self.bytes(), self.separator());
        if self.peek() != Some(b'"') || separator.last() != Some(b'"') {
            return;
        }
        let mut open = self.at();
        let (_, at) = leap.groups(bytes, self.at(), |[end]| {
            let (number, behind) = number(bytes, end)?;
            let next = quote_behind(separator, bytes, behind)?;
            each(bytes.get(open.wrapping_add(1)..end)?, number);
            open = next;
            Some(next)
        });
        self.go(at);
    }

    /// Steps over members of the object at hand that are texts; gives each key and its text, if no escape stands in them.
    /// Stands before a key, then and now.
    pub(super) fn leap_texts(&mut self, leap: &mut Leap, mut each: impl FnMut(Text<'a>, Text<'a>)) {
        let (document, bytes, separator) = (self.document(), self.bytes(), self.separator().behind(b'"'));
        if self.peek() != Some(b'"') || separator.last() != Some(b'"') {
            return;
        }
        let mut open = self.at();
        let (_, at) = leap.groups(bytes, self.at(), |[end, close]| {
            let value = value_behind(bytes, end)?;
            let next = quote_behind(separator, bytes, close)?;
            each(plain(document, open, end)?, plain(document, value, close)?);
            open = next;
            Some(next)
        });
        self.go(at);
    }

    /// Steps over pairs of strings of the list at hand; gives how many. Stands before an element, then and now.
    pub(crate) fn leap_pairs(&mut self, leap: &mut Leap) -> u64 {
        let (bytes, from) = (self.bytes(), self.at());
        leap.pairs = leap.pairs.or_else(|| self.pairs());
        let Some(pairs) = leap.pairs.filter(|pairs| pairs.open.is_met(tail(bytes, from))) else { return 0 };
        let length = pairs.outer.length.wrapping_add(pairs.rest.length);
        let lead = pairs.open.length.wrapping_sub(1);
        let (count, at) = leap.groups(bytes, from.wrapping_add(lead), |[first, second]| {
            let inner = pairs.inner.is_met(tail(bytes, first));
            let outer =
                pairs.outer.is_met(tail(bytes, second)) && pairs.rest.is_met(tail(bytes, second.wrapping_add(16)));
            (inner && outer).then_some(second.wrapping_add(length).wrapping_sub(1))
        });
        self.go(at.wrapping_sub(lead));
        count
    }

    /// How the pair at hand is written, and the way to the next, if they are pairs of strings.
    fn pairs(&self) -> Option<Pairs> {
        let mut probe = self.clone();
        let [(first, first_end), (second, second_end)] = probe.two_strings()?;
        probe.more(false, "]", "").ok()?.then_some(())?;
        let next = probe.at();
        let [(third, _), _] = probe.two_strings()?;
        let between = |from: usize, to: usize| self.bytes().get(from..to);
        let inner = between(first_end.checked_sub(1)?, second.checked_add(1)?)?;
        let outer = between(second_end.checked_sub(1)?, third.checked_add(1)?)?;
        let (outer, rest) = outer.split_at_checked(16).unwrap_or((outer, &[]));
        let alike = between(self.at(), first) == between(next, third);
        let open = Pattern::of(between(self.at(), first.checked_add(1)?)?);
        let known = Pairs {
            open,
            inner: Pattern::of(inner),
            outer: Pattern::of(outer),
            rest: if rest.is_empty() { Pattern::ANY } else { Pattern::of(rest) },
        };
        alike.then_some(known)
    }

    /// Steps over the pair at hand; gives where its strings begin and end.
    fn two_strings(&mut self) -> Option<[(usize, usize); 2]> {
        let mut places = Vec::new();
        if self.peek() != Some(b'[') {
            return None;
        }
        let walk = self.list(|cursor| {
            places.push((cursor.at(), cursor.text()?.map(|_| cursor.at())));
            Ok(())
        });
        walk.ok()?;
        let [(first, Some(first_end)), (second, Some(second_end))] = places[..] else { return None };
        Some([(first, first_end), (second, second_end)])
    }
}

#[inline(always)]
fn tail(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// Where the next string begins, if what stands at `at` is the separator.
#[inline(always)]
fn quote_behind(separator: Pattern, bytes: &[u8], at: usize) -> Option<usize> {
    separator.is_met(tail(bytes, at)).then(|| at.wrapping_add(separator.length).wrapping_sub(1))
}

/// The text without escapes between the quotes at `open` and `close`.
#[inline(always)]
fn plain(document: &str, open: usize, close: usize) -> Option<Text<'_>> {
    let raw = document.get(open.wrapping_add(1)..close)?;
    Some(Text { raw, escaped: false, offset: open as u64 })
}

/// Where the text begins that belongs to the key whose last quote is at `end`.
#[inline(always)]
fn value_behind(bytes: &[u8], end: usize) -> Option<usize> {
    match tail(bytes, end) {
        [b'"', b':', b' ', b'"', ..] => Some(end.wrapping_add(3)),
        [b'"', b':', b'"', ..] => Some(end.wrapping_add(2)),
        _ => None,
    }
}

/// The number of at most seven digits that belongs to the key whose last quote is at `end`, and the place behind it.
#[inline(always)]
fn number(bytes: &[u8], end: usize) -> Option<(Written, usize)> {
    let chunk: &[u8; 16] = tail(bytes, end).first_chunk()?;
    let (word, value) = match chunk {
        [b'"', b':', b' ', rest @ ..] => (rest.first_chunk()?, end.wrapping_add(3)),
        [b'"', b':', rest @ ..] => (rest.first_chunk()?, end.wrapping_add(2)),
        _ => return None,
    };
    let (number, count) = Written::first(u64::from_le_bytes(*word))?;
    Some((number, value.wrapping_add(count)))
}
