//! Networks that steer a backbone by a picture: ControlNets and T2I adapters.

use super::super::backbone::{SD1, SD2, SDXL};
use super::super::clue::Clue::{Dim, Has, Lacks, Starts};
use super::super::identity::Kind;
use super::{FLUX, PLAIN, Part, ZIMAGE};

const CONTROL: Part = Part { kind: Kind::Controlnet, ..PLAIN };
const LDM_CONTROL: Part = Part { format: "ldm-controlnet", ..CONTROL };
const DIFFUSERS_CONTROL: Part = Part { format: "diffusers-controlnet", ..CONTROL };
const LLLITE: Part = Part { format: "controlnet-lllite", family: Some("sdxl"), bases: SDXL, ..CONTROL };
const T2I: Part = Part { format: "t2i-adapter", ..CONTROL };
const CONTROL_CONTEXT: &str = "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight";
const CONTROL_DEEP: &str = "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight";
const DOWN_CONTEXT: &str = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight";
const DOWN_DEEP: &str = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight";
const HINT: &str = "input_hint_block.0.weight";
const COND: &str = "controlnet_cond_embedding.conv_in.weight";

/// Names and shapes that no backbone has, the finer layout first.
pub(super) static ROWS: &[Part] = &[
    Part {
        variant: Some("control-lora"),
        format: "control-lora",
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has("lora_controlnet"), Dim("label_emb.0.0.down", 1, 2816)],
        ..CONTROL
    },
    Part {
        variant: Some("control-lora"),
        format: "control-lora",
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has("lora_controlnet"), Lacks("label_emb.0.0.weight")],
        ..CONTROL
    },
    Part {
        variant: Some("control-lora"),
        format: "control-lora",
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has("lora_controlnet")],
        ..CONTROL
    },
    Part { clues: &[Starts("lllite_unet_")], ..LLLITE },
    Part { clues: &[Starts("lllite_dit_")], ..LLLITE },
    // LDM names, with and without a prefix.
    Part {
        prefix: "control_model.",
        family: Some("sd1"),
        bases: SD1,
        clues: &[Has(HINT), Dim(CONTROL_CONTEXT, 1, 768)],
        ..LDM_CONTROL
    },
    Part {
        prefix: "control_model.",
        family: Some("sd2"),
        bases: SD2,
        clues: &[Has(HINT), Dim(CONTROL_CONTEXT, 1, 1024)],
        ..LDM_CONTROL
    },
    Part {
        prefix: "control_model.",
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has(HINT), Dim(CONTROL_DEEP, 1, 2048)],
        ..LDM_CONTROL
    },
    Part { family: Some("sd1"), bases: SD1, clues: &[Has(HINT), Dim(CONTROL_CONTEXT, 1, 768)], ..LDM_CONTROL },
    Part { family: Some("sd2"), bases: SD2, clues: &[Has(HINT), Dim(CONTROL_CONTEXT, 1, 1024)], ..LDM_CONTROL },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Has(HINT), Dim(CONTROL_DEEP, 1, 2048)], ..LDM_CONTROL },
    // diffusers' names; a union knows several kinds of control.
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        variant: Some("union"),
        clues: &[Has(COND), Has("control_add_embedding.linear_1.weight")],
        ..DIFFUSERS_CONTROL
    },
    Part { family: Some("sd1"), bases: SD1, clues: &[Has(COND), Dim(DOWN_CONTEXT, 1, 768)], ..DIFFUSERS_CONTROL },
    Part { family: Some("sd2"), bases: SD2, clues: &[Has(COND), Dim(DOWN_CONTEXT, 1, 1024)], ..DIFFUSERS_CONTROL },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Has(COND), Dim(DOWN_DEEP, 1, 2048)], ..DIFFUSERS_CONTROL },
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has(COND), Has("add_embedding.linear_1.weight")],
        ..DIFFUSERS_CONTROL
    },
    Part { clues: &[Has(COND)], ..DIFFUSERS_CONTROL },
    // Transformers.
    Part {
        format: "xlabs-flux-controlnet",
        family: Some("flux"),
        bases: FLUX,
        clues: &[Has("controlnet_blocks.0.weight"), Starts("double_blocks.")],
        ..CONTROL
    },
    Part {
        format: "diffusers-qwen-controlnet",
        family: Some("qwen-image"),
        bases: &["Qwen"],
        clues: &[Has("controlnet_blocks.0.weight"), Has("txt_norm.weight")],
        ..CONTROL
    },
    Part {
        format: "diffusers-flux-controlnet",
        family: Some("flux"),
        bases: FLUX,
        clues: &[Has("controlnet_blocks.0.weight"), Has("controlnet_x_embedder.weight")],
        ..CONTROL
    },
    Part {
        format: "diffusers-sd3-controlnet",
        family: Some("sd3"),
        bases: &["SD 3"],
        clues: &[
            Has("controlnet_blocks.0.weight"),
            Starts("transformer_blocks."),
            Dim("controlnet_blocks.0.weight", 0, 1536),
        ],
        ..CONTROL
    },
    Part {
        format: "diffusers-sd3-controlnet",
        family: Some("sd3"),
        bases: &["SD 3.5 Large", "SD 3.5 Large Turbo"],
        clues: &[Has("controlnet_blocks.0.weight"), Dim("controlnet_blocks.0.weight", 0, 2432)],
        ..CONTROL
    },
    Part {
        format: "diffusers-flux-controlnet",
        family: Some("flux"),
        bases: FLUX,
        clues: &[Has("controlnet_blocks.0.weight"), Starts("transformer_blocks.")],
        ..CONTROL
    },
    Part { clues: &[Has("controlnet_blocks.0.weight")], format: "diffusers-controlnet", ..CONTROL },
    Part {
        format: "z-image-controlnet",
        family: Some("z-image"),
        bases: ZIMAGE,
        clues: &[Starts("control_all_x_embedder.")],
        ..CONTROL
    },
    Part {
        format: "z-image-controlnet",
        family: Some("z-image"),
        bases: ZIMAGE,
        clues: &[Starts("control_layers.")],
        ..CONTROL
    },
    // T2I adapters: plain convolutions beside the UNet.
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has("body.0.in_conv.weight"), Dim("conv_in.weight", 1, 768)],
        ..T2I
    },
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        prefix: "adapter.",
        clues: &[Has("body.0.resnets.0.block1.weight"), Dim("conv_in.weight", 1, 768)],
        ..T2I
    },
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        prefix: "adapter.",
        clues: &[Has("body.0.resnets.0.block1.weight"), Dim("conv_in.weight", 1, 256)],
        ..T2I
    },
    Part {
        family: Some("sd1"),
        bases: SD1,
        prefix: "adapter.",
        clues: &[Has("body.0.resnets.0.block1.weight")],
        ..T2I
    },
    Part { family: Some("sd1"), bases: SD1, prefix: "adapter.", clues: &[Has("body.0.in_conv.weight")], ..T2I },
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has("body.0.block1.weight"), Dim("conv_in.weight", 1, 768)],
        ..T2I
    },
    Part {
        family: Some("sdxl"),
        bases: SDXL,
        clues: &[Has("body.0.block1.weight"), Dim("conv_in.weight", 1, 256)],
        ..T2I
    },
    Part { family: Some("sd1"), bases: SD1, clues: &[Has("body.0.block1.weight"), Has("conv_in.weight")], ..T2I },
    Part { family: Some("sd1"), bases: SD1, clues: &[Has("body.0.in_conv.weight")], ..T2I },
];
