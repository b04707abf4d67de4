//! A role and a base: whether the file is what the caller takes it for, and fits what it is to go with.

use super::needs;
use crate::derive::image::{self, Identity, Kind, Listing, Share};
use crate::diagnostic::{Cause, Diagnostic, Findings, Origin, cause};
use crate::rules::{Base, Case, Role, Rule};

cause! {
    /// A low-rank adapter was given as a checkpoint. It holds a few per cent of a model.
    LORA_AS_CHECKPOINT = ("IMG130", "lora-as-checkpoint", Error, "load it as a LoRA beside a checkpoint of its base");
    /// An autoencoder was given as a checkpoint.
    VAE_AS_CHECKPOINT = ("IMG131", "vae-as-checkpoint", Error, "load it as the VAE beside a checkpoint");
    /// A ControlNet was given as a checkpoint; some engines take its UNet half for a whole model.
    CONTROLNET_AS_CHECKPOINT = ("IMG132", "controlnet-as-checkpoint", Error, "load it as a ControlNet beside a checkpoint of its base");
    /// A text encoder was given as a checkpoint.
    ENCODER_AS_CHECKPOINT = ("IMG133", "text-encoder-as-checkpoint", Error, "load it as a text encoder beside a backbone that wants it");
    /// A learned word was given as a checkpoint.
    EMBEDDING_AS_CHECKPOINT = ("IMG134", "embedding-as-checkpoint", Error, "put it into the folder of embeddings and write its name into the prompt");
    /// Another companion was given as a checkpoint.
    COMPANION_AS_CHECKPOINT = ("IMG135", "companion-as-checkpoint", Error, "load it at its own place beside a checkpoint");
    /// A checkpoint was given where a companion belongs.
    CHECKPOINT_AS_COMPANION = ("IMG136", "checkpoint-as-companion", Error, "load it as the checkpoint, and name the companion that was meant");
    /// The file is a companion, but of another kind than its place asks for.
    WRONG_ROLE = ("IMG137", "wrong-role", Error, "load it at the place that fits its kind");
    /// The companion belongs to another family than the base: widths do not match, or they do and the picture is noise.
    OTHER_FAMILY = ("IMG138", "companion-other-family", Error, "use a companion of the base's family");
    /// The adapter was trained on another base. Engines apply what fits by name and shape, warn about the rest, and
    /// make pictures that are unchanged or damaged.
    LORA_OTHER_BASE = ("IMG139", "lora-other-base", Error, "use an adapter that was trained on the base's family");
    /// How many of the adapter's tensors find a weight of the base.
    LORA_SHARE = ("IMG124", "lora-applies", Note, "nothing to do; an adapter of which little applies has little effect");
}

/// A file must be what its place asks for.
pub static RULE: Rule = Rule { name: "role-and-base", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(identity) = case.derived.image.as_deref().filter(|identity| !identity.is_foreign()) else { return };
    let file = case.facts.files.first().map_or("", |file| file.name.as_str());
    if let Some(finding) = case.asked.role.and_then(|role| misplaced(identity, role, file)) {
        findings.push(finding.at(Origin::file(file)));
        return;
    }
    if let Some(base) = case.asked.base {
        beside(case, identity, base, findings);
    }
}

fn misplaced(identity: &Identity, role: Role, file: &str) -> Option<Diagnostic> {
    let kind = identity.kind;
    if suits(identity, role) {
        return None;
    }
    let whole = matches!(role, Role::Diffusion | Role::Model);
    let cause: &'static Cause = match kind {
        Kind::Checkpoint => &CHECKPOINT_AS_COMPANION,
        _ if !whole => &WRONG_ROLE,
        Kind::DoRA | Kind::LORA => &LORA_AS_CHECKPOINT,
        Kind::VAE => &VAE_AS_CHECKPOINT,
        Kind::Controlnet => &CONTROLNET_AS_CHECKPOINT,
        Kind::TextEncoder => &ENCODER_AS_CHECKPOINT,
        Kind::TextualInversion => &EMBEDDING_AS_CHECKPOINT,
        _ => &COMPANION_AS_CHECKPOINT,
    };
    let encoder = identity.text_encoder.map(|word| format!(" ({word})")).unwrap_or_default();
    let message = format!("{file} was given as {role}, it is a {}{encoder}", kind.name());
    Some(Diagnostic::new(cause, message).expected(role.word()).found(kind.name()))
}

fn suits(identity: &Identity, role: Role) -> bool {
    let encoder = identity.text_encoder.unwrap_or_default();
    let is_encoder = identity.kind == Kind::TextEncoder;
    match role {
        Role::ClipG => encoder == "clip_g" && is_encoder,
        Role::ClipL => encoder == "clip_l" && is_encoder,
        Role::ClipVision => identity.kind == Kind::CLIPVision,
        Role::Control => identity.kind == Kind::Controlnet,
        Role::Diffusion | Role::Model => identity.kind == Kind::Checkpoint,
        Role::Embedding => identity.kind == Kind::TextualInversion,
        Role::Hypernetwork => identity.kind == Kind::Hypernetwork,
        Role::IpAdapter => identity.kind == Kind::IPAdapter,
        Role::Llm => is_encoder && matches!(identity.format, "gguf-llm" | "llm-encoder"),
        Role::Lora => matches!(identity.kind, Kind::DoRA | Kind::LORA),
        Role::T5 => is_encoder && matches!(identity.format, "gguf-t5" | "t5"),
        Role::TextEncoder => is_encoder,
        Role::Upscaler => identity.kind == Kind::Upscaler,
        Role::Vae => identity.kind == Kind::VAE,
    }
}

fn beside(case: &Case<'_>, identity: &Identity, base: &Base, findings: &mut Findings) {
    let file = case.facts.files.first().map_or("", |file| file.name.as_str());
    let model = &base.identity;
    let family = model.family.unwrap_or("unknown");
    match identity.kind {
        Kind::Checkpoint | Kind::Upscaler => {}
        Kind::DoRA | Kind::LORA => adapter(case, identity, base, findings),
        Kind::TextEncoder | Kind::VAE => {
            let wanted = needs::all_of(model);
            if !needs::stands_for(identity).iter().any(|word| wanted.contains(word)) {
                let what = identity.text_encoder.or(identity.family).unwrap_or("of another family");
                let message =
                    format!("{file} is a {} ({what}); {family} takes {}", identity.kind.name(), wanted.join(", "));
                let finding = Diagnostic::new(&OTHER_FAMILY, message).expected(wanted).found(what);
                findings.push(finding.at(Origin::file(file)));
            }
        }
        Kind::CLIPVision if case.asked.role == Some(Role::ClipVision) => {}
        _ => {
            if identity.family.is_some() && identity.family != model.family {
                let theirs = identity.family.unwrap_or_default();
                let message = format!("{file} is a {} for {theirs}, the base is {family}", identity.kind.name());
                let finding = Diagnostic::new(&OTHER_FAMILY, message).expected(family).found(theirs);
                findings.push(finding.at(Origin::file(file)));
            }
        }
    }
}

fn adapter(case: &Case<'_>, identity: &Identity, base: &Base, findings: &mut Findings) {
    let file = case.facts.files.first().map_or("", |file| file.name.as_str());
    let family = base.identity.family.unwrap_or("unknown");
    let theirs = identity.family.unwrap_or("unknown");
    let listing = base.names.as_ref().and_then(|_| Listing::of(case.facts));
    let share = listing.as_ref().zip(base.names.as_ref()).map(|(listing, names)| image::applied(listing, names));
    let words = share.map(told).unwrap_or_default();
    // Editions of one family that differ in width do not share adapters.
    let bases = &base.identity.base_model_candidates;
    let narrow = share.is_some_and(|share| share.named == 0 || share.fitting < share.named);
    if theirs != family || narrow {
        let trained = identity.base_model.unwrap_or(theirs);
        let given = bases.first().copied().unwrap_or(family);
        let message = format!("{file} was trained on {trained} ({theirs}), the base is {given} ({family}){words}");
        let finding = Diagnostic::new(&LORA_OTHER_BASE, message).expected(family).found(theirs);
        findings.push(finding.at(Origin::file(file)));
    } else if let Some(Share { named, all, .. }) = share {
        let message = format!("{named} of {all} tensors of {file} would apply");
        findings.push(Diagnostic::new(&LORA_SHARE, message).expected(all).found(named).at(Origin::file(file)));
    }
}

fn told(share: Share) -> String {
    let Share { named, fitting, all } = share;
    let narrow = if fitting < named { format!(", of which {fitting} have its width") } else { String::new() };
    format!("; {named} of {all} tensors would apply by name{narrow}")
}
