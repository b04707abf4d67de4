//! Files that go beside a backbone: what they are, by names and shapes. One row a kind.

use super::backbone::{self, SD1, SD2, SDXL};
use super::clue::Clue::{Dim, Has, Lacks, LacksStart, Last, Rank, Starts};
use super::clue::{Clue, all_hold};
use super::identity::{Components, Identity, Kind, Media};
use super::listing::Listing;

/// One kind of companion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    kind: Kind,
    /// How names and tensors are laid out.
    format: &'static str,
    /// The family that it goes with; `None` where it goes with many.
    family: Option<&'static str>,
    bases: &'static [&'static str],
    variant: Option<&'static str>,
    /// Which text encoder it is.
    encoder: Option<&'static str>,
    latent_channels: Option<u32>,
    /// What stands before every name.
    prefix: &'static str,
    clues: &'static [Clue],
}

const PLAIN: Part = Part {
    kind: Kind::Unknown,
    format: "",
    family: None,
    bases: &[],
    variant: None,
    encoder: None,
    latent_channels: None,
    prefix: "",
    clues: &[],
};
const FLUX: &[&str] = &["Flux.1 D", "Flux.1 Krea", "Flux.1 Kontext", "Flux.1 S"];
const SIXTEEN: &[&str] = &["Flux.1 D", "Flux.1 S", "SD 3", "SD 3.5 Large", "ZImageTurbo", "Chroma"];
const SD3: &[&str] = &["SD 3", "SD 3.5 Medium", "SD 3.5 Large", "SD 3.5 Large Turbo"];
const FOUR: &[&str] = &["SD 1.5", "SD 2.1", "SDXL 1.0"];
const WAN: &[&str] = &["Wan Video 14B t2v", "Wan Video 1.3B t2v", "Wan Video", "Qwen", "Anima"];
const ZIMAGE: &[&str] = &["ZImageTurbo", "ZImageBase"];

const CONTROL: Part = Part { kind: Kind::Controlnet, ..PLAIN };
const LDM_CONTROL: Part = Part { format: "ldm-controlnet", ..CONTROL };
const DIFFUSERS_CONTROL: Part = Part { format: "diffusers-controlnet", ..CONTROL };
const LLLITE: Part = Part { format: "controlnet-lllite", family: Some("sdxl"), bases: SDXL, ..CONTROL };
const T2I: Part = Part { format: "t2i-adapter", ..CONTROL };
const IP: Part = Part { kind: Kind::IPAdapter, format: "ip-adapter", ..PLAIN };
const WORD: Part = Part { kind: Kind::TextualInversion, format: "textual-inversion", ..PLAIN };
const VAE: Part = Part { kind: Kind::VAE, format: "ldm-vae", ..PLAIN };
const ENCODER: Part = Part { kind: Kind::TextEncoder, ..PLAIN };
const VISION: Part = Part { kind: Kind::CLIPVision, format: "clip-vision", ..PLAIN };
const UPSCALER: Part = Part { kind: Kind::Upscaler, ..PLAIN };
const MOTION: Part = Part { kind: Kind::MotionModule, format: "animatediff", ..PLAIN };

const CONTROL_CONTEXT: &str = "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight";
const CONTROL_DEEP: &str = "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight";
const DOWN_CONTEXT: &str = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight";
const DOWN_DEEP: &str = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight";
const HINT: &str = "input_hint_block.0.weight";
const COND: &str = "controlnet_cond_embedding.conv_in.weight";
const TOKENS: &str = "text_model.embeddings.token_embedding.weight";

/// Companions that share names with backbones and must be asked for first.
static BEFORE_BACKBONES: &[Part] = &[
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
    // IP adapters, by the width of the context that they feed.
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
    // Motion.
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

/// Companions that are asked for when no backbone was found.
static AFTER_BACKBONES: &[Part] = &[
    // Autoencoders, the newest shapes first.
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
    // Text encoders: CLIP in two spellings.
    Part {
        format: "clip-l",
        encoder: Some("clip_l"),
        clues: &[Last(TOKENS, 768), LacksStart("vision_model.")],
        ..ENCODER
    },
    Part {
        format: "clip-h",
        encoder: Some("clip_h"),
        clues: &[Last(TOKENS, 1024), LacksStart("vision_model.")],
        ..ENCODER
    },
    Part {
        format: "clip-g",
        encoder: Some("clip_g"),
        clues: &[Last(TOKENS, 1280), LacksStart("vision_model.")],
        ..ENCODER
    },
    Part { format: "clip-l", encoder: Some("clip_l"), clues: &[Last(TOKENS, 768)], ..ENCODER },
    Part { format: "clip-g", encoder: Some("clip_g"), clues: &[Last(TOKENS, 1280)], ..ENCODER },
    Part { format: "clip-l", encoder: Some("clip_l"), prefix: "transformer.", clues: &[Last(TOKENS, 768)], ..ENCODER },
    Part {
        format: "clip-l",
        encoder: Some("clip_l"),
        prefix: "clip_l.transformer.",
        clues: &[Last(TOKENS, 768)],
        ..ENCODER
    },
    Part {
        format: "open-clip-bigg",
        encoder: Some("clip_g"),
        clues: &[Has("transformer.resblocks.31.ln_1.weight"), Last("token_embedding.weight", 1280)],
        ..ENCODER
    },
    Part {
        format: "open-clip-h",
        encoder: Some("clip_h"),
        clues: &[Has("transformer.resblocks.0.ln_1.weight"), Last("token_embedding.weight", 1024)],
        ..ENCODER
    },
    Part {
        format: "open-clip-l",
        encoder: Some("clip_l"),
        clues: &[Has("transformer.resblocks.0.ln_1.weight"), Last("token_embedding.weight", 768)],
        ..ENCODER
    },
    Part {
        format: "bert",
        encoder: Some("bert_clip"),
        clues: &[Dim("bert.embeddings.word_embeddings.weight", 0, 47_020)],
        ..ENCODER
    },
    // T5 and its kin.
    Part {
        format: "t5",
        encoder: Some("umt5xxl"),
        clues: &[
            Has("encoder.block.23.layer.1.DenseReluDense.wi_1.weight"),
            Dim("shared.weight", 0, 256_384),
            Dim("shared.weight", 1, 4096),
        ],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("umt5xxl"),
        clues: &[
            Has("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"),
            Dim("encoder.block.0.layer.1.DenseReluDense.wi_1.weight", 0, 10_240),
        ],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("umt5_base"),
        clues: &[
            Has("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"),
            Last("shared.weight", 768),
        ],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("t5xxl"),
        clues: &[Dim("encoder.block.23.layer.1.DenseReluDense.wi_1.weight", 0, 10_240)],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("mt5xl"),
        clues: &[Dim("encoder.block.23.layer.1.DenseReluDense.wi_1.weight", 0, 5120), Dim("shared.weight", 0, 250_112)],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("pile_t5xl"),
        clues: &[Dim("encoder.block.23.layer.1.DenseReluDense.wi_1.weight", 0, 5120)],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("oldt5xxl"),
        clues: &[Has("encoder.block.23.layer.1.DenseReluDense.wi.weight")],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("byt5"),
        clues: &[Has("encoder.block.0.layer.0.SelfAttention.k.weight"), Last("shared.weight", 1472)],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("t5_base"),
        clues: &[Has("encoder.block.0.layer.0.SelfAttention.k.weight")],
        ..ENCODER
    },
    Part {
        format: "gguf-t5",
        encoder: Some("umt5xxl"),
        clues: &[Dim("token_embd.weight", 0, 256_384), Has("enc.blk.0.attn_q.weight")],
        ..ENCODER
    },
    Part { format: "gguf-t5", encoder: Some("umt5xxl"), clues: &[Has("enc.blk.1.attn_rel_b.weight")], ..ENCODER },
    Part { format: "gguf-t5", encoder: Some("t5xxl"), clues: &[Dim("enc.blk.0.ffn_up.weight", 0, 10_240)], ..ENCODER },
    Part { format: "gguf-t5", encoder: Some("t5"), clues: &[Has("enc.blk.0.attn_q.weight")], ..ENCODER },
    // Vision.
    Part {
        variant: Some("siglip"),
        clues: &[
            Has("vision_model.embeddings.patch_embedding.weight"),
            Dim("vision_model.embeddings.patch_embedding.weight", 0, 1152),
        ],
        ..VISION
    },
    Part { clues: &[Starts("vision_model."), LacksStart("text_model.")], ..VISION },
    Part { clues: &[Starts("visual.transformer.resblocks."), LacksStart("transformer.resblocks.")], ..VISION },
    // Motion modules of either layout.
    Part { clues: &[Starts("down_blocks.0.motion_modules.")], ..MOTION },
    // Upscalers.
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

/// Learned words: few tensors, so only asked for in small files.
static WORDS: &[Part] = &[
    Part { family: Some("sd3"), bases: SD3, clues: &[Has("t5xxl"), Has("clip_g")], ..WORD },
    Part { family: Some("flux"), bases: FLUX, clues: &[Has("t5xxl"), Has("clip_l")], ..WORD },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Has("clip_l"), Has("clip_g")], ..WORD },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Last("clip_g", 1280)], ..WORD },
    Part { family: Some("sd1"), bases: SD1, clues: &[Last("emb_params", 768)], ..WORD },
    Part { family: Some("sd2"), bases: SD2, clues: &[Last("emb_params", 1024)], ..WORD },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Last("emb_params", 1280)], ..WORD },
    Part { family: Some("sd1"), bases: SD1, clues: &[Last("string_to_param.*", 768)], ..WORD },
    Part { family: Some("sd2"), bases: SD2, clues: &[Last("string_to_param.*", 1024)], ..WORD },
    Part { family: Some("sdxl"), bases: SDXL, clues: &[Last("string_to_param.*", 1280)], ..WORD },
    Part { family: Some("sd1"), bases: SD1, clues: &[Last("clip_l", 768)], ..WORD },
];

/// A learned word's file has fewer tensors than this.
const WORD_TENSORS: usize = 10;

/// Companions that look like backbones at first sight.
pub(super) fn find_before(listing: &Listing<'_>) -> Option<Identity> {
    find(BEFORE_BACKBONES, listing)
}

/// Companions that look like nothing else.
pub(super) fn find_after(listing: &Listing<'_>) -> Option<Identity> {
    find(AFTER_BACKBONES, listing)
}

/// Learned words and hypernetworks.
pub(super) fn find_word(listing: &Listing<'_>) -> Option<Identity> {
    if let Some(network) = hypernetwork(listing) {
        return Some(network);
    }
    if listing.len() >= WORD_TENSORS {
        return None;
    }
    let mut word = find(WORDS, listing).or_else(|| lone_vector(listing))?;
    let vectors = listing.entries.iter().find(|entry| matches!(entry.shape.last(), Some(768 | 1024 | 1280)));
    word.vectors =
        vectors.map(|entry| if entry.shape.len() > 1 { entry.shape.first().copied().unwrap_or(1) } else { 1 });
    Some(word)
}

/// diffusers writes `{"<token>": [width]}`.
fn lone_vector(listing: &Listing<'_>) -> Option<Identity> {
    let [entry] = listing.entries.as_slice() else { return None };
    let token = entry.name.starts_with('<') || entry.shape.len() == 1;
    let part = match entry.shape.last()? {
        768 if token => Part { family: Some("sd1"), bases: SD1, ..WORD },
        1024 if token => Part { family: Some("sd2"), bases: SD2, ..WORD },
        1280 if token => Part { family: Some("sdxl"), bases: SDXL, ..WORD },
        _ => return None,
    };
    Some(describe(&part))
}

/// Layers keyed by the width that they change.
fn hypernetwork(listing: &Listing<'_>) -> Option<Identity> {
    let width = |name: &str| name.split('.').next().and_then(|part| part.parse::<u64>().ok());
    let is_layer = |name: &str| name.contains("linear.") || name.contains(".linear");
    let numbered = listing.entries.iter().map(|entry| entry.name).filter(|name| begins_as_number(name));
    let widths: Vec<u64> = numbered.filter(|name| is_layer(name)).filter_map(width).collect();
    let known = widths.iter().filter(|width| matches!(width, 320 | 640 | 768 | 1024 | 1280)).count();
    if known < 4 || known != widths.len() {
        return None;
    }
    let plain = Part { kind: Kind::Hypernetwork, format: "hypernetwork", ..PLAIN };
    let second = widths.contains(&1024) && !widths.contains(&768);
    let part = if second {
        Part { family: Some("sd2"), bases: SD2, ..plain }
    } else {
        Part { family: Some("sd1"), bases: SD1, ..plain }
    };
    Some(describe(&part))
}

fn begins_as_number(name: &str) -> bool {
    name.as_bytes().first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'+')
}

fn find(parts: &[Part], listing: &Listing<'_>) -> Option<Identity> {
    let part = parts.iter().find(|part| all_hold(part.clues, &listing.behind(part.prefix)))?;
    Some(describe(part))
}

/// Wan's autoencoder serves families of pictures too.
fn media(part: &Part) -> Media {
    let family = part.family.filter(|family| *family != "wan").and_then(backbone::family);
    family.map(|row| row.media).unwrap_or_default()
}

fn describe(part: &Part) -> Identity {
    Identity {
        kind: part.kind,
        family: part.family,
        media: media(part),
        variant: part.variant,
        base_model: part.bases.first().copied(),
        base_model_candidates: part.bases.to_vec(),
        decided_by: "shapes".to_owned(),
        components: Components {
            unet: false,
            vae: part.kind == Kind::VAE,
            text_encoder: part.kind == Kind::TextEncoder,
        },
        latent_channels: part.latent_channels,
        format: part.format,
        text_encoder: part.encoder,
        complete: true,
        prefix: part.prefix.to_owned(),
        ..Identity::default()
    }
}
