//! What one row of the table promises, and what was seen of it.

use super::place::{Place, counts};
use super::table::Row;

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
    pub(super) promise: usize,
    pub(super) layer: u64,
    pub(super) expert: u64,
    /// Whether a name like this one could be nothing else.
    pub(super) is_sole: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Lookup {
    /// The name is promised, for fewer layers or experts: the layer.
    Beyond(Option<u64>),
    Hit(Hit),
    None,
}

impl Lookup {
    /// What was found only after something else was not.
    pub(super) fn at_last(self) -> Self {
        match self {
            Self::Hit(hit) => Self::Hit(Hit { is_sole: false, ..hit }),
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
    pub(super) fn look_up(&self, promise: usize, numbers: &[u64]) -> Lookup {
        let Some((layer, expert)) = counts(&self.places, numbers) else { return Lookup::None };
        if !self.counts(layer, expert) {
            let layered = self.places.contains(&Place::Layer);
            return Lookup::Beyond(Some(layer).filter(|&layer| layered && layer >= self.row.layers));
        }
        if self.is_absent(layer) { Lookup::None } else { Lookup::Hit(Hit { promise, layer, expert, is_sole: false }) }
    }

    /// `hit`, with number `number` at place `place` of its numbers: nothing where that is no hit.
    pub(super) fn with_number(&self, hit: &Hit, place: usize, number: u64) -> Option<Hit> {
        let (kind, behind) = self.places.get(place..)?.split_first()?;
        let hit = match kind {
            Place::Expert => Hit { expert: number, ..*hit },
            Place::Layer => Hit { layer: number, ..*hit },
            Place::Literal(_) => return None,
        };
        let is_hit = self.counts(hit.layer, hit.expert) && !self.is_absent(hit.layer) && !behind.contains(kind);
        is_hit.then_some(hit)
    }

    /// Notes what was seen at `hit`.
    pub(super) fn see(&mut self, hit: &Hit, what: u8) {
        let place = hit.layer.checked_mul(self.row.experts).and_then(|start| start.checked_add(hit.expert));
        let place = place.and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX);
        if let Some(seen) = self.seen.get_mut(place) {
            *seen |= what;
        }
    }

    fn counts(&self, layer: u64, expert: u64) -> bool {
        layer < self.row.layers && expert < self.row.experts
    }

    fn is_absent(&self, layer: u64) -> bool {
        let at = usize::try_from(layer).unwrap_or(usize::MAX);
        self.row.present.get(at) == Some(&Some(false))
    }
}
