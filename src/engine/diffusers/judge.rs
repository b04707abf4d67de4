//! What diffusers does with each kind of file.

use crate::derive::image::{Identity, Kind};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::engine::picture::{Answer, needs};
use crate::rules::{Case, Rule};

cause! {
    /// `from_single_file` does not know the family. It never says so: it takes the file for Stable Diffusion 1 and
    /// fails in the conversion of names, or leaves weights unset.
    UNKNOWN_FAMILY = ("DIFF101", "unknown-architecture", Error, "fetch the family's diffusers folder, or use an engine that knows the file");
    /// The weights are stored in a way that diffusers reads only from folders that say so in their documents.
    QUANTIZATION = ("DIFF102", "quantization-not-read", Error, "use the bf16 or GGUF edition, or a diffusers folder with its quantization document");
    /// A single file has no documents: diffusers fetches them, and the parts that the file lacks, from the hub.
    NEEDS_HUB = ("DIFF103", "needs-hub", Note, "let the worker reach the hub, or give it the family's folder");
    /// diffusers has no place for this kind of companion.
    NO_PLACE = ("DIFF104", "companion-not-supported", Error, "use an engine that takes this companion");
}

/// Families of which `from_single_file` tells the class.
static SINGLE_FILES: &[&str] = &[
    "anima",
    "auraflow",
    "chroma",
    "cosmos",
    "flux",
    "flux2",
    "hidream",
    "hunyuan-video",
    "ltx2",
    "ltxv",
    "lumina2",
    "mochi",
    "qwen-image",
    "sd1",
    "sd2",
    "sd3",
    "sdxl",
    "cascade",
    "wan",
    "z-image",
];

/// Accepted, accepted with companions, accepted as a companion, or refused.
pub(super) static RULE: Rule = Rule { name: "diffusers", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(identity) = case.derived.image.as_deref().filter(|identity| !identity.is_foreign()) else { return };
    if case.facts.diffusers.is_some() {
        return;
    }
    answer(identity).push(case, findings);
    if identity.kind == Kind::Checkpoint {
        let file = case.facts.files.first().map_or("", |file| file.name.as_str());
        let message = format!("{file} is a single file: its configs come from the hub");
        findings.push(Diagnostic::new(&NEEDS_HUB, message).at(Origin::file(file)));
    }
}

fn answer(identity: &Identity) -> Answer {
    match identity.kind {
        Kind::Checkpoint => model(identity),
        Kind::CLIPVision => Answer::beside("image_encoder"),
        Kind::Controlnet => Answer::beside("ControlNetModel"),
        Kind::DoRA | Kind::LORA => Answer::beside("load_lora_weights"),
        Kind::IPAdapter => Answer::beside("load_ip_adapter"),
        Kind::MotionModule => Answer::beside("MotionAdapter"),
        Kind::TextEncoder => Answer::beside("text_encoder"),
        Kind::TextualInversion => Answer::beside("load_textual_inversion"),
        Kind::VAE => Answer::beside("AutoencoderKL"),
        Kind::Hypernetwork | Kind::Upscaler => {
            Answer::Refused(&NO_PLACE, format!("diffusers has no place for a {}", identity.kind.name()))
        }
        Kind::NotImage | Kind::Unknown => Answer::alone(),
    }
}

fn model(identity: &Identity) -> Answer {
    let family = identity.family.unwrap_or("of this file");
    if !SINGLE_FILES.contains(&family) {
        return Answer::Refused(&UNKNOWN_FAMILY, format!("from_single_file does not know the family {family}"));
    }
    if let Some(precision @ ("bnb-fp4" | "bnb-nf4" | "comfy-quant" | "fp8_scaled" | "svdquant")) = identity.precision {
        return Answer::Refused(&QUANTIZATION, format!("{precision} weights are not read from a single file"));
    }
    let (encoders, vae) = needs::of(identity);
    Answer::Model { needs: [encoders, vae].concat(), at_load: Vec::new(), way: Some("from_single_file") }
}
