//! How the weights are quantized, by the config's word.

use crate::derive::table::Table;
use crate::facts::folder::FolderFacts;
use crate::format::json::Json;
use serde_json::{Value, json};

/// Methods that transformers 5.23 knows, and how their labels are made: `{field=default}`.
pub static METHODS: Table = Table(include_str!("data/quantization.tsv"));

/// What transformers does with the config's quantization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It knows the method.
    Known,
    /// No method is named where one must be: it raises.
    MethodMissing,
    /// The quantization stands where transformers does not look: `quantization` as MLX writes it.
    Overlooked,
    /// It does not know the method, warns and goes on as if there were none.
    Unknown,
}

/// A model's quantization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantization {
    /// `quant_method` as written.
    pub method: Option<String>,
    /// What people call it: `GPTQ-4bit (g128)`.
    pub label: String,
    /// What transformers does with it.
    pub standing: Standing,
    /// The file that says so.
    pub file: &'static str,
    /// The JSON pointer in it.
    pub pointer: &'static str,
    /// Bits a weight, where they are stated.
    pub bits: Option<i64>,
}

impl Quantization {
    /// What `inspect` shows.
    pub fn to_json(&self) -> Value {
        let transformers = match self.standing {
            Standing::Known => "known",
            Standing::MethodMissing => "raises: no quant_method",
            Standing::Overlooked => "not looked at",
            Standing::Unknown => "UNKNOWN -> warning, quantization skipped",
        };
        json!({
            "quant_method": self.method, "label": self.label, "bits": self.bits,
            "transformers": transformers, "file": self.file, "pointer": self.pointer,
        })
    }
}

/// The quantization that the folder's documents state.
pub fn of(folder: &FolderFacts) -> Option<Quantization> {
    let config = folder.document("config.json")?;
    in_config(config).or_else(|| model_optimizer(folder)).or_else(|| mlx(config))
}

/// Where transformers and vLLM look.
pub fn object(config: &Json) -> Option<(&Json, &'static str)> {
    let nested = || config.get("text_config")?.get("quantization_config");
    let places = [
        (config.get("quantization_config"), "/quantization_config"),
        (config.get("compression_config"), "/compression_config"),
        (nested(), "/text_config/quantization_config"),
    ];
    places.into_iter().find_map(|(object, pointer)| {
        object.filter(|object| matches!(object, Json::Object(_))).map(|object| (object, pointer))
    })
}

fn in_config(config: &Json) -> Option<Quantization> {
    let (object, pointer) = object(config)?;
    let method = object.get("quant_method").and_then(Json::as_str);
    let known = known_method(object, method);
    let standing = match (known, method) {
        (Some(_), _) => Standing::Known,
        (None, Some(_)) => Standing::Unknown,
        (None, None) => Standing::MethodMissing,
    };
    let label = known.map_or_else(|| foreign_label(object, method), |(name, template)| label(object, name, template));
    let bits = object.get("bits").and_then(Json::as_i64);
    Some(Quantization { method: method.map(str::to_owned), label, standing, file: "config.json", pointer, bits })
}

/// The table's name and template of the method: bitsandbytes is told apart by its flags, with or without its name.
fn known_method(object: &Json, method: Option<&str>) -> Option<(&'static str, &'static str)> {
    let flag = |key: &str| object.get(key).and_then(Json::as_bool) == Some(true);
    let name = match method {
        None | Some("bitsandbytes") if flag("load_in_8bit") => "bitsandbytes_8bit",
        None | Some("bitsandbytes") if flag("load_in_4bit") => "bitsandbytes_4bit",
        Some("bitsandbytes") | None => return None,
        Some(name) => name,
    };
    METHODS.lines().find_map(|line| line.split_once('\t').filter(|(key, _)| *key == name))
}

fn label(object: &Json, name: &str, template: &str) -> String {
    let mut out = String::new();
    for part in template.split('{') {
        match part.split_once('}') {
            None => out.push_str(part),
            Some((field, rest)) => {
                let (key, default) = field.split_once('=').unwrap_or((field, "?"));
                out.push_str(&written(object.get(key)).unwrap_or_else(|| default.to_owned()));
                out.push_str(rest);
            }
        }
    }
    match name {
        "fp8" if object.get("weight_block_size").is_some_and(|size| !size.is_null()) => out.push_str(" (block)"),
        "bitsandbytes_4bit" => out = out.to_uppercase(),
        _ => {}
    }
    out
}

fn written(value: Option<&Json>) -> Option<String> {
    match value? {
        Json::Int(number) => Some(number.to_string()),
        Json::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The label of a method that transformers does not know: the producer's own words.
fn foreign_label(object: &Json, method: Option<&str>) -> String {
    let algorithm = object.get("quant_algo").and_then(Json::as_str);
    let group = || written(object.get("group_size")).map(|size| format!(" (g{size})")).unwrap_or_default();
    match (method, algorithm, written(object.get("bits"))) {
        (_, Some(algorithm), _) => format!("MODELOPT-{algorithm}"),
        (Some(method), None, Some(bits)) => format!("{}-{bits}bit{}", method.to_uppercase(), group()),
        (Some(method), None, None) => method.to_uppercase(),
        (None, None, Some(bits)) => format!("MLX-{bits}bit{}", group()),
        (None, None, None) => "unnamed".to_owned(),
    }
}

/// NVIDIA's Model Optimizer writes a file of its own.
fn model_optimizer(folder: &FolderFacts) -> Option<Quantization> {
    let inner = folder.document("hf_quant_config.json")?.get("quantization")?;
    let algorithm = inner.get("quant_algo").and_then(Json::as_str)?;
    Some(Quantization {
        method: None,
        label: format!("MODELOPT-{algorithm}"),
        standing: Standing::Overlooked,
        file: "hf_quant_config.json",
        pointer: "/quantization",
        bits: None,
    })
}

/// MLX writes `quantization`, which nobody else reads.
fn mlx(config: &Json) -> Option<Quantization> {
    let object = config.get("quantization").filter(|object| !object.members().is_empty())?;
    let bits = object.get("bits").and_then(Json::as_i64);
    let label = foreign_label(object, None);
    let standing = Standing::Overlooked;
    Some(Quantization { method: None, label, standing, file: "config.json", pointer: "/quantization", bits })
}
