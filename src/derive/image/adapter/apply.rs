//! Which tensors of an adapter find a weight of a base, by name.

use super::super::listing::{Element, Entry, Listing};
use super::suffix::{Side, split};
use crate::format::safetensors::Dtype;
use std::collections::HashMap;

/// The weights of a base, each by its name in one common spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingNames(HashMap<String, Weight>);

/// The shape of a weight, unless a quantizer packed it.
type Weight = Option<Box<[u64]>>;

/// How much of an adapter finds its place in a base.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Tensors that find a weight of their name.
    pub named: u64,
    /// Those of them that have the weight's width as well.
    pub fitting: u64,
    /// All tensors.
    pub all: u64,
}

/// What stands before a backbone's names, longest first.
static BACKBONE: [&str; 6] = ["model.diffusion_model.", "diffusion_model.", "model.", "transformer.", "unet.", "net."];
/// What stands before a text encoder's names, and the common prefix.
static ENCODERS: [(&str, &str); 8] = [
    ("cond_stage_model.transformer.", "te0_"),
    ("cond_stage_model.model.transformer.resblocks.", "te0_resblocks_"),
    ("conditioner.embedders.0.transformer.", "te0_"),
    ("conditioner.embedders.1.model.transformer.resblocks.", "te1_resblocks_"),
    ("text_encoders.clip_l.transformer.", "te0_"),
    ("text_encoders.clip_g.transformer.", "te1_"),
    ("text_encoder.", "te0_"),
    ("text_encoder_2.", "te1_"),
];

impl ListingNames {
    /// The names of a base.
    pub fn of(listing: &Listing<'_>) -> Self {
        Self(listing.entries().map(|entry| (common(entry.name), weight(&entry))).collect())
    }

    /// The weight that `module` changes, and whether it has the module's own name.
    fn find(&self, module: &str) -> Option<(&Weight, bool)> {
        let own = self.0.get(module).map(|weight| (weight, true));
        own.or_else(|| translations(module).iter().find_map(|name| self.0.get(name)).map(|weight| (weight, false)))
    }
}

fn weight(entry: &Entry<'_>) -> Weight {
    let packed = matches!(entry.element, Element::Torch(Dtype::U8 | Dtype::I8 | Dtype::I32 | Dtype::F4));
    (!packed).then(|| entry.shape.into())
}

/// How much of `adapter` finds a weight in `base`, by name and by width.
pub fn applied(adapter: &Listing<'_>, base: &ListingNames) -> Share {
    let mut share = Share { all: adapter.len() as u64, ..Share::default() };
    for entry in adapter.entries() {
        let Some((weight, own)) = module(entry.name).and_then(|module| base.find(&module)) else { continue };
        share.named = share.named.saturating_add(1);
        share.fitting = share.fitting.saturating_add(u64::from(fits(&entry, weight.as_deref(), own)));
    }
    share
}

/// Whether the low-rank half has the weight's inputs or outputs. A weight of another name may be several fused ones:
/// it has the inputs of each and at least its outputs.
fn fits(entry: &Entry<'_>, weight: Option<&[u64]>, own: bool) -> bool {
    let Some(weight) = weight else { return true };
    let side = split(entry.name).map(|(_, _, side)| side);
    match (side, entry.shape, weight) {
        (Some(Side::Down), [_, input, ..], [_, columns, ..]) => input == columns,
        (Some(Side::Up), [output, ..], [rows, ..]) => output == rows || (!own && output <= rows),
        _ => true,
    }
}

/// A base's weight in the common spelling: dots became underscores, the prefix and `.weight` are gone.
fn common(name: &str) -> String {
    let bare = name.strip_suffix(".weight").or_else(|| name.strip_suffix("_weight")).unwrap_or(name);
    if let Some((prefix, short)) = ENCODERS.iter().find(|(prefix, _)| bare.starts_with(prefix)) {
        return format!("{short}{}", bare.get(prefix.len()..).unwrap_or_default().replace('.', "_"));
    }
    let bare = BACKBONE.iter().find_map(|prefix| bare.strip_prefix(prefix)).unwrap_or(bare);
    bare.replace('.', "_")
}

/// The module of an adapter's tensor, in the common spelling.
fn module(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".alpha").or_else(|| split(name).map(|(stem, ..)| stem))?;
    let encoders = [
        ("lora_te1_", "te0_"),
        ("lora_te2_", "te1_"),
        ("lora_te_", "te0_"),
        ("text_encoder_2.", "te1_"),
        ("text_encoder.", "te0_"),
    ];
    if let Some((prefix, short)) = encoders.iter().find(|(prefix, _)| stem.starts_with(prefix)) {
        return Some(format!("{short}{}", stem.get(prefix.len()..)?.replace('.', "_")));
    }
    let prefixes = [
        "lora_unet_",
        "lycoris_",
        "lora_transformer_",
        "base_model.model.",
        "diffusion_model.",
        "transformer.",
        "unet.",
    ];
    let bare = prefixes.iter().find_map(|prefix| stem.strip_prefix(prefix)).unwrap_or(stem);
    Some(bare.replace('.', "_"))
}

/// The same module in the spellings that bases use.
fn translations(module: &str) -> Vec<String> {
    [unet(module), flux(module), encoder(module)].into_iter().flatten().collect()
}

/// diffusers' names of UNet blocks in LDM's count.
fn unet(module: &str) -> Option<String> {
    let parts: Vec<&str> = module.split('_').collect();
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<usize>().ok());
    let rest = |at: usize| parts.get(at..).map(|rest| rest.join("_")).unwrap_or_default();
    let place = match parts.as_slice() {
        ["mid", "block", "attentions", ..] => ("middle_block_1".to_owned(), 4),
        ["mid", "block", "resnets", ..] => (format!("middle_block_{}", number(3)?.checked_mul(2)?), 4),
        ["down", "blocks", _, kind @ ("attentions" | "resnets"), ..] => {
            let block = number(2)?.checked_mul(3)?.checked_add(number(4)?)?.checked_add(1)?;
            (format!("input_blocks_{block}_{}", usize::from(*kind == "attentions")), 5)
        }
        ["down", "blocks", _, "downsamplers", ..] => {
            let block = number(2)?.checked_add(1)?.checked_mul(3)?;
            return Some(format!("input_blocks_{block}_0_op"));
        }
        ["up", "blocks", _, kind @ ("attentions" | "resnets"), ..] => {
            let block = number(2)?.checked_mul(3)?.checked_add(number(4)?)?;
            (format!("output_blocks_{block}_{}", usize::from(*kind == "attentions")), 5)
        }
        ["up", "blocks", _, "upsamplers", ..] => {
            let block = number(2)?.checked_mul(3)?.checked_add(2)?;
            return Some(format!("output_blocks_{block}_{}_conv", if number(2)? == 0 { 1 } else { 2 }));
        }
        _ => return None,
    };
    Some(format!("{}_{}", place.0, resnet(&rest(place.1))))
}

/// diffusers' names inside a residual block.
fn resnet(name: &str) -> String {
    let known = [
        ("conv1", "in_layers_2"),
        ("conv2", "out_layers_3"),
        ("time_emb_proj", "emb_layers_1"),
        ("conv_shortcut", "skip_connection"),
    ];
    known.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours).to_owned()
}

/// diffusers' names of Flux blocks, whose projections the original fuses.
fn flux(module: &str) -> Option<String> {
    let (stem, blocks) = [("single_transformer_blocks_", "single_blocks_"), ("transformer_blocks_", "double_blocks_")]
        .iter()
        .find_map(|(theirs, ours)| module.strip_prefix(theirs).map(|rest| (rest, *ours)))?;
    let (number, leaf) = stem.split_once('_')?;
    let leaf = FLUX.iter().find(|(kind, theirs, _)| *kind == blocks && *theirs == leaf).map(|(_, _, ours)| ours)?;
    Some(format!("{blocks}{number}_{leaf}"))
}

static FLUX: &[(&str, &str, &str)] = &[
    ("double_blocks_", "attn_add_k_proj", "txt_attn_qkv"),
    ("double_blocks_", "attn_add_q_proj", "txt_attn_qkv"),
    ("double_blocks_", "attn_add_v_proj", "txt_attn_qkv"),
    ("double_blocks_", "attn_to_add_out", "txt_attn_proj"),
    ("double_blocks_", "attn_to_k", "img_attn_qkv"),
    ("double_blocks_", "attn_to_out_0", "img_attn_proj"),
    ("double_blocks_", "attn_to_q", "img_attn_qkv"),
    ("double_blocks_", "attn_to_v", "img_attn_qkv"),
    ("double_blocks_", "ff_context_net_0_proj", "txt_mlp_0"),
    ("double_blocks_", "ff_context_net_2", "txt_mlp_2"),
    ("double_blocks_", "ff_net_0_proj", "img_mlp_0"),
    ("double_blocks_", "ff_net_2", "img_mlp_2"),
    ("double_blocks_", "norm1_context_linear", "txt_mod_lin"),
    ("double_blocks_", "norm1_linear", "img_mod_lin"),
    ("single_blocks_", "attn_to_k", "linear1"),
    ("single_blocks_", "attn_to_q", "linear1"),
    ("single_blocks_", "attn_to_v", "linear1"),
    ("single_blocks_", "norm_linear", "modulation_lin"),
    ("single_blocks_", "proj_mlp", "linear1"),
    ("single_blocks_", "proj_out", "linear2"),
];

/// transformers' names of a text encoder's layers in OpenCLIP's, which fuses the projections.
fn encoder(module: &str) -> Option<String> {
    let (short, rest) = module.split_once("_text_model_encoder_layers_")?;
    let (number, leaf) = rest.split_once('_')?;
    let leaf = match leaf {
        "self_attn_q_proj" | "self_attn_k_proj" | "self_attn_v_proj" => "attn_in_proj",
        "self_attn_out_proj" => "attn_out_proj",
        "mlp_fc1" => "mlp_c_fc",
        "mlp_fc2" => "mlp_c_proj",
        _ => return None,
    };
    Some(format!("{short}_resblocks_{number}_{leaf}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unet_blocks_are_counted_as_ldm_does() {
        let name = unet("down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k");
        assert_eq!(name.as_deref(), Some("input_blocks_1_1_transformer_blocks_0_attn2_to_k"));
        assert_eq!(unet("up_blocks_1_resnets_2_conv1").as_deref(), Some("output_blocks_5_0_in_layers_2"));
        assert_eq!(unet("down_blocks_0_downsamplers_0_conv").as_deref(), Some("input_blocks_3_0_op"));
    }

    #[test]
    fn names_of_both_sides_meet() {
        let base = common("model.diffusion_model.input_blocks.1.1.proj_in.weight");
        assert_eq!(module("lora_unet_input_blocks_1_1_proj_in.lora_down.weight"), Some(base));
    }
}
