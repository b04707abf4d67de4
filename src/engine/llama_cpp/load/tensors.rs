//! The tensors of all files, and what became of the requests for them.

use crate::facts::gguf::{GgufFacts, TensorFacts};
use crate::format::names::Names;
use std::collections::HashSet;

/// The longest name that can be built, in bytes.
const ROOM: usize = 88;

/// A tensor's name under construction. Names in files are shorter than 64 bytes; what does not fit is never found.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameBuffer {
    bytes: [u8; ROOM],
    length: usize,
}

impl Default for NameBuffer {
    fn default() -> Self {
        Self { bytes: [0; ROOM], length: 0 }
    }
}

impl NameBuffer {
    /// What was pushed so far.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Adds to the name.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(room) = self.bytes.get_mut(self.length..end) {
            room.copy_from_slice(bytes);
            self.length = end;
        }
    }

    /// Adds a number in decimal.
    pub(super) fn push_number(&mut self, number: i64) {
        if let Some(digit) = u8::try_from(number).ok().filter(|number| *number < 10) {
            self.push(&[b'0'.wrapping_add(digit)]);
        } else {
            self.push(number.to_string().as_bytes());
        }
    }

    /// For messages.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

/// A tensor of the files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    /// What the header says of it.
    pub(super) tensor: &'a TensorFacts,
    /// The file.
    pub(super) file: &'a str,
    /// Whether it was asked for.
    pub(super) asked: bool,
    /// Whether the last request for it was met, and not only counted.
    pub(super) loaded: bool,
}

/// The tensors of all files, and what became of the requests for them.
#[derive(Debug)]
pub(super) struct Tensors<'a> {
    found: Vec<Found<'a>>,
    /// The places of the tensors, by name.
    index: Names,
    /// Names that were asked for and are not there.
    absent: HashSet<Vec<u8>>,
    /// Names that were asked for and are reported as missing: the rest of the walk takes them for loaded.
    assumed: HashSet<Vec<u8>>,
    /// Requests that were met, those for a tensor already counted apart.
    pub(super) created: usize,
    /// The weights that were loaded in each layer.
    pub(super) layers: Vec<LayerSlots>,
    /// Whether the token embeddings serve as the output too.
    pub(super) tied: bool,
    /// Whether an output that is the token embeddings has a scale.
    pub(super) tied_scale: bool,
    /// Whether some tensor may be a scale.
    pub(super) has_scales: bool,
}

/// What was loaded in a layer: a bit for each weight of the scale pass.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LayerSlots {
    /// Weights.
    pub(super) weights: u32,
    /// Their scales.
    pub(super) scales: u32,
    /// The scales of what goes into them.
    pub(super) input_scales: u32,
}

impl<'a> Tensors<'a> {
    pub(super) fn new(gguf: &'a GgufFacts) -> Self {
        let of = |header: &'a GgufFacts| {
            let file = header.file.as_str();
            header.tensors.iter().map(move |tensor| Found { tensor, file, asked: false, loaded: false })
        };
        let found: Vec<_> = gguf.headers().flat_map(of).collect();
        let index = index(&found);
        let has_scales = found.iter().any(|found| found.tensor.name.ends_with("scale"));
        Self {
            found,
            index,
            absent: HashSet::new(),
            assumed: HashSet::new(),
            created: 0,
            layers: Vec::new(),
            tied: false,
            tied_scale: false,
            has_scales,
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// The tensor called so.
    pub(super) fn get(&self, name: &[u8]) -> Option<&Found<'a>> {
        self.place(name).and_then(|at| self.found.get(at))
    }

    fn place(&self, name: &[u8]) -> Option<usize> {
        self.index.find(name, |at| name_at(&self.found, at)).and_then(|at| usize::try_from(at).ok())
    }

    /// The same, to note what became of it.
    pub(super) fn get_mut(&mut self, name: &[u8]) -> Option<&mut Found<'a>> {
        self.place(name).and_then(|at| self.found.get_mut(at))
    }

    /// Whether it is in the files.
    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.place(name).is_some()
    }

    /// Whether the last request for it was met.
    pub(super) fn is_loaded(&self, name: &[u8]) -> bool {
        match self.get(name) {
            Some(found) => found.loaded,
            None => self.assumed.contains(name),
        }
    }

    /// Whether it was asked for.
    pub(super) fn was_asked(&self, name: &[u8]) -> bool {
        match self.get(name) {
            Some(found) => found.asked,
            None => self.absent.contains(name),
        }
    }

    /// Notes a request for a tensor that is not there.
    pub(super) fn note_absent(&mut self, name: &[u8], required: bool) {
        // Only names without a layer are ever asked about afterwards.
        if !name.starts_with(b"blk.") {
            self.absent.insert(name.to_vec());
        }
        if required {
            self.assumed.insert(name.to_vec());
        }
    }

    /// The dimension `axis` of a tensor; 1 beyond the last, 0 of a tensor that is not there.
    pub(super) fn dimension(&self, name: &[u8], axis: i64) -> i64 {
        let Some(found) = self.get(name) else { return 0 };
        let size = usize::try_from(axis).ok().and_then(|axis| found.tensor.dimensions.get(axis)).copied();
        size.map_or(1, |size| i64::try_from(size).unwrap_or(i64::MAX))
    }

    /// The tensors that were never asked for.
    pub(super) fn unasked(&self) -> impl Iterator<Item = &Found<'a>> {
        self.found.iter().filter(|found| !found.asked)
    }

    /// The slots of a layer.
    pub(super) fn slots_mut(&mut self, layer: i64) -> Option<&mut LayerSlots> {
        let layer = usize::try_from(layer).ok().filter(|layer| *layer < 1024)?;
        if self.layers.len() <= layer {
            self.layers.resize(layer.saturating_add(1), LayerSlots::default());
        }
        self.layers.get_mut(layer)
    }
}

/// The places by name; of two tensors of one name, the first has it.
fn index(found: &[Found<'_>]) -> Names {
    let mut index = Names::expecting(found.len());
    for (at, tensor) in (0..).zip(found) {
        index.insert(tensor.tensor.name.as_bytes(), at, |other| name_at(found, other));
    }
    index
}

fn name_at<'f>(found: &'f [Found<'_>], at: u32) -> Option<&'f [u8]> {
    found.get(usize::try_from(at).ok()?).map(|found| found.tensor.name.as_bytes())
}
