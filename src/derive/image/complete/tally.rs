//! Wanted tensors against those that are there.

use super::super::identity::{Completeness, Defect, DefectKind};
use super::super::listing::{Element, Listing, Sorted};
use super::super::scope::Scope;
use super::template::{Row, Template, Widths, fits, push_number, sized};
use crate::format::bytes;
use crate::format::repeats::Rows;
use crate::format::safetensors::Dtype;
use std::ops::Range;

/// Missing tensors that are named, at most; beyond that the counts speak.
const NAMED: usize = 64;

/// A running count.
pub(super) struct Tally<'s, 'a> {
    pub(super) listing: &'s Listing<'a>,
    all: Scope<'s, 'a>,
    sorted: Sorted<'s>,
    /// What stands before the names that are declared.
    path: String,
    /// Where the name behind the last one stands: families are declared in the order of names, where that is easy.
    next: usize,
    present: u64,
    expected: u64,
    block: Block,
    defects: Vec<Defect>,
    /// The last block of many tensors that stands as a whole.
    known: Option<Known>,
    /// Room for the names of a block.
    text: Vec<u8>,
}

/// A block of many tensors that stands as a whole: the next one of its kind is compared with it at once.
struct Known {
    rows: &'static [Row],
    widths: Widths,
    /// How many bytes its stem has.
    stem: usize,
    places: Range<usize>,
}

/// So many tensors make a block one to be known: to compare fewer one by one takes less.
const MANY: usize = 12;

impl Known {
    fn is_like(&self, other: &Self) -> bool {
        std::ptr::eq(self.rows, other.rows) && self.widths == other.widths && self.stem == other.stem
    }
}

/// The block that is being counted: none where its stem is empty.
#[derive(Default)]
struct Block {
    stem: String,
    seen: u64,
    wanted: u64,
    /// Defects before it.
    before: usize,
}

impl<'s, 'a> Tally<'s, 'a> {
    /// A count of tensors whose names begin with `prefix`.
    pub(super) fn behind(listing: &'s Listing<'a>, prefix: &str) -> Self {
        let all = listing.behind("");
        Self {
            listing,
            all,
            sorted: listing.sorted(),
            path: prefix.to_owned(),
            next: 0,
            present: 0,
            expected: 0,
            block: Block::default(),
            defects: Vec::new(),
            known: None,
            text: Vec::new(),
        }
    }

    /// The names among which tensors are declared now.
    pub(super) fn scope(&self) -> Scope<'_, 'a> {
        self.listing.behind(&self.path)
    }

    /// Declares what `declare` does, with names that go on with `step`.
    pub(super) fn within(&mut self, step: &str, declare: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        declare(self);
        self.path.truncate(length);
    }

    /// [`Self::within`] a number.
    pub(super) fn numbered(&mut self, number: u64, declare: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        push_number(&mut self.path, number);
        declare(self);
        self.path.truncate(length);
    }

    /// Begins a block with the names that are declared now: when none of its tensors is there, the block is missing and not
    /// each tensor.
    pub(super) fn begin(&mut self) {
        self.end();
        self.path.clone_into(&mut self.block.stem);
        self.block.before = self.defects.len();
    }

    /// Ends the block that was begun.
    pub(super) fn end(&mut self) {
        let Block { seen, wanted, before, .. } = self.block;
        if seen == 0 && wanted > 0 && !self.block.stem.is_empty() {
            let stem = std::mem::take(&mut self.block.stem);
            self.defects.truncate(before);
            self.push(DefectKind::MissingBlock, stem, format!("{wanted} tensors"), "0 tensors".to_owned());
        }
        self.block.stem.clear();
        (self.block.seen, self.block.wanted) = (0, 0);
    }

    /// Wants every tensor of a block. Where just these stand side by side, they are compared without their stem.
    pub(super) fn all(&mut self, template: Template, widths: Widths) {
        let Some(first) = self.stands(template, widths) else {
            return template.missed().for_each(|(leaf, sizes)| {
                let (shape, rank) = sized(sizes, widths);
                self.want(leaf, shape.get(..rank).unwrap_or_default());
            });
        };
        let count = template.rows.len() as u64;
        self.next = first.saturating_add(template.rows.len());
        self.count(count, count);
        self.block.seen = self.block.seen.saturating_add(count);
        self.block.wanted = self.block.wanted.saturating_add(count);
    }

    /// The number of the first name of the block, where all of its tensors stand behind one another.
    fn stands(&mut self, template: Template, widths: Widths) -> Option<usize> {
        let stem = self.path.as_bytes();
        let begins = |number: usize| bytes::begins(self.sorted.name(number), stem);
        let first = if begins(self.next) { self.next } else { self.all.first(&self.path) };
        let numbers = first..first.saturating_add(template.rows.len());
        let places = if template.rows.len() < MANY { None } else { self.sorted.together(numbers.clone()) };
        let now = places.map(|places| Known { rows: template.rows, widths, stem: stem.len(), places });
        if let (Some(known), Some(now)) = (&self.known, &now)
            && known.is_like(now)
            && self.listing.tensors().again(now.places.clone(), known.places.start, stem, &mut self.text)
        {
            return Some(first);
        }
        // Names stand in their order: what stands between two that begin so begins so, too.
        if !begins(numbers.end.saturating_sub(1)) || first != self.next && !begins(first) {
            return None;
        }
        let sizes_of = widths.by_unit();
        let alike = numbers.zip(template.rows).all(|(number, (leaf, sizes))| {
            let Some((name, shape)) = self.sorted.row(number) else { return false };
            let behind = name.get(stem.len()..).is_some_and(|behind| bytes::same(behind, leaf.as_bytes()));
            behind && fits(shape, sizes, &sizes_of)
        });
        if alike && now.is_some() {
            self.known = now;
        }
        alike.then_some(first)
    }

    /// Wants one tensor.
    pub(super) fn want(&mut self, leaf: &str, shape: &[u64]) {
        self.want_part(leaf, "", shape);
    }

    fn want_part(&mut self, leaf: &str, part: &str, shape: &[u64]) {
        self.expected = self.expected.saturating_add(1);
        self.block.wanted = self.block.wanted.saturating_add(1);
        let number = self.number([&self.path, leaf, part]);
        let Some(entry) = number.and_then(|number| self.all.entry(number)) else {
            let name = [&self.path, leaf, part].concat();
            self.push(DefectKind::MissingTensor, name, format!("{shape:?}"), "no such tensor".to_owned());
            return;
        };
        self.next = number.map_or(0, |number| number.saturating_add(1));
        self.present = self.present.saturating_add(1);
        self.block.seen = self.block.seen.saturating_add(1);
        // A packed weight has a shape of its own.
        let packed = matches!(entry.element, Element::Torch(Dtype::U8 | Dtype::I8 | Dtype::I32 | Dtype::F4));
        if !packed && !shape.is_empty() && entry.shape != shape && trimmed(entry.shape) != trimmed(shape) {
            let (name, found) = ([&self.path, leaf, part].concat(), format!("{:?}", entry.shape));
            self.push(DefectKind::WrongShape, name, format!("{shape:?}"), found);
        }
    }

    /// The number of the name that is put together of `parts`: the one behind the last one, as a rule.
    fn number(&self, parts: [&str; 3]) -> Option<usize> {
        if is_spelled(self.sorted.name(self.next), parts) { Some(self.next) } else { self.all.number(&parts.concat()) }
    }

    /// Wants `bias` and `weight` behind `leaf`.
    pub(super) fn pair(&mut self, leaf: &str, shape: &[u64]) {
        self.want_part(leaf, ".bias", shape.get(..1).unwrap_or_default());
        self.want_part(leaf, ".weight", shape);
    }

    /// Counts tensors that were compared elsewhere.
    pub(super) fn count(&mut self, present: u64, expected: u64) {
        self.present = self.present.saturating_add(present);
        self.expected = self.expected.saturating_add(expected);
    }

    pub(super) fn push(&mut self, kind: DefectKind, name: String, expected: String, found: String) {
        if self.defects.len() < NAMED {
            self.defects.push(Defect { component: "", kind, name, expected, found });
        }
    }

    pub(super) fn finish(mut self, component: &'static str) -> Completeness {
        self.end();
        for defect in &mut self.defects {
            defect.component = component;
        }
        Completeness { present: self.present, expected: self.expected, defects: self.defects }
    }
}

/// Whether `name` is what `parts` make together.
#[inline]
fn is_spelled(name: &[u8], parts: [&str; 3]) -> bool {
    let mut rest = name;
    for part in parts {
        let Some((head, behind)) = rest.split_at_checked(part.len()) else { return false };
        if !bytes::same(head, part.as_bytes()) {
            return false;
        }
        rest = behind;
    }
    rest.is_empty()
}

/// Engines fill shapes up with ones, so a linear layer and a convolution of one pixel are the same.
fn trimmed(shape: &[u64]) -> &[u64] {
    let end = shape.iter().rposition(|size| *size != 1).map_or(0, |at| at.saturating_add(1));
    shape.get(..end).unwrap_or(shape)
}
