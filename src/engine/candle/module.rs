//! The model type must lead to a module of candle-transformers, and its fields be there.

use crate::config::Config;
use crate::derive::folder::view::View;
use crate::derive::table::Table;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// candle-transformers has no module for this model type.
    NO_MODULE = ("CNDL101", "candle-no-module", Error, "use an engine that has this model type");
    /// A field that the module's config needs is not written. transformers fills it with its class's default; candle
    /// stops with `missing field`.
    FIELD = ("CNDL102", "candle-field-missing", Error, "write the field into config.json with the value that the model was trained with");
    /// candle loads no quantized safetensors of this kind.
    QUANTIZED = ("CNDL103", "candle-quantized", Error, "use the model's GGUF edition or a float edition");
}

/// Module and the fields that its config needs.
pub static MODULES: Table = Table(include_str!("data/modules.tsv"));

/// Model types whose module has another name.
static RENAMED: [(&str, &str); 14] = [
    ("RefinedWeb", "falcon"),
    ("RefinedWebModel", "falcon"),
    ("deepseek_v2", "deepseek2"),
    ("deepseek_v3", "deepseek2"),
    ("gemma3_text", "gemma3"),
    ("glm4", "glm4_new"),
    ("gpt_bigcode", "bigcode"),
    ("phi-msft", "mixformer"),
    ("rwkv", "rwkv_v5"),
    ("rwkv5", "rwkv_v5"),
    ("smollm3", "smol"),
    ("stablelm", "stable_lm"),
    ("stablelm_epoch", "stable_lm"),
    ("Yi", "yi"),
];

/// The module must be there.
pub static RULE: Rule = Rule { name: "candle-module", causes: CAUSES, check };

/// The module of a model type.
fn module(model_type: &str) -> &str {
    RENAMED.iter().find(|(name, _)| *name == model_type).map_or(model_type, |(_, module)| module)
}

/// Whether there is a module for what the config names.
pub fn runs(config: &Config) -> bool {
    let family = config.as_llm().and_then(|config| config.model_family.as_deref());
    family.is_none_or(|name| MODULES.contains(module(name)))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.facts.folder.as_ref().and_then(|folder| folder.document("config.json")) else { return };
    let origin = Origin::file("config.json").key("/model_type");
    let written = config.get("model_type").and_then(|value| value.as_str());
    let name = written.unwrap_or("none");
    let module = module(name);
    let Some(needed) = MODULES.row(module) else {
        let message = format!("candle 0.11 has no module for the model type {name}");
        findings.push(Diagnostic::new(&NO_MODULE, message).found(name).at(origin));
        return;
    };
    let root = View::root(config);
    let text = root.text_config();
    let absent = needed.split(' ').filter(|field| *field != "-" && text.written(field).is_none());
    let absent: Vec<&str> = absent.filter(|field| config.get(field).is_none()).collect();
    if let Some(first) = absent.first() {
        let message = format!("candle 0.11's {module} needs {}, which config.json lacks", absent.join(", "));
        let origin = Origin::file("config.json").key(format!("/{first}"));
        findings.push(Diagnostic::new(&FIELD, message).expected(absent.join(", ")).at(origin));
    }
    let quantization = case.derived.folder.as_ref().and_then(|folder| folder.quantization.as_ref());
    if let Some(quantization) = quantization {
        let message = format!("candle 0.11 loads no safetensors quantized as {}", quantization.label);
        let origin = Origin::file(quantization.file).key(quantization.pointer);
        findings.push(Diagnostic::new(&QUANTIZED, message).found(quantization.label.as_str()).at(origin));
    }
}
