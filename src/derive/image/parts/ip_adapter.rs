//! Adapters that feed a picture to cross attention, by the width of the context that they feed.

use super::super::backbone::{SD1, SD2, SDXL};
use super::super::clue::Clue::{Dim, Has, Last, Starts};
use super::super::identity::Kind;
use super::{FLUX, PLAIN, Part};

const IP: Part = Part { kind: Kind::IPAdapter, format: "ip-adapter", ..PLAIN };

/// The finer layout first.
pub(super) static ROWS: &[Part] = &[
    Part {
        family: Some("sd1"),
        bases: SD1,
        clues: &[Starts("image_proj."), Last("ip_adapter.1.to_k_ip.weight", 768)],
        ..IP
    },
    Part {
        family: Some("sd2"),
        bases: SD2,
        clues: &[Starts("image_proj."), Last("ip_adapter.1.to_k_ip.weight", 1024)],
        ..IP
    },
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Starts("image_proj."), Last("ip_adapter.1.to_k_ip.weight", 2048)],
        ..IP
    },
    Part {
        format: "xlabs-ip-adapter",
        family: Some("flux"),
        bases: FLUX,
        clues: &[Starts("ip_adapter_proj_model.")],
        ..IP
    },
    Part {
        format: "xlabs-ip-adapter",
        family: Some("flux"),
        bases: FLUX,
        clues: &[Has("double_blocks.0.processor.ip_adapter_double_stream_k_proj.weight")],
        ..IP
    },
    Part {
        format: "instantx-ip-adapter",
        family: Some("flux"),
        bases: FLUX,
        clues: &[Starts("image_proj."), Dim("ip_adapter.0.to_k_ip.weight", 0, 3072)],
        ..IP
    },
    Part {
        family: Some("sd3"),
        bases: &["SD 3.5 Large", "SD 3.5 Large Turbo"],
        clues: &[Starts("image_proj."), Starts("ip_adapter.0.")],
        ..IP
    },
    Part { clues: &[Starts("image_proj."), Starts("ip_adapter.")], ..IP },
];
