//! Autoencoders, the newest shapes first.

use super::super::clue::Clue::{Dim, Has, Rank, Starts};
use super::super::identity::Kind;
use super::{FOUR, PLAIN, Part, SIXTEEN, WAN};

const VAE: Part = Part { kind: Kind::VAE, format: "ldm-vae", ..PLAIN };

/// The finer layout first.
pub(super) static ROWS: &[Part] = &[
    Part {
        family: Some("flux2"),
        bases: &["Flux.2 D", "Flux.2 Klein 9B", "Flux.2 Klein 4B"],
        latent_channels: Some(128),
        clues: &[Has("bn.running_mean"), Has("decoder.conv_in.weight")],
        ..VAE
    },
    Part {
        family: Some("wan"),
        bases: &["Wan Video 2.2 TI2V-5B"],
        latent_channels: Some(48),
        format: "wan-vae",
        clues: &[Has("decoder.upsamples.0.upsamples.0.residual.2.weight")],
        ..VAE
    },
    Part {
        family: Some("wan"),
        bases: WAN,
        latent_channels: Some(16),
        format: "wan-vae",
        clues: &[Has("decoder.middle.0.residual.0.gamma")],
        ..VAE
    },
    Part {
        family: Some("wan"),
        bases: WAN,
        latent_channels: Some(16),
        format: "diffusers-vae",
        clues: &[Has("decoder.mid_block.resnets.0.norm1.gamma"), Has("quant_conv.weight")],
        ..VAE
    },
    Part {
        family: Some("ltxv"),
        bases: &["LTXV"],
        latent_channels: Some(128),
        format: "ltx-vae",
        clues: &[Starts("decoder.up_blocks.0.res_blocks.0.conv1.conv.")],
        ..VAE
    },
    Part {
        family: Some("cascade"),
        bases: &["Stable Cascade"],
        latent_channels: Some(4),
        format: "cascade-stage-a",
        clues: &[Has("vquantizer.codebook.weight")],
        ..VAE
    },
    // Convolutions over time, by the latent's channels.
    Part {
        family: Some("ltxv"),
        bases: &["LTXV"],
        latent_channels: Some(128),
        format: "diffusers-vae",
        clues: &[Dim("decoder.conv_in.conv.weight", 1, 128), Rank("decoder.conv_in.conv.weight", 5)],
        ..VAE
    },
    Part {
        family: Some("hunyuan-video"),
        variant: Some("1.5"),
        bases: &["Hunyuan Video"],
        latent_channels: Some(32),
        format: "hunyuan-video-vae",
        clues: &[Dim("decoder.conv_in.conv.weight", 1, 32), Rank("decoder.conv_in.conv.weight", 5)],
        ..VAE
    },
    Part {
        family: Some("cogvideox"),
        bases: &["CogVideoX"],
        latent_channels: Some(16),
        format: "diffusers-vae",
        clues: &[Rank("decoder.conv_in.conv.weight", 5), Starts("decoder.mid_block.resnets.0.norm1.conv_")],
        ..VAE
    },
    Part {
        family: Some("cogvideox"),
        bases: &["CogVideoX"],
        latent_channels: Some(16),
        format: "cogvideox-vae",
        clues: &[Rank("decoder.conv_in.conv.weight", 5), Starts("decoder.mid.block_1.norm1.conv_")],
        ..VAE
    },
    Part {
        family: Some("hunyuan-video"),
        bases: &["Hunyuan Video"],
        latent_channels: Some(16),
        format: "hunyuan-video-vae",
        clues: &[Rank("decoder.conv_in.conv.weight", 5)],
        ..VAE
    },
    Part {
        family: Some("cosmos"),
        bases: &["Other"],
        latent_channels: Some(16),
        format: "cosmos-vae",
        clues: &[Has("decoder.unpatcher3d.wavelets")],
        ..VAE
    },
    Part {
        family: Some("cascade"),
        bases: &["Stable Cascade"],
        latent_channels: Some(16),
        format: "cascade-stage-c",
        clues: &[Has("backbone.1.0.block.0.1.num_batches_tracked")],
        ..VAE
    },
    // The pictures of Stable Diffusion's latent, smoothed over time.
    Part {
        family: Some("svd"),
        bases: &["SVD", "SVD XT"],
        latent_channels: Some(4),
        format: "diffusers-vae",
        clues: &[Has("decoder.time_conv_out.weight")],
        ..VAE
    },
    Part {
        family: Some("svd"),
        bases: &["SVD", "SVD XT"],
        latent_channels: Some(4),
        clues: &[Has("decoder.conv_out.time_mix_conv.weight")],
        ..VAE
    },
    Part {
        family: Some("mochi"),
        bases: &["Mochi"],
        latent_channels: Some(12),
        format: "mochi-vae",
        clues: &[Has("blocks.2.blocks.3.stack.5.weight")],
        ..VAE
    },
    Part {
        family: Some("mochi"),
        bases: &["Mochi"],
        latent_channels: Some(12),
        format: "mochi-vae",
        clues: &[Has("decoder.blocks.2.blocks.3.stack.5.weight")],
        ..VAE
    },
    Part {
        family: Some("ace"),
        bases: &["Other"],
        latent_channels: Some(8),
        format: "dc-ae",
        clues: &[Has("vocoder.backbone.channel_layers.0.0.bias")],
        ..VAE
    },
    Part { bases: &["Other"], format: "dc-ae", clues: &[Starts("encoder.project_in.conv.")], ..VAE },
    Part {
        family: Some("stable-audio"),
        bases: &["Other"],
        latent_channels: Some(64),
        format: "oobleck-vae",
        clues: &[Has("decoder.layers.1.layers.0.beta")],
        ..VAE
    },
    Part {
        family: Some("flux"),
        bases: SIXTEEN,
        latent_channels: Some(16),
        format: "taesd",
        clues: &[Has("decoder.1.weight"), Has("decoder.3.conv.0.weight"), Dim("decoder.1.weight", 1, 16)],
        ..VAE
    },
    Part {
        family: Some("sd1"),
        bases: FOUR,
        latent_channels: Some(4),
        format: "taesd",
        clues: &[Has("decoder.1.weight"), Has("decoder.3.conv.0.weight")],
        ..VAE
    },
    Part {
        family: Some("sd1"),
        bases: FOUR,
        latent_channels: Some(4),
        format: "taesd",
        clues: &[Has("taesd_decoder.1.weight")],
        ..VAE
    },
    Part {
        family: Some("flux"),
        bases: SIXTEEN,
        latent_channels: Some(16),
        format: "taesd",
        clues: &[Has("1.weight"), Dim("1.weight", 1, 16), Has("3.conv.0.weight")],
        ..VAE
    },
    Part {
        family: Some("sd1"),
        bases: FOUR,
        latent_channels: Some(4),
        format: "taesd",
        clues: &[Has("1.weight"), Dim("1.weight", 1, 4), Has("3.conv.0.weight")],
        ..VAE
    },
    Part {
        family: Some("hunyuan-image"),
        bases: &["Other"],
        latent_channels: Some(64),
        clues: &[Dim("decoder.conv_in.weight", 1, 64)],
        ..VAE
    },
    Part {
        family: Some("flux2"),
        bases: &["Flux.2 D", "Flux.2 Klein 9B", "Flux.2 Klein 4B"],
        latent_channels: Some(128),
        clues: &[Dim("decoder.conv_in.weight", 1, 32)],
        ..VAE
    },
    Part {
        family: Some("flux"),
        bases: SIXTEEN,
        latent_channels: Some(16),
        format: "diffusers-vae",
        clues: &[Dim("decoder.conv_in.weight", 1, 16), Starts("decoder.up_blocks.")],
        ..VAE
    },
    Part {
        family: Some("flux"),
        bases: SIXTEEN,
        latent_channels: Some(16),
        clues: &[Dim("decoder.conv_in.weight", 1, 16)],
        ..VAE
    },
    Part {
        family: Some("sd1"),
        bases: FOUR,
        latent_channels: Some(4),
        format: "diffusers-vae",
        clues: &[Dim("decoder.conv_in.weight", 1, 4), Starts("decoder.up_blocks.")],
        ..VAE
    },
    Part {
        family: Some("sd1"),
        bases: FOUR,
        latent_channels: Some(4),
        clues: &[Dim("decoder.conv_in.weight", 1, 4)],
        ..VAE
    },
    Part {
        family: Some("flux"),
        bases: SIXTEEN,
        latent_channels: Some(16),
        prefix: "first_stage_model.",
        clues: &[Dim("decoder.conv_in.weight", 1, 16)],
        ..VAE
    },
    Part {
        family: Some("sd1"),
        bases: FOUR,
        latent_channels: Some(4),
        prefix: "first_stage_model.",
        clues: &[Dim("decoder.conv_in.weight", 1, 4)],
        ..VAE
    },
    Part {
        family: Some("flux"),
        bases: SIXTEEN,
        latent_channels: Some(16),
        prefix: "vae.",
        clues: &[Dim("decoder.conv_in.weight", 1, 16)],
        ..VAE
    },
    Part {
        family: Some("sd1"),
        bases: FOUR,
        latent_channels: Some(4),
        prefix: "vae.",
        clues: &[Dim("decoder.conv_in.weight", 1, 4)],
        ..VAE
    },
];
