//! Which names were seen: for a few as for a hundred thousand, with one short comparison a name.
//!
//! A slot holds 32 bits of the name's hash and the name's number, so that growing never touches a name and a lookup
//! compares bytes only where those bits agree. The hash is keyed anew for every table: a crafted header cannot aim at
//! one slot. Which names are found does not depend on the key.

use std::hash::{BuildHasher, RandomState};

/// Numbers of names, by name.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// Hash in the high half, one more than the number in the low half; zero is free. A power of two of them.
    slots: Vec<u64>,
    used: usize,
    keys: [u64; 2],
}

/// What stands for a name that was not there before.
const FREE: u64 = 0;
/// Fewest slots.
const LEAST: usize = 64;

impl Names {
    /// A table for about `expected` names: a hint that must be bounded by the bytes at hand, not by a count in a file.
    pub(crate) fn expecting(expected: usize) -> Self {
        let keys = keys();
        let slots = expected.saturating_mul(2).clamp(LEAST, 1 << 17).next_power_of_two();
        Self { slots: vec![FREE; slots], used: 0, keys }
    }

    /// Forgets every name, and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.slots.fill(FREE);
        self.used = 0;
    }

    /// Notes that `name` is number `number`, unless it is there already: then gives the number that it has.
    /// `known` gives the name of a number noted before.
    pub(crate) fn insert<'a>(
        &mut self,
        name: &[u8],
        number: u32,
        known: impl Fn(u32) -> Option<&'a [u8]>,
    ) -> Option<u32> {
        if self.used.saturating_mul(2) >= self.slots.len() {
            self.grow();
        }
        let tag = hash(name, self.keys) >> 32;
        let mut at = self.start(tag);
        loop {
            match self.slots.get(at).copied().unwrap_or(FREE) {
                FREE => break,
                slot if slot >> 32 == tag => {
                    let other = number_of(slot);
                    if known(other) == Some(name) {
                        return Some(other);
                    }
                }
                _ => {}
            }
            at = self.next(at);
        }
        self.put(at, tag << 32 | u64::from(number).wrapping_add(1));
        None
    }

    /// The number of `name`, where it was noted.
    pub(crate) fn find<'a>(&self, name: &[u8], known: impl Fn(u32) -> Option<&'a [u8]>) -> Option<u32> {
        let tag = hash(name, self.keys) >> 32;
        let mut at = self.start(tag);
        loop {
            match self.slots.get(at).copied().unwrap_or(FREE) {
                FREE => return None,
                slot if slot >> 32 == tag && known(number_of(slot)) == Some(name) => return Some(number_of(slot)),
                _ => at = self.next(at),
            }
        }
    }

    fn start(&self, tag: u64) -> usize {
        // A table never has 2^32 slots: the numbers would not fit either.
        usize::try_from(tag).unwrap_or(0) & self.slots.len().wrapping_sub(1)
    }

    fn next(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.slots.len().wrapping_sub(1)
    }

    fn put(&mut self, at: usize, slot: u64) {
        if let Some(place) = self.slots.get_mut(at) {
            *place = slot;
            self.used = self.used.saturating_add(1);
        }
    }

    fn grow(&mut self) {
        let room = self.slots.len().saturating_mul(4);
        let old = std::mem::replace(&mut self.slots, vec![FREE; room]);
        self.used = 0;
        for slot in old.into_iter().filter(|&slot| slot != FREE) {
            let mut at = self.start(slot >> 32);
            while self.slots.get(at).is_some_and(|&taken| taken != FREE) {
                at = self.next(at);
            }
            self.put(at, slot);
        }
    }
}

/// Keys of a hash that nobody can foresee.
pub(crate) fn keys() -> [u64; 2] {
    let random = RandomState::new();
    [random.hash_one(0_u64), random.hash_one(1_u64) | 1]
}

#[allow(clippy::cast_possible_truncation, reason = "the number is the slot's low half")]
fn number_of(slot: u64) -> u32 {
    (slot as u32).wrapping_sub(1)
}

/// A keyed hash, 16 bytes a step, by folding products: short names take one or two multiplications.
pub(crate) fn hash(name: &[u8], [first, second]: [u64; 2]) -> u64 {
    let mut state = first ^ name.len() as u64;
    let mut rest = name;
    while let Some((step, behind)) = rest.split_first_chunk::<16>() {
        state = absorb(state, step, second);
        rest = behind;
    }
    if !rest.is_empty() {
        let mut step = [0_u8; 16];
        if let (Some(last), true) = (name.last_chunk::<16>(), name.len() >= 16) {
            step = *last;
        } else {
            step.iter_mut().zip(rest).for_each(|(slot, &byte)| *slot = byte);
        }
        state = absorb(state, &step, second);
    }
    fold(state, first | 1)
}

fn absorb(state: u64, step: &[u8; 16], key: u64) -> u64 {
    let [low, high] = halves(u128::from_le_bytes(*step));
    fold(low ^ state, high ^ key)
}

/// The lower and the upper 64 bits.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "the two halves are taken one by one")]
pub(crate) const fn halves(whole: u128) -> [u64; 2] {
    [whole as u64, (whole >> 64) as u64]
}

/// The halves of the 128-bit product, mixed.
#[inline]
pub(crate) fn fold(left: u64, right: u64) -> u64 {
    let [low, high] = halves(u128::from(left).wrapping_mul(u128::from(right)));
    low ^ high
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn finds_what_a_map_finds(names in proptest::collection::vec(proptest::collection::vec(0_u8..3, 0..40), 0..400)) {
            let (mut table, mut map) = (Names::expecting(0), HashMap::new());
            for (number, name) in names.iter().enumerate() {
                let number = u32::try_from(number).unwrap();
                let known = |other: u32| names.get(other as usize).map(Vec::as_slice);
                let found = table.insert(name, number, known);
                prop_assert_eq!(found, map.get(name).copied());
                map.entry(name).or_insert(number);
            }
        }
    }

    #[test]
    fn grows_and_forgets() {
        let names: Vec<String> = (0..10_000).map(|number| format!("model.layers.{number}.weight")).collect();
        let known = |number: u32| names.get(number as usize).map(String::as_bytes);
        let mut table = Names::expecting(10);
        for (number, name) in names.iter().enumerate() {
            assert_eq!(table.insert(name.as_bytes(), u32::try_from(number).unwrap(), known), None);
        }
        assert_eq!(table.insert(b"model.layers.77.weight", 0, known), Some(77));
        table.clear();
        assert_eq!(table.insert(b"model.layers.77.weight", 77, known), None);
    }
}
