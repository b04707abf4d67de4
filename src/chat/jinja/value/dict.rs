//! Dictionaries: in the order of insertion, with an index once they are large.

use super::super::budget::{Budget, Charge};
use super::super::compare;
use super::super::error::Outcome;
use super::super::watch::Watch;
use super::{TextBuffer, Value, same};
use crate::format::json::Json;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

/// Dictionaries with at most this many keys are searched by comparing.
const SMALL: usize = 8;

/// Places that a list's first growth makes.
const FIRST: usize = 4;

#[derive(Default)]
pub(in super::super) struct Dict<'a> {
    entries: Vec<(Value<'a>, Value<'a>)>,
    index: Option<Box<Index>>,
    depth: u16,
    charge: Charge,
    /// What watches over one of its values.
    watch: Option<Rc<Watch>>,
}

/// Where the first key of each hash stands.
#[derive(Default)]
struct Index {
    state: RandomState,
    places: HashMap<u64, usize>,
}

fn is_key(known: &Value<'_>, key: &str) -> bool {
    known.as_str().is_some_and(|known| same(known, key))
}

impl<'a> Dict<'a> {
    /// What JSON has under each key.
    pub(in super::super) fn of(
        members: impl ExactSizeIterator<Item = (&'a str, &'a Json)>,
        budget: &Budget,
    ) -> Outcome<Value<'a>> {
        let mut dict = Self::roomy(members.len(), budget)?;
        if members.len() > SMALL {
            for (key, value) in members {
                dict.insert(Value::text(key), Value::from_json(value, budget)?, budget)?;
            }
        } else {
            dict.fill(members, budget)?;
        }
        dict.watch = budget.watch().filter(|watch| dict.place_of(watch.key()).is_some()).cloned();
        Ok(dict.value())
    }

    /// Takes in what JSON has under a few keys, for which it has room.
    fn fill(&mut self, members: impl ExactSizeIterator<Item = (&'a str, &'a Json)>, budget: &Budget) -> Outcome<()> {
        budget.spend(members.len() as u64)?;
        for (key, value) in members {
            let value = Value::from_json(value, budget)?;
            self.depth = self.depth.max(value.depth().saturating_add(1));
            match self.entries.iter_mut().find(|(known, _)| is_key(known, key)) {
                Some((_, old)) => *old = value,
                None => self.entries.push((Value::text(key), value)),
            }
        }
        budget.data_depth(self.depth)
    }

    /// An empty one, with room for `count` keys where they are few.
    fn roomy(count: usize, budget: &Budget) -> Outcome<Self> {
        let mut dict = Self::default();
        if count == 0 || count > SMALL {
            return Ok(dict);
        }
        let places = if count > FIRST { SMALL } else { FIRST };
        dict.weigh(places.saturating_mul(size_of::<(Value<'_>, Value<'_>)>()), budget)?;
        dict.entries.reserve_exact(places);
        Ok(dict)
    }

    pub(in super::super) fn depth(&self) -> u16 {
        self.depth
    }

    pub(in super::super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(in super::super) fn entries(&self) -> &[(Value<'a>, Value<'a>)] {
        self.handed_out();
        &self.entries
    }

    /// The entries, to be written as they are.
    pub(in super::super) fn written(&self, out: &TextBuffer<'_>) -> &[(Value<'a>, Value<'a>)] {
        if out.is_printed() { &self.entries } else { self.entries() }
    }

    /// Notes that all values are.
    fn handed_out(&self) {
        if let Some(watch) = &self.watch {
            watch.reach();
        }
    }

    pub(in super::super) fn keys(&self) -> impl DoubleEndedIterator<Item = &Value<'a>> {
        self.entries.iter().map(|(key, _)| key)
    }

    pub(in super::super) fn values(&self) -> impl DoubleEndedIterator<Item = &Value<'a>> {
        self.handed_out();
        self.entries.iter().map(|(_, value)| value)
    }

    /// The value under a string key.
    pub(in super::super) fn find_str(&self, key: &str) -> Option<&Value<'a>> {
        if let Some(watch) = &self.watch {
            watch.asked(key);
        }
        if self.index.is_none() {
            let known = self.entries.iter().find(|(known, _)| is_key(known, key));
            return known.map(|(_, value)| value);
        }
        self.entries.get(self.place_of(key)?).map(|(_, value)| value)
    }

    fn place_of(&self, key: &str) -> Option<usize> {
        let same = |(known, _): &(Value<'a>, Value<'a>)| is_key(known, key);
        match &self.index {
            Some(index) => self.indexed(index.state.hash_one(key), same),
            None => self.entries.iter().position(same),
        }
    }

    /// The value under any key.
    pub(in super::super) fn find(&self, key: &Value<'a>, budget: &Budget) -> Outcome<Option<&Value<'a>>> {
        if let Some(text) = key.as_str() {
            return Ok(self.find_str(text));
        }
        Ok(self.place(key, budget)?.and_then(|place| self.entries.get(place)).map(|(_, value)| value))
    }

    fn place(&self, key: &Value<'a>, budget: &Budget) -> Outcome<Option<usize>> {
        if let Some(text) = key.as_str() {
            budget.spend(1)?;
            return Ok(self.place_of(text));
        }
        compare::hashable(key)?;
        let same = |(known, _): &(Value<'a>, Value<'a>)| compare::same_key(known, key);
        budget.spend(1)?;
        Ok(match &self.index {
            Some(index) => self.indexed(index.state.hash_one(compare::Hashed(key)), same),
            None => self.entries.iter().position(same),
        })
    }

    fn indexed(&self, hash: u64, same: impl Fn(&(Value<'a>, Value<'a>)) -> bool) -> Option<usize> {
        let place = self.index.as_ref()?.places.get(&hash).copied()?;
        if self.entries.get(place).is_some_and(&same) {
            return Some(place);
        }
        // Two keys of one 64-bit hash, under a random seed: never in practice, but still right.
        self.entries.iter().position(same)
    }

    /// Sets a key: the first one's place, the last one's value.
    pub(in super::super) fn insert(&mut self, key: Value<'a>, value: Value<'a>, budget: &Budget) -> Outcome<()> {
        let depth = key.depth().max(value.depth()).saturating_add(1);
        budget.data_depth(depth)?;
        self.depth = self.depth.max(depth);
        budget.spend(1)?;
        if let Some(place) = self.place(&key, budget)? {
            if let Some((_, old)) = self.entries.get_mut(place) {
                *old = value;
            }
            return Ok(());
        }
        let growth = self.growth();
        if growth > 0 {
            self.weigh(growth, budget)?;
        }
        self.push(key, value);
        Ok(())
    }

    /// What one more key takes: places come by doubling, and a large dictionary has an index.
    fn growth(&self) -> usize {
        let capacity = self.entries.capacity();
        let full = self.entries.len() == capacity;
        let places = if full { capacity.max(FIRST) } else { 0 };
        let indexed = if self.index.is_some() { 2 } else { 0 };
        let entries = places.saturating_mul(size_of::<(Value<'_>, Value<'_>)>());
        entries.saturating_add(size_of::<(u64, usize)>().saturating_mul(indexed))
    }

    /// Takes `bytes` of live memory for as long as it lives.
    pub(in super::super) fn weigh(&mut self, bytes: usize, budget: &Budget) -> Outcome<()> {
        self.charge.merge(budget.charge(bytes)?);
        Ok(())
    }

    fn push(&mut self, key: Value<'a>, value: Value<'a>) {
        if self.entries.len() == SMALL {
            let mut index = Box::<Index>::default();
            for (place, (known, _)) in self.entries.iter().enumerate() {
                index.places.entry(index.state.hash_one(compare::Hashed(known))).or_insert(place);
            }
            self.index = Some(index);
        }
        if let Some(index) = &mut self.index {
            let hash = index.state.hash_one(compare::Hashed(&key));
            index.places.entry(hash).or_insert(self.entries.len());
        }
        self.entries.push((key, value));
        self.depth = self.depth.max(1);
    }

    /// Empties it, so that what it held is let go even where it held itself.
    pub(in super::super) fn clear(&mut self) {
        self.entries.clear();
        self.index = None;
    }

    pub(in super::super) fn value(self) -> Value<'a> {
        Value::Dict(Rc::new(self))
    }

    pub(in super::super) fn copied(&self, budget: &Budget) -> Outcome<Self> {
        let mut copy = Dict::default();
        for (key, value) in self.entries() {
            copy.insert(key.clone(), value.clone(), budget)?;
        }
        Ok(copy)
    }
}
