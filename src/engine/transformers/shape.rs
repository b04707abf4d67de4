//! Numbers of the config that must fit each other.

use crate::derive::folder::class::Class;
use crate::derive::folder::view::View;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::format::json::Json;
use crate::rules::{Case, Rule};

cause! {
    /// The hidden size is no multiple of the number of attention heads, for a class that insists on it.
    HEADS = ("TRFM106", "heads-do-not-divide", Error, "correct num_attention_heads or hidden_size: the model's source has both");
    /// `layer_types` names a kind of layer that transformers does not know, or not one for each layer.
    LAYER_TYPES = ("TRFM107", "layer-types", Error, "make layer_types a list with one known kind for each of num_hidden_layers layers");
    /// The query heads cannot be shared out among the key and value heads: the first prompt fails. With latent attention
    /// both counts must be the same.
    GROUPS = ("TRFM119", "heads-do-not-group", Error, "correct num_key_value_heads or num_attention_heads: the model's source has both");
}

/// Numbers of the config must fit each other.
pub static RULE: Rule = Rule { name: "config-shape", causes: CAUSES, check };

/// Kinds of layers that transformers 5.23 knows, the older names that it rewrites among them.
static KINDS: [&str; 18] = [
    "attention",
    "chunked_attention",
    "compressed_sparse_attention",
    "conv",
    "deepseek_sparse_attention",
    "full_attention",
    "heavily_compressed_attention",
    "hybrid",
    "hybrid_sliding",
    "indexed_attention",
    "linear_attention",
    "mamba",
    "minimax_m3_sparse",
    "moe",
    "qwen_sparse_attention",
    "reference_sliding_attention",
    "sliding_attention",
    "window_attention",
];

/// Classes that check their layers' kinds in a way of their own, or cut the list to the number of layers.
static OWN_KINDS: [&str; 5] =
    ["DeepseekV4Config", "NemotronHConfig", "NeoMMEConfig", "ResNetConfig", "Step3p7TextConfig"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.facts.folder.as_ref().and_then(|folder| folder.document("config.json")) else { return };
    let root = View::root(config);
    if root.class == Class::UNKNOWN {
        return;
    }
    let text = root.text_config();
    let subs = root.class.sub_configs().filter_map(|sub| root.sub(sub.key));
    for view in subs.filter(|sub| sub.pointer != text.pointer) {
        heads(&view, findings);
    }
    if text.pointer != root.pointer {
        heads(&root, findings);
    }
    heads(&text, findings);
    groups(&text, findings);
    layer_types(&text, findings);
}

/// Classes with latent attention: key and value heads are made from one narrow vector, one for each query head.
static LATENT: [&str; 9] = [
    "AXK1Config",
    "AXK2Config",
    "DeepseekV2Config",
    "DeepseekV32Config",
    "DeepseekV3Config",
    "Glm4MoeLiteConfig",
    "GlmMoeDsaConfig",
    "MiniCPM3Config",
    "YoutuConfig",
];

fn groups(text: &View<'_>, findings: &mut Findings) {
    let written = |key: &str| text.written(key).and_then(Json::as_i64).filter(|&count| count > 0);
    let (Some(heads), Some(groups)) = (written("num_attention_heads"), written("num_key_value_heads")) else { return };
    let latent = LATENT.contains(&text.class.name);
    if (latent && heads == groups) || (!latent && heads.checked_rem(groups) == Some(0)) {
        return;
    }
    let message = format!("{heads} attention heads cannot be shared out among {groups} key and value heads");
    let expected = if latent { heads.to_string() } else { format!("a divisor of {heads}") };
    let origin = Origin::file("config.json").key(text.at("num_key_value_heads"));
    findings.push(Diagnostic::new(&GROUPS, message).expected(expected).found(groups).at(origin));
}

fn heads(view: &View<'_>, findings: &mut Findings) {
    if !view.class.has("heads-divide") {
        return;
    }
    let (Some(width), Some(heads)) = (view.integer("hidden_size"), view.integer("num_attention_heads")) else { return };
    if heads != 0 && width.checked_rem(heads) != Some(0) {
        let message = format!("a hidden size of {width} is no multiple of {heads} attention heads");
        let origin = Origin::file("config.json").key(view.at("num_attention_heads"));
        findings
            .push(Diagnostic::new(&HEADS, message).expected(format!("a divisor of {width}")).found(heads).at(origin));
    }
}

fn layer_types(text: &View<'_>, findings: &mut Findings) {
    let listed = text.written("layer_types");
    let Some(Json::Array(kinds)) = listed.filter(|_| !OWN_KINDS.contains(&text.class.name)) else { return };
    let origin = Origin::file("config.json").key(text.at("layer_types"));
    let unknown = kinds.iter().filter_map(Json::as_str).find(|kind| !KINDS.contains(kind));
    if let Some(kind) = unknown {
        let message = format!("layer_types names {kind}, which is no kind of layer that transformers 5.23 knows");
        findings.push(Diagnostic::new(&LAYER_TYPES, message).found(kind).at(origin));
        return;
    }
    let layers = text.integer("num_hidden_layers").and_then(|layers| usize::try_from(layers).ok());
    if let Some(layers) = layers.filter(|&layers| layers != kinds.len()) {
        let message = format!("layer_types lists {} layers, num_hidden_layers says {layers}", kinds.len());
        findings.push(Diagnostic::new(&LAYER_TYPES, message).expected(layers).found(kinds.len()).at(origin));
    }
}
