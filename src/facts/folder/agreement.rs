//! How the index agrees with the headers of its shards.

use super::IndexFacts;
use crate::facts::safetensors::SafetensorsFacts;
use crate::format::distinct::differ;
use crate::format::index::{Document, Entries, Entry};
use crate::format::names::{Names, hash, keys};
use std::collections::BTreeMap;

/// How many names of a disagreement are kept.
const EXAMPLES: usize = 8;

/// Notes where the index and the headers of its shards disagree; gives how many tensors the index names.
pub(super) fn learn(index: &mut IndexFacts, headers: &[SafetensorsFacts], entries: Entries<'_>) -> u64 {
    let places: BTreeMap<&str, usize> =
        headers.iter().enumerate().rev().map(|(place, header)| (header.file.as_str(), place)).collect();
    // The header that each of the index's shards has, where it could be read.
    let read = |document: &Document<'_>| -> Vec<Option<usize>> {
        document.shards.iter().map(|shard| places.get(&**shard).copied()).collect()
    };
    let read = read(entries.all());
    let in_order = entries.is_ordered() && agrees_in_order(headers, entries.all(), &read);
    if in_order || agrees(headers, entries.all(), &read) {
        return entries.all().weight_map.len() as u64;
    }
    let document = entries.settle();
    compare(index, headers, &document, &read);
    document.weight_map.len() as u64
}

/// Whether the index, which names nothing twice, names each tensor of each header and nothing else: told in one walk
/// without a table where it names them in the headers' order. Where it does not, nothing is told.
fn agrees_in_order(headers: &[SafetensorsFacts], document: &Document<'_>, read: &[Option<usize>]) -> bool {
    let mut left: Vec<Vec<Run>> = headers.iter().map(runs).collect();
    for entry in &document.weight_map {
        let header = usize::try_from(entry.shard).ok().and_then(|shard| read.get(shard).copied().flatten());
        let Some((place, header)) = header.and_then(|place| Some((place, headers.get(place)?))) else { return false };
        let next = |run: &&mut Run| run.next < run.end && header.tensors.name(run.next) == Some(&*entry.name);
        let Some(run) = left.get_mut(place).and_then(|runs| runs.iter_mut().find(next)) else { return false };
        run.next = run.next.saturating_add(1);
    }
    left.iter().flatten().all(|run| run.next == run.end)
}

/// Whether the index names each tensor of each header once, under its shard, and nothing else. Told by hashes that nobody
/// can foresee: for each header, those of the names that it is said to hold must add up to those of the names that it
/// holds, and no two of all may be the same. That others add up so is as unlikely as that memory fails.
fn agrees(headers: &[SafetensorsFacts], document: &Document<'_>, read: &[Option<usize>]) -> bool {
    let keys = keys();
    let hash = |name: &[u8]| hash(name, keys);
    let sum =
        |header: &SafetensorsFacts| header.tensors.names(0..header.tensors.len()).map(hash).fold(0, u64::wrapping_add);
    let mut left: Vec<(usize, u64)> = headers.iter().map(|header| (header.tensors.len(), sum(header))).collect();
    let hashes: Vec<u64> = document.weight_map.iter().map(|entry| hash(entry.name.as_bytes())).collect();
    let mut take = |(entry, hash): (&Entry<'_>, &u64)| {
        let header = read.get(usize::try_from(entry.shard).ok()?).copied().flatten()?;
        let (count, sum) = left.get_mut(header)?;
        (*count, *sum) = (count.checked_sub(1)?, sum.wrapping_sub(*hash));
        Some(())
    };
    let all_held = document.weight_map.iter().zip(&hashes).all(|pair| take(pair).is_some());
    all_held && left.iter().all(|left| *left == (0, 0)) && differ(&hashes)
}

/// Neighbouring tensors of a header that the index is likely to name in their order.
struct Run {
    next: usize,
    end: usize,
}

/// The reference writer sorts by element type before it sorts by name; the index is in the order of names.
fn runs(header: &SafetensorsFacts) -> Vec<Run> {
    const MOST: usize = 8;
    let mut runs: Vec<Run> = Vec::new();
    let mut last = None;
    for (place, tensor) in header.tensors.iter().enumerate() {
        let end = place.saturating_add(1);
        if last != Some(tensor.dtype) {
            runs.push(Run { next: place, end });
            last = Some(tensor.dtype);
        } else if let Some(run) = runs.last_mut() {
            run.end = end;
        }
        if runs.len() > MOST {
            return vec![Run { next: 0, end: header.tensors.len() }];
        }
    }
    runs
}

/// One tensor of the shards' headers.
struct Place<'a> {
    name: &'a str,
    /// The number of its header.
    header: usize,
    /// The numbers of further headers that hold it.
    more: Vec<usize>,
    /// Whether the index names it.
    is_named: bool,
}

impl Place<'_> {
    /// The header that a loader reads last, where that is another than `said` and both hold the tensor.
    fn overwrites(&self, said: Option<usize>, order: &[usize]) -> Option<usize> {
        let holders = || [self.header].into_iter().chain(self.more.iter().copied());
        let last = holders().max_by_key(|header| order.get(*header))?;
        let said = said.filter(|said| *said != last)?;
        holders().any(|header| header == said).then_some(last)
    }
}

/// For each header, when it is read by loaders that go by the files' names, numbers in them taken as numbers.
fn reading_order(headers: &[SafetensorsFacts]) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..headers.len()).collect();
    sorted.sort_by_cached_key(|place| headers.get(*place).map(|header| natural(&header.file)));
    let mut order: Vec<(usize, usize)> = sorted.into_iter().zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, rank)| rank).collect()
}

/// A name as pairs of a text and the number behind it.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut pairs: Vec<(String, u64)> = Vec::new();
    for piece in name.split_inclusive(|character: char| character.is_ascii_digit()) {
        let digit = piece.chars().last().and_then(|last| last.to_digit(10));
        let text = piece.trim_end_matches(|character: char| character.is_ascii_digit());
        match (pairs.last_mut(), digit) {
            (Some((_, number)), Some(digit)) if text.is_empty() => {
                *number = number.saturating_mul(10).saturating_add(digit.into());
            }
            _ => pairs.push((text.to_owned(), digit.unwrap_or_default().into())),
        }
    }
    pairs
}

/// Holds every name of the index against every name of the headers.
fn compare(index: &mut IndexFacts, headers: &[SafetensorsFacts], document: &Document<'_>, read: &[Option<usize>]) {
    let total = headers.iter().map(|header| header.tensors.len()).sum();
    let mut names = Names::expecting(total);
    let mut places: Vec<Place<'_>> = Vec::new();
    for (header, facts) in headers.iter().enumerate() {
        for tensor in facts.tensors.iter() {
            let Ok(number) = u32::try_from(places.len()) else { return };
            let known = |number: u32| name_of(&places, number);
            match names.insert(tensor.name.as_bytes(), number, known) {
                None => places.push(Place { name: tensor.name, header, more: Vec::new(), is_named: false }),
                Some(first) => {
                    note(&mut index.twice, tensor.name, &facts.file);
                    let place = usize::try_from(first).ok().and_then(|first| places.get_mut(first));
                    place.into_iter().for_each(|place| place.more.push(header));
                }
            }
        }
    }
    let order = reading_order(headers);
    for entry in &document.weight_map {
        let said = usize::try_from(entry.shard).ok().and_then(|shard| read.get(shard).copied().flatten());
        let found = names.find(entry.name.as_bytes(), |number| name_of(&places, number));
        let place = found.and_then(|number| places.get_mut(usize::try_from(number).ok()?));
        match (place, said) {
            (Some(place), said) => {
                place.is_named = true;
                if let Some(last) = place.overwrites(said, &order).and_then(|last| headers.get(last)) {
                    note(&mut index.overwritten, &entry.name, &last.file);
                }
                if said != Some(place.header) {
                    note(&mut index.misplaced, &entry.name, document.shard(entry));
                }
            }
            // A shard that could not be read has its own finding.
            (None, Some(_)) => note(&mut index.absent, &entry.name, document.shard(entry)),
            (None, None) => {}
        }
    }
    for place in places.iter().filter(|place| !place.is_named) {
        let file = headers.get(place.header).map_or("", |header| header.file.as_str());
        note(&mut index.unnamed, place.name, file);
    }
}

fn name_of<'a>(places: &[Place<'a>], number: u32) -> Option<&'a [u8]> {
    usize::try_from(number).ok().and_then(|at| places.get(at)).map(|place| place.name.as_bytes())
}

fn note(list: &mut (u64, Vec<(String, String)>), name: &str, shard: &str) {
    list.0 = list.0.saturating_add(1);
    if list.1.len() < EXAMPLES {
        list.1.push((name.to_owned(), shard.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::safetensors::Tensors;
    use crate::format::index;
    use crate::format::safetensors::Dtype;
    use crate::limits::Limits;
    use proptest::prelude::*;

    fn header(file: &str, tensors: &[(u8, bool)]) -> SafetensorsFacts {
        let mut list = Tensors::default();
        for (name, wide) in tensors {
            list.push(&format!("{name}.weight"), if *wide { Dtype::F32 } else { Dtype::F16 }, &[1]);
        }
        SafetensorsFacts { file: file.to_owned(), metadata: Vec::new(), tensors: list, trailing_bytes: 0 }
    }

    /// Tensors of two shards, in the writer's order or in any.
    fn shard() -> impl Strategy<Value = Vec<(u8, bool)>> {
        let tensors = proptest::collection::btree_map(0_u8..12, any::<bool>(), 0..8);
        (tensors, any::<bool>()).prop_map(|(tensors, sorted)| {
            let mut list: Vec<(u8, bool)> = tensors.into_iter().collect();
            if sorted {
                list.sort_by_key(|(name, wide)| (!wide, *name));
            }
            list
        })
    }

    proptest! {
        #[test]
        fn the_walk_says_what_the_tables_say(
            first in shard(), second in shard(), swap in 0_usize..6, lose in 0_usize..6, reverse: bool,
            twice: bool,
        ) {
            let headers = [header("0", &first), header("1", &second)];
            let place = |shard: char| move |(name, _): &(u8, bool)| format!("\"{name}.weight\":\"{shard}\"");
            let mut entries: Vec<String> = first.iter().map(place('0')).chain(second.iter().map(place('1'))).collect();
            entries.sort();
            if swap > 2 && !entries.is_empty() {
                let at = swap % entries.len();
                entries[at] = entries[at].replace(":\"0\"", ":\"1\"");
            }
            if lose > 3 && !entries.is_empty() {
                entries.remove(lose % entries.len());
            }
            if reverse {
                entries.reverse();
            }
            if twice && !entries.is_empty() {
                entries.push(entries[0].clone());
            }
            let text = format!("{{\"weight_map\":{{{}}}}}", entries.join(","));
            let entries = index::parse_entries(text.as_bytes(), &Limits::default()).unwrap();
            let document = index::parse(text.as_bytes(), &Limits::default()).unwrap();
            let (mut quick, mut full) = (IndexFacts::default(), IndexFacts::default());
            let count = learn(&mut quick, &headers, entries);
            prop_assert_eq!(count, document.weight_map.len() as u64);
            let read: Vec<Option<usize>> = document.shards.iter().map(|shard| shard.parse().ok()).collect();
            compare(&mut full, &headers, &document, &read);
            prop_assert_eq!(quick, full);
        }
    }
}
