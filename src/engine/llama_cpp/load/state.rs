//! What the engine knows of a model while it loads it.

use super::tensors::Tensors;
use super::vocabulary::Vocabulary;
use crate::diagnostic::Diagnostic;
use crate::engine::llama_cpp::Release;
use crate::engine::llama_cpp::language::{Kind, Program, Symbol};
use crate::engine::llama_cpp::tables::base;
use crate::facts::gguf::GgufFacts;

/// A variable: one value for all layers, or one for each.
#[derive(Debug, Clone, Default)]
pub(in crate::engine::llama_cpp) struct Cell {
    all: i64,
    /// How many of the first layers have `first` instead; none where some have their own.
    alike: usize,
    first: i64,
    /// The first layers' own.
    layers: Vec<i64>,
}

impl Cell {
    /// The value of a layer.
    pub(super) fn at(&self, layer: i64) -> i64 {
        let Ok(layer) = usize::try_from(layer) else { return self.all };
        if layer < self.alike { self.first } else { self.layers.get(layer).copied().unwrap_or(self.all) }
    }

    /// Gives all layers one value.
    pub(super) fn fill(&mut self, value: i64) {
        (self.all, self.alike) = (value, 0);
        self.layers.clear();
    }

    /// Gives so many of the first layers one value.
    fn fill_first(&mut self, count: usize, value: i64) {
        let count = count.min(base::LAYERS);
        if self.layers.is_empty() && count >= self.alike {
            (self.alike, self.first) = (count, value);
        } else {
            self.set_first(std::iter::repeat_n(value, count));
        }
    }

    /// Gives the first layers that have one value their own.
    fn part(&mut self) {
        self.layers.extend(std::iter::repeat_n(self.first, std::mem::take(&mut self.alike)));
    }

    /// Gives one layer a value; the engine's arrays have 512 entries, and what is beyond them is lost.
    pub(super) fn set(&mut self, layer: i64, value: i64) {
        let Some(layer) = usize::try_from(layer).ok().filter(|layer| *layer < base::LAYERS) else { return };
        self.part();
        if self.layers.len() <= layer {
            self.layers.resize(layer.saturating_add(1), self.all);
        }
        if let Some(own) = self.layers.get_mut(layer) {
            *own = value;
        }
    }

    /// Gives the first layers their values.
    fn set_first(&mut self, values: impl Iterator<Item = i64>) {
        self.part();
        let mut layers: Vec<i64> = values.take(base::LAYERS).collect();
        layers.extend(self.layers.get(layers.len()..).unwrap_or_default());
        self.layers = layers;
    }
}

/// What the engine knows of a model while it loads it.
pub(in crate::engine::llama_cpp) struct State<'a> {
    /// What the files say.
    pub(in crate::engine::llama_cpp) gguf: &'a GgufFacts,
    /// The architecture's page.
    pub(in crate::engine::llama_cpp) program: &'static Program,
    /// The release that is mirrored.
    pub(in crate::engine::llama_cpp) release: Release,
    /// The vocabulary, once it is loaded.
    pub(in crate::engine::llama_cpp) vocabulary: Vocabulary,
    /// Tensors that are missing or misshaped: the walk goes on over them to name all.
    pub(super) failures: Vec<Diagnostic>,
    /// The tensors and what became of them.
    pub(super) tensors: Tensors<'a>,
    cells: Vec<Cell>,
}

impl<'a> State<'a> {
    pub(super) fn new(gguf: &'a GgufFacts, program: &'static Program, release: Release) -> Self {
        let recurrent = i64::from(program.traits.kind == Kind::Recurrent);
        let cell = |start: &i64| Cell { all: *start, ..Cell::default() };
        let mut state = Self {
            gguf,
            program,
            release,
            vocabulary: Vocabulary::default(),
            failures: Vec::new(),
            tensors: Tensors::new(gguf, &program.series),
            cells: program.starts.iter().map(cell).collect(),
        };
        state.fill(base::IS_RECR, recurrent);
        state
    }

    /// The value of a variable in a layer.
    pub(in crate::engine::llama_cpp) fn value(&self, symbol: Symbol, layer: i64) -> i64 {
        self.cells.get(symbol.0).map_or(0, |cell| cell.at(layer))
    }

    /// Gives all layers one value.
    pub(super) fn fill(&mut self, symbol: Symbol, value: i64) {
        if let Some(cell) = self.cells.get_mut(symbol.0) {
            cell.fill(value);
        }
    }

    /// Gives one layer a value.
    pub(super) fn set(&mut self, symbol: Symbol, layer: i64, value: i64) {
        if let Some(cell) = self.cells.get_mut(symbol.0) {
            cell.set(layer, value);
        }
    }

    /// Gives the first layers their values.
    pub(super) fn set_first(&mut self, symbol: Symbol, values: impl Iterator<Item = i64>) {
        if let Some(cell) = self.cells.get_mut(symbol.0) {
            cell.set_first(values);
        }
    }

    /// Gives so many of the first layers one value.
    pub(super) fn fill_first(&mut self, symbol: Symbol, count: i64, value: i64) {
        if let Some(cell) = self.cells.get_mut(symbol.0) {
            cell.fill_first(usize::try_from(count).unwrap_or_default(), value);
        }
    }

    /// Copies every layer's value.
    pub(super) fn copy(&mut self, to: Symbol, from: Symbol) {
        let source = self.cells.get(from.0).cloned().unwrap_or_default();
        if let Some(cell) = self.cells.get_mut(to.0) {
            *cell = source;
        }
    }

    /// The layers that predict further tokens not counted.
    pub(in crate::engine::llama_cpp) fn layers(&self) -> i64 {
        self.all_layers().wrapping_sub(self.value(base::N_LAYER_NEXTN, 0))
    }

    /// All layers.
    pub(in crate::engine::llama_cpp) fn all_layers(&self) -> i64 {
        self.value(base::N_LAYER_ALL, 0)
    }

    /// The full name of a key of the architecture's own.
    pub(in crate::engine::llama_cpp) fn own_key(&self, key: &str) -> String {
        format!("{}.{key}", self.program.architecture)
    }
}
