//! What metadata's words mean.

use super::super::backbone::{SD1, SD2, SDXL};

/// What one word of metadata claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// How the word begins, in lower case; the part behind a slash is not looked at.
    word: &'static str,
    /// The family that it means.
    pub(super) family: &'static str,
    /// Bases of a checkpoint of which this is said.
    pub(super) checkpoint: &'static [&'static str],
    /// Bases of an adapter trained on it: relatives of the same shape stay possible.
    pub(super) adapter: &'static [&'static str],
    /// What it predicts, where the word says so.
    pub(super) prediction: Option<&'static str>,
    /// Its size in pixels, where the word says so.
    pub(super) resolution: Option<(u32, u32)>,
}

const fn claim(
    word: &'static str,
    family: &'static str,
    checkpoint: &'static [&'static str],
    adapter: &'static [&'static str],
) -> Claim {
    Claim { word, family, checkpoint, adapter, prediction: None, resolution: None }
}

const DEV: &[&str] = &["Flux.1 D", "Flux.1 Krea", "Flux.1 Kontext"];
const LARGE: &[&str] = &["SD 3.5 Large", "SD 3.5 Large Turbo"];
const MEDIUM: &[&str] = &["SD 3", "SD 3.5 Medium"];
const ZIMAGE: &[&str] = &["ZImageTurbo", "ZImageBase"];
const SMALL_V2: &[&str] = &["SD 2.1", "SD 2.0"];
const LARGE_V2: &[&str] = &["SD 2.1 768", "SD 2.0 768", "SD 2.1"];

/// `modelspec.architecture`, longer words before those that they begin with.
static ARCHITECTURES: &[Claim] = &[
    claim("stable-diffusion-v1", "sd1", SD1, SD1),
    Claim {
        prediction: Some("v_prediction"),
        resolution: Some((768, 768)),
        ..claim("stable-diffusion-v2-768-v", "sd2", LARGE_V2, LARGE_V2)
    },
    Claim { prediction: Some("v_prediction"), ..claim("stable-diffusion-v2-unclip", "sd2", &["SD 2.1 Unclip"], SD2) },
    Claim {
        prediction: Some("epsilon"),
        resolution: Some((512, 512)),
        ..claim("stable-diffusion-v2-512", "sd2", SMALL_V2, SMALL_V2)
    },
    claim("stable-diffusion-v2", "sd2", SD2, SD2),
    claim("stable-diffusion-xl-turbo", "sdxl", &["SDXL Turbo"], SDXL),
    claim("stable-diffusion-xl-v1-base", "sdxl", &["SDXL 1.0", "Playground v2"], SDXL),
    claim("stable-diffusion-xl-v0-9", "sdxl", &["SDXL 0.9"], SDXL),
    claim("stable-diffusion-xl", "sdxl", SDXL, SDXL),
    claim("stable-diffusion-v3.5-medium", "sd3", &["SD 3.5 Medium"], &["SD 3.5 Medium"]),
    claim("stable-diffusion-v3.5-large", "sd3", LARGE, LARGE),
    claim("stable-diffusion-3.5-medium", "sd3", &["SD 3.5 Medium"], &["SD 3.5 Medium"]),
    claim("stable-diffusion-3.5-large", "sd3", LARGE, LARGE),
    claim("stable-diffusion-3-large", "sd3", LARGE, LARGE),
    claim("stable-diffusion-3-medium", "sd3", MEDIUM, MEDIUM),
    claim("stable-diffusion-3", "sd3", MEDIUM, MEDIUM),
    claim("stable-diffusion-v3", "sd3", MEDIUM, MEDIUM),
    claim("flux-1-dev", "flux", &["Flux.1 D"], DEV),
    claim("flux-1-schnell", "flux", &["Flux.1 S"], &["Flux.1 S"]),
    claim("flux-1-krea", "flux", &["Flux.1 Krea"], &["Flux.1 Krea", "Flux.1 D"]),
    claim("flux-1-kontext", "flux", &["Flux.1 Kontext"], &["Flux.1 Kontext", "Flux.1 D"]),
    claim("flux.1-dev", "flux", &["Flux.1 D"], DEV),
    claim("flux.1-schnell", "flux", &["Flux.1 S"], &["Flux.1 S"]),
    claim("flux-2-dev", "flux2", &["Flux.2 D"], &["Flux.2 D"]),
    claim("chroma", "chroma", &["Chroma"], &["Chroma"]),
    claim("lumina-2", "lumina2", &["Lumina"], &["Lumina"]),
    claim("qwen-image", "qwen-image", &["Qwen"], &["Qwen"]),
    claim("z-image", "z-image", ZIMAGE, ZIMAGE),
    claim("hunyuan-image", "hunyuan-image", &["Other"], &["Other"]),
    claim("hunyuan-video", "hunyuan-video", &["Hunyuan Video"], &["Hunyuan Video"]),
    claim("wan2.1", "wan", &[], &[]),
    claim("anima", "anima", &["Anima"], &["Anima"]),
];

/// `ss_base_model_version`.
static VERSIONS: &[Claim] = &[
    claim("sd_v1", "sd1", SD1, SD1),
    Claim { prediction: Some("epsilon"), ..claim("sd_v2_512", "sd2", SMALL_V2, SMALL_V2) },
    Claim { prediction: Some("v_prediction"), ..claim("sd_v2_768_v", "sd2", LARGE_V2, LARGE_V2) },
    claim("sd_v2", "sd2", SD2, SD2),
    claim("sd_2", "sd2", SD2, SD2),
    claim("sd_1", "sd1", SD1, SD1),
    claim("sdxl", "sdxl", SDXL, SDXL),
    claim("sd3", "sd3", &[], &[]),
    claim("flux1", "flux", &[], &[]),
    claim("flux2", "flux2", &[], &[]),
    claim("lumina2", "lumina2", &[], &[]),
    claim("krea2", "krea2", &[], &[]),
    claim("zimage", "z-image", &[], &[]),
    claim("z_image", "z-image", &[], &[]),
    claim("chroma", "chroma", &[], &[]),
    claim("qwen_image", "qwen-image", &[], &[]),
    claim("anima", "anima", &[], &[]),
    claim("hunyuan_image", "hunyuan-image", &[], &[]),
];

/// What `modelspec.architecture` means; its kind behind the slash is not looked at.
pub(super) fn architecture(text: &str) -> Option<&'static Claim> {
    find(ARCHITECTURES, text.split('/').next().unwrap_or(text))
}

/// What `ss_base_model_version` means.
pub(super) fn trainer_version(text: &str) -> Option<&'static Claim> {
    find(VERSIONS, text)
}

fn find(claims: &'static [Claim], text: &str) -> Option<&'static Claim> {
    let text = text.to_ascii_lowercase();
    claims.iter().find(|claim| text.starts_with(claim.word))
}

/// What a name hints at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hint {
    family: &'static str,
    /// What the name contains, in lower case.
    word: &'static str,
    /// The bases that remain, the best first.
    pub(super) bases: &'static [&'static str],
}

const fn hinted(family: &'static str, word: &'static str, bases: &'static [&'static str]) -> Hint {
    Hint { family, word, bases }
}

/// Words in the name of a four-channel autoencoder. Its shapes are those of every Stable Diffusion.
static XL_NAMES: [&str; 3] = ["sdxl", "sd_xl", "-xl"];

/// Whether the name says that an autoencoder was made for SDXL.
pub(super) fn names_xl(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    XL_NAMES.iter().any(|word| name.contains(word))
}

static HINTS: &[Hint] = &[
    hinted("sdxl", "pony", &["Pony", "SDXL 1.0"]),
    hinted("sdxl", "illustrious", &["Illustrious", "SDXL 1.0"]),
    hinted("sdxl", "noob", &["NoobAI", "Illustrious", "SDXL 1.0"]),
    hinted("sdxl", "lightning", &["SDXL Lightning", "SDXL 1.0"]),
    hinted("sdxl", "turbo", &["SDXL Turbo", "SDXL 1.0"]),
    hinted("sdxl", "hyper", &["SDXL Hyper", "SDXL 1.0"]),
    hinted("sdxl", "lcm", &["SDXL 1.0 LCM", "SDXL 1.0"]),
    hinted("sd1", "lcm", &["SD 1.5 LCM", "SD 1.5"]),
    hinted("sd1", "hyper", &["SD 1.5 Hyper", "SD 1.5"]),
    hinted("flux", "krea", &["Flux.1 Krea", "Flux.1 D"]),
    hinted("flux", "kontext", &["Flux.1 Kontext", "Flux.1 D"]),
    hinted("flux", "schnell", &["Flux.1 S"]),
    hinted("auraflow", "pony", &["Pony V7", "AuraFlow"]),
    hinted("sd3", "large-turbo", &["SD 3.5 Large Turbo", "SD 3.5 Large"]),
    hinted("sd3", "large_turbo", &["SD 3.5 Large Turbo", "SD 3.5 Large"]),
    hinted("z-image", "turbo", &["ZImageTurbo"]),
    hinted("z-image", "base", &["ZImageBase"]),
    hinted("flux2", "klein-base", &["Flux.2 Klein 9B-base", "Flux.2 Klein 4B-base"]),
    hinted("wan", "wan2.2", &["Wan Video 2.2 T2V-A14B", "Wan Video 2.2 I2V-A14B"]),
    hinted("wan", "720", &["Wan Video 14B i2v 720p"]),
];

/// The hint that `name` gives within `family`.
pub(super) fn hint(family: &str, name: &str) -> Option<&'static Hint> {
    let name = name.to_ascii_lowercase();
    HINTS.iter().find(|hint| hint.family == family && name.contains(hint.word))
}
