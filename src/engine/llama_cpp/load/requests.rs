//! The tensors that an architecture asks for, in the engine's order.

use super::Stop;
use super::failure::{dimensions, of_tensor};
use super::name::Name;
use super::plan::{Known, Marks};
use super::state::State;
use super::tensors::Fate;
use crate::diagnostic::{Cause, Diagnostic};
use crate::engine::llama_cpp::code::{
    FACTORS_TYPE, LAYER_RANGE, TENSOR_COUNT, TENSOR_MISSING, TENSOR_SHAPE, TENSOR_TWICE, WOULD_ABORT,
};
use crate::engine::llama_cpp::language::{Action, Node, Request, RequestMarks, Series, Slot, SlotRole, Step};
use crate::engine::llama_cpp::tables::{MUST_BE_F32, base};
use crate::facts::gguf::TensorFacts;

/// Most tensors that are named as missing or misshaped.
pub(super) const NAMED: usize = 16;
/// Most requests of one model: far above the largest real one (512 layers of 60 tensors), reached by hostile counts only.
const REQUESTS: usize = 1 << 20;

/// One request, its expressions resolved.
struct Asked {
    name: Name,
    shape: [i64; 4],
    stated: usize,
    marks: Marks,
}

impl State<'_> {
    /// Asks for all tensors; what is missing or misshaped is collected.
    pub(super) fn load_tensors(&mut self) -> Result<(), Stop> {
        let walked = self.run_tensors(&self.program.tensors).and_then(|()| self.run_scales());
        match walked {
            Err(stop) if self.failures.is_empty() => return Err(stop),
            Err(_) => return Ok(()),
            Ok(()) => {}
        }
        if !self.failures.is_empty() {
            return Ok(());
        }
        self.check_count()?;
        self.check_tied_scale()
    }

    fn run_tensors(&mut self, steps: &[Step]) -> Result<(), Stop> {
        for step in steps {
            if self.failures.len() >= NAMED {
                return Ok(());
            }
            if self.is_on(step)? {
                self.tensor_step(&step.action, &Known::default())?;
            }
        }
        Ok(())
    }

    pub(super) fn tensor_step(&mut self, action: &Action, known: &Known) -> Result<(), Stop> {
        match action {
            Action::Alias { layer, of } => {
                let (layer, of) = (self.number(layer)?, self.number(of)?);
                let shared = self.tensors.slots_mut(of).copied().unwrap_or_default();
                if let Some(slots) = self.tensors.slots_mut(layer) {
                    *slots = shared;
                }
                Ok(())
            }
            Action::For { variable, from, to, steps, changes } => {
                let mut plan = self.plan(steps, changes);
                let settled = std::mem::take(&mut self.tensors.settled);
                for value in self.number(from)?..self.number(to)? {
                    self.fill(*variable, value);
                    self.round(&mut plan, value)?;
                    if self.failures.len() >= NAMED || self.tensors.created > REQUESTS {
                        return Ok(());
                    }
                }
                self.tensors.settled = settled;
                Ok(())
            }
            Action::GateUp { marks, .. } => {
                let sizes = known.sizes.map_or_else(|| self.sizes(action), Ok)?;
                let marks = known.marks.map_or_else(|| self.resolve(marks), Ok)?;
                self.gate_up(sizes, marks)
            }
            Action::Qkv { layer, marks, .. } => self.qkv(action, layer, marks, known),
            Action::Request(request) => self.request(action, request, known),
            other => self.plain_step(other),
        }
    }

    fn request(&mut self, action: &Action, request: &Request, known: &Known) -> Result<(), Stop> {
        let marks = known.marks.map_or_else(|| self.resolve(&request.marks), Ok)?;
        let shape = known.sizes.map_or_else(|| self.sizes(action), Ok)?;
        let Some((number, series)) = &request.name.number else {
            let name = Name::whole(request.name.before);
            return self.ask(&Asked { name, shape, stated: request.shape.len(), marks }).map(drop);
        };
        let number = self.number(number)?;
        let loaded = match self.settle(*series, number, &shape, marks) {
            Some(loaded) => loaded,
            None => {
                let name = self.name_in(*series, number);
                self.check_layer(&name)?;
                self.ask(&Asked { name, shape, stated: request.shape.len(), marks })?
            }
        };
        match request.slot {
            Some(slot) if loaded => self.fill_slot(request, number, slot),
            _ => Ok(()),
        }
    }

    /// Settles an ordinary request that is met in full, or that need not be: whether the tensor is now loaded.
    fn settle(&mut self, series: Series, number: i64, shape: &[i64; 4], marks: Marks) -> Option<bool> {
        let [row, ..] = shape;
        let is_ordinary = !(marks.attempt || marks.dup || marks.reshape || marks.skip)
            && self.program.series.common(series)?.is_ordinary
            && *row != 0
            && number < self.all_layers();
        if is_ordinary { self.tensors.settle(series, number, shape, marks.optional) } else { None }
    }

    fn check_layer(&self, name: &Name) -> Result<(), Stop> {
        let Some((layer, _)) = name.number.filter(|(layer, _)| *layer >= self.all_layers()) else { return Ok(()) };
        let name = name.text();
        let message = format!("tensor '{name}' is of layer {layer}, the model has {} layers", self.all_layers());
        Err(of_tensor(&self.gguf.file, &LAYER_RANGE, &name, None, message).into())
    }

    fn fill_slot(&mut self, request: &Request, number: i64, slot: Slot) -> Result<(), Stop> {
        let layer = request.marks.slot_layer.as_ref().map_or(Ok(number), |layer| self.number(layer))?;
        self.note_slot(layer, slot);
        Ok(())
    }

    fn note_slot(&mut self, layer: i64, slot: Slot) {
        if !self.tensors.has_scales {
            return;
        }
        if let Some(slots) = self.tensors.slots_mut(layer) {
            match slot.role {
                SlotRole::InputScale => slots.input_scales |= slot.bit,
                SlotRole::Scale => slots.scales |= slot.bit,
                SlotRole::Weight => slots.weights |= slot.bit,
            }
        }
    }

    /// One request: whether the tensor is now loaded.
    fn ask(&mut self, asked: &Asked) -> Result<bool, Stop> {
        let Asked { name, marks, .. } = asked;
        let found = self.tensors.place(name).and_then(|place| Some((place, self.tensors.at(place)?)));
        let required = !marks.optional && !marks.attempt;
        // What need not be there and has no layer is as absent in any other round.
        let is_odd = found.is_some() || required || name.number.is_some();
        self.tensors.odd = self.tensors.odd.saturating_add(usize::from(is_odd));
        let Some((place, tensor)) = found else {
            self.tensors.note_absent(name, required);
            if required {
                self.failures.push(self.absent(asked));
            }
            return Ok(false);
        };
        if !fits(asked, tensor.dimensions) {
            self.tensors.note(place, Fate { asked: true, loaded: !marks.attempt });
            if !marks.attempt {
                self.failures.push(self.misshaped(asked, tensor));
            }
            return Ok(false);
        }
        self.tensors.note(place, Fate { asked: true, loaded: !marks.skip });
        if marks.dup {
            self.tensors.tied |= *name == Name::whole("token_embd.weight");
        } else {
            self.tensors.created = self.tensors.created.saturating_add(1);
        }
        if !marks.skip {
            self.check_operation(asked, tensor)?;
            self.check_type(asked, tensor)?;
        }
        Ok(!marks.skip)
    }

    /// The engine tries the operation that a weight is for; some sizes kill it there.
    fn check_operation(&self, asked: &Asked, tensor: TensorFacts<'_>) -> Result<(), Stop> {
        let Asked { name, shape: [row, ..], .. } = asked;
        let what = if is_convolution(name) && *row > self.input_width() {
            "is a convolution wider than the input"
        } else if *row == 0 && asked.stated > 1 && name.ends_with(".weight") {
            "has rows of no elements"
        } else if name.ends_with("exps.weight") && self.largest_experts_used() == 0 {
            "is of experts, of which none is used"
        } else {
            return Ok(());
        };
        let message = format!("tensor '{}' {what}: {} aborts over it", name.text(), self.release.label);
        Err(self.of_found(&WOULD_ABORT, tensor, message).into())
    }

    fn largest_experts_used(&self) -> i64 {
        let layers = 0..self.all_layers().min(512);
        layers.map(|layer| self.value(base::N_EXPERT_USED, layer)).max().unwrap_or(0)
    }

    /// On a CPU some factors are F32 or kill the process.
    fn check_type(&self, asked: &Asked, tensor: TensorFacts<'_>) -> Result<(), Stop> {
        if tensor.type_id == 0 || asked.name.number.is_some() || !MUST_BE_F32.contains(&asked.name.before) {
            return Ok(());
        }
        let kind = crate::format::gguf::ggml_type(tensor.type_id).map_or("?", |kind| kind.name);
        let message =
            format!("tensor '{}' is {kind}, expected F32: {} aborts over it", tensor.name, self.release.label);
        Err(self.of_found(&FACTORS_TYPE, tensor, message).expected("F32").found(kind).into())
    }

    fn of_found(&self, cause: &'static Cause, tensor: TensorFacts<'_>, message: String) -> Diagnostic {
        of_tensor(self.tensors.file_of(tensor), cause, tensor.name, Some(tensor), message)
    }

    fn absent(&self, asked: &Asked) -> Diagnostic {
        let name = asked.name.text();
        let shape = dimensions(asked.shape.get(..asked.stated).unwrap_or_default());
        let message = format!(
            "tensor '{name}' of shape {shape} is missing; architecture '{}' needs it",
            self.program.architecture
        );
        of_tensor(&self.gguf.file, &TENSOR_MISSING, &name, None, message).expected(shape)
    }

    fn misshaped(&self, asked: &Asked, tensor: TensorFacts<'_>) -> Diagnostic {
        let (shape, has) = (dimensions(&asked.shape), dimensions(&signed(tensor.dimensions)));
        let message = format!("tensor '{}' has shape {has}, expected {shape}", tensor.name);
        self.of_found(&TENSOR_SHAPE, tensor, message).expected(shape).found(has)
    }

    /// Query, key and value weights: fused, or apart where the fused one is not there.
    fn qkv(&mut self, action: &Action, layer: &Node, marks: &RequestMarks, known: &Known) -> Result<(), Stop> {
        let layer = self.number(layer)?;
        let [width, sizes @ ..] = known.sizes.map_or_else(|| self.sizes(action), Ok)?;
        let fused = sizes.iter().fold(0_i64, |sum, size| sum.wrapping_add(*size));
        let slot_layer = marks.slot_layer.as_ref().map_or(Ok(layer), |layer| self.number(layer))?;
        let marks = known.marks.map_or_else(|| self.resolve(marks), Ok)?;
        let mut part = Part { layer, slot_layer, marks };
        if part.marks.skip {
            part.marks.optional = true;
            return self.qkv_skipped(&part, width, fused, sizes);
        }
        let has_fused = self.weight(&part, base::ATTN_QKV, &[width, fused], true)?;
        if has_fused {
            if self.weight(&part, base::ATTN_QKV_BIAS, &[fused], true)? {
                return Ok(());
            }
        } else {
            for (series, size) in APART.into_iter().zip(sizes) {
                self.weight(&part, series, &[width, size], part.marks.optional)?;
            }
        }
        self.biases(&part, sizes)
    }

    fn biases(&mut self, part: &Part, sizes: [i64; 3]) -> Result<(), Stop> {
        for (series, size) in BIASES.into_iter().zip(sizes) {
            self.weight(part, series, &[size], true)?;
        }
        Ok(())
    }

    /// All eight are asked for, and only counted.
    fn qkv_skipped(&mut self, part: &Part, width: i64, fused: i64, sizes: [i64; 3]) -> Result<(), Stop> {
        self.weight(part, base::ATTN_QKV, &[width, fused], true)?;
        self.weight(part, base::ATTN_QKV_BIAS, &[fused], true)?;
        for (series, size) in APART.into_iter().zip(sizes) {
            self.weight(part, series, &[width, size], true)?;
        }
        self.biases(part, sizes)
    }

    /// Experts' gate and up weights: fused, or apart where the fused one is not there.
    fn gate_up(&mut self, [width, ff, experts, _]: [i64; 4], marks: Marks) -> Result<(), Stop> {
        let layer = self.value(base::I, 0);
        let part = Part { layer, slot_layer: layer, marks };
        let fused = self.weight(&part, base::FFN_GATE_UP_EXPS, &[width, ff.wrapping_mul(2), experts], true)?;
        if fused && !part.marks.skip {
            return Ok(());
        }
        let optional = part.marks.optional || part.marks.skip;
        self.weight(&part, base::FFN_GATE_EXPS, &[width, ff, experts], optional)?;
        self.weight(&part, base::FFN_UP_EXPS, &[width, ff, experts], optional)?;
        Ok(())
    }

    /// One weight of a group: whether it is there.
    fn weight(&mut self, part: &Part, series: Series, sizes: &[i64], optional: bool) -> Result<bool, Stop> {
        let mut shape = [1; 4];
        shape.iter_mut().zip(sizes).for_each(|(to, from)| *to = *from);
        let marks = Marks { optional, ..part.marks };
        let (is_there, loaded) = match self.settle(series, part.layer, &shape, marks) {
            Some(loaded) => (loaded, loaded),
            None => self.odd_weight(series, part.layer, shape, sizes.len(), marks)?,
        };
        if let Some(slot) = self.program.series.common(series).and_then(|common| common.slot).filter(|_| loaded) {
            self.note_slot(part.slot_layer, slot);
        }
        Ok(is_there)
    }

    /// The same of one that is not settled at once: whether it is there, and whether it is loaded.
    fn odd_weight(
        &mut self,
        series: Series,
        layer: i64,
        shape: [i64; 4],
        stated: usize,
        marks: Marks,
    ) -> Result<(bool, bool), Stop> {
        let name = self.name_in(series, layer);
        self.check_layer(&name)?;
        let before = self.failures.len();
        let loaded = self.ask(&Asked { name, shape, stated, marks })?;
        // A tensor that is there but skipped or misshaped is there all the same.
        let is_there = loaded || (marks.skip || self.failures.len() > before) && self.tensors.has(&name);
        Ok((is_there, loaded))
    }

    /// A scale beside a weight that was loaded.
    pub(super) fn ask_scale(&mut self, name: Name, size: i64) -> Result<bool, Stop> {
        let marks = Marks { optional: true, ..Marks::default() };
        self.ask(&Asked { name, shape: [size, 1, 1, 1], stated: 1, marks })
    }

    /// The engine counts what it made; the file must have no more and no fewer.
    fn check_count(&self) -> Result<(), Stop> {
        let (count, created) = (self.tensors.count(), self.tensors.created);
        if count == created {
            return Ok(());
        }
        let architecture = self.program.architecture;
        let unasked: Vec<_> = self.tensors.unasked().collect();
        let cause = if created > count { &TENSOR_TWICE } else { &TENSOR_COUNT };
        let shown: Vec<_> = unasked.iter().take(4).map(|tensor| format!("'{}'", tensor.name)).collect();
        let more = if unasked.len() > shown.len() { ", ..." } else { "" };
        let named =
            if shown.is_empty() { String::new() } else { format!(": nothing asks for {}{more}", shown.join(", ")) };
        let message = format!("architecture '{architecture}' takes {created} tensors, the file has {count}{named}");
        let first = unasked.first();
        let file = first.map_or(self.gguf.file.as_str(), |tensor| self.tensors.file_of(*tensor));
        let name = first.map_or("", |tensor| tensor.name);
        let failure = of_tensor(file, cause, name, first.copied(), message);
        Err(failure.expected(created).found(count).into())
    }
}

/// Query, key and value weights, and their biases.
static APART: [Series; 3] = [base::ATTN_Q, base::ATTN_K, base::ATTN_V];
static BIASES: [Series; 3] = [base::ATTN_Q_BIAS, base::ATTN_K_BIAS, base::ATTN_V_BIAS];

/// Whether the engine tries a convolution with this weight, over as many steps as the input is wide.
fn is_convolution(name: &Name) -> bool {
    match name.before {
        "conv1d.weight" => true,
        "convnext." => name.ends_with(".dw.weight"),
        "posnet." => name.ends_with(".weight") && name.number.is_some_and(|(_, after)| after.contains(".conv")),
        _ => false,
    }
}

/// A group of weights: where it stands and how it is asked for.
struct Part {
    layer: i64,
    slot_layer: i64,
    marks: Marks,
}

/// Whether a tensor of these dimensions is what was asked for.
fn fits(asked: &Asked, dimensions: [u64; 4]) -> bool {
    let elements = |sizes: [i64; 4]| sizes.iter().fold(1_i64, |product, size| product.wrapping_mul(*size));
    let dimensions = signed(dimensions);
    if asked.marks.reshape { elements(asked.shape) == elements(dimensions) } else { asked.shape == dimensions }
}

fn signed(dimensions: [u64; 4]) -> [i64; 4] {
    dimensions.map(|size| i64::try_from(size).unwrap_or(i64::MAX))
}
