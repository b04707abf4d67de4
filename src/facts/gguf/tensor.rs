//! Tensors as facts.

use super::block::{Block, blocks};
use super::key::owned;
use crate::format::gguf::{Document, TensorInfo};
use std::ops::{Deref, Range};

/// The tensors of one file, in the file's order. Their names lie end to end in one buffer instead of in one allocation
/// each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tensors {
    names: String,
    layouts: Vec<Layout>,
    blocks: Vec<Block>,
}

/// One tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TensorFacts<'a> {
    /// The name.
    pub name: &'a str,
    /// All else.
    pub layout: &'a Layout,
}

/// What a header says of a tensor beside its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// How many dimensions the file states, 0 to 4.
    pub dimension_count: u32,
    /// The dimensions in the file's order, fastest-varying first; the missing ones are 1.
    pub dimensions: [u64; 4],
    /// The fifth dimension of a file that only engines for pictures read; else 1.
    pub fifth_dimension: u64,
    /// The element type's number.
    pub type_id: u32,
    /// Where the data begins in the file.
    pub offset: u64,
    /// The data's length, in bytes.
    pub size_bytes: u64,
    /// Where the name ends among all names.
    name_end: usize,
}

impl Tensors {
    pub(super) fn learn(document: &Document<'_>) -> Self {
        let (blocks, mut names) = (blocks(&document.tensors), Vec::new());
        names.reserve(document.tensors.iter().map(|tensor| tensor.name.len()).sum());
        let layout = |tensor: &TensorInfo<'_>| {
            names.extend_from_slice(tensor.name);
            Layout::learn(tensor, document, names.len())
        };
        let layouts = document.tensors.iter().map(layout).collect();
        match String::from_utf8(names) {
            Ok(names) if names.is_ascii() => Self { names, layouts, blocks },
            _ => Self::replacing(document, layouts, blocks),
        }
    }

    /// The same where bytes may have to be replaced, name by name.
    #[cold]
    fn replacing(document: &Document<'_>, mut layouts: Vec<Layout>, blocks: Vec<Block>) -> Self {
        let mut names = String::new();
        for (layout, tensor) in layouts.iter_mut().zip(&document.tensors) {
            names.push_str(&owned(tensor.name));
            layout.name_end = names.len();
        }
        Self { names, layouts, blocks }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.layouts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.layouts.is_empty()
    }

    /// What the header says of the tensors beside their names, in the file's order.
    pub fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    /// The blocks that they stand in, in the file's order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The tensors, in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = TensorFacts<'_>> + Clone {
        self.range(0..self.layouts.len())
    }

    /// The tensors of blocks that repeat none.
    pub fn distinct(&self) -> impl Iterator<Item = TensorFacts<'_>> {
        let blocks = self.blocks.iter().filter(|block| !block.is_alike);
        blocks.flat_map(|block| self.range(block.places.clone()))
    }

    /// The tensor at a place.
    pub fn at(&self, place: usize) -> Option<TensorFacts<'_>> {
        self.range(place..place.saturating_add(1)).next()
    }

    /// The tensors at these places.
    pub fn range(&self, places: Range<usize>) -> impl Iterator<Item = TensorFacts<'_>> + Clone {
        let before = places.start.checked_sub(1).and_then(|before| self.layouts.get(before));
        let mut start = before.map_or(0, |before| before.name_end);
        self.layouts.get(places).unwrap_or_default().iter().map(move |layout| {
            let name = self.names.get(start..layout.name_end).unwrap_or_default();
            start = layout.name_end;
            TensorFacts { name, layout }
        })
    }
}

impl Deref for TensorFacts<'_> {
    type Target = Layout;

    fn deref(&self) -> &Layout {
        self.layout
    }
}

impl Layout {
    fn learn(tensor: &TensorInfo<'_>, document: &Document<'_>, name_end: usize) -> Self {
        Self {
            dimension_count: tensor.dimension_count,
            dimensions: tensor.dimensions,
            fifth_dimension: tensor.fifth_dimension,
            type_id: tensor.type_id,
            offset: document.data_start.saturating_add(tensor.data_offset),
            size_bytes: tensor.size_bytes,
            name_end,
        }
    }

    /// The dimensions, slowest-varying first.
    pub fn shape(&self) -> Vec<u64> {
        let count = usize::try_from(self.dimension_count).unwrap_or(usize::MAX);
        let stated = self.dimensions.get(..count).unwrap_or(&self.dimensions);
        let fifth = Some(self.fifth_dimension).filter(|_| count > self.dimensions.len());
        fifth.into_iter().chain(stated.iter().rev().copied()).collect()
    }

    /// How many elements it has.
    pub fn elements(&self) -> u64 {
        self.dimensions.iter().fold(self.fifth_dimension, |product, dimension| product.saturating_mul(*dimension))
    }
}
