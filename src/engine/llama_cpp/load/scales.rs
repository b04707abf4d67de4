//! The last requests: scales beside the weights that were loaded.

use super::Stop;
use super::name::Name;
use super::state::State;
use crate::engine::llama_cpp::code::WOULD_ABORT;
use crate::engine::llama_cpp::tables::{INPUT_SCALE_ORDER, SCALED, base};

/// The element type NVFP4, which needs scales at the output.
const NVFP4: u32 = 40;

impl State<'_> {
    /// Asks for them. All are optional, so a file without any needs no asking.
    pub(super) fn run_scales(&mut self) -> Result<(), Stop> {
        if !self.tensors.has_scales {
            return Ok(());
        }
        for layer in 0..self.all_layers().min(512) {
            for row in 0..SCALED.len() {
                self.scale(layer, row, false)?;
            }
            for row in INPUT_SCALE_ORDER {
                self.scale(layer, row, true)?;
            }
        }
        self.output_scales()
    }

    fn scale(&mut self, layer: i64, row: usize, of_input: bool) -> Result<(), Stop> {
        let Some(scaled) = SCALED.get(row) else { return Ok(()) };
        let bit = u32::try_from(row).ok().and_then(|row| 1_u32.checked_shl(row)).unwrap_or_default();
        let slots = self.tensors.slots_mut(layer).copied().unwrap_or_default();
        let (taken, after) =
            if of_input { (slots.input_scales, scaled.input_scale) } else { (slots.scales, scaled.scale) };
        if slots.weights & bit == 0 || taken & bit != 0 {
            return Ok(());
        }
        let size = if scaled.for_each_expert { self.value(base::N_EXPERT, 0) } else { 1 };
        self.ask_scale(Name::of_layer(layer, after), size).map(drop)
    }

    fn output_scales(&mut self) -> Result<(), Stop> {
        let own = self.tensors.is_loaded(&Name::whole("output.weight"));
        if !own && !self.tensors.tied {
            return Ok(());
        }
        let output = Name::whole(if own { "output.weight" } else { "token_embd.weight" });
        if self.tensors.get(&output).is_none_or(|tensor| tensor.type_id != NVFP4) {
            return Ok(());
        }
        let mut scaled = false;
        for name in ["output.scale", "output.input_scale"] {
            scaled |= self.ask_scale(Name::whole(name), 1)?;
        }
        self.tensors.tied_scale = scaled && !own;
        Ok(())
    }

    /// The engine asserts this once all tensors are counted.
    pub(super) fn check_tied_scale(&self) -> Result<(), Stop> {
        if !self.tensors.tied_scale {
            return Ok(());
        }
        let message = format!("the output is token_embd.weight and has a scale: {} aborts over it", self.release.label);
        Err(self.failure(&WOULD_ABORT, "output.scale", message).into())
    }
}
