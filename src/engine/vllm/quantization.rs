//! The quantization method must be one of vLLM's.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// vLLM does not know the quantization method and stops.
    METHOD = ("VLLM106", "vllm-unknown-quantization", Error, "use an edition of the model that is quantized otherwise, or the engine that wrote it");
}

/// The quantization method must be vLLM's.
pub static RULE: Rule = Rule { name: "vllm-quantization", causes: CAUSES, check };

/// Methods of vLLM 0.33, and the names that it takes for one of them.
pub static METHODS: [&str; 30] = [
    "auto_awq",
    "auto_gptq",
    "awq",
    "awq_marlin",
    "compressed-tensors",
    "deepseek_v4_fp8",
    "experts_int8",
    "fbgemm_fp8",
    "fp8",
    "fp8_per_block",
    "fp8_per_channel",
    "fp8_per_tensor",
    "fp_quant",
    "gpt_oss_mxfp4",
    "gptq",
    "gptq_marlin",
    "humming",
    "inc",
    "int8_per_channel_weight_only",
    "modelopt",
    "modelopt_fp4",
    "modelopt_mixed",
    "modelopt_mxfp8",
    "moe_wna16",
    "mxfp4",
    "mxfp8",
    "nvfp4_per_token",
    "online",
    "quark",
    "torchao",
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(quantization) = case.derived.folder.as_ref().and_then(|folder| folder.quantization.as_ref()) else {
        return;
    };
    let origin = Origin::file(quantization.file).key(quantization.pointer);
    let method = quantization.method.as_deref();
    let known = match method {
        // Intel's auto-round writes its own name, which vLLM takes for inc.
        Some("auto-round") => true,
        Some(method) => METHODS.contains(&method),
        // ModelOpt's own file needs no method; its older configs name the producer instead. MLX's key is not looked at.
        None => quantization.label.starts_with("MODELOPT") || quantization.pointer == "/quantization",
    };
    if !known {
        let name = method.unwrap_or("none");
        let message = format!("vLLM 0.33 does not know the quantization method {name} ({})", quantization.label);
        findings.push(Diagnostic::new(&METHOD, message).found(name).at(origin));
    }
}
