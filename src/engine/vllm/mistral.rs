//! Mistral's own layout, which vLLM prefers wherever it finds one.

use crate::derive::folder::mistral::{self, PARAMS, params};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::facts::folder::WeightRole;
use crate::format::json::Json;
use crate::rules::bundle::{self, folder, some};
use crate::rules::{Case, Rule};
use std::collections::BTreeMap;

cause! {
    /// `params.json` lacks a number that the model cannot be built without.
    PARAM = ("VLLM108", "mistral-param-missing", Error, "fetch params.json again from the model's source");
    /// The weights in Mistral's layout are not what `params.json` promises: a tensor is missing or of another shape, or
    /// there are more layers than it counts.
    TENSOR = ("VLLM109", "mistral-tensor", Error, "fetch params.json and the weights again from one source");
    /// Mistral's layout has no tokenizer beside it.
    TOKENIZER = ("VLLM110", "mistral-tokenizer-missing", Error, "fetch tekken.json (or tokenizer.model.v3) from the model's source");
    /// vLLM knows eight-bit floats and compressed tensors in this layout, and stops at anything else.
    QUANTIZATION = ("VLLM113", "mistral-quantization", Error, "fetch an edition that is quantized otherwise, or not at all");
    /// The layout of this kind of model, or of the set of weights that vLLM would take, is not checked here.
    UNCHECKED = ("VLLM111", "mistral-layout-unchecked", Note, "load the model once in vLLM; or remove consolidated.safetensors to have it take the other set");
}

/// The folder must hold a config, of either kind.
pub static RULE: Rule = Rule { name: "vllm-config", causes: CAUSES, check };

/// Numbers that the model is built from.
static NEEDED: [&str; 6] = ["dim", "hidden_dim", "n_heads", "n_layers", "norm_eps", "vocab_size"];

/// Keys of models that are laid out otherwise.
static OTHERWISE: [&str; 4] = ["mamba", "moe", "qk_nope_head_dim", "quantization"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(folder) = folder(case) else { return };
    let Some(document) = params(folder) else { return (bundle::CONFIG.check)(case, findings) };
    let origin = || Origin::file(PARAMS);
    if folder.document("config.json").is_some() {
        let message = "vLLM takes params.json and consolidated.safetensors before config.json; they were not checked";
        findings.cannot_tell(&UNCHECKED, message, origin());
        return;
    }
    if let Some(key) = NEEDED.iter().find(|key| document.get(key).is_none()) {
        let message = format!("{PARAMS} has no {key}");
        findings.push(Diagnostic::new(&PARAM, message).expected(*key).at(origin().key(format!("/{key}"))));
    }
    let is_tokenizer = |name: &str| {
        name == "tekken.json" || name.starts_with("tokenizer.model") || name.starts_with("tokenizer.mm.model")
    };
    if !case.facts.files.iter().any(|file| is_tokenizer(&file.name)) {
        let message = format!("{} holds no tokenizer", case.facts.path);
        findings.push(Diagnostic::new(&TOKENIZER, message).expected("tekken.json").at(Origin::file("tekken.json")));
    }
    quantization(document, findings);
    let otherwise = OTHERWISE.iter().copied().find(|key| document.get(key).is_some_and(|value| !value.is_null()));
    let otherwise = otherwise.or_else(|| mistral::is_audio(document).then_some("multimodal"));
    if otherwise.is_none() {
        tensors(case, document, findings);
    }
    // The text half of a model with pictures is laid out as ever.
    if let Some(key) = otherwise.or_else(|| mistral::is_vision(document).then_some("vision_encoder")) {
        let message = format!("the weights of a model with {key} in Mistral's layout are not all tabulated");
        findings.cannot_tell(&UNCHECKED, message, origin().key(format!("/{key}")));
    }
}

/// What vLLM makes of `quantization`: it stops where it knows neither the format nor the method.
fn quantization(document: &Json, findings: &mut Findings) {
    let Some(stated) = document.get("quantization").filter(|stated| !stated.members().is_empty()) else { return };
    let text = |key: &str| stated.get(key).and_then(Json::as_str);
    let method = text("quant_method").unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    let found = match text("qformat_weight") {
        Some("fp8_e4m3") => match stated.get("qscheme_act").filter(|scheme| !scheme.is_null()) {
            None => return,
            Some(scheme) if matches!(scheme.as_str(), Some("NO_SCALES" | "TENSOR")) => return,
            Some(scheme) => format!("activations by {}", scheme.as_str().unwrap_or(scheme.kind())),
        },
        _ if method == "compressed-tensors" => return,
        Some(format) => format.to_owned(),
        None => "no format".to_owned(),
    };
    let message = format!("{PARAMS} states a quantization with {found}, which vLLM does not take in this layout");
    let finding = Diagnostic::new(&QUANTIZATION, message).expected("fp8_e4m3 or compressed-tensors").found(found);
    findings.push(finding.at(Origin::file(PARAMS).key("/quantization")));
}

/// A dense model's tensors for a layer: name and shape in the numbers of the document.
static LAYER: [(&str, &[&str]); 9] = [
    ("attention.wk.weight", &["keys", "dim"]),
    ("attention.wo.weight", &["dim", "queries"]),
    ("attention.wq.weight", &["queries", "dim"]),
    ("attention.wv.weight", &["keys", "dim"]),
    ("attention_norm.weight", &["dim"]),
    ("feed_forward.w1.weight", &["hidden_dim", "dim"]),
    ("feed_forward.w2.weight", &["dim", "hidden_dim"]),
    ("feed_forward.w3.weight", &["hidden_dim", "dim"]),
    ("ffn_norm.weight", &["dim"]),
];

/// The tensors outside of layers.
static OUTSIDE: [(&str, &[&str]); 3] = [
    ("norm.weight", &["dim"]),
    ("output.weight", &["vocab_size", "dim"]),
    ("tok_embeddings.weight", &["vocab_size", "dim"]),
];

struct Numbers<'p>(&'p Json);

impl Numbers<'_> {
    fn number(&self, key: &str) -> Option<u64> {
        let written = |key: &str| self.0.get(key).and_then(Json::as_i64).and_then(|number| u64::try_from(number).ok());
        let heads = written("n_heads");
        let width = || written("head_dim").or_else(|| written("dim")?.checked_div(heads?));
        match key {
            "keys" => written("n_kv_heads").or(heads)?.checked_mul(width()?),
            "queries" => heads?.checked_mul(width()?),
            key => written(key),
        }
    }

    fn shape(&self, sizes: &[&str]) -> Option<Vec<u64>> {
        sizes.iter().map(|size| self.number(size)).collect()
    }
}

fn tensors(case: &Case<'_>, document: &Json, findings: &mut Findings) {
    let headers = case.facts.safetensors.iter().filter(|header| header.file.starts_with("consolidated"));
    let found: BTreeMap<&str, &[u64]> =
        headers.flat_map(|header| header.tensors.iter()).map(|tensor| (tensor.name, tensor.shape)).collect();
    let read = folder(case).map(|folder| folder.weights.iter().filter(|w| w.role == WeightRole::Consolidated).count());
    let whole = case.facts.safetensors.iter().filter(|header| header.file.starts_with("consolidated")).count();
    let numbers = Numbers(document);
    // What could not be read has its own finding, and a count that no real model has is not followed.
    let Some(layers) = numbers.number("n_layers").filter(|&layers| layers <= 4096 && read == Some(whole)) else {
        return;
    };
    let tied = document.get("tied_embeddings").and_then(Json::as_bool) == Some(true);
    let outside = OUTSIDE.iter().filter(|(name, _)| !(tied && *name == "output.weight"));
    let outside = outside.map(|(name, sizes)| ((*name).to_owned(), *sizes));
    let layered = (0..layers).flat_map(|layer| LAYER.iter().map(move |(name, sizes)| (layer, *name, *sizes)));
    let layered = layered.map(|(layer, name, sizes)| (format!("layers.{layer}.{name}"), sizes));
    let (mut missing, mut shapes) = (Vec::new(), Vec::new());
    for (name, sizes) in outside.chain(layered) {
        match (found.get(name.as_str()), numbers.shape(sizes)) {
            (None, _) => missing.push(name),
            (Some(shape), Some(expected)) if **shape != *expected => shapes.push((name, shape.to_vec(), expected)),
            _ => {}
        }
    }
    let beyond = found.keys().filter(|name| layer_of(name).is_some_and(|layer| layer >= layers));
    let beyond: Vec<&str> = beyond.copied().collect();
    if !missing.is_empty() {
        let names = some(missing.iter().map(String::as_str), missing.len() as u64);
        let message = format!("{} tensors that {PARAMS} promises are in no file: {names}", missing.len());
        findings.push(Diagnostic::new(&TENSOR, message).at(Origin::file(PARAMS)));
    }
    if let Some((name, found, expected)) = shapes.first() {
        let message = format!("{name} is {found:?}, {PARAMS} makes it {expected:?}");
        findings.push(Diagnostic::new(&TENSOR, message).at(Origin::default().key(name)));
    }
    if !beyond.is_empty() {
        let names = some(beyond.iter().copied(), beyond.len() as u64);
        let message = format!("{PARAMS} counts {layers} layers, the weights hold more: {names}");
        findings.push(Diagnostic::new(&TENSOR, message).at(Origin::file(PARAMS).key("/n_layers")));
    }
}

fn layer_of(name: &str) -> Option<u64> {
    name.strip_prefix("layers.")?.split_once('.')?.0.parse().ok()
}
