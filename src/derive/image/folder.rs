//! What a diffusers folder holds: told by the backbone's tensors, or by its document where they are missing.

use super::backbone;
use super::complete;
use super::identity::{Components, Defect, Identity, Kind};
use super::listing::Listing;
use crate::facts::Facts;
use crate::facts::diffusers::{Component, DiffusersFacts};
use crate::format::json::Json;

/// Classes of transformers and the families that they mean.
static CLASSES: &[(&str, &str)] = &[
    ("AuraFlowTransformer2DModel", "auraflow"),
    ("CogVideoXTransformer3DModel", "cogvideox"),
    ("CosmosTransformer3DModel", "cosmos"),
    ("Flux2Transformer2DModel", "flux2"),
    ("FluxTransformer2DModel", "flux"),
    ("HiDreamImageTransformer2DModel", "hidream"),
    ("HunyuanDiT2DModel", "hunyuandit"),
    ("HunyuanVideoTransformer3DModel", "hunyuan-video"),
    ("LTXVideoTransformer3DModel", "ltxv"),
    ("Lumina2Transformer2DModel", "lumina2"),
    ("MochiTransformer3DModel", "mochi"),
    ("PixArtTransformer2DModel", "pixart"),
    ("QwenImageTransformer2DModel", "qwen-image"),
    ("SD3Transformer2DModel", "sd3"),
    ("WanTransformer3DModel", "wan"),
    ("ZImageTransformer2DModel", "z-image"),
];

/// Describes the folder.
pub fn identify(facts: &Facts, diffusers: &DiffusersFacts) -> Identity {
    let backbone = ["unet", "transformer"].iter().find_map(|name| diffusers.component(name));
    let by_shapes = backbone.and_then(|component| by_shapes(facts, component));
    let mut identity = by_shapes.or_else(|| backbone.and_then(by_document)).unwrap_or_default();
    let exists = |name: &str| diffusers.component(name).is_some_and(|component| component.exists);
    identity.components = Components {
        unet: exists("unet") || exists("transformer"),
        vae: exists("vae") || exists("vqgan"),
        text_encoder: exists("text_encoder") || exists("text_encoder_2"),
    };
    identity.format = "diffusers-folder";
    for component in &diffusers.components {
        let defects = defects(facts, component);
        identity.complete &= defects.is_empty();
        identity.completeness.defects.extend(defects);
    }
    let scheduler = diffusers.component("scheduler").and_then(|component| component.scheduler.as_ref());
    match scheduler.and_then(|scheduler| scheduler.get("prediction_type")?.as_str()) {
        Some("v_prediction") => identity.prediction = Some("v_prediction"),
        Some("epsilon") if identity.prediction.is_none() => identity.prediction = Some("epsilon"),
        _ => {}
    }
    identity
}

/// What is wrong with the tensors of an autoencoder or a text encoder.
fn defects(facts: &Facts, component: &Component) -> Vec<Defect> {
    let found = match component.name.as_str() {
        "vae" => complete::autoencoder(&listing(facts, component), ""),
        "text_encoder" | "text_encoder_2" | "text_encoder_3" => complete::encoder(&listing(facts, component), ""),
        _ => return Vec::new(),
    };
    found.defects
}

/// The tensors of one component; of two editions of its weights, both.
fn listing<'a>(facts: &'a Facts, component: &Component) -> Listing<'a> {
    let prefix = format!("{}/", component.name);
    let files: Vec<_> = facts.safetensors.iter().filter(|file| file.file.starts_with(&prefix)).collect();
    Listing::of_safetensors(files.iter().copied())
}

/// The backbone's own tensors, when they can be read.
fn by_shapes(facts: &Facts, component: &Component) -> Option<Identity> {
    let identity = super::identify(&listing(facts, component), "");
    (identity.kind == Kind::Checkpoint).then_some(identity)
}

fn by_document(component: &Component) -> Option<Identity> {
    let config = component.config.as_ref()?;
    let class = config.get("_class_name").and_then(Json::as_str).or(component.class.as_deref())?;
    if class == "UNet2DConditionModel" {
        return unet(config);
    }
    let (_, family) = CLASSES.iter().find(|(known, _)| *known == class)?;
    super::family(family)
}

fn unet(config: &Json) -> Option<Identity> {
    let number = |key: &str| config.get(key).and_then(Json::as_u64);
    let row = backbone::unet_of(number("cross_attention_dim")?, number("in_channels").unwrap_or(4))?;
    Some(Identity {
        kind: Kind::Checkpoint,
        family: Some(row.family),
        variant: row.variant,
        base_model: row.bases.first().copied(),
        base_model_candidates: row.bases.to_vec(),
        decided_by: "unet/config.json".to_owned(),
        prediction: row.prediction,
        resolution: row.resolution,
        clip_skip: Some(1),
        latent_channels: row.latent_channels,
        complete: true,
        ..Identity::default()
    })
}
