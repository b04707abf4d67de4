//! The model type must be one of TGI's own, or one that transformers builds.

use crate::config::Config;
use crate::derive::folder::role;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::engine::transformers::model_type::remote_code;
use crate::rules::{Case, Rule};

cause! {
    /// TGI has no model of this type, and transformers builds no generator of text for it either.
    UNSUPPORTED = ("TGIN101", "tgi-unsupported-type", Error, "use an engine that has this model type");
    /// TGI has no model of its own for this type and runs transformers' one: without sharding and quantization, and
    /// far slower.
    FALLBACK = ("TGIN102", "tgi-fallback", Warning, "use an engine that has this model type, if speed matters");
    /// The model type is unknown, and the repository brings code that would have to be executed.
    REMOTE_CODE = ("TGIN103", "tgi-needs-remote-code", Error, "read the repository's code and, if you trust it, start TGI with --trust-remote-code and override this code");
    /// TGI does not know the quantization method: it warns and goes on.
    QUANTIZATION = ("TGIN104", "tgi-unknown-quantization", Warning, "start TGI with the --quantize option that fits, or use another edition of the model");
}

/// The model type must be known.
pub static RULE: Rule = Rule { name: "tgi-model-type", causes: CAUSES, check };

/// Model types of TGI 3.3.
pub static TYPES: [&str; 44] = [
    "RefinedWeb",
    "RefinedWebModel",
    "baichuan",
    "bloom",
    "cohere",
    "dbrx",
    "deepseek_v2",
    "deepseek_v3",
    "falcon",
    "galactica",
    "gemma",
    "gemma2",
    "gemma3",
    "gemma3_text",
    "gpt2",
    "gpt_bigcode",
    "gpt_neox",
    "gptj",
    "granite",
    "idefics",
    "idefics2",
    "idefics3",
    "llama",
    "llama4",
    "llava_next",
    "mamba",
    "mistral",
    "mixtral",
    "mllama",
    "mlp_speculator",
    "mpt",
    "opt",
    "paligemma",
    "phi",
    "phi-msft",
    "phi3",
    "phimoe",
    "qwen2",
    "qwen2_5_vl",
    "qwen2_vl",
    "santacoder",
    "ssm",
    "starcoder2",
    "t5",
];

/// Quantization methods that TGI tells from the config.
static METHODS: [&str; 6] = ["awq", "compressed-tensors", "exl2", "fbgemm_fp8", "fp8", "gptq"];

/// Whether TGI has a model of its own for what the config names, or transformers builds one.
pub fn runs(config: &Config) -> bool {
    let Some(config) = config.as_llm() else { return true };
    let family = config.model_family.as_deref();
    let own = family.map(|name| TYPES.contains(&name) || role::is_generator(name));
    own.or_else(|| config.architecture.as_deref().map(role::generates_text)).unwrap_or(true)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.facts.folder.as_ref().and_then(|folder| folder.document("config.json")) else { return };
    let origin = Origin::file("config.json").key("/model_type");
    let written = config.get("model_type").and_then(|value| value.as_str());
    let name = written.unwrap_or("none");
    if !TYPES.contains(&name) {
        let code = remote_code(config);
        findings.push(match (role::generator(name, "causal"), code) {
            (Some(class), _) => {
                let message = format!("TGI 3.3 has no {name} of its own and falls back to transformers' {class}");
                Diagnostic::new(&FALLBACK, message).found(name).at(origin)
            }
            (None, Some(code)) => {
                let message = format!("model_type {name} is unknown to TGI 3.3, and loading it executes {code}");
                Diagnostic::new(&REMOTE_CODE, message).found(code).at(origin)
            }
            (None, None) => {
                let message = format!("TGI 3.3 supports no model type {name}");
                Diagnostic::new(&UNSUPPORTED, message).found(name).at(origin)
            }
        });
    }
    let quantization = case.derived.folder.as_ref().and_then(|folder| folder.quantization.as_ref());
    let method = quantization.and_then(|quantization| quantization.method.as_deref());
    if let Some(method) = method.filter(|method| !METHODS.contains(method)) {
        let message = format!("TGI 3.3 does not tell the quantization method {method} from the config");
        let origin = Origin::file("config.json").key("/quantization_config/quant_method");
        findings.push(Diagnostic::new(&QUANTIZATION, message).found(method).at(origin));
    }
}
