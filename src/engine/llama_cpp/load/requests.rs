//! The tensors that an architecture asks for, in the engine's order.

use super::Stop;
use super::failure::{dimensions, of_tensor};
use super::state::State;
use super::tensors::NameBuffer;
use crate::diagnostic::Diagnostic;
use crate::engine::llama_cpp::code::{
    FACTORS_TYPE, LAYER_RANGE, TENSOR_COUNT, TENSOR_MISSING, TENSOR_SHAPE, TENSOR_TWICE, WOULD_ABORT,
};
use crate::engine::llama_cpp::language::{Action, Mark, Node, Request, RequestMarks, Slot, SlotRole, Step};
use crate::engine::llama_cpp::tables::{MUST_BE_F32, SCALED, base};

/// Most tensors that are named as missing or misshaped.
const NAMED: usize = 16;
/// Most requests of one model: far above the largest real one (512 layers of 60 tensors), reached by hostile counts only.
const REQUESTS: usize = 1 << 20;

/// One request, its expressions resolved.
struct Asked {
    name: NameBuffer,
    shape: [i64; 4],
    stated: usize,
    optional: bool,
    dup: bool,
    skip: bool,
    reshape: bool,
    attempt: bool,
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
                self.tensor_step(&step.action)?;
            }
        }
        Ok(())
    }

    fn tensor_step(&mut self, action: &Action) -> Result<(), Stop> {
        match action {
            Action::Alias { layer, of } => {
                let (layer, of) = (self.number(layer)?, self.number(of)?);
                let shared = self.tensors.slots_mut(of).copied().unwrap_or_default();
                if let Some(slots) = self.tensors.slots_mut(layer) {
                    *slots = shared;
                }
                Ok(())
            }
            Action::For { variable, from, to, steps } => {
                for value in self.number(from)?..self.number(to)? {
                    self.fill(*variable, value);
                    self.run_tensors(steps)?;
                    if self.failures.len() >= NAMED || self.tensors.created > REQUESTS {
                        return Ok(());
                    }
                }
                Ok(())
            }
            Action::GateUp { width, ff, experts, marks } => self.gate_up(width, ff, experts, marks),
            Action::Qkv { .. } => self.qkv(action),
            Action::Request(request) => self.request(request),
            other => self.plain_step(other),
        }
    }

    fn marked(&self, mark: &Mark) -> Result<bool, Stop> {
        match mark {
            Mark::Always => Ok(true),
            Mark::If(condition) => Ok(self.number(condition)? != 0),
            Mark::Never => Ok(false),
        }
    }

    fn request(&mut self, request: &Request) -> Result<(), Stop> {
        let mut asked = self.resolve(&request.marks)?;
        for (size, node) in asked.shape.iter_mut().zip(&request.shape) {
            *size = self.number(node)?;
        }
        asked.stated = request.shape.len();
        self.write_name(&request.name, &mut asked.name).map_err(|death| self.died(death))?;
        if let Some((layer, _)) = &request.name.number {
            self.check_layer(&asked.name, layer)?;
        }
        let loaded = self.ask(&asked)?;
        match request.slot {
            Some(slot) if loaded => self.fill_slot(request, slot),
            _ => Ok(()),
        }
    }

    fn resolve(&self, marks: &RequestMarks) -> Result<Asked, Stop> {
        Ok(Asked {
            name: NameBuffer::default(),
            shape: [1; 4],
            stated: 1,
            optional: self.marked(&marks.optional)?,
            dup: self.marked(&marks.dup)?,
            skip: self.marked(&marks.skip)?,
            reshape: marks.reshape,
            attempt: marks.attempt,
        })
    }

    fn check_layer(&self, name: &NameBuffer, layer: &Node) -> Result<(), Stop> {
        let layer = self.number(layer)?;
        if layer < self.all_layers() {
            return Ok(());
        }
        let message =
            format!("tensor '{}' is of layer {layer}, the model has {} layers", name.text(), self.all_layers());
        Err(of_tensor(&self.gguf.file, &LAYER_RANGE, &name.text(), None, message).into())
    }

    fn fill_slot(&mut self, request: &Request, slot: Slot) -> Result<(), Stop> {
        let layer = match (&request.marks.slot_layer, &request.name.number) {
            (Some(layer), _) => self.number(layer)?,
            (None, Some((layer, _))) => self.number(layer)?,
            (None, None) => return Ok(()),
        };
        self.note_slot(layer, slot);
        Ok(())
    }

    fn note_slot(&mut self, layer: i64, slot: Slot) {
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
        let name = asked.name.bytes();
        let Some(found) = self.tensors.get_mut(name) else {
            let required = !asked.optional && !asked.attempt;
            self.tensors.note_absent(name, required);
            if required {
                self.failures.push(self.absent(asked));
            }
            return Ok(false);
        };
        found.asked = true;
        if !fits(asked, found.tensor.dimensions) {
            found.loaded = !asked.attempt;
            if !asked.attempt {
                let failure = self.misshaped(asked);
                self.failures.push(failure);
            }
            return Ok(false);
        }
        found.loaded = !asked.skip;
        let (skipped, type_id) = (asked.skip, found.tensor.type_id);
        if asked.dup {
            self.tensors.tied |= name == b"token_embd.weight";
        } else {
            self.tensors.created = self.tensors.created.saturating_add(1);
        }
        if !skipped {
            self.check_operation(asked)?;
        }
        if !skipped && type_id != 0 && MUST_BE_F32.iter().any(|factors| factors.as_bytes() == name) {
            return Err(self.not_f32(asked));
        }
        Ok(!skipped)
    }

    /// The engine tries the operation that a weight is for; some sizes kill it there.
    fn check_operation(&self, asked: &Asked) -> Result<(), Stop> {
        let name = asked.name.bytes();
        let [row, ..] = asked.shape;
        let experts = name.ends_with(b"exps.weight");
        let what = if is_convolution(name) && row > self.input_width() {
            "is a convolution wider than the input"
        } else if name.ends_with(b".weight") && asked.stated > 1 && row == 0 {
            "has rows of no elements"
        } else if experts && self.largest_experts_used() == 0 {
            "is of experts, of which none is used"
        } else {
            return Ok(());
        };
        let name = asked.name.text();
        let message = format!("tensor '{name}' {what}: {} aborts over it", self.release.label);
        let found = self.tensors.get(asked.name.bytes());
        let file = found.map_or(self.gguf.file.as_str(), |found| found.file);
        Err(of_tensor(file, &WOULD_ABORT, &name, found.map(|found| found.tensor), message).into())
    }

    fn largest_experts_used(&self) -> i64 {
        let layers = 0..self.all_layers().min(512);
        layers.map(|layer| self.value(base::N_EXPERT_USED, layer)).max().unwrap_or(0)
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

    fn misshaped(&self, asked: &Asked) -> Diagnostic {
        let name = asked.name.text();
        let found = self.tensors.get(asked.name.bytes());
        let shape = dimensions(&asked.shape);
        let signed = |size: &u64| i64::try_from(*size).unwrap_or(i64::MAX);
        let has: Vec<i64> = found.map(|found| found.tensor.dimensions.iter().map(signed).collect()).unwrap_or_default();
        let message = format!("tensor '{name}' has shape {}, expected {shape}", dimensions(&has));
        let file = found.map_or(self.gguf.file.as_str(), |found| found.file);
        let failure = of_tensor(file, &TENSOR_SHAPE, &name, found.map(|found| found.tensor), message);
        failure.expected(shape).found(dimensions(&has))
    }

    fn not_f32(&self, asked: &Asked) -> Stop {
        let name = asked.name.text();
        let found = self.tensors.get(asked.name.bytes());
        let kind =
            found.and_then(|found| crate::format::gguf::ggml_type(found.tensor.type_id)).map_or("?", |kind| kind.name);
        let message = format!("tensor '{name}' is {kind}, expected F32: {} aborts over it", self.release.label);
        let file = found.map_or(self.gguf.file.as_str(), |found| found.file);
        of_tensor(file, &FACTORS_TYPE, &name, found.map(|found| found.tensor), message)
            .expected("F32")
            .found(kind)
            .into()
    }

    /// Query, key and value weights: fused, or apart where the fused one is not there.
    fn qkv(&mut self, action: &Action) -> Result<(), Stop> {
        let Action::Qkv { layer, width, query, key, value, marks } = action else { return Ok(()) };
        let at = self.number(layer)?;
        let width = self.number(width)?;
        let sizes = [self.number(query)?, self.number(key)?, self.number(value)?];
        let fused = sizes.iter().fold(0_i64, |sum, size| sum.wrapping_add(*size));
        let slot_layer = marks.slot_layer.as_ref().map_or(Ok(at), |layer| self.number(layer))?;
        let marks = self.resolve(marks)?;
        let mut part = Part { layer: at, slot_layer, marks };
        if part.marks.skip {
            part.marks.optional = true;
            return self.qkv_skipped(&part, width, fused, sizes);
        }
        let has_fused = self.weight(&part, "attn_qkv.weight", &[width, fused], true)?;
        if has_fused {
            if self.weight(&part, "attn_qkv.bias", &[fused], true)? {
                return Ok(());
            }
        } else {
            for (name, size) in ["attn_q.weight", "attn_k.weight", "attn_v.weight"].into_iter().zip(sizes) {
                self.weight(&part, name, &[width, size], part.marks.optional)?;
            }
        }
        for (name, size) in ["attn_q.bias", "attn_k.bias", "attn_v.bias"].into_iter().zip(sizes) {
            self.weight(&part, name, &[size], true)?;
        }
        Ok(())
    }

    /// All eight are asked for, and only counted.
    fn qkv_skipped(&mut self, part: &Part, width: i64, fused: i64, sizes: [i64; 3]) -> Result<(), Stop> {
        self.weight(part, "attn_qkv.weight", &[width, fused], true)?;
        self.weight(part, "attn_qkv.bias", &[fused], true)?;
        for (name, size) in ["attn_q.weight", "attn_k.weight", "attn_v.weight"].into_iter().zip(sizes) {
            self.weight(part, name, &[width, size], true)?;
        }
        for (name, size) in ["attn_q.bias", "attn_k.bias", "attn_v.bias"].into_iter().zip(sizes) {
            self.weight(part, name, &[size], true)?;
        }
        Ok(())
    }

    /// Experts' gate and up weights: fused, or apart where the fused one is not there.
    fn gate_up(&mut self, width: &Node, ff: &Node, experts: &Node, marks: &RequestMarks) -> Result<(), Stop> {
        let layer = self.value(base::I, 0);
        let (width, ff, experts) = (self.number(width)?, self.number(ff)?, self.number(experts)?);
        let part = Part { layer, slot_layer: layer, marks: self.resolve(marks)? };
        let fused = self.weight(&part, "ffn_gate_up_exps.weight", &[width, ff.wrapping_mul(2), experts], true)?;
        if fused && !part.marks.skip {
            return Ok(());
        }
        let optional = part.marks.optional || part.marks.skip;
        self.weight(&part, "ffn_gate_exps.weight", &[width, ff, experts], optional)?;
        self.weight(&part, "ffn_up_exps.weight", &[width, ff, experts], optional)?;
        Ok(())
    }

    /// One weight of a group: whether it is there.
    fn weight(&mut self, part: &Part, stem: &str, sizes: &[i64], optional: bool) -> Result<bool, Stop> {
        let mut name = NameBuffer::default();
        name.push(b"blk.");
        name.push_number(part.layer);
        name.push(b".");
        name.push(stem.as_bytes());
        self.check_layer(&name, &Node::Number(part.layer))?;
        let mut shape = [1; 4];
        for (to, from) in shape.iter_mut().zip(sizes) {
            *to = *from;
        }
        let Part { marks, .. } = part;
        let asked = Asked { name, shape, stated: sizes.len(), optional, ..*marks };
        let before = self.failures.len();
        let loaded = self.ask(&asked)?;
        if loaded {
            self.note_weight(part.slot_layer, stem);
        }
        // A tensor that is there but skipped or misshaped is there all the same.
        Ok(loaded || self.tensors.has(asked.name.bytes()) && (asked.skip || self.failures.len() > before))
    }

    fn note_weight(&mut self, layer: i64, stem: &str) {
        let Some(tensor) = stem.strip_suffix(".weight") else { return };
        let at = SCALED.iter().position(|row| row.tensor == tensor).and_then(|at| u32::try_from(at).ok());
        if let Some(bit) = at.and_then(|at| 1_u32.checked_shl(at)) {
            self.note_slot(layer, Slot { bit, role: SlotRole::Weight });
        }
    }

    /// A scale beside a weight that was loaded.
    pub(super) fn ask_scale(&mut self, name: NameBuffer, size: i64) -> Result<bool, Stop> {
        self.ask(&Asked {
            name,
            shape: [size, 1, 1, 1],
            stated: 1,
            optional: true,
            dup: false,
            skip: false,
            reshape: false,
            attempt: false,
        })
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
        let shown: Vec<_> = unasked.iter().take(4).map(|found| format!("'{}'", found.tensor.name)).collect();
        let more = if unasked.len() > shown.len() { ", ..." } else { "" };
        let named =
            if shown.is_empty() { String::new() } else { format!(": nothing asks for {}{more}", shown.join(", ")) };
        let message = format!("architecture '{architecture}' takes {created} tensors, the file has {count}{named}");
        let first = unasked.first();
        let file = first.map_or(self.gguf.file.as_str(), |found| found.file);
        let name = first.map_or("", |found| found.tensor.name.as_str());
        let failure = of_tensor(file, cause, name, first.map(|found| found.tensor), message);
        Err(failure.expected(created).found(count).into())
    }
}

/// Whether the engine tries a convolution with this weight, over as many steps as the input is wide.
fn is_convolution(name: &[u8]) -> bool {
    matches!(name.first(), Some(b'c' | b'p'))
        && name.ends_with(b".weight")
        && (name.starts_with(b"conv1d.")
            || name.starts_with(b"posnet.") && name.windows(5).any(|part| part == b".conv")
            || name.starts_with(b"convnext.") && name.ends_with(b".dw.weight"))
}

/// A group of weights: where it stands and how it is asked for.
struct Part {
    layer: i64,
    slot_layer: i64,
    marks: Asked,
}

/// Whether a tensor of these dimensions is what was asked for.
fn fits(asked: &Asked, dimensions: [u64; 4]) -> bool {
    let signed = dimensions.map(|size| i64::try_from(size).unwrap_or(i64::MAX));
    let elements = |sizes: &[i64]| sizes.iter().fold(1_i64, |product, size| product.wrapping_mul(*size));
    if asked.reshape { elements(&asked.shape) == elements(&signed) } else { asked.shape == signed }
}
