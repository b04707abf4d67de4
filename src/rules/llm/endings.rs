//! The last segments of names: which the table has, and which parts of quantized tensors have.

use super::name::ending;
use super::quantized::Part;
use std::collections::BTreeSet;

/// How many last segments are remembered: quantizers write no more than a dozen.
const KINDS: usize = 32;

/// What is known of one last segment.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    /// Whether the table has names that end so.
    pub(super) is_promised: bool,
    /// What names that end so may be parts of.
    pub(super) part: Part,
}

/// The last segments of the table's names, and what was found out about others.
#[derive(Debug)]
pub(super) struct Endings<'r> {
    promised: BTreeSet<&'r str>,
    seen: Vec<(String, Kind)>,
    last: usize,
}

impl<'r> Endings<'r> {
    pub(super) fn of(names: impl Iterator<Item = &'r str>) -> Self {
        Self { promised: names.map(ending).collect(), seen: Vec::new(), last: 0 }
    }

    /// The kind of `name`'s last segment, lent to `use_it`.
    pub(super) fn with<T>(&mut self, name: &str, use_it: impl FnOnce(&Kind) -> T) -> T {
        let ending = ending(name);
        let is = |at: &usize| self.seen.get(*at).is_some_and(|(known, _)| known == ending);
        let place = Some(self.last).filter(is).or_else(|| (0..self.seen.len()).find(is));
        if let Some((_, kind)) = place.and_then(|at| self.seen.get(at)) {
            self.last = place.unwrap_or_default();
            return use_it(kind);
        }
        let kind = Kind { is_promised: self.promised.contains(ending), part: Part::of(ending) };
        let result = use_it(&kind);
        if self.seen.len() < KINDS {
            self.seen.push((ending.to_owned(), kind));
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_was_found() {
        let mut endings = Endings::of(["a.weight", "a.bias"].into_iter());
        for name in ["b.weight", "b.weight_scale", "b.weight", "b.weight_scale", "b.other"] {
            let (promised, plain) =
                endings.with(name, |kind| (kind.is_promised, kind.part.plain(name).map(|plain| plain.into_owned())));
            assert_eq!(promised, name == "b.weight", "{name}");
            assert_eq!(plain.as_deref(), (name == "b.weight_scale").then_some("b.weight"), "{name}");
        }
        for number in 0..100 {
            endings.with(&format!("c.{number}"), |kind| assert!(!kind.is_promised));
        }
        assert_eq!(endings.seen.len(), KINDS);
    }
}
