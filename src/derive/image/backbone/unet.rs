//! UNet backbones: told apart by the widths of their input, their context and their label.

use super::super::identity::Media;
use super::super::scope::Scope;
use super::Backbone;

pub(crate) const SD1: &[&str] = &["SD 1.5", "SD 1.4", "SD 1.5 LCM", "SD 1.5 Hyper"];
pub(crate) const SD2: &[&str] = &["SD 2.1", "SD 2.0", "SD 2.0 768", "SD 2.1 768"];
const SD2_BASE: &[&str] = &["SD 2.0", "SD 2.0 768", "SD 2.1", "SD 2.1 768"];
pub(crate) const SDXL: &[&str] = &[
    "SDXL 1.0",
    "SDXL 0.9",
    "SDXL 1.0 LCM",
    "SDXL Lightning",
    "SDXL Hyper",
    "SDXL Turbo",
    "Pony",
    "Illustrious",
    "NoobAI",
];
const UNET: Backbone =
    Backbone { latent_channels: Some(4), prediction: Some("epsilon"), format: "ldm-checkpoint", ..Backbone::PLAIN };

/// The widths that decide.
struct Widths {
    input: u64,
    model: u64,
    context: Option<u64>,
    label: Option<u64>,
    diffusers: bool,
}

/// The UNet in `scope`, if there is one.
pub(super) fn find(scope: &Scope<'_, '_>) -> Option<Backbone> {
    let widths = ldm(scope).or_else(|| diffusers(scope))?;
    let mut backbone = family(scope, &widths)?;
    if widths.diffusers {
        backbone.format = "diffusers-unet";
    }
    Some(backbone)
}

fn ldm(scope: &Scope<'_, '_>) -> Option<Widths> {
    let shape = scope.get("input_blocks.0.0.weight").map(|entry| entry.shape)?;
    let [model, input, 3, 3] = *shape else { return None };
    let context = ["input_blocks.1.1", "input_blocks.2.1", "input_blocks.4.1", "input_blocks.5.1", "input_blocks.7.1"];
    let context =
        context.iter().find_map(|block| scope.dim(&format!("{block}.transformer_blocks.0.attn2.to_k.weight"), 1));
    Some(Widths { input, model, context, label: scope.dim("label_emb.0.0.weight", 1), diffusers: false })
}

fn diffusers(scope: &Scope<'_, '_>) -> Option<Widths> {
    let shape = scope.get("conv_in.weight").map(|entry| entry.shape)?;
    let [model, input, 3, 3] = *shape else { return None };
    if !scope.any_starts("down_blocks.") || scope.any_starts("encoder.") {
        return None;
    }
    let context = ["0.attentions.0", "1.attentions.0", "2.attentions.0"];
    let context = context
        .iter()
        .find_map(|block| scope.dim(&format!("down_blocks.{block}.transformer_blocks.0.attn2.to_k.weight"), 1));
    let label =
        scope.dim("add_embedding.linear_1.weight", 1).or_else(|| scope.dim("class_embedding.linear_1.weight", 1));
    Some(Widths { input, model, context, label, diffusers: true })
}

fn family(scope: &Scope<'_, '_>, widths: &Widths) -> Option<Backbone> {
    if is_video(scope) {
        return Some(svd(widths));
    }
    if widths.model == 384 {
        return Some(Backbone { family: "sdxl", variant: Some("refiner"), bases: &["SDXL 1.0", "SDXL 0.9"], ..xl() });
    }
    match (widths.context?, widths.label) {
        (2048, Some(2816)) => Some(sdxl(scope, widths)),
        (2048, Some(5632)) => Some(Backbone { family: "kolors", bases: &["Kolors"], ..xl() }),
        (1280, _) => {
            Some(Backbone { family: "sdxl", variant: Some("refiner"), bases: &["SDXL 1.0", "SDXL 0.9"], ..xl() })
        }
        (1024, label) => Some(sd2(scope, widths, label)),
        (768, _) => Some(sd1(scope, widths)),
        (2048, _) => Some(sdxl(scope, widths)),
        _ => None,
    }
}

/// Layers over time stand beside the first ones over a picture, and beside those of the middle.
fn is_video(scope: &Scope<'_, '_>) -> bool {
    let stems = ["input_blocks.1.0.time_", "input_blocks.1.1.time_", "input_blocks.8.0.time_", "middle_block.0.time_"];
    stems.iter().any(|stem| scope.any_starts(stem))
}

fn svd(widths: &Widths) -> Backbone {
    let svd = Backbone {
        family: "svd",
        bases: &["SVD", "SVD XT"],
        media: Media::Video,
        resolution: Some((1024, 576)),
        prediction: Some("edm"),
        ..UNET
    };
    match widths.label {
        Some(256) => Backbone { variant: Some("sv3d_u"), bases: &["Other", "SVD"], ..svd },
        Some(1280) => Backbone { variant: Some("sv3d_p"), bases: &["Other", "SVD"], ..svd },
        _ => svd,
    }
}

fn xl() -> Backbone {
    Backbone { family: "sdxl", bases: SDXL, resolution: Some((1024, 1024)), ..UNET }
}

fn sdxl(scope: &Scope<'_, '_>, widths: &Widths) -> Backbone {
    let listing = scope.listing;
    if listing.has("edm_mean") && listing.has("edm_std") {
        return Backbone {
            variant: Some("Playground v2.5"),
            bases: &["Playground v2"],
            prediction: Some("edm"),
            ..xl()
        };
    }
    if listing.has("edm_vpred.sigma_max") {
        return Backbone { variant: Some("CosXL"), bases: &["SDXL 1.0", "Other"], prediction: Some("edm"), ..xl() };
    }
    if listing.has("v_pred") {
        let bases = &["NoobAI", "Illustrious", "SDXL 1.0"];
        return Backbone { bases, prediction: Some("v_prediction"), ..xl() };
    }
    if let Some(variant) = distilled(scope) {
        return Backbone { variant: Some(variant), bases: &["SDXL Distilled", "SDXL 1.0"], ..xl() };
    }
    match widths.input {
        9 => Backbone { variant: Some("inpaint"), ..xl() },
        8 => Backbone { variant: Some("instruct-pix2pix"), ..xl() },
        _ => xl(),
    }
}

/// SDXL's smaller children leave out the middle's transformer and most of the depth.
fn distilled(scope: &Scope<'_, '_>) -> Option<&'static str> {
    let has = |name: &str| scope.has(name);
    let ldm = has("input_blocks.0.0.weight");
    let middle = if ldm { "middle_block.1." } else { "mid_block.attentions.0." };
    let middle = scope.any_starts(middle);
    let deep = |block: &str, number: u32| has(&format!("{block}.transformer_blocks.{number}.norm1.weight"));
    let last = if ldm { "input_blocks.8.1" } else { "down_blocks.2.attentions.1" };
    let koala = if ldm { "input_blocks.5.1" } else { "down_blocks.2.attentions.0" };
    let lean = !has(if ldm { "input_blocks.7.0.in_layers.0.weight" } else { "down_blocks.2.resnets.1.norm1.weight" });
    if lean {
        return Some(if deep(koala, 5) { "KOALA 1B" } else { "KOALA 700M" });
    }
    match (middle, deep(last, 9)) {
        (true, true) => None,
        (_, false) if deep(last, 3) => Some("Segmind SSD-1B"),
        (_, false) if deep(last, 1) => Some("Segmind Vega"),
        (false, true) => Some("Segmind SSD-1B"),
        _ => None,
    }
}

fn sd2(scope: &Scope<'_, '_>, widths: &Widths, label: Option<u64>) -> Backbone {
    let base = Backbone { family: "sd2", bases: SD2, resolution: Some((768, 768)), prediction: None, ..UNET };
    let small = Backbone { bases: SD2_BASE, resolution: Some((512, 512)), prediction: Some("epsilon"), ..base };
    let unclip = Backbone { bases: &["SD 2.1 Unclip"], prediction: Some("v_prediction"), ..base };
    match (label, widths.input) {
        (Some(1536), _) => Backbone { variant: Some("unclip-l"), ..unclip },
        (Some(2048), _) => Backbone { variant: Some("unclip-h"), ..unclip },
        (_, 9) => Backbone { variant: Some("inpaint"), ..small },
        (_, 5) => Backbone { variant: Some("depth"), ..small },
        (_, 7) => Backbone {
            variant: Some("x4-upscaler"),
            prediction: Some("v_prediction"),
            resolution: Some((512, 512)),
            ..base
        },
        _ if scope.listing.any_starts("cond_stage_model.") && is_waifu(scope) => {
            Backbone { variant: Some("WD text encoder"), ..base }
        }
        _ if is_tiny(scope) => Backbone { variant: Some("tiny"), resolution: Some((512, 512)), ..base },
        _ => base,
    }
}

/// Waifu Diffusion kept fewer tensors of its text encoder: no projection and no logit scale.
fn is_waifu(scope: &Scope<'_, '_>) -> bool {
    let has = |name: &str| scope.listing.has(name);
    has("cond_stage_model.model.token_embedding.weight")
        && !has("cond_stage_model.model.text_projection")
        && !has("cond_stage_model.model.logit_scale")
}

fn sd1(scope: &Scope<'_, '_>, widths: &Widths) -> Backbone {
    let base = Backbone { family: "sd1", bases: SD1, resolution: Some((512, 512)), ..UNET };
    match widths.input {
        9 => Backbone { variant: Some("inpaint"), ..base },
        8 if scope.listing.has("cc_projection.weight") => {
            Backbone { variant: Some("zero123"), bases: &["Other", "SD 1.5"], ..base }
        }
        8 => Backbone { variant: Some("instruct-pix2pix"), ..base },
        _ if is_tiny(scope) => Backbone { variant: Some("tiny"), ..base },
        _ if is_nai(scope) => Backbone { variant: Some("NAI text encoder prefix"), ..base },
        _ => base,
    }
}

fn is_tiny(scope: &Scope<'_, '_>) -> bool {
    !scope.any_starts("middle_block.1.") && !scope.any_starts("mid_block.attentions.0.")
}

/// The NovelAI leak and its merges leave `text_model.` out of the text encoder's names.
fn is_nai(scope: &Scope<'_, '_>) -> bool {
    scope.listing.has("cond_stage_model.transformer.embeddings.token_embedding.weight")
}

/// A UNet family by its short name.
pub(super) fn family_named(word: &str) -> Option<Backbone> {
    match word {
        "sd1" => Some(Backbone { family: "sd1", bases: SD1, ..UNET }),
        "sd2" => Some(Backbone { family: "sd2", bases: SD2, ..UNET }),
        "sdxl" => Some(xl()),
        "svd" => Some(Backbone { family: "svd", bases: &["SVD", "SVD XT"], media: Media::Video, ..UNET }),
        _ => None,
    }
}

/// A UNet by the widths that its document states.
pub(in crate::derive::image) fn of(context: u64, input: u64) -> Option<Backbone> {
    let edition = match input {
        9 => Some("inpaint"),
        8 => Some("instruct-pix2pix"),
        _ => None,
    };
    let row = match context {
        768 => Backbone { family: "sd1", bases: SD1, resolution: Some((512, 512)), ..UNET },
        1024 => Backbone { family: "sd2", bases: SD2, resolution: Some((768, 768)), prediction: None, ..UNET },
        2048 => xl(),
        _ => return None,
    };
    Some(Backbone { variant: edition, ..row })
}
