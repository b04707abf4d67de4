//! Low-rank adapters of every spelling, and the base that they were trained on.

mod apply;
mod modules;
mod pattern;
mod rows;
mod suffix;

pub use apply::{ListingNames, Share, applied};

pub(crate) use modules::Modules;
pub(crate) use pattern::Spelling;
pub(super) use suffix::{is_plain, is_suffixed};

use super::identity::{Identity, Kind};
use super::listing::Listing;

/// Describes the adapter in the listing, if it is one.
pub(super) fn find(listing: &Listing<'_>) -> Option<Identity> {
    let modules = Modules::of(listing)?;
    let row = rows::find(&modules, listing);
    let control = is_control(&modules);
    let bases = match row {
        Some(row) if row.family == "flux" && control => &["Flux.1 D"],
        Some(row) => row.bases,
        None => [].as_slice(),
    };
    Some(Identity {
        kind: Kind::LORA,
        family: row.map(|row| row.family),
        variant: row.and_then(|row| row.variant),
        media: row.map(|row| row.media).unwrap_or_default(),
        base_model: bases.first().copied(),
        base_model_candidates: bases.to_vec(),
        decided_by: "shapes".to_owned(),
        format: format(&modules, control),
        rank: modules.rank,
        civitai_type: civitai_type(&modules),
        complete: true,
        ..Identity::default()
    })
}

/// A control LoRA widens the input for the picture that steers.
fn is_control(modules: &Modules) -> bool {
    modules.spelling == Spelling::Bare && modules.is_wide("img_in", 128)
}

fn civitai_type(modules: &Modules) -> Option<&'static str> {
    if modules.has_suffix(".dora_scale") || modules.has_suffix(".lora_magnitude_vector") {
        return Some("DoRA");
    }
    let lycoris =
        [".hada_w1_a", ".lokr_w1", ".lokr_w1_a", ".oft_blocks", ".oft_diag", ".boft_diag", ".a1.weight", ".diff"];
    let lycoris = lycoris.iter().any(|suffix| modules.has_suffix(suffix));
    (lycoris || modules.convolutions).then_some("LoCon")
}

/// XLabs hangs its layers on the attention's processors.
const XLABS: [&str; 2] = ["double_blocks_#_processor_", "single_blocks_#_processor_"];

fn format(modules: &Modules, control: bool) -> &'static str {
    let by_suffix = [
        (".hada_w1_a", "lycoris-loha"),
        (".lokr_w1", "lycoris-lokr"),
        (".lokr_w1_a", "lycoris-lokr"),
        (".oft_blocks", "lycoris-oft"),
        (".oft_diag", "lycoris-oft"),
        (".boft_diag", "lycoris-oft"),
        (".a1.weight", "lycoris-glora"),
    ];
    if let Some((_, format)) = by_suffix.iter().find(|(suffix, _)| modules.has_suffix(suffix)) {
        return format;
    }
    match modules.spelling {
        _ if control => "lora-control",
        Spelling::Bare if XLABS.iter().any(|start| modules.any(start)) => "lora-xlabs",
        Spelling::Bare | Spelling::Diffusers => "lora-diffusers",
        Spelling::DiffusionModel => "lora-diffusion-model-peft",
        Spelling::Kohya => "lora-kohya",
        Spelling::OneTrainer => "lora-onetrainer",
        Spelling::Peft => "lora-peft",
    }
}
