//! What one row of the table promises, and what was seen of it.

use super::place::{Place, counts};
use super::table::Row;
use crate::format::safetensors::Dtype;

/// A weight was seen.
pub(super) const WEIGHT: u8 = 1;
/// A weight of eight bits was seen, beside which a scale must be.
pub(super) const EIGHT: u8 = 2;
/// The scale of a weight was seen.
pub(super) const SCALE: u8 = 4;

/// One tensor for each layer and expert.
pub(super) struct Promise<'r> {
    pub(super) row: &'r Row,
    pub(super) places: Vec<Place>,
    /// Of each layer and expert, what was seen.
    pub(super) seen: Vec<u8>,
}

/// A tensor found in the table.
#[derive(Clone, Copy)]
pub(super) struct Hit {
    /// The promise's number.
    pub(super) promise: u32,
    pub(super) layer: u32,
    pub(super) expert: u32,
}

/// What a tensor turned out to be of which nothing is to be said, nor of others of its type and shape that have another
/// number in their name, as far as such a tensor is promised.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) hit: Hit,
    pub(super) dtype: Dtype,
    pub(super) seen: u8,
}

#[derive(Clone, Copy)]
pub(super) enum Lookup {
    /// The name is promised, for fewer layers or experts: the layer.
    Beyond(Option<u64>),
    /// And whether a name that differs in a number alone could be nothing else.
    Hit(Hit, bool),
    None,
}

impl Lookup {
    /// What was found only after something else was not.
    pub(super) fn at_last(self) -> Self {
        match self {
            Self::Hit(hit, _) => Self::Hit(hit, false),
            other => other,
        }
    }
}

impl<'r> Promise<'r> {
    pub(super) fn new(row: &'r Row, places: Vec<Place>) -> Self {
        let count = row.layers.saturating_mul(row.experts);
        Self { row, places, seen: (0..count).map(|_| 0).collect() }
    }

    /// What a name with these numbers leads to, if its other words are the promise's, which is number `promise`.
    pub(super) fn look_up(&self, promise: u32, numbers: &[u64]) -> Lookup {
        let Some((layer, expert)) = counts(&self.places, numbers) else { return Lookup::None };
        let numbers = u32::try_from(layer).ok().zip(u32::try_from(expert).ok());
        match numbers.map(|(layer, expert)| Hit { promise, layer, expert }) {
            Some(hit) if self.counts(hit) && self.is_absent(hit) => Lookup::None,
            Some(hit) if self.counts(hit) => Lookup::Hit(hit, false),
            _ => {
                let layered = self.places.contains(&Place::Layer);
                Lookup::Beyond(Some(layer).filter(|&layer| layered && layer >= self.row.layers))
            }
        }
    }

    /// What the number at place `place` of a name's numbers counts, if no other counts the same.
    pub(super) fn counter_at(&self, place: usize) -> Option<Place> {
        let (counter, behind) = self.places.get(place..)?.split_first()?;
        (!behind.contains(counter)).then_some(*counter)
    }

    /// Takes a tensor like `mark`, with another number for `counter`.
    pub(super) fn again(&mut self, mark: Mark, counter: Place, number: u32) -> Option<Mark> {
        let hit = match counter {
            Place::Expert => Hit { expert: number, ..mark.hit },
            Place::Layer => Hit { layer: number, ..mark.hit },
            Place::Literal(_) => return None,
        };
        if !self.counts(hit) || self.is_absent(hit) {
            return None;
        }
        self.see(hit, mark.seen);
        Some(Mark { hit, ..mark })
    }

    /// Notes what was seen at `hit`.
    pub(super) fn see(&mut self, hit: Hit, what: u8) {
        let place = u64::from(hit.layer).saturating_mul(self.row.experts).saturating_add(hit.expert.into());
        if let Some(seen) = usize::try_from(place).ok().and_then(|place| self.seen.get_mut(place)) {
            *seen |= what;
        }
    }

    fn counts(&self, hit: Hit) -> bool {
        u64::from(hit.layer) < self.row.layers && u64::from(hit.expert) < self.row.experts
    }

    fn is_absent(&self, hit: Hit) -> bool {
        usize::try_from(hit.layer).is_ok_and(|layer| self.row.present.get(layer) == Some(&Some(false)))
    }
}
