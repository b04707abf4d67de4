//! Networks that make pictures larger.

use super::super::clue::Clue::{Has, Rank, Starts};
use super::super::identity::Kind;
use super::{PLAIN, Part};

const UPSCALER: Part = Part { kind: Kind::Upscaler, ..PLAIN };

/// By the first names of each architecture.
pub(super) static ROWS: &[Part] = &[
    Part { format: "swinir", prefix: "params_ema.", clues: &[Starts("layers.0.residual_group.")], ..UPSCALER },
    Part { format: "swinir", prefix: "params.", clues: &[Starts("layers.0.residual_group.")], ..UPSCALER },
    Part { format: "esrgan", clues: &[Has("conv_first.weight"), Starts("body.0.rdb1.")], ..UPSCALER },
    Part { format: "esrgan", clues: &[Has("model.0.weight"), Starts("model.1.sub.0.")], ..UPSCALER },
    Part { format: "esrgan", clues: &[Has("conv_first.weight"), Starts("RRDB_trunk.0.")], ..UPSCALER },
    Part { format: "swinir", clues: &[Has("conv_first.weight"), Starts("layers.0.residual_group.")], ..UPSCALER },
    Part {
        format: "srvgg",
        clues: &[Has("body.0.weight"), Has("body.1.weight"), Rank("body.0.weight", 4)],
        ..UPSCALER
    },
    Part { format: "esrgan", prefix: "params_ema.", clues: &[Has("conv_first.weight")], ..UPSCALER },
    Part { format: "esrgan", prefix: "params.", clues: &[Has("conv_first.weight")], ..UPSCALER },
    Part { format: "hat", clues: &[Has("conv_first.weight"), Has("conv_after_body.weight")], ..UPSCALER },
];
