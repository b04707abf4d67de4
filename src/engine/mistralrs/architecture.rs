//! The architecture must be one of mistral.rs', by its exact name.

use crate::derive::folder::role;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::format::json::Json;
use crate::rules::{Case, Rule};

cause! {
    /// mistral.rs has no loader for this architecture: the name is matched exactly, and it stops at start.
    UNKNOWN = ("MSRS101", "mistralrs-unknown-architecture", Error, "use an engine that has this architecture");
    /// mistral.rs reads the quantization by its own list, and stops at a name that is not on it. Without a name it
    /// expects its own format, with `bits` and `group_size`.
    QUANTIZATION = ("MSRS102", "mistralrs-quantization", Error, "use an edition of the model that is quantized otherwise, or quantize it while loading");
}

/// The architecture must be known.
pub static RULE: Rule = Rule { name: "mistralrs-architecture", causes: CAUSES, check };

/// Loaders for text and for text with images, mistral.rs 0.9.
pub static ARCHITECTURES: [&str; 53] = [
    "DeepseekV2ForCausalLM",
    "DeepseekV3ForCausalLM",
    "DiffusionGemmaForBlockDiffusion",
    "Gemma2ForCausalLM",
    "Gemma3ForCausalLM",
    "Gemma3ForConditionalGeneration",
    "Gemma3nForConditionalGeneration",
    "Gemma4ForCausalLM",
    "Gemma4ForConditionalGeneration",
    "Gemma4UnifiedForCausalLM",
    "Gemma4UnifiedForConditionalGeneration",
    "GemmaForCausalLM",
    "Glm4ForCausalLM",
    "Glm4MoeForCausalLM",
    "Glm4MoeLiteForCausalLM",
    "GptOssForCausalLM",
    "GraniteMoeHybridForCausalLM",
    "HunYuanDenseV1ForCausalLM",
    "HunYuanMoEV1ForCausalLM",
    "Idefics2ForConditionalGeneration",
    "Idefics3ForConditionalGeneration",
    "Lfm2ForCausalLM",
    "Lfm2MoeForCausalLM",
    "Lfm2VlForConditionalGeneration",
    "Llama4ForConditionalGeneration",
    "LlamaForCausalLM",
    "LlavaForConditionalGeneration",
    "LlavaNextForConditionalGeneration",
    "MiniCPMO",
    "Mistral3ForConditionalGeneration",
    "MistralForCausalLM",
    "MixtralForCausalLM",
    "MllamaForConditionalGeneration",
    "MuseGlimmerForConditionalGeneration",
    "Phi3ForCausalLM",
    "Phi3VForCausalLM",
    "Phi4MMForCausalLM",
    "PhiForCausalLM",
    "PhiMoEForCausalLM",
    "Qwen2ForCausalLM",
    "Qwen2VLForConditionalGeneration",
    "Qwen2_5_VLForConditionalGeneration",
    "Qwen3ForCausalLM",
    "Qwen3MoeForCausalLM",
    "Qwen3NextForCausalLM",
    "Qwen3VLForConditionalGeneration",
    "Qwen3VLMoeForConditionalGeneration",
    "Qwen3_5ForCausalLM",
    "Qwen3_5ForConditionalGeneration",
    "Qwen3_5MoeForConditionalGeneration",
    "SmolLM3ForCausalLM",
    "Starcoder2ForCausalLM",
    "VoxtralRealtimeForConditionalGeneration",
];

/// Quantization methods that it reads.
static METHODS: [&str; 6] = ["afq", "awq", "bitsandbytes", "fp8", "gptq", "mxfp4"];

/// Whether there is a loader for an architecture.
pub fn loads(architecture: &str) -> bool {
    ARCHITECTURES.contains(&architecture)
}

/// Whether there is a loader for the class that transformers builds for a model type.
pub fn loads_type(model_type: &str) -> bool {
    ["causal", "image-text"].into_iter().filter_map(|kind| role::generator(model_type, kind)).any(loads)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.facts.folder.as_ref().and_then(|folder| folder.document("config.json")) else { return };
    let stated = config.get("architectures").and_then(|list| list.elements().first()).and_then(Json::as_str);
    if !stated.is_some_and(|name| ARCHITECTURES.contains(&name)) {
        let name = stated.unwrap_or("none");
        let message = format!("mistral.rs 0.9 has no loader for the architecture {name}");
        let origin = Origin::file("config.json").key("/architectures");
        findings.push(Diagnostic::new(&UNKNOWN, message).found(name).at(origin));
    }
    let Some(object) = config.get("quantization_config").filter(|object| !object.is_null()) else { return };
    let origin = Origin::file("config.json").key("/quantization_config");
    match object.get("quant_method").and_then(Json::as_str) {
        Some(method) if METHODS.contains(&method) => {}
        Some(method) => {
            let message = format!("mistral.rs 0.9 does not know the quantization method {method}");
            findings.push(Diagnostic::new(&QUANTIZATION, message).found(method).at(origin));
        }
        None if object.get("bits").is_some() && object.get("group_size").is_some() => {}
        None => {
            let message = "quantization_config names no quant_method, and has no bits and group_size";
            findings.push(Diagnostic::new(&QUANTIZATION, message).expected("bits, group_size").at(origin));
        }
    }
}
