//! Which companions each family of backbones wants.

use crate::derive::image::{Identity, Kind};

/// One family's companions: text encoders first, then the autoencoder.
struct Row {
    family: &'static str,
    /// `None` stands for every edition that has no row of its own before.
    variant: Option<&'static str>,
    encoders: &'static [&'static str],
    vae: &'static [&'static str],
}

const fn row(family: &'static str, encoders: &'static [&'static str], vae: &'static [&'static str]) -> Row {
    Row { family, variant: None, encoders, vae }
}

const fn edition(
    family: &'static str,
    variant: &'static str,
    encoders: &'static [&'static str],
    vae: &'static [&'static str],
) -> Row {
    Row { family, variant: Some(variant), encoders, vae }
}

static ROWS: &[Row] = &[
    row("ace", &["umt5_base"], &["vae_ace"]),
    row("anima", &["qwen3_0.6b"], &["vae_wan"]),
    row("auraflow", &["pile_t5xl"], &["vae_sdxl"]),
    row("cascade", &["clip_g"], &["stage_a"]),
    edition("chroma", "radiance", &["t5xxl"], &[]),
    row("chroma", &["t5xxl"], &["vae_flux"]),
    row("cogvideox", &["t5xxl"], &["vae_cogvideox"]),
    edition("cosmos", "1.0", &["oldt5xxl"], &["vae_cosmos"]),
    row("cosmos", &["t5xxl"], &["vae_cosmos"]),
    row("ernie", &["ministral3_3b"], &["vae_flux2"]),
    row("flux", &["clip_l", "t5xxl"], &["vae_flux"]),
    row("flux2", &["flux2_text_encoder"], &["vae_flux2"]),
    row("hidream", &["clip_l", "clip_g", "t5xxl", "llama3.1_8b"], &["vae_flux"]),
    row("hidream-o1", &[], &[]),
    row("hunyuan-image", &["qwen2.5_vl_7b", "byt5"], &["vae_hunyuan_image"]),
    edition("hunyuan-video", "1.5", &["qwen2.5_vl_7b", "byt5"], &["vae_hunyuan_video_1.5"]),
    edition("hunyuan-video", "i2v", &["clip_l", "llava_llama3"], &["vae_hunyuan_video"]),
    row("hunyuan-video", &["clip_l", "llava_llama3"], &["vae_hunyuan_video"]),
    row("hunyuandit", &["bert_clip", "mt5xl"], &["vae_sdxl"]),
    row("ideogram4", &["qwen3_vl_8b"], &["vae_flux2"]),
    row("kandinsky5", &["qwen2.5_vl_7b", "clip_l"], &[]),
    row("kolors", &["chatglm3"], &["vae_sdxl"]),
    row("krea2", &["qwen3_vl_4b"], &["vae_wan"]),
    row("longcat", &["qwen2.5_vl_7b"], &["vae_flux"]),
    row("ltx2", &["gemma3_12b"], &["vae_ltx2"]),
    row("ltxv", &["t5xxl"], &["vae_ltxv"]),
    row("lumina2", &["gemma2_2b"], &["vae_flux"]),
    row("minimax-h3", &["t5xxl"], &["vae_minimax"]),
    row("mochi", &["t5xxl"], &["vae_mochi"]),
    row("newbie", &["gemma3_4b", "jina_clip"], &["vae_flux"]),
    row("omnigen2", &["qwen2.5_vl_3b"], &["vae_flux"]),
    row("ovis", &["ovis_2.5_2b"], &["vae_flux"]),
    edition("pixart", "alpha", &["t5xxl"], &["vae_sd1"]),
    row("pixart", &["t5xxl"], &["vae_sdxl"]),
    row("qwen-image", &["qwen2.5_vl_7b"], &["vae_wan"]),
    row("sd1", &["clip_l"], &["vae_sd1"]),
    row("sd2", &["clip_h"], &["vae_sd1"]),
    row("sd3", &["clip_l", "clip_g", "t5xxl"], &["vae_sd3"]),
    edition("sdxl", "refiner", &["clip_g"], &["vae_sdxl"]),
    row("sdxl", &["clip_l", "clip_g"], &["vae_sdxl"]),
    row("stable-audio", &["t5_base"], &["vae_stable_audio"]),
    row("svd", &["clip_vision_h"], &["vae_svd"]),
    row("wan", &["umt5xxl"], &["vae_wan"]),
    row("z-image", &["qwen3_4b"], &["vae_flux"]),
];

/// Companions of a backbone, split into text encoders and autoencoders; what is baked into the file is left out.
pub fn of(identity: &Identity) -> (Vec<&'static str>, Vec<&'static str>) {
    let Some(row) = find(identity) else { return (Vec::new(), Vec::new()) };
    let encoders = if identity.components.text_encoder { Vec::new() } else { row.encoders.to_vec() };
    let vae = if identity.components.vae { Vec::new() } else { row.vae.to_vec() };
    (encoders, vae)
}

/// Every companion that the family of `identity` can take, whether or not the file holds it.
pub fn all_of(identity: &Identity) -> Vec<&'static str> {
    find(identity).map(|row| row.encoders.iter().chain(row.vae).copied().collect()).unwrap_or_default()
}

fn find(identity: &Identity) -> Option<&'static Row> {
    let family = identity.family?;
    let named = |row: &&Row| row.family == family && row.variant.is_some() && row.variant == identity.variant;
    ROWS.iter().find(named).or_else(|| ROWS.iter().find(|row| row.family == family && row.variant.is_none()))
}

/// The words of [`of`] that a companion can stand for.
pub fn stands_for(identity: &Identity) -> Vec<&'static str> {
    match (identity.kind, identity.family, identity.latent_channels) {
        (Kind::VAE, _, Some(4)) if identity.format == "cascade-stage-a" => vec!["stage_a"],
        (Kind::VAE, _, Some(4)) => vec!["vae_sd1", "vae_sdxl"],
        (Kind::VAE, Some("flux"), _) => vec!["vae_flux", "vae_sd3"],
        (Kind::VAE, Some("wan"), Some(48)) => vec!["vae_wan2.2"],
        (Kind::VAE, Some("wan"), _) => vec!["vae_wan"],
        (Kind::VAE, Some("flux2"), _) => vec!["vae_flux2"],
        (Kind::VAE, Some("ltxv"), _) => vec!["vae_ltxv"],
        (Kind::VAE, Some("mochi"), _) => vec!["vae_mochi"],
        (Kind::VAE, Some("hunyuan-image"), _) => vec!["vae_hunyuan_image"],
        (Kind::VAE, Some("hunyuan-video"), Some(32)) => vec!["vae_hunyuan_video_1.5"],
        (Kind::VAE, Some("hunyuan-video"), _) => vec!["vae_hunyuan_video"],
        (Kind::VAE, Some("cogvideox"), _) => vec!["vae_cogvideox"],
        (Kind::VAE, Some("ace"), _) => vec!["vae_ace"],
        (Kind::VAE, Some("stable-audio"), _) => vec!["vae_stable_audio"],
        (Kind::CLIPVision, ..) => vec!["clip_vision_h"],
        (Kind::TextEncoder, ..) => encoder_words(identity.text_encoder.unwrap_or_default()),
        _ => Vec::new(),
    }
}

/// One encoder may go by several names, depending on the family that wants it.
fn encoder_words(word: &'static str) -> Vec<&'static str> {
    match word {
        "mistral3_24b" => vec![word, "flux2_text_encoder"],
        "qwen3_4b" => vec![word, "flux2_text_encoder", "qwen3_vl_4b"],
        "qwen3_8b" => vec![word, "flux2_text_encoder", "qwen3_vl_8b"],
        "qwen3_2b" => vec![word, "ovis_2.5_2b"],
        "llama3.1_8b" => vec![word, "llava_llama3"],
        _ => vec![word],
    }
}
