//! Blocks that repeat one another: a model is one block many times, and what was seen of the first need not be looked at
//! in the others.

use super::bytes::{begins, common, same, same_sizes};
use crate::facts::safetensors::Tensors;
use std::ops::Range;

/// Tensors behind one another that have the names and shapes of earlier ones, save for one number in every name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repeat {
    /// Their places in the files' order.
    pub(crate) places: Range<usize>,
    /// The place of the first of the earlier ones.
    pub(crate) first: usize,
    /// How many bytes stand before the number.
    pub(crate) stem: usize,
    /// The number.
    pub(crate) number: u64,
}

impl Repeat {
    /// The place of the tensor that the one at `place` repeats.
    pub(crate) fn earlier(&self, place: usize) -> usize {
        self.first.saturating_add(place.saturating_sub(self.places.start))
    }

    /// Whether these repeat just what `before` is, by the number at the same place.
    pub(crate) fn goes_on(&self, before: &Self) -> bool {
        self.stem == before.stem && self.first == before.places.start && self.places.len() == before.places.len()
    }
}

/// Every repeat among `tensors`, in their order.
pub(crate) fn of(tensors: &Tensors) -> Vec<Repeat> {
    let mut walk = Walk { tensors, cuts: Vec::new(), text: Vec::new(), left: tensors.len().saturating_mul(TRIES) };
    let (mut repeats, mut place) = (Vec::new(), 0_usize);
    while place < tensors.len() {
        match walk.repeat_at(place) {
            Some(repeat) => {
                place = repeat.places.end;
                repeats.push(repeat);
            }
            None => place = place.saturating_add(1),
        }
    }
    repeats
}

struct Walk<'a> {
    tensors: &'a Tensors,
    /// The numbers in the name before, as far as it was read, from left to right.
    cuts: Vec<Cut>,
    /// The names of a block, with the number of the next one.
    text: Vec<u8>,
    /// How many tensors may still be compared in vain.
    left: usize,
}

/// How often every tensor may be compared in vain as part of a whole block.
const TRIES: usize = 4;

/// A number in a name: where it begins, and the place from which on all names have had it there.
struct Cut {
    at: usize,
    since: usize,
}

impl Walk<'_> {
    /// The repeat that begins at `place`.
    fn repeat_at(&mut self, place: usize) -> Option<Repeat> {
        let name = self.tensors.name_bytes(place)?;
        let before = place.checked_sub(1).and_then(|before| self.tensors.name_bytes(before)).unwrap_or_default();
        let word = word_start(name, common(before, name));
        while self.cuts.last().is_some_and(|cut| cut.at > word) {
            self.cuts.pop();
        }
        let known = self.cuts.pop_if(|cut| cut.at == word);
        let Some((number, digits)) = number(name.get(word..)?) else {
            self.read(name, word, place);
            return None;
        };
        self.cuts.push(Cut { at: word, since: place });
        let repeat = known.and_then(|cut| self.follow(name, cut, place, digits, number));
        if repeat.is_none() {
            self.read(name, word.saturating_add(digits).saturating_add(1), place);
        }
        repeat
    }

    /// Notes the numbers of `name` from `start` on, where a word begins.
    fn read(&mut self, name: &[u8], mut start: usize, place: usize) {
        while let Some(rest) = name.get(start..) {
            if number(rest).is_some() {
                self.cuts.push(Cut { at: start, since: place });
            }
            let Some(end) = rest.iter().position(|byte| is_separator(*byte)) else { return };
            start = start.saturating_add(end).saturating_add(1);
        }
    }

    /// How far the names from `place` on repeat those since `cut`, which have another number there.
    fn follow(&mut self, name: &[u8], cut: Cut, place: usize, digits: usize, number: u64) -> Option<Repeat> {
        let head = name.get(..cut.at.saturating_add(digits))?;
        let skip = cut.at.saturating_add(digits_of(self.tensors.name_bytes(cut.since)?.get(cut.at..)?));
        if skip == head.len()
            && let Some(places) = self.whole(head, &cut, place)
        {
            return Some(Repeat { places, first: cut.since, stem: cut.at, number });
        }
        let is_like = |(place, earlier): (usize, usize)| {
            let ((name, shape), (other, known)) = (self.tensors.raw(place)?, self.tensors.raw(earlier)?);
            let tails = same(name.get(head.len()..)?, other.get(skip..)?);
            Some(tails && same_sizes(shape, known) && begins(name, head))
        };
        let pairs = (place..self.tensors.len()).zip(cut.since..place);
        let count = pairs.take_while(|pair| is_like(*pair) == Some(true)).count();
        let places = place..place.saturating_add(count);
        (count > 0).then_some(Repeat { places, first: cut.since, stem: cut.at, number })
    }

    /// The places from `place` on, where all names since `cut` stand again with the number at the end of `head` instead of
    /// another of as many digits.
    fn whole(&mut self, head: &[u8], cut: &Cut, place: usize) -> Option<Range<usize>> {
        let count = place.saturating_sub(cut.since);
        self.left = self.left.checked_sub(count)?;
        let is_whole = again(self.tensors, cut.since..place, place, head, &mut self.text);
        // What is found is never compared again.
        self.left = self.left.saturating_add(if is_whole { count } else { 0 });
        is_whole.then(|| place..place.saturating_add(count))
    }
}

/// Whether the tensors at `earlier`, whose names begin alike, stand again from `place` on in the same shapes, with names
/// that begin with `head` instead of as many other bytes; `text` is room for the names.
pub(super) fn again(tensors: &Tensors, earlier: Range<usize>, place: usize, head: &[u8], text: &mut Vec<u8>) -> bool {
    let places = place..place.saturating_add(earlier.len());
    let Some((earlier, now)) = tensors.together(earlier).zip(tensors.together(places)) else { return false };
    if !now.is_cut_like(earlier) || now.dimensions != earlier.dimensions {
        return false;
    }
    text.clear();
    text.extend_from_slice(earlier.names);
    let bytes = (0_usize..).zip(head.iter().zip(earlier.names));
    for (at, byte) in bytes.filter(|(_, (byte, other))| byte != other).map(|(at, (byte, _))| (at, *byte)) {
        earlier
            .starts()
            .for_each(|start| text.get_mut(start.saturating_add(at)).into_iter().for_each(|slot| *slot = byte));
    }
    text == now.names
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'.' | b'_')
}

/// Where the word begins that the name's byte `at` belongs to.
fn word_start(name: &[u8], at: usize) -> usize {
    let head = name.get(..at).unwrap_or(name);
    head.iter().rposition(|byte| is_separator(*byte)).map_or(0, |separator| separator.saturating_add(1))
}

/// How many digits stand at the front.
fn digits_of(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The number that the first word is, as writers spell numbers, and how many digits it has.
fn number(rest: &[u8]) -> Option<(u64, usize)> {
    let digits = digits_of(rest);
    let text = rest.get(..digits).filter(|text| digits == 1 || text.first() != Some(&b'0'))?;
    let ends = rest.get(digits).is_some_and(|byte| is_separator(*byte));
    let number = std::str::from_utf8(text).ok().filter(|_| digits > 0 && ends)?.parse().ok()?;
    Some((number, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::safetensors::Dtype;
    use proptest::prelude::*;

    fn tensors(names: &[String]) -> Tensors {
        let mut tensors = Tensors::default();
        names.iter().for_each(|name| tensors.push(name, Dtype::F16, &[name.len() as u64 % 2]));
        tensors
    }

    #[test]
    fn blocks_repeat_the_one_before() {
        let names = ["in.weight", "b.0.q.1.w", "b.0.k.w", "b.1.q.1.w", "b.1.k.w", "b.1.x", "b.2.q.1.w", "b.10.q.1.w"];
        let tensors = tensors(&names.map(str::to_owned));
        let found: Vec<_> =
            of(&tensors).into_iter().map(|repeat| (repeat.places, repeat.first, repeat.number)).collect();
        assert_eq!(found, [(3..5, 1, 1), (6..7, 3, 2)]);
    }

    proptest! {
        #[test]
        fn have_what_they_repeat(names in proptest::collection::vec("([ab][._]){0,2}[0-2]?[0-3][._](x[._])?([0-2][._])?[xy]", 1..60)) {
            let tensors = tensors(&names);
            let mut end = 0;
            for repeat in of(&tensors) {
                prop_assert!(end <= repeat.places.start && !repeat.places.is_empty());
                end = repeat.places.end;
                for place in repeat.places.clone() {
                    let earlier = repeat.earlier(place);
                    prop_assert!(earlier < repeat.places.start);
                    let (name, other) = (&names[place], &names[earlier]);
                    prop_assert_eq!(&name[..repeat.stem], &other[..repeat.stem]);
                    let (rest, known) = (&name[repeat.stem..], &other[repeat.stem..]);
                    let digits = |rest: &str| rest.split(['.', '_']).next().unwrap().to_owned();
                    prop_assert_eq!(digits(rest).parse::<u64>().unwrap(), repeat.number);
                    prop_assert_eq!(&rest[digits(rest).len()..], &known[digits(known).len()..]);
                    prop_assert_eq!(tensors.raw(place).unwrap().1, tensors.raw(earlier).unwrap().1);
                }
            }
        }
    }
}
