//! The tensors of all files, and what became of the requests for them.

use super::name::Name;
use super::places::Places;
use super::set::Set;
use crate::engine::llama_cpp::language::{AllSeries, Series};
use crate::engine::llama_cpp::tables::base;
use crate::facts::gguf::{GgufFacts, TensorFacts};

/// What became of a tensor.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fate {
    /// Whether it was asked for.
    pub(super) asked: bool,
    /// Whether the last request for it was met, and not only counted.
    pub(super) loaded: bool,
}

/// What became of a tensor whose last request was met.
const LOADED: Fate = Fate { asked: true, loaded: true };

/// The tensors of all files, and what became of the requests for them.
#[derive(Debug)]
pub(super) struct Tensors<'a> {
    set: Set<'a>,
    fates: Vec<Fate>,
    /// The places of the tensors, by name.
    places: Places<'a>,
    /// Names without a layer that were asked for and are not there: no others are ever asked about afterwards.
    absent: Vec<&'static str>,
    /// Names that were asked for and are reported as missing: the rest of the walk takes them for loaded.
    assumed: Vec<Name>,
    /// Requests that were met, those for a tensor already counted apart.
    pub(super) created: usize,
    /// Requests that were not settled at once.
    pub(super) odd: usize,
    /// Those that were, in this round of a loop.
    pub(super) settled: Vec<Settled>,
    /// The weights that were loaded in each layer.
    pub(super) layers: Vec<LayerSlots>,
    /// Whether the token embeddings serve as the output too.
    pub(super) tied: bool,
    /// Whether an output that is the token embeddings has a scale.
    pub(super) tied_scale: bool,
    /// Whether some tensor may be a scale.
    pub(super) has_scales: bool,
}

/// A request for one of a series that was settled at once: met in full, or absent and optional.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    series: Series,
    shape: [u64; 4],
    is_loaded: bool,
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
    pub(super) fn new(gguf: &'a GgufFacts, series: &'static AllSeries) -> Self {
        let (set, mut places) = (Set::of(gguf), Places::new(series));
        for (start, header) in set.files() {
            places.note(header.tensors.blocks(), start, |at| set.name(at));
        }
        let is_scale = |tensor: TensorFacts<'_>| tensor.name.ends_with("scale");
        Self {
            fates: vec![Fate::default(); set.count()],
            has_scales: gguf.headers().any(|header| header.tensors.distinct().any(is_scale)),
            set,
            places,
            absent: Vec::new(),
            assumed: Vec::new(),
            created: 0,
            odd: 0,
            settled: Vec::new(),
            layers: Vec::new(),
            tied: false,
            tied_scale: false,
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.set.count()
    }

    /// The place of the tensor called so.
    #[inline]
    pub(super) fn place(&self, name: &Name) -> Option<usize> {
        self.places.find(name)
    }

    /// Settles a request that is met in full, or that need not be: whether the tensor is now loaded.
    pub(super) fn settle(&mut self, series: Series, number: i64, shape: &[i64; 4], optional: bool) -> Option<bool> {
        let number = usize::try_from(number).ok().filter(|number| *number < base::LAYERS)?;
        let is_loaded = self.places.row(number).place(series).is_some();
        let shape = shape.map(u64::try_from);
        let [Ok(first), Ok(second), Ok(third), Ok(fourth)] = shape else { return None };
        let settled = Settled { series, shape: [first, second, third, fourth], is_loaded };
        let is_settled = (is_loaded || optional) && self.repeat(&[settled], number);
        is_settled.then_some(is_loaded)
    }

    /// Settles for a layer what was settled so for another, if all of it comes out the same.
    pub(super) fn repeat(&mut self, requests: &[Settled], number: usize) -> bool {
        let row = self.places.row(number);
        let is_same = |request: &Settled| match row.place(request.series) {
            Some(place) => {
                let tensor = self.set.tensor(place);
                request.is_loaded && tensor.is_some_and(|tensor| tensor.dimensions == request.shape)
            }
            None => !request.is_loaded,
        };
        let is_same = requests.iter().all(is_same);
        if is_same {
            self.load(requests, number);
            self.settled.extend_from_slice(requests);
        }
        is_same
    }

    /// Notes that what these requests met is met for this layer.
    fn load(&mut self, requests: &[Settled], number: usize) {
        let row = self.places.row(number);
        for place in requests.iter().filter_map(|request| row.place(request.series)) {
            if let Some(fate) = self.fates.get_mut(place) {
                *fate = LOADED;
            }
            self.created = self.created.saturating_add(1);
        }
    }

    /// Whether these requests met each tensor of the layer once.
    pub(super) fn are_all(&self, requests: &[Settled], number: usize) -> bool {
        let (row, Some(block)) = (self.places.row(number), self.places.block(number)) else { return false };
        let mut met = 0_u128;
        for place in requests.iter().filter_map(|request| row.place(request.series)) {
            let bit = place.checked_sub(block.start).and_then(|at| 1_u128.checked_shl(u32::try_from(at).ok()?));
            match bit.filter(|bit| met & bit == 0) {
                Some(bit) => met |= bit,
                None => return false,
            }
        }
        u32::try_from(block.len()) == Ok(met.count_ones())
    }

    /// Notes that what these requests met in a layer like this one is met for this one; `is_whole`: and that is all of it.
    pub(super) fn load_again(&mut self, requests: &[Settled], number: usize, is_whole: bool) {
        let block = self.places.block(number).filter(|_| is_whole);
        match block.and_then(|block| self.fates.get_mut(block)) {
            Some(fates) => {
                fates.fill(LOADED);
                self.created = self.created.saturating_add(fates.len());
            }
            None => self.load(requests, number),
        }
    }

    /// Whether the tensors of two layers are the same, of the same dimensions.
    pub(super) fn are_alike(&self, layer: usize, other: usize) -> bool {
        self.places.are_alike(layer, other)
    }

    /// The tensor at a place.
    pub(super) fn at(&self, place: usize) -> Option<TensorFacts<'a>> {
        self.set.tensor(place)
    }

    /// The tensor called so.
    pub(super) fn get(&self, name: &Name) -> Option<TensorFacts<'a>> {
        self.place(name).and_then(|place| self.at(place))
    }

    /// Notes what became of the tensor at a place.
    pub(super) fn note(&mut self, place: usize, fate: Fate) {
        if let Some(known) = self.fates.get_mut(place) {
            *known = fate;
        }
    }

    fn fate(&self, name: &Name) -> Option<Fate> {
        self.place(name).and_then(|place| self.fates.get(place)).copied()
    }

    /// Whether it is in the files.
    pub(super) fn has(&self, name: &Name) -> bool {
        self.place(name).is_some()
    }

    /// Whether the last request for it was met.
    pub(super) fn is_loaded(&self, name: &Name) -> bool {
        self.fate(name).map_or_else(|| self.assumed.contains(name), |fate| fate.loaded)
    }

    /// Whether it was asked for.
    pub(super) fn was_asked(&self, name: &Name) -> bool {
        let absent = || name.number.is_none() && self.absent.contains(&name.before);
        self.fate(name).map_or_else(absent, |fate| fate.asked)
    }

    /// Notes a request for a tensor that is not there.
    pub(super) fn note_absent(&mut self, name: &Name, required: bool) {
        if name.number.is_none() && !self.absent.contains(&name.before) {
            self.absent.push(name.before);
        }
        if required {
            self.assumed.push(*name);
        }
    }

    /// The dimension `axis` of a tensor; 1 beyond the last, 0 of a tensor that is not there.
    pub(super) fn dimension(&self, name: &Name, axis: i64) -> i64 {
        let Some(tensor) = self.get(name) else { return 0 };
        let size = usize::try_from(axis).ok().and_then(|axis| tensor.dimensions.get(axis).copied());
        size.map_or(1, |size| i64::try_from(size).unwrap_or(i64::MAX))
    }

    /// The tensors that were never asked for.
    pub(super) fn unasked(&self) -> impl Iterator<Item = TensorFacts<'a>> {
        let unasked = self.fates.iter().enumerate().filter(|(_, fate)| !fate.asked);
        unasked.filter_map(|(place, _)| self.at(place))
    }

    /// The file that a tensor is in.
    pub(super) fn file_of(&self, tensor: TensorFacts<'_>) -> &'a str {
        self.set.file_of(tensor).unwrap_or_default()
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
