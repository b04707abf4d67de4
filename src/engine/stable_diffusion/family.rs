//! What becomes of each family in stable-diffusion.cpp.

use crate::config::Config;
use crate::derive::image::{Identity, families_of_base};

/// What the engine does with a backbone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The process ends while loading.
    Dies(&'static str),
    /// It loads and never reads a part.
    Ignores(&'static str),
    /// It loads as a transformer, with companions.
    Transformer,
    /// It loads when it holds its text encoder.
    Unet,
    /// No version fits.
    Unknown,
    /// The family is known, under other names.
    UnknownNames(&'static str),
}

use Fate::{Dies, Ignores, Transformer, Unet, Unknown, UnknownNames};

const DIFFUSERS_UNET: &str =
    "diffusers-named UNet: the engine cannot tell the version from it alone, and separate companions do not help";

/// Family, edition (`None` for all others) and fate; families that are not listed are unknown to the engine.
static FATES: &[(&str, Option<&str>, Fate)] = &[
    ("anima", None, Transformer),
    ("chroma", None, Transformer),
    ("ernie", None, Transformer),
    ("flux", None, Transformer),
    ("flux2", None, Transformer),
    ("hidream-o1", None, Transformer),
    ("hunyuan-image", None, Dies("the engine takes it for Hunyuan Video and dies while loading (SIGABRT)")),
    ("hunyuan-video", Some("1.5"), Transformer),
    (
        "hunyuan-video",
        None,
        Dies("the engine dies while loading (SIGABRT, head size assertion): it knows HunyuanVideo 1.5 only"),
    ),
    ("ideogram4", None, Transformer),
    ("krea2", None, Transformer),
    ("longcat", None, Transformer),
    ("ltx2", None, Transformer),
    ("ltxv", None, Dies("the engine takes it for LTX-2 (LTXAV) and dies while loading (SIGABRT)")),
    ("minimax-h3", None, Transformer),
    ("ovis", None, Transformer),
    ("qwen-image", None, Transformer),
    (
        "sd1",
        Some("NAI text encoder prefix"),
        UnknownNames(
            "the engine finds no token embedding under the names without text_model. and cannot tell the version",
        ),
    ),
    ("sd1", Some("zero123"), Unknown),
    ("sd1", None, Unet),
    (
        "sd2",
        Some("depth"),
        Dies(
            "the engine dies while loading (SIGABRT): its SD 2.x v-prediction probe feeds 4 channels to a 5-channel UNet",
        ),
    ),
    (
        "sd2",
        Some("unclip-h"),
        Ignores("the engine loads it as SD 2.x and never reads label_emb.*: the image conditioning is lost"),
    ),
    (
        "sd2",
        Some("unclip-l"),
        Ignores("the engine loads it as SD 2.x and never reads label_emb.*: the image conditioning is lost"),
    ),
    ("sd2", Some("x4-upscaler"), Unknown),
    ("sd2", None, Unet),
    ("sd3", None, Transformer),
    (
        "sdxl",
        Some("KOALA 1B"),
        UnknownNames("the engine takes it for SSD-1B and misses the blocks that KOALA leaves out"),
    ),
    (
        "sdxl",
        Some("KOALA 700M"),
        UnknownNames("the engine takes it for Vega and misses the blocks that KOALA leaves out"),
    ),
    (
        "sdxl",
        Some("Playground v2.5"),
        Ignores(
            "the engine loads it as SDXL in eps-prediction mode and never reads edm_mean and edm_std: images are wrong",
        ),
    ),
    ("sdxl", Some("refiner"), Unknown),
    ("sdxl", None, Unet),
    ("svd", None, Dies("the engine dies while loading (SIGSEGV)")),
    ("wan", None, Transformer),
    ("z-image", None, Transformer),
];

/// What becomes of a backbone.
pub(super) fn fate(identity: &Identity) -> Fate {
    let family = identity.family.unwrap_or_default();
    let edition =
        FATES.iter().find(|(name, variant, _)| *name == family && variant.is_some() && *variant == identity.variant);
    let row = edition.or_else(|| FATES.iter().find(|(name, variant, _)| *name == family && variant.is_none()));
    match row.map_or(Unknown, |(_, _, fate)| *fate) {
        Unet if identity.format == "diffusers-unet" => UnknownNames(DIFFUSERS_UNET),
        Transformer if identity.format == "diffusers-dit" && !reads_diffusers(family) => {
            UnknownNames("the engine reads this family under its original names only")
        }
        fate => fate,
    }
}

/// Families whose diffusers names the engine converts.
fn reads_diffusers(family: &str) -> bool {
    matches!(family, "flux" | "sd3" | "z-image")
}

/// Whether some backbone of the family loads, so that adapters and autoencoders have a base.
pub(super) fn has_base(family: &str) -> bool {
    FATES.iter().any(|(name, _, fate)| *name == family && matches!(fate, Transformer | Unet))
}

/// Whether some family that can have the config's base model loads; a base that is unknown rules nothing out.
pub(super) fn runs(config: &Config) -> bool {
    let base = match config {
        Config::Image(config) => config.base_model.as_deref(),
        Config::Video(config) => config.base_model.as_deref(),
        Config::Audio(_) | Config::Llm(_) => None,
    };
    let families = base.map(families_of_base).unwrap_or_default();
    families.is_empty() || families.iter().any(|family| has_base(family))
}

/// Families that are refused at load without their language model.
pub(super) fn loads_encoder_first(family: &str) -> bool {
    matches!(
        family,
        "anima"
            | "ernie"
            | "flux2"
            | "hunyuan-video"
            | "ideogram4"
            | "krea2"
            | "longcat"
            | "ltx2"
            | "ovis"
            | "qwen-image"
            | "z-image"
    )
}

/// Language models that some family takes as its text encoder.
pub(super) fn takes_language_model(word: &str) -> bool {
    matches!(
        word,
        "gemma3_12b" | "mistral3_24b" | "qwen2.5_vl_7b" | "qwen3_0.6b" | "qwen3_2b" | "qwen3_4b" | "qwen3_8b"
    )
}
