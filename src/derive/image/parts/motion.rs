//! Layers that make a picture model move.

use super::super::backbone::{SD1, SDXL};
use super::super::clue::Clue::{Dim, Has, Starts};
use super::super::identity::Kind;
use super::{PLAIN, Part};

const MOTION: Part = Part { kind: Kind::MotionModule, format: "animatediff", ..PLAIN };

/// Layouts that name their family.
pub(super) static ROWS: &[Part] = &[
    Part {
        family: Some("sd1"),
        bases: SD1,
        clues: &[
            Has("down_blocks.0.motion_modules.0.temporal_transformer.proj_in.weight"),
            Dim("down_blocks.0.motion_modules.0.temporal_transformer.proj_in.weight", 0, 320),
            Starts("down_blocks.3.motion_modules."),
        ],
        ..MOTION
    },
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has("down_blocks.0.motion_modules.0.temporal_transformer.proj_in.weight")],
        ..MOTION
    },
];

/// Any other layout.
pub(super) static OTHERS: &[Part] = &[Part { clues: &[Starts("down_blocks.0.motion_modules.")], ..MOTION }];
