//! What stable-diffusion.cpp does with each kind of file: it converts names, picks a version by marks among them, then
//! declares every tensor of that version and compares.

use super::family::{self, Fate};
use crate::derive::image::{Element, Identity, Kind, Listing};
use crate::diagnostic::{Cause, Findings, cause};
use crate::engine::picture::{Answer, needs};
use crate::facts::ModelFormat;
use crate::format::safetensors::Dtype;
use crate::rules::{Case, Rule};

cause! {
    /// The engine has no version of this family: it says `get sd version from file failed`.
    UNKNOWN_FAMILY = ("SDIF101", "unknown-architecture", Error, "use an engine that knows the family");
    /// The engine takes the file for something else and aborts the process while loading. Never let it near an
    /// in-process engine.
    DIES = ("SDIF102", "engine-dies", Error, "keep the file away from this engine: it ends the process");
    /// UNets are told apart by the token embedding of the text encoder inside the same file.
    NO_ENCODER_INSIDE = ("SDIF103", "text-encoder-not-inside", Error, "use a checkpoint that holds its text encoder under the original names");
    /// The engine looks for other names than the file has, and finds none of its tensors.
    NAMES = ("SDIF104", "names-not-read", Error, "convert the file to the original names");
    /// The engine skips what a quantizer wrote beside the weights.
    QUANTIZATION = ("SDIF105", "quantization-not-read", Error, "use the plain fp8, bf16 or GGUF edition");
    /// The engine loads the file and never reads a part of it: the picture is wrong, without an error.
    PART_IGNORED = ("SDIF106", "part-not-read", Error, "use an engine that reads this part");
    /// None of the adapter's names is known: the engine applies nothing and runs on unchanged, without an error.
    ADAPTER_NAMES = ("SDIF107", "adapter-names-not-read", Error, "convert the adapter to kohya's or diffusers' names");
    /// The engine loads no base of the adapter's family.
    NO_BASE = ("SDIF108", "no-loadable-base", Error, "use an engine that runs the adapter's family");
    /// The engine has no place for this kind of companion, or not for this family.
    NO_PLACE = ("SDIF109", "companion-not-supported", Error, "use an engine that takes this companion");
    /// The engine's safetensors reader knows no tensor of this element type and stops.
    DTYPE = ("SDIF110", "dtype-unsupported", Error, "write the file again without tensors of this type");
    /// The file's name says another container than its bytes; the engine goes by the bytes.
    CONTAINER_NAME = ("SDIF111", "container-name-mismatch", Warning, "rename the file: other engines go by the name");
}

/// Accepted, accepted with companions, accepted as a companion, or refused.
pub(super) static RULE: Rule = Rule { name: "stable-diffusion-cpp", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    container(case, findings);
    let Some(identity) = case.derived.image.as_deref().filter(|identity| !identity.is_foreign()) else { return };
    if case.facts.diffusers.is_some() {
        folder(case, identity).push(case, findings);
        return;
    }
    let Some(listing) = Listing::ordered(case.facts, &case.derived.order) else { return };
    if let Some(refusal) = unread_dtype(&listing) {
        refusal.push(case, findings);
        return;
    }
    answer(identity, &listing).push(case, findings);
}

fn container(case: &Case<'_>, findings: &mut Findings) {
    let Some(file) = case.facts.files.first() else { return };
    if case.facts.format == ModelFormat::Pickle && file.name.to_ascii_lowercase().ends_with(".safetensors") {
        let message = format!("{} is a pickle, its name says safetensors", file.name);
        findings.push(crate::diagnostic::Diagnostic::new(&CONTAINER_NAME, message));
    }
}

/// The engine opens four fixed names in a folder, and stops where the first is not there.
fn folder(case: &Case<'_>, identity: &Identity) -> Answer {
    let has = |name: &str| case.facts.files.iter().any(|file| file.name == name);
    if !has("unet/diffusion_pytorch_model.safetensors") {
        let reason = "unet/diffusion_pytorch_model.safetensors is missing: the engine stops there (it reads no other name, no variant and no shards)";
        return refuse(&NAMES, reason);
    }
    if identity.family == Some("sdxl") {
        let reason =
            "the engine takes an SDXL folder for SD 1.x: its names for the second text encoder are lost in conversion";
        return refuse(&NAMES, reason);
    }
    if !has("text_encoder/model.safetensors") {
        return refuse(
            &NO_ENCODER_INSIDE,
            "text_encoder/model.safetensors is missing: the engine tells the version by it",
        );
    }
    let vae: Vec<&'static str> =
        if has("vae/diffusion_pytorch_model.safetensors") { Vec::new() } else { vec!["vae_sd1"] };
    Answer::Model { needs: vae.clone(), at_load: vae, way: None }
}

/// The reader stops at an element type that it has no word for; bytes and half precision of eight bits it skips.
fn unread_dtype(listing: &Listing<'_>) -> Option<Answer> {
    listing.totals().iter().find(|(element, _)| is_unread(*element))?;
    let unread = listing.entries().find(|entry| is_unread(entry.element))?;
    let reason = format!("the engine's reader knows no dtype {} (tensor '{}')", unread.element.name(), unread.name);
    Some(Answer::Refused(&DTYPE, reason))
}

fn is_unread(element: Element) -> bool {
    matches!(
        element,
        Element::Torch(
            Dtype::BOOL
                | Dtype::C64
                | Dtype::F4
                | Dtype::F6_E2M3
                | Dtype::F6_E3M2
                | Dtype::F8_E8M0
                | Dtype::U16
                | Dtype::U32
                | Dtype::U64
        )
    )
}

fn answer(identity: &Identity, listing: &Listing<'_>) -> Answer {
    match identity.kind {
        Kind::Checkpoint => model(identity, listing),
        Kind::CLIPVision => vision(identity, listing),
        Kind::Controlnet => control(identity),
        Kind::DoRA | Kind::LORA => adapter(identity),
        Kind::Hypernetwork | Kind::MotionModule => {
            refuse(&NO_PLACE, format!("the engine has no place for a {}", identity.kind.name()))
        }
        Kind::IPAdapter => picture_prompt(identity),
        Kind::TextEncoder => encoder(identity),
        Kind::TextualInversion => Answer::beside("embeddings"),
        Kind::Upscaler => upscaler(identity, listing),
        Kind::VAE => vae(identity),
        Kind::NotImage | Kind::Unknown => Answer::alone(),
    }
}

fn refuse(cause: &'static Cause, reason: impl Into<String>) -> Answer {
    Answer::Refused(cause, reason.into())
}

fn model(identity: &Identity, listing: &Listing<'_>) -> Answer {
    if let Some(precision @ ("bnb-fp4" | "bnb-nf4" | "comfy-quant" | "fp8_scaled" | "svdquant")) = identity.precision {
        return refuse(
            &QUANTIZATION,
            format!(
                "{precision}: the engine never reads what stands beside the weights, which stay unscaled or missing"
            ),
        );
    }
    match family::fate(identity) {
        Fate::Dies(reason) => refuse(&DIES, reason),
        Fate::Ignores(reason) => refuse(&PART_IGNORED, reason),
        Fate::Unknown => refuse(
            &UNKNOWN_FAMILY,
            format!("the engine does not know the architecture {}", identity.family.unwrap_or("of this file")),
        ),
        Fate::UnknownNames(reason) => refuse(&NAMES, reason),
        Fate::Unet => unet(identity, listing),
        Fate::Transformer => transformer(identity, listing),
    }
}

/// Names under which the engine looks for a token embedding.
static TOKEN_EMBEDDINGS: [&str; 7] = [
    "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
    "cond_stage_model.model.token_embedding.weight",
    "text_model.embeddings.token_embedding.weight",
    "te.text_model.embeddings.token_embedding.weight",
    "conditioner.embedders.0.model.token_embedding.weight",
    "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight",
    "text_encoder.text_model.embeddings.token_embedding.weight",
];

fn unet(identity: &Identity, listing: &Listing<'_>) -> Answer {
    let told = if identity.family == Some("sdxl") {
        listing.any_starts("conditioner.embedders.1") || listing.any_starts("cond_stage_model.1")
    } else {
        TOKEN_EMBEDDINGS.iter().any(|name| listing.has(name))
    };
    if !told {
        let reason = "the engine tells UNets by the token embedding of the text encoder inside the file and finds none; a separate text encoder does not help";
        return refuse(&NO_ENCODER_INSIDE, reason);
    }
    let (_, vae) = needs::of(identity);
    Answer::Model { needs: vae.clone(), at_load: vae, way: None }
}

fn transformer(identity: &Identity, listing: &Listing<'_>) -> Answer {
    let (encoders, vae) = needs::of(identity);
    let told_by_encoder = family::loads_encoder_first(identity.family.unwrap_or_default());
    let at_load = if told_by_encoder { [encoders.clone(), vae.clone()].concat() } else { vae.clone() };
    let way = (!listing.any_starts("model.diffusion_model.")).then_some("--diffusion-model");
    Answer::Model { needs: [encoders, vae].concat(), at_load, way }
}

fn adapter(identity: &Identity) -> Answer {
    let Some(family) = identity.family else { return refuse(&NO_BASE, "the adapter's base cannot be told") };
    if identity.civitai_type == Some("DoRA") {
        return refuse(
            &PART_IGNORED,
            "the engine never reads dora_scale: the adapter is applied without its magnitudes",
        );
    }
    if !family::has_base(family) {
        return refuse(
            &NO_BASE,
            format!("the engine loads no base of the family {family}; on any other base it runs unchanged"),
        );
    }
    let unread = matches!(
        (identity.format, family),
        ("lora-control" | "lora-onetrainer" | "lora-peft" | "lora-xlabs" | "lycoris-glora" | "lycoris-oft", _)
            | ("lora-kohya", "sd3")
    );
    if unread {
        let count = identity.tensors;
        let reason = format!(
            "the engine knows none of the names: 0 of {count} tensors apply, it runs unchanged without an error"
        );
        return refuse(&ADAPTER_NAMES, reason);
    }
    Answer::beside("--lora-model-dir")
}

fn control(identity: &Identity) -> Answer {
    match (identity.format, identity.family) {
        ("ldm-controlnet", Some("sd1")) => Answer::beside("--control-net"),
        ("diffusers-controlnet", _) => {
            refuse(&NAMES, "the engine reads LDM names (control_model.*, input_hint_block.*) only")
        }
        _ => refuse(&NO_PLACE, "the engine has ControlNet for SD 1.x only"),
    }
}

fn picture_prompt(identity: &Identity) -> Answer {
    match identity.family {
        Some("sd1" | "sdxl") => Answer::Companion { place: "--ip-adapter", needs: vec!["clip_vision_h"] },
        _ => refuse(&NO_PLACE, "the engine has IP-Adapter for SD 1.5 and SDXL only"),
    }
}

fn encoder(identity: &Identity) -> Answer {
    match (identity.format, identity.text_encoder.unwrap_or_default()) {
        ("open-clip-bigg" | "open-clip-h" | "open-clip-l", _) => refuse(
            &NAMES,
            "OpenCLIP resblocks names are read only inside a checkpoint, not through --clip_l or --clip_g",
        ),
        (_, "clip_l") => Answer::beside("--clip_l"),
        (_, "clip_g") => Answer::beside("--clip_g"),
        (_, "t5xxl" | "umt5xxl") => Answer::beside("--t5xxl"),
        (_, word) if family::takes_language_model(word) => Answer::beside("--llm"),
        (_, word) => refuse(&NO_PLACE, format!("the engine has no family that takes the text encoder {word}")),
    }
}

fn vae(identity: &Identity) -> Answer {
    if identity.prefix == "first_stage_model." {
        let reason =
            "names keep the first_stage_model. prefix: --vae adds its own prefix and finds none of the weights";
        return refuse(&NAMES, reason);
    }
    match identity.format {
        "taesd" => Answer::beside("--taesd"),
        "diffusers-vae" | "ldm-vae" | "wan-vae" if identity.family.is_some_and(family::has_base) => {
            Answer::beside("--vae")
        }
        _ => refuse(&NO_PLACE, "the engine loads no base that takes this autoencoder"),
    }
}

fn vision(identity: &Identity, listing: &Listing<'_>) -> Answer {
    let width =
        listing.get("vision_model.embeddings.patch_embedding.weight").and_then(|entry| entry.shape.first().copied());
    match (identity.variant, width) {
        (Some("siglip"), _) => refuse(
            &NO_PLACE,
            "the engine takes CLIP vision H only; SigLIP in its place breaks the detection of the base's version",
        ),
        (_, Some(1280)) => Answer::beside("--clip_vision"),
        _ => refuse(&NO_PLACE, "the engine takes CLIP vision H under transformers' names only"),
    }
}

fn upscaler(identity: &Identity, listing: &Listing<'_>) -> Answer {
    if identity.format != "esrgan" {
        return refuse(&NO_PLACE, format!("the engine has RRDB (ESRGAN) upscalers only, this is {}", identity.format));
    }
    let first = ["conv_first.weight", "model.0.weight"].iter().find_map(|name| listing.get(name));
    match first.and_then(|entry| entry.shape.get(1).copied()) {
        Some(3) => Answer::beside("--upscale-model"),
        channels => {
            let channels = channels.unwrap_or_default();
            refuse(&NO_PLACE, format!("the engine's upscaler takes 3 input channels, conv_first has {channels}"))
        }
    }
}
