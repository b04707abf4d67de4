//! What ComfyUI does with each kind of file.

use crate::derive::image::{Identity, Kind};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::engine::picture::{Answer, needs};
use crate::facts::ModelFormat;
use crate::rules::{Case, Rule};

cause! {
    /// The weights are stored in a way that ComfyUI reads only with an extension.
    QUANTIZATION = ("CMFY101", "quantization-needs-extension", Error, "fetch the fp8, bf16 or GGUF edition, or install the extension and judge with a profile that knows it");
    /// ComfyUI picks its reader by the file's name: a pickle that is called safetensors is refused by the safetensors
    /// reader with `header too large`.
    CONTAINER_NAME = ("CMFY102", "container-name-mismatch", Error, "rename the file: .ckpt or .pt for a pickle, .safetensors for safetensors");
    /// GGUF files are read by an extension, not by ComfyUI itself.
    GGUF_NODES = ("CMFY103", "needs-gguf-nodes", Note, "install the ComfyUI-GGUF nodes");
}

/// Accepted, accepted with companions, accepted as a companion, or refused.
pub(super) static RULE: Rule = Rule { name: "comfyui", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    container(case, findings);
    let Some(identity) = case.derived.image.as_deref().filter(|identity| !identity.is_foreign()) else { return };
    answer(identity).push(case, findings);
}

fn container(case: &Case<'_>, findings: &mut Findings) {
    let Some(file) = case.facts.files.first() else { return };
    let format = case.facts.format;
    let lower = file.name.to_ascii_lowercase();
    let origin = Origin::file(&file.name);
    let safetensors = lower.ends_with(".safetensors") || lower.ends_with(".sft");
    if matches!(format, ModelFormat::Pickle | ModelFormat::Gguf) && safetensors {
        let message = format!("{} is a {}, its name says safetensors", file.name, format.name());
        let finding = Diagnostic::new(&CONTAINER_NAME, message).expected("safetensors").found(format.name());
        findings.push(finding.at(origin));
    } else if format == ModelFormat::Safetensors
        && [".ckpt", ".pt", ".pth", ".bin"].iter().any(|end| lower.ends_with(end))
    {
        let message = format!("{} is a safetensors file, its name says pickle", file.name);
        let finding = Diagnostic::new(&CONTAINER_NAME, message).expected("pickle").found("safetensors");
        findings.push(finding.at(origin));
    } else if format == ModelFormat::Gguf && case.derived.image.is_some() {
        findings.push(Diagnostic::new(&GGUF_NODES, format!("{} is a GGUF file", file.name)).at(origin));
    }
}

fn answer(identity: &Identity) -> Answer {
    if let Some(precision @ ("bnb-nf4" | "bnb-fp4" | "svdquant")) = identity.precision {
        return Answer::Refused(&QUANTIZATION, format!("{precision} weights need an extension"));
    }
    match identity.kind {
        Kind::Checkpoint => {
            let (encoders, vae) = needs::of(identity);
            let needs = [encoders, vae].concat();
            Answer::Model { needs, at_load: Vec::new(), way: None }
        }
        Kind::CLIPVision => Answer::beside("models/clip_vision"),
        Kind::Controlnet => Answer::beside("models/controlnet"),
        Kind::DoRA | Kind::LORA => Answer::beside("models/loras"),
        Kind::Hypernetwork => Answer::beside("models/hypernetworks"),
        Kind::IPAdapter => Answer::beside("models/ipadapter"),
        Kind::MotionModule => Answer::beside("models/animatediff_models"),
        Kind::TextEncoder => Answer::beside("models/text_encoders"),
        Kind::TextualInversion => Answer::beside("models/embeddings"),
        Kind::Upscaler => Answer::beside("models/upscale_models"),
        Kind::VAE => Answer::beside("models/vae"),
        Kind::NotImage | Kind::Unknown => Answer::alone(),
    }
}
