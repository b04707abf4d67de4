//! Facts of safetensors headers.

use super::together::Together;
use super::{Facts, ModelFormat};
use crate::format::Input;
use crate::format::repeats::{Repeat, Rows};
use crate::format::safetensors::{self, Dtype};
use crate::limits::Limits;
use crate::source::ModelFile;
use serde_json::json;
use std::ops::Range;

/// What one safetensors header says.
#[derive(Debug, Clone)]
pub struct SafetensorsFacts {
    /// The file.
    pub file: String,
    /// `__metadata__`, in the header's order.
    pub metadata: Vec<(String, String)>,
    /// The tensors, in the header's order.
    pub tensors: Tensors,
    /// Bytes behind the last tensor.
    pub trailing_bytes: u64,
}

/// The tensors of one file, in the header's order.
///
/// A large model has tens of thousands: names and shapes lie end to end in two buffers instead of in two allocations a
/// tensor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tensors {
    names: String,
    dimensions: Vec<u64>,
    /// Where the tensors end, behind a first row of zeros, so that each one begins where the row before ends.
    rows: Vec<Row>,
    /// Where every name is known to stand once: how many of the first ones are each greater than the one before.
    ascending: Option<usize>,
    /// The places in the order of names, where it is known.
    order: Option<Vec<u32>>,
    /// Blocks that repeat earlier ones, where they were looked for.
    repeats: Option<Vec<Repeat>>,
    /// How many elements there are of each type, in the order in which the types first stand.
    totals: Vec<(Dtype, u64)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Row {
    pub(super) name_end: usize,
    pub(super) shape_end: usize,
    dtype: Dtype,
}

/// One tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TensorFacts<'a> {
    /// The name.
    pub name: &'a str,
    /// The element type.
    pub dtype: Dtype,
    /// The dimensions, slowest-varying first.
    pub shape: &'a [u64],
}

impl Tensors {
    /// The tensors of a header.
    pub(crate) fn of(document: &mut safetensors::Document<'_>) -> Self {
        let (mut name_end, mut shape_end) = (0_usize, 0_usize);
        let rows = document.tensors.iter().map(|tensor| {
            name_end = name_end.saturating_add(tensor.name.len());
            shape_end = shape_end.saturating_add(tensor.shape.len());
            Row { name_end, shape_end, dtype: tensor.dtype }
        });
        let mut tensors = Self { rows: std::iter::once(Row::default()).chain(rows).collect(), ..Self::default() };
        tensors.names.reserve_exact(name_end);
        tensors.dimensions.reserve_exact(shape_end);
        // Of one type there are many in a row.
        let mut run = document.tensors.first().map(|first| (first.dtype, 0_u64));
        for tensor in &document.tensors {
            let size_bytes = tensor.end.saturating_sub(tensor.begin);
            match &mut run {
                Some((dtype, total)) if *dtype == tensor.dtype => *total = total.saturating_add(size_bytes),
                _ => tensors.note_bytes(run.replace((tensor.dtype, size_bytes))),
            }
            tensors.put(&tensor.name, &tensor.shape);
        }
        tensors.note_bytes(run);
        tensors.ascending = Some(document.ascending);
        (tensors.order, tensors.repeats) = (document.order.take(), document.repeats.take());
        tensors
    }

    /// Adds a tensor behind the others.
    pub fn push(&mut self, name: &str, dtype: Dtype, shape: &[u64]) {
        self.put(name, shape);
        if self.rows.is_empty() {
            self.rows.push(Row::default());
        }
        self.rows.push(Row { name_end: self.names.len(), shape_end: self.dimensions.len(), dtype });
        self.note(dtype, shape.iter().fold(1, |product, size| product.saturating_mul(*size)));
        (self.ascending, self.order, self.repeats) = (None, None, None);
    }

    fn note_bytes(&mut self, run: Option<(Dtype, u64)>) {
        let Some((dtype, size_bytes)) = run else { return };
        self.note(dtype, size_bytes.saturating_mul(8).checked_div(dtype.bits()).unwrap_or_default());
    }

    fn note(&mut self, dtype: Dtype, elements: u64) {
        match self.totals.iter_mut().find(|(known, _)| *known == dtype) {
            Some((_, total)) => *total = total.saturating_add(elements),
            None => self.totals.push((dtype, elements)),
        }
    }

    #[inline(always)]
    fn put(&mut self, name: &str, shape: &[u64]) {
        self.names.push_str(name);
        match shape {
            // Nearly all are so short that calling a copy would cost more than copying.
            [rows, columns] => self.dimensions.extend([*rows, *columns]),
            [size] => self.dimensions.push(*size),
            _ => self.dimensions.extend_from_slice(shape),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The tensors, in the header's order.
    pub fn iter(&self) -> impl Iterator<Item = TensorFacts<'_>> {
        self.pairs().map(|(before, row)| {
            let name = self.names.get(before.name_end..row.name_end).unwrap_or_default();
            let shape = self.dimensions.get(before.shape_end..row.shape_end).unwrap_or_default();
            TensorFacts { name, dtype: row.dtype, shape }
        })
    }

    /// The bytes of the names of the tensors at `places`.
    pub(crate) fn names(&self, places: Range<usize>) -> impl Iterator<Item = &[u8]> {
        let (before, rows) = self.rows.get(places.start..=places.end).and_then(<[Row]>::split_first).unzip();
        let (names, mut start) = (self.names.as_bytes(), before.map_or(0, |before| before.name_end));
        let ends = rows.unwrap_or_default().iter().map(|row| row.name_end);
        ends.map(move |end| names.get(std::mem::replace(&mut start, end)..end).unwrap_or_default())
    }

    /// The last bytes of the names of the tensors at `places`; of a shorter name also some before it, if there are so many.
    #[inline]
    pub(crate) fn tails<const N: usize>(&self, places: Range<usize>) -> impl Iterator<Item = Option<&[u8; N]>> {
        let (names, rows) = (self.names.as_bytes(), self.rows.get(places.start..=places.end));
        let rows = rows.and_then(<[Row]>::split_first).map_or(&[][..], |(_, rows)| rows);
        rows.iter().map(|row| names.get(..row.name_end)?.last_chunk())
    }

    /// How many elements there are of each type, in the order in which the types first stand.
    pub(crate) fn totals(&self) -> &[(Dtype, u64)] {
        &self.totals
    }

    /// The bytes of all tensors together.
    pub(crate) fn size_bytes(&self) -> u64 {
        let sizes = self.totals.iter().filter_map(|(dtype, elements)| dtype.size_bytes(*elements));
        sizes.fold(0, u64::saturating_add)
    }

    /// Each row with the one before.
    fn pairs(&self) -> impl Iterator<Item = (&Row, &Row)> {
        self.rows.iter().zip(self.rows.iter().skip(1))
    }

    /// The row at `place` and the one before.
    #[inline]
    fn pair(&self, place: usize) -> Option<&[Row; 2]> {
        self.rows.get(place..)?.first_chunk()
    }

    /// The tensor at `place`.
    #[inline]
    pub(crate) fn at(&self, place: usize) -> Option<TensorFacts<'_>> {
        let [before, row] = self.pair(place)?;
        let shape = self.dimensions.get(before.shape_end..row.shape_end)?;
        Some(TensorFacts { name: self.names.get(before.name_end..row.name_end)?, dtype: row.dtype, shape })
    }

    /// The element type of the tensor at `place`.
    #[inline]
    pub(crate) fn dtype(&self, place: usize) -> Option<Dtype> {
        self.pair(place).map(|[_, row]| row.dtype)
    }

    /// The name of the tensor at `place`.
    pub(crate) fn name(&self, place: usize) -> Option<&str> {
        let [before, row] = self.pair(place)?;
        self.names.get(before.name_end..row.name_end)
    }

    /// The tensors at `places`, as one.
    fn together(&self, places: Range<usize>) -> Option<Together<'_>> {
        let (before, rows) = self.rows.get(places.start..=places.end)?.split_first()?;
        let last = rows.last().unwrap_or(before);
        Some(Together {
            names: self.names.as_bytes().get(before.name_end..last.name_end)?,
            dimensions: self.dimensions.get(before.shape_end..last.shape_end)?,
            before: *before,
            rows,
        })
    }

    /// Where every name is known to stand once: how many of the first ones are each greater than the one before.
    pub(crate) fn ascending(&self) -> Option<usize> {
        self.ascending
    }

    /// The places in the order of names, where it is known and not the header's own.
    pub(crate) fn order(&self) -> Option<&[u32]> {
        self.order.as_deref()
    }

    /// Blocks that repeat earlier ones, where they were looked for.
    pub(crate) fn repeats(&self) -> Option<&[Repeat]> {
        self.repeats.as_deref()
    }

    /// The tensor named `name`, by walking all of them.
    pub fn find(&self, name: &str) -> Option<TensorFacts<'_>> {
        self.iter().find(|tensor| tensor.name == name)
    }
}

impl Rows for Tensors {
    fn count(&self) -> usize {
        self.len()
    }

    #[inline]
    fn name_at(&self, place: usize) -> Option<&[u8]> {
        let [before, row] = self.pair(place)?;
        self.names.as_bytes().get(before.name_end..row.name_end)
    }

    #[inline]
    fn row(&self, place: usize) -> Option<(&[u8], &[u64])> {
        let [before, row] = self.pair(place)?;
        let name = self.names.as_bytes().get(before.name_end..row.name_end)?;
        Some((name, self.dimensions.get(before.shape_end..row.shape_end)?))
    }

    fn again(&self, places: Range<usize>, first: usize, head: &[u8], text: &mut Vec<u8>) -> bool {
        let earlier = self.together(first..first.saturating_add(places.len()));
        earlier.zip(self.together(places)).is_some_and(|(earlier, now)| now.repeat(earlier, head, text))
    }
}

impl TensorFacts<'_> {
    /// How many elements it has, unless that exceeds 64 bits.
    pub fn elements(&self) -> Option<u64> {
        self.shape.iter().try_fold(1_u64, |product, &size| product.checked_mul(size))
    }

    /// Its bytes, unless they exceed 64 bits.
    pub fn size_bytes(&self) -> Option<u64> {
        self.elements().and_then(|elements| self.dtype.size_bytes(elements))
    }
}

impl SafetensorsFacts {
    /// What `inspect` shows.
    pub fn to_json(&self) -> serde_json::Value {
        json!({ "file": self.file, "tensors": self.tensors.len() })
    }
}

/// Reads the header of `input`.
pub(super) fn learn(facts: &mut Facts, file: &ModelFile, input: Input<'_>, limits: &Limits) {
    if facts.format == ModelFormat::Unknown {
        facts.format = ModelFormat::Safetensors;
    }
    match safetensors::read(input, limits) {
        Ok((mut document, trailing_bytes)) => {
            facts.safetensors.push(SafetensorsFacts { trailing_bytes, ..collect(&mut document, file) });
        }
        Err(fault) => facts.faults.push(fault.in_file(&file.name)),
    }
}

fn collect(document: &mut safetensors::Document<'_>, file: &ModelFile) -> SafetensorsFacts {
    let metadata = document.metadata.iter().map(|(key, value)| (key.to_string(), value.decode().into_owned()));
    let metadata = metadata.collect();
    SafetensorsFacts { file: file.name.clone(), metadata, tensors: Tensors::of(document), trailing_bytes: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::repeats;
    use crate::format::safetensors::TensorInfo;
    use proptest::prelude::*;

    #[test]
    fn tensors_come_back_as_they_were_put() {
        let mut tensors = Tensors::default();
        tensors.push("a", Dtype::F16, &[2, 3]);
        tensors.push("scalar", Dtype::F32, &[]);
        tensors.push("b", Dtype::F4, &[4]);
        let names: Vec<_> = tensors.iter().map(|tensor| (tensor.name, tensor.shape.to_vec())).collect();
        assert_eq!(names, [("a", vec![2, 3]), ("scalar", vec![]), ("b", vec![4])]);
        assert_eq!(tensors.find("b").and_then(|tensor| tensor.size_bytes()), Some(2));
        assert_eq!(tensors.find("scalar").and_then(|tensor| tensor.elements()), Some(1));
    }

    proptest! {
        #[test]
        fn blocks_are_told_as_one_by_one(names in proptest::collection::vec("([ab][._]){0,2}[0-2]?[0-3][._](x[._])?([0-2][._])?[xy]", 1..60)) {
            let shape = |name: &str| [name.len() as u64 % 2];
            let mut tensors = Tensors::default();
            names.iter().for_each(|name| tensors.push(name, Dtype::F16, &shape(name)));
            let info = |name: &String| TensorInfo { name: name.clone().into(), shape: shape(name).into_iter().collect(), ..TensorInfo::default() };
            let infos: Vec<TensorInfo<'_>> = names.iter().map(info).collect();
            prop_assert_eq!(repeats::of(&tensors), repeats::of(infos.as_slice()));
        }
    }
}
