//! Blocks that repeat one another: a model is one block many times, and what was seen of the first need not be looked at
//! in the others.

use super::bytes::{begins, common, same, same_sizes};
use std::ops::Range;

/// Tensors in the order of a file.
pub(crate) trait Rows {
    /// How many there are.
    fn count(&self) -> usize;

    /// The bytes of the name of the one at `place`.
    fn name_at(&self, place: usize) -> Option<&[u8]>;

    /// The bytes of its name, and its dimensions.
    fn row(&self, place: usize) -> Option<(&[u8], &[u64])>;

    /// Whether the ones at `places` have the shapes of as many from `first` on, whose names all begin alike, and their names
    /// with `head` instead of as many bytes, where that shows faster than one by one. `text` is room for names.
    fn again(&self, places: Range<usize>, first: usize, head: &[u8], text: &mut Vec<u8>) -> bool;
}

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

/// Every repeat among `rows`, in their order.
pub(crate) fn of(rows: &(impl Rows + ?Sized)) -> Vec<Repeat> {
    few(rows, usize::MAX).unwrap_or_default()
}

/// [`of`], unless more than `most` tensors repeat nothing.
pub(crate) fn few(rows: &(impl Rows + ?Sized), most: usize) -> Option<Vec<Repeat>> {
    let mut walk = Walk { rows, starts: Vec::new(), text: Vec::new() };
    let (mut repeats, mut place, mut alone) = (Vec::new(), 0_usize, 0_usize);
    while place < rows.count() {
        match walk.repeat_at(place) {
            Some(repeat) => {
                place = repeat.places.end;
                repeats.push(repeat);
            }
            None => {
                place = place.saturating_add(1);
                alone = alone.saturating_add(1);
            }
        }
        if alone > most {
            return None;
        }
    }
    Some(repeats)
}

struct Walk<'a, R: ?Sized> {
    rows: &'a R,
    /// Names behind which all begin more like one another than they are like the name before, the last one last.
    starts: Vec<Start>,
    /// Room for names.
    text: Vec<u8>,
}

/// A name that begins with `shared` bytes of the one before, and no more.
struct Start {
    shared: usize,
    place: usize,
}

/// A number that stands where the name before has another one.
struct Change {
    at: usize,
    number: u64,
    digits: usize,
    /// Digits of the number before.
    known: usize,
}

impl Change {
    /// The change from the name `before` to `name`, which share their first bytes.
    #[inline]
    fn of(before: &[u8], name: &[u8], shared: usize) -> Option<Self> {
        let digits = name.get(..shared)?.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let at = shared.saturating_sub(digits);
        if at.checked_sub(1).and_then(|end| name.get(end)).is_some_and(|byte| !is_separator(*byte)) {
            return None;
        }
        let ((number, digits), (_, known)) = (number(name.get(at..)?)?, self::number(before.get(at..)?)?);
        Some(Self { at, number, digits, known })
    }

    /// Where the number ends.
    fn end(&self) -> usize {
        self.at.saturating_add(self.digits)
    }
}

impl<R: Rows + ?Sized> Walk<'_, R> {
    /// The repeat that begins at `place`.
    fn repeat_at(&mut self, place: usize) -> Option<Repeat> {
        let name = self.rows.name_at(place)?;
        let before = place.checked_sub(1).and_then(|before| self.rows.name_at(before)).unwrap_or_default();
        let shared = common(before, name);
        let change = Change::of(before, name, shared);
        let repeat = change.as_ref().and_then(|change| self.follow(name, change, place));
        self.note(shared, place);
        if let Some((change, repeat)) = change.zip(repeat.as_ref()) {
            // Names in between were not looked at: what has their number begins anew behind them.
            self.note(change.end().saturating_add(1), repeat.places.end);
        }
        repeat
    }

    /// Notes that the name at `place` begins with no more than `shared` bytes of the one before.
    fn note(&mut self, shared: usize, place: usize) {
        while self.starts.pop_if(|start| start.shared >= shared).is_some() {}
        self.starts.push(Start { shared, place });
    }

    /// How far the names from `place` on repeat those that have the number before.
    fn follow(&mut self, name: &[u8], change: &Change, place: usize) -> Option<Repeat> {
        let Change { at: stem, number, known, .. } = *change;
        let (end, skip) = (change.end(), stem.saturating_add(known));
        while self.starts.pop_if(|start| start.shared > skip).is_some() {}
        let first = self.starts.last()?.place;
        let head = name.get(..end)?;
        let is_like = |(place, earlier): (usize, usize)| {
            let ((name, shape), (other, known)) = (self.rows.row(place)?, self.rows.row(earlier)?);
            let tails = same(name.get(end..)?, other.get(skip..)?);
            Some(tails && same_sizes(shape, known) && begins(name, head))
        };
        let whole = place..place.saturating_add(place.saturating_sub(first));
        if end == skip && !whole.is_empty() && self.rows.again(whole.clone(), first, head, &mut self.text) {
            return Some(Repeat { places: whole, first, stem, number });
        }
        let pairs = (place..self.rows.count()).zip(first..place);
        let count = pairs.take_while(|pair| is_like(*pair) == Some(true)).count();
        let places = place..place.saturating_add(count);
        (count > 0).then_some(Repeat { places, first, stem, number })
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'.' | b'_')
}

/// How many digits stand at the front.
fn digits_of(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The number that the first word is, as writers spell numbers, and how many digits it has.
fn number(rest: &[u8]) -> Option<(u64, usize)> {
    let digits = digits_of(rest);
    let text = rest.get(..digits).filter(|text| digits == 1 || text.first() != Some(&b'0'))?;
    let is_number = digits > 0 && rest.get(digits).is_some_and(|byte| is_separator(*byte));
    let more = |number: u64, byte: &u8| number.checked_mul(10)?.checked_add(u64::from(byte.wrapping_sub(b'0')));
    let number = text.iter().try_fold(0, more).filter(|_| is_number)?;
    Some((number, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::safetensors::TensorInfo;
    use proptest::prelude::*;

    fn tensors(names: &[String]) -> Vec<TensorInfo<'_>> {
        let shape = |name: &str| std::iter::once(name.len() as u64 % 2).collect();
        names.iter().map(|name| TensorInfo { name: name.into(), shape: shape(name), ..TensorInfo::default() }).collect()
    }

    #[test]
    fn blocks_repeat_the_one_before() {
        let names = ["in.weight", "b.0.q.1.w", "b.0.k.w", "b.1.q.1.w", "b.1.k.w", "b.1.x", "b.2.q.1.w", "b.10.q.1.w"];
        let names = names.map(str::to_owned);
        let tensors = tensors(&names);
        let found: Vec<_> =
            of(tensors.as_slice()).into_iter().map(|repeat| (repeat.places, repeat.first, repeat.number)).collect();
        assert_eq!(found, [(3..5, 1, 1), (6..7, 3, 2)]);
    }

    proptest! {
        #[test]
        fn have_what_they_repeat(names in proptest::collection::vec("([ab][._]){0,2}[0-2]?[0-3][._](x[._])?([0-2][._])?[xy]", 1..60)) {
            let tensors = tensors(&names);
            let mut end = 0;
            for repeat in of(tensors.as_slice()) {
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
                    prop_assert_eq!(tensors.as_slice().row(place).unwrap().1, tensors.as_slice().row(earlier).unwrap().1);
                }
            }
        }
    }
}
