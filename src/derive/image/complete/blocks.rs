//! Transformers: one block, many times.

use super::super::backbone::Found;
use super::super::identity::DefectKind;
use super::super::listing::Entry;
use super::super::scope::{Scope, leading_number};
use super::alike::{self, Alike};
use super::required;
use super::tally::Tally;
use crate::format::names::Names;

/// Families whose last block leaves out what nobody reads any more.
const LEAN_LAST: [&str; 2] = ["mochi", "sd3"];

/// Tensors of one kind of block that have the same name behind the block's number.
struct Leaf<'s> {
    name: &'s str,
    is_quantizers: bool,
    entries: Vec<(u64, Entry<'s>)>,
}

/// Every tensor of one kind of block, in the order in which their leaves first stand.
struct Leaves<'s> {
    all: Vec<Leaf<'s>>,
    index: Names,
    /// Where the next leaf stands, if this block has the leaves of the one before.
    next: usize,
}

impl<'s> Leaves<'s> {
    /// The leaf of this name, made where it was not there.
    fn leaf(&mut self, name: &'s str) -> Option<&mut Leaf<'s>> {
        let guessed = self.all.get(self.next).is_some_and(|leaf| leaf.name == name);
        let place = if guessed { self.next } else { self.search(name)? };
        self.next = place.saturating_add(1);
        self.all.get_mut(place)
    }

    fn search(&mut self, name: &'s str) -> Option<usize> {
        let next = u32::try_from(self.all.len()).ok()?;
        let at = |number: u32| usize::try_from(number).ok();
        let known = |number| at(number).and_then(|at| self.all.get(at)).map(|leaf| leaf.name.as_bytes());
        let found = self.index.insert(name.as_bytes(), next, known);
        if found.is_none() {
            self.all.push(Leaf { name, is_quantizers: is_quantizers(name), entries: Vec::new() });
        }
        at(found.unwrap_or(next))
    }
}

/// Counts blocks against the family and against each other.
pub(super) fn check(tally: &mut Tally<'_, '_>, found: &Found) {
    // Packed weights have names and shapes of their own.
    if tally.listing.marks().svdquant {
        return;
    }
    let scope = tally.listing.behind(found.prefix).surveyed();
    for (stem, count) in found.backbone.blocks {
        let lean = LEAN_LAST.contains(&found.backbone.family).then(|| count.saturating_sub(1));
        let regular = alike::of(&scope, stem, *count, lean).is_some_and(|alike| regular(tally, &alike, *count, lean));
        if !regular {
            group(tally, found, stem, *count, lean);
        }
    }
    let names = required::of(&found.backbone);
    let wanted = names.iter().filter(|name| is_wanted(&scope, name)).count() as u64;
    let missing = names.iter().filter(|name| is_wanted(&scope, name) && !scope.has(bare(name)));
    let missing: Vec<String> = missing.map(|name| format!("{}{}", found.prefix, bare(name))).collect();
    tally.count(wanted.saturating_sub(missing.len() as u64), wanted);
    for name in missing {
        tally.push(DefectKind::MissingTensor, name, "a tensor".to_owned(), "no such tensor".to_owned());
    }
}

/// A name behind `?` is wanted where others of its first word stand.
fn is_wanted(scope: &Scope<'_, '_>, name: &str) -> bool {
    let word = name.strip_prefix('?').and_then(|name| name.split_once('.'));
    word.is_none_or(|(word, _)| scope.any_starts(&format!("{word}.")))
}

fn bare(name: &str) -> &str {
    name.strip_prefix('?').unwrap_or(name)
}

/// Counts blocks that are all alike, save for what the lean one leaves out; `false` where one has none of its own tensors.
fn regular(tally: &mut Tally<'_, '_>, alike: &Alike<'_>, count: u64, lean: Option<u64>) -> bool {
    let own = |leaves: &[&str]| leaves.iter().filter(|leaf| !is_quantizers(leaf)).count() as u64;
    let leaves = own(&alike.leaves);
    let in_lean = if lean.is_some() { own(&alike.in_lean) } else { leaves };
    let present = leaves.saturating_mul(count.saturating_sub(1)).saturating_add(in_lean);
    let all = leaves > 0 && in_lean > 0;
    if all {
        tally.count(present, leaves.saturating_mul(count));
    }
    all
}

fn group(tally: &mut Tally<'_, '_>, found: &Found, stem: &str, count: u64, lean: Option<u64>) {
    let full = format!("{}{stem}", found.prefix);
    let mut leaves = Leaves { all: Vec::new(), index: Names::expecting(0), next: 0 };
    let mut seen = vec![0_u64; usize::try_from(count).unwrap_or_default()];
    // Side by side in the order of names: a block begins with the first leaf again.
    let mut block = None;
    for (rest, entry) in tally.listing.behind(found.prefix).starting(stem) {
        let Some(number) = leading_number(rest) else { continue };
        if block.replace(number) != Some(number) {
            leaves.next = 0;
        }
        let leaf = rest.split_once('.').and_then(|(_, leaf)| leaves.leaf(leaf));
        let Some(leaf) = leaf.filter(|leaf| !leaf.is_quantizers) else { continue };
        leaf.entries.push((number, entry));
        if let Some(slot) = usize::try_from(number).ok().and_then(|number| seen.get_mut(number)) {
            *slot = slot.saturating_add(1);
        }
    }
    for number in (0_u64..).zip(&seen).filter(|(_, tensors)| **tensors == 0).map(|(number, _)| number) {
        let name = format!("{full}{number}.");
        tally.push(
            DefectKind::MissingBlock,
            name,
            format!("blocks 0 to {}", count.saturating_sub(1)),
            "no tensor".to_owned(),
        );
    }
    let mut sorted = leaves.all;
    sorted.sort_unstable_by_key(|leaf| leaf.name);
    for leaf in sorted.iter_mut().filter(|leaf| !leaf.is_quantizers) {
        leaf.entries.sort_unstable_by_key(|(number, _)| *number);
        compare(tally, &full, leaf.name, &leaf.entries, &seen, lean);
    }
}

/// What a quantizer puts beside the weights that it packed, in as many blocks as it likes.
fn is_quantizers(leaf: &str) -> bool {
    leaf.as_bytes().split(|byte| *byte == b'.').any(is_quantizers_word)
}

fn is_quantizers_word(word: &[u8]) -> bool {
    match word {
        b"absmax" | b"comfy_quant" | b"input_scale" | b"nested_absmax" | b"nested_quant_map" | b"quant_map" => true,
        b"quant_state" | b"scale_input" | b"scale_weight" | b"weight_scale" | b"weight_scale_2" => true,
        _ => word.starts_with(b"bitsandbytes__"),
    }
}

/// Holds one tensor of every block against the others; `entries` are in the order of blocks.
fn compare(
    tally: &mut Tally<'_, '_>,
    stem: &str,
    leaf: &str,
    entries: &[(u64, Entry<'_>)],
    seen: &[u64],
    lean: Option<u64>,
) {
    let count = seen.len() as u64;
    let present = entries.len() as u64;
    // Four in five make a rule; of few blocks all but one do.
    let rule = present.saturating_mul(5) >= count.saturating_mul(4) || present.saturating_add(1) >= count;
    if !rule {
        tally.count(present, present);
        return;
    }
    tally.count(present.min(count), count);
    for number in (0..count).filter(|number| Some(*number) != lean) {
        let there = usize::try_from(number).ok().and_then(|at| seen.get(at)).is_some_and(|tensors| *tensors > 0);
        if there && entries.binary_search_by_key(&number, |(other, _)| *other).is_err() {
            let name = format!("{stem}{number}.{leaf}");
            tally.push(
                DefectKind::MissingTensor,
                name,
                "as in the other blocks".to_owned(),
                "no such tensor".to_owned(),
            );
        }
    }
    shapes(tally, stem, leaf, entries, lean);
}

fn shapes(tally: &mut Tally<'_, '_>, stem: &str, leaf: &str, entries: &[(u64, Entry<'_>)], lean: Option<u64>) {
    // Quantizers pack some blocks and leave others as they were.
    if entries.iter().any(|(_, entry)| Some(entry.element) != entries.first().map(|(_, first)| first.element)) {
        return;
    }
    let same = |entry: &Entry<'_>| entries.iter().filter(|(_, other)| other.shape == entry.shape).count();
    let Some((_, first)) = entries.first() else { return };
    if same(first) == entries.len() {
        return;
    }
    let Some(common) = likeliest(entries) else { return };
    // Without a clear majority the blocks differ by design.
    if same(&common).saturating_mul(5) < entries.len().saturating_mul(4) {
        return;
    }
    for (number, entry) in entries.iter().filter(|(number, entry)| entry.shape != common.shape && Some(*number) != lean)
    {
        let (expected, shape) = (format!("{:?}", common.shape), format!("{:?}", entry.shape));
        tally.push(DefectKind::WrongShape, format!("{stem}{number}.{leaf}"), expected, shape);
    }
}

/// The entry whose shape most have, where more than half have one: every other shape takes a voice from it.
fn likeliest<'s>(entries: &[(u64, Entry<'s>)]) -> Option<Entry<'s>> {
    let (mut candidate, mut voices) = (None::<Entry<'s>>, 0_u64);
    for (_, entry) in entries {
        if candidate.is_some_and(|known| known.shape == entry.shape) {
            voices = voices.saturating_add(1);
        } else if voices == 0 {
            (candidate, voices) = (Some(*entry), 1);
        } else {
            voices = voices.saturating_sub(1);
        }
    }
    candidate
}
