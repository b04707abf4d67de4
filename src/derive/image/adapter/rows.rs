//! Signatures of adapters: which modules are adapted and how wide they are.

use super::super::backbone::{SD1, SD2, SDXL};
use super::super::identity::Media;
use super::super::listing::Listing;
use super::{Modules, Spelling};

/// One base that adapters are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) family: &'static str,
    pub(super) variant: Option<&'static str>,
    pub(super) bases: &'static [&'static str],
    pub(super) media: Media,
    signs: &'static [Sign],
}

/// One sign; names have `_` for dots and `#` for numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// A module's name begins so.
    Has(&'static str),
    /// No module's name begins so.
    Lacks(&'static str),
    /// The number at this place goes at least so high.
    High(&'static str, usize, u64),
    /// A module of this name has this output.
    Out(&'static str, u64),
    /// A name begins with this prefix.
    Prefixed(&'static str),
    /// The raw names contain this.
    Raw(&'static str),
    /// Names are spelled so.
    Spelled(Spelling),
    /// A module of this name has this input.
    Wide(&'static str, u64),
}

use Sign::{Has, High, Lacks, Out, Prefixed, Raw, Spelled, Wide};

const fn image(family: &'static str, bases: &'static [&'static str], signs: &'static [Sign]) -> Row {
    Row { family, variant: None, bases, media: Media::Image, signs }
}

const fn video(family: &'static str, bases: &'static [&'static str], signs: &'static [Sign]) -> Row {
    Row { family, variant: None, bases, media: Media::Video, signs }
}

const FLUX: &[&str] = &["Flux.1 D", "Flux.1 Krea", "Flux.1 Kontext", "Flux.1 S"];
const CHROMA: &[&str] = &["Chroma", "Flux.1 D", "Flux.1 Krea", "Flux.1 Kontext", "Flux.1 S"];
const KLEIN_9B: &[&str] = &["Flux.2 Klein 9B", "Flux.2 Klein 9B-base"];
const KLEIN_4B: &[&str] = &["Flux.2 Klein 4B", "Flux.2 Klein 4B-base"];
const WAN_14B: &[&str] = &["Wan Video 14B t2v", "Wan Video 2.2 T2V-A14B"];
const WAN_I2V: &[&str] = &["Wan Video 14B i2v 480p", "Wan Video 14B i2v 720p"];
const HUNYUAN: &[&str] = &["Hunyuan Video"];
const LARGE: &[&str] = &["SD 3.5 Large", "SD 3.5 Large Turbo"];
const ZIMAGE: &[&str] = &["ZImageTurbo", "ZImageBase"];
const EITHER: &[&str] =
    &["SD 1.5", "SD 1.4", "SD 1.5 LCM", "SD 1.5 Hyper", "SD 2.1", "SD 2.0", "SD 2.0 768", "SD 2.1 768"];

/// Every base, the decisive one before the general one.
static ROWS: &[Row] = &[
    // Flux.2 by the width of its stream; the smallest has Flux.1's width but wider feed-forwards.
    image("flux2", &["Flux.2 D"], &[Wide("double_blocks_#_", 6144)]),
    image("flux2", &["Flux.2 D"], &[Wide("single_blocks_#_linear1", 6144)]),
    image("flux2", &["Flux.2 D"], &[Wide("transformer_blocks_#_attn_", 6144), Lacks("transformer_blocks_#_img_mod")]),
    image("flux2", &["Flux.2 D"], &[Wide("single_transformer_blocks_#_attn_to_qkv_mlp_proj", 6144)]),
    image("flux2", KLEIN_9B, &[Wide("double_blocks_#_img_attn_", 4096)]),
    image("flux2", KLEIN_9B, &[Wide("single_blocks_#_linear1", 4096)]),
    image("flux2", KLEIN_9B, &[Wide("single_transformer_blocks_#_attn_to_qkv_mlp_proj", 4096)]),
    image("flux2", KLEIN_4B, &[Has("double_blocks_#_img_mlp_#"), Out("double_blocks_#_img_mlp_#", 18432)]),
    image("flux2", KLEIN_4B, &[Has("single_blocks_#_linear1"), Out("single_blocks_#_linear1", 27648)]),
    image("flux2", KLEIN_4B, &[Wide("single_transformer_blocks_#_attn_to_qkv_mlp_proj", 3072)]),
    // Hunyuan Image is wider than Hunyuan Video, whose names it shares.
    image("hunyuan-image", &["Other"], &[Wide("double_blocks_#_img_attn_", 3584)]),
    image("hunyuan-image", &["Other"], &[Wide("single_blocks_#_linear1", 3584)]),
    video("hunyuan-video", HUNYUAN, &[Has("double_blocks_#_img_mlp_fc")]),
    video("hunyuan-video", HUNYUAN, &[Has("double_blocks_#_img_mod_linear")]),
    video(
        "hunyuan-video",
        HUNYUAN,
        &[High("single_transformer_blocks_#_", 0, 38), Wide("single_transformer_blocks_#_attn_to_", 3072)],
    ),
    // Hunyuan Video writes fused names without a dot, and has one block more of each kind.
    video("hunyuan-video", HUNYUAN, &[Has("double_blocks_#_img_attn_qkv"), Raw(".img_attn_qkv.")]),
    video("hunyuan-video", HUNYUAN, &[Has("double_blocks_#_"), Has("txt_in_individual_token_refiner_")]),
    video(
        "hunyuan-video",
        HUNYUAN,
        &[Has("single_blocks_#_"), High("single_blocks_#_", 0, 39), Wide("single_blocks_#_", 3072)],
    ),
    video(
        "hunyuan-video",
        HUNYUAN,
        &[Has("double_blocks_#_"), High("double_blocks_#_", 0, 19), Wide("double_blocks_#_", 3072)],
    ),
    // Chroma has no modulation of its own: an adapter that leaves modulation alone may be for either.
    image("chroma", &["Chroma"], &[Has("distilled_guidance_layer_")]),
    image(
        "chroma",
        CHROMA,
        &[
            Has("double_blocks_#_img_attn_"),
            Spelled(Spelling::DiffusionModel),
            Raw(".lora_A."),
            Lacks("double_blocks_#_img_mod_lin"),
            Lacks("single_blocks_#_modulation_lin"),
            Lacks("guidance_in"),
        ],
    ),
    // AuraFlow has Flux's width and the diffusers names of its single blocks.
    image("auraflow", &["AuraFlow", "Pony V7"], &[Has("joint_transformer_blocks_#_")]),
    image("longcat", &["Other"], &[Has("double_blocks_#_img_attn_"), Wide("txt_in", 3584)]),
    image("flux", FLUX, &[Has("double_blocks_#_")]),
    image("flux", FLUX, &[Has("single_blocks_#_linear")]),
    image(
        "flux",
        FLUX,
        &[Has("single_transformer_blocks_#_attn_"), Wide("single_transformer_blocks_#_attn_to_", 3072)],
    ),
    image("flux", FLUX, &[Has("single_transformer_blocks_#_proj_mlp")]),
    image("flux", FLUX, &[Has("single_transformer_blocks_#_"), Lacks("joint_transformer_blocks_#_")]),
    image("flux", FLUX, &[Has("single_blocks_#_proc")]),
    // Stable Diffusion 3.
    image("sd3", LARGE, &[Wide("joint_blocks_#_", 2432)]),
    image("sd3", &["SD 3.5 Medium"], &[Has("joint_blocks_#_x_block_attn2")]),
    image("sd3", &["SD 3.5 Medium", "SD 3"], &[Has("joint_blocks_#_")]),
    image("sd3", LARGE, &[Wide("transformer_blocks_#_attn_to_q", 2432)]),
    image("sd3", &["SD 3.5 Medium"], &[Wide("transformer_blocks_#_attn2_to_q", 1536)]),
    image("sd3", &["SD 3", "SD 3.5 Medium"], &[Wide("transformer_blocks_#_attn_to_", 1536)]),
    // Lumina's heirs.
    image("z-image", ZIMAGE, &[Wide("layers_#_attention_", 3840)]),
    image("z-image", ZIMAGE, &[Wide("layers_#_feed_forward_", 3840)]),
    image("lumina2", &["Lumina"], &[Has("layers_#_attention_")]),
    image("lumina2", &["Lumina"], &[Wide("layers_#_attn_to_q", 2304)]),
    // Ace-Step has cross attention in blocks of the same name.
    Row { media: Media::Audio, ..image("ace", &["Other"], &[Has("transformer_blocks_#_cross_attn_")]) },
    // Qwen-Image.
    image("qwen-image", &["Qwen"], &[Has("transformer_blocks_#_img_mlp_")]),
    image("qwen-image", &["Qwen"], &[Has("transformer_blocks_#_img_mod_")]),
    image("qwen-image", &["Qwen"], &[Has("transformer_blocks_#_attn_add_q_proj")]),
    image("qwen-image", &["Qwen"], &[Has("transformer_blocks_#_attn_to_"), Lacks("transformer_blocks_#_attn1_")]),
    image("qwen-image", &["Qwen"], &[Has("transformer_blocks_#_attn_add_")]),
    // Wan.
    video("wan", WAN_I2V, &[Has("blocks_#_cross_attn_k_img"), Wide("blocks_#_self_attn_q", 5120)]),
    video("wan", WAN_I2V, &[Has("blocks_#_cross_attn_k_img")]),
    video("wan", WAN_I2V, &[Has("blocks_#_attn2_add_k_proj")]),
    video("wan", &["Wan Video 1.3B t2v"], &[Wide("blocks_#_self_attn_", 1536), Has("blocks_#_self_attn_q")]),
    video("wan", &["Wan Video 2.2 TI2V-5B"], &[Wide("blocks_#_self_attn_", 3072), Lacks("blocks_#_self_attn_q_proj")]),
    // Anima and Cosmos: `q_proj` where Wan has `q`.
    image("anima", &["Anima"], &[Has("blocks_#_cross_attn_q_proj"), Wide("blocks_#_cross_attn_k_proj", 2048)]),
    image("anima", &["Anima"], &[Has("blocks_#_cross_attn_q_proj"), Wide("blocks_#_cross_attn_q_proj", 2048)]),
    image("anima", &["Anima"], &[Wide("blocks_#_self_attn_q_proj", 2048)]),
    image("anima", &["Anima"], &[Has("llm_adapter_")]),
    image("cosmos", &["Other"], &[Has("blocks_#_cross_attn_q_proj")]),
    image("cosmos", &["Other"], &[Has("blocks_block#_")]),
    video("wan", WAN_14B, &[Has("blocks_#_self_attn_")]),
    video("wan", WAN_14B, &[Has("blocks_#_cross_attn_")]),
    video("wan", &["Wan Video 1.3B t2v"], &[Wide("blocks_#_attn1_to_q", 1536)]),
    video("wan", &["Wan Video 2.2 TI2V-5B"], &[Wide("blocks_#_attn1_to_q", 3072)]),
    video("wan", WAN_14B, &[Wide("blocks_#_attn1_to_q", 5120)]),
    // Lightricks, CogVideoX and PixArt share `attn1` in transformer blocks; widths decide.
    video("ltx2", &["LTXV2", "LTXV 2.3"], &[Has("transformer_blocks_#_audio_")]),
    video("ltxv", &["LTXV"], &[Wide("transformer_blocks_#_attn1_", 2048)]),
    video("ltxv", &["LTXV", "LTXV2", "LTXV 2.3"], &[Wide("transformer_blocks_#_attn1_", 4096)]),
    video("cogvideox", &["CogVideoX"], &[Wide("transformer_blocks_#_attn1_", 3072)]),
    video("cogvideox", &["CogVideoX"], &[Wide("transformer_blocks_#_attn1_", 1920)]),
    image("pixart", &["PixArt E", "PixArt a"], &[Wide("transformer_blocks_#_attn1_", 1152)]),
    image("pixart", &["PixArt E", "PixArt a"], &[Wide("blocks_#_attn_qkv", 1152)]),
    // One of a kind.
    image("hidream", &["HiDream"], &[Has("double_stream_blocks_#_")]),
    image("hidream", &["HiDream"], &[Has("single_stream_blocks_#_")]),
    image("krea2", &["Krea 2"], &[Has("blocks_#_attn_wq")]),
    video("mochi", &["Mochi"], &[Has("blocks_#_attn_qkv_x")]),
    video("mochi", &["Mochi"], &[Has("blocks_#_attn_qkv_y")]),
    image("auraflow", &["AuraFlow", "Pony V7"], &[Has("double_layers_#_")]),
    image("auraflow", &["AuraFlow", "Pony V7"], &[Has("single_layers_#_")]),
    image("hunyuandit", &["Hunyuan 1"], &[Wide("blocks_#_attn1_", 1408)]),
    image("kandinsky5", &["Other"], &[Has("visual_transformer_blocks_#_")]),
    image("ernie", &["Ernie"], &[Has("layers_#_mlp_linear_fc2")]),
    image("omnigen2", &["Other"], &[Wide("layers_#_attn_to_q", 2520)]),
    image("cascade", &["Stable Cascade"], &[Prefixed("lora_prior_unet_")]),
    // UNets, by context where cross attention is adapted.
    image("sdxl", SDXL, &[Wide("input_blocks_#_#_transformer_blocks_#_attn2_to_k", 2048)]),
    image("sdxl", SDXL, &[Wide("input_blocks_#_#_transformer_blocks_#_attn2_to_v", 2048)]),
    image("sd1", SD1, &[Wide("input_blocks_#_#_transformer_blocks_#_attn2_to_k", 768)]),
    image("sd2", SD2, &[Wide("input_blocks_#_#_transformer_blocks_#_attn2_to_k", 1024)]),
    image("sdxl", SDXL, &[Wide("down_blocks_#_attentions_#_transformer_blocks_#_attn2_", 2048)]),
    image("sdxl", SDXL, &[Wide("up_blocks_#_attentions_#_transformer_blocks_#_attn2_", 2048)]),
    image("sdxl", SDXL, &[Wide("mid_block_attentions_#_transformer_blocks_#_attn2_", 2048)]),
    image("sdxl", SDXL, &[Has("te2_text_model_")]),
    image("sdxl", SDXL, &[Has("te1_text_model_")]),
    image("sdxl", SDXL, &[Has("text_encoder_#_text_model_")]),
    image("sdxl", SDXL, &[High("down_blocks_#_attentions_#_transformer_blocks_#_", 2, 2)]),
    image("sdxl", SDXL, &[High("up_blocks_#_attentions_#_transformer_blocks_#_", 2, 2)]),
    image("sdxl", SDXL, &[High("mid_block_attentions_#_transformer_blocks_#_", 1, 2)]),
    image("sd1", SD1, &[Wide("down_blocks_#_attentions_#_transformer_blocks_#_attn2_to_k", 768)]),
    image("sd1", SD1, &[Wide("down_blocks_#_attentions_#_transformer_blocks_#_attn2_to_v", 768)]),
    image("sd1", SD1, &[Wide("up_blocks_#_attentions_#_transformer_blocks_#_attn2_to_k", 768)]),
    image("sd2", SD2, &[Wide("down_blocks_#_attentions_#_transformer_blocks_#_attn2_to_k", 1024)]),
    image("sd2", SD2, &[Wide("down_blocks_#_attentions_#_transformer_blocks_#_attn2_to_v", 1024)]),
    image("sd2", SD2, &[Wide("up_blocks_#_attentions_#_transformer_blocks_#_attn2_to_k", 1024)]),
    image("sd1", SD1, &[Wide("te_text_model_encoder_layers_#_self_attn_", 768)]),
    image("sd2", SD2, &[Wide("te_text_model_encoder_layers_#_self_attn_", 1024)]),
    image("sd1", SD1, &[Wide("text_encoder_text_model_encoder_layers_#_self_attn_", 768)]),
    image("sd2", SD2, &[Wide("text_encoder_text_model_encoder_layers_#_self_attn_", 1024)]),
    image("sdxl", SDXL, &[Has("input_blocks_#_#_")]),
    image("sdxl", SDXL, &[Has("output_blocks_#_#_")]),
    image("sdxl", SDXL, &[Has("middle_block_#_")]),
    image("sd1", EITHER, &[Has("down_blocks_#_attentions_#_")]),
    image("sd1", EITHER, &[Has("up_blocks_#_attentions_#_")]),
    image("sd1", EITHER, &[Has("mid_block_attentions_#_")]),
    image("sd1", EITHER, &[Has("down_blocks_#_")]),
];

/// The base of the adapter, by the first row whose signs all hold.
pub(super) fn find(modules: &Modules, listing: &Listing<'_>) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.signs.iter().all(|sign| holds(*sign, modules, listing)))
}

fn holds(sign: Sign, modules: &Modules, listing: &Listing<'_>) -> bool {
    match sign {
        Has(start) => modules.any(start),
        Lacks(start) => !modules.any(start),
        High(start, at, number) => modules.highest(start, at).is_some_and(|highest| highest >= number),
        Out(start, height) => modules.is_high(start, height),
        Prefixed(prefix) => modules.has_prefix(prefix),
        Raw(part) => listing.any_contains(part),
        Spelled(spelling) => modules.spelling == spelling,
        Wide(start, width) => modules.is_wide(start, width),
    }
}
