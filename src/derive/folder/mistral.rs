//! Mistral's own layout: `params.json` beside `consolidated.safetensors`.

use super::main_dtype;
use crate::config::LlmConfig;
use crate::derive::Derived;
use crate::diagnostic::Origin;
use crate::facts::Facts;
use crate::facts::folder::{FolderFacts, WeightRole};
use crate::format::json::Json;

/// The document.
pub const PARAMS: &str = "params.json";

/// What vLLM takes for the context where the document names none, in tokens.
const ASSUMED_CONTEXT: u64 = 128_000;

/// The document of a folder in this layout: weights named `consolidated` make it one.
pub fn params(folder: &FolderFacts) -> Option<&Json> {
    let weights = folder.weights.iter().any(|weight| weight.role == WeightRole::Consolidated);
    folder.document(PARAMS).filter(|_| weights)
}

/// The config of a folder that has no `config.json`.
pub(super) fn derive(folder: &FolderFacts, facts: &Facts) -> Derived {
    let Some(params) = params(folder) else { return Derived::default() };
    let number = |key: &str| params.get(key).and_then(Json::as_i64).and_then(|number| u64::try_from(number).ok());
    let card = folder.card.clone().unwrap_or_default();
    let config = LlmConfig {
        architecture: Some(architecture(params).to_owned()),
        model_family: Some("mistral".to_owned()),
        context_length: number("max_position_embeddings").or_else(|| number("max_seq_len")).or(Some(ASSUMED_CONTEXT)),
        quantization: label(params).or_else(|| main_dtype(&facts.safetensors)),
        languages: card.languages,
        base_model: card.base_model,
        license: card.license,
        tags: card.tags,
        files: facts.files.iter().map(|file| file.name.clone()).collect(),
        sha: facts.revision.clone(),
        ..LlmConfig::default()
    };
    let origin = |key: &str| Origin::file(PARAMS).key(key);
    let provenance = vec![("architecture", origin("")), ("context_length", origin("/max_position_embeddings"))];
    Derived { config: Some(config.into()), provenance, ..Derived::default() }
}

/// Whether the model looks at pictures.
pub(crate) fn is_vision(params: &Json) -> bool {
    let inner = params.get("multimodal").and_then(|multimodal| multimodal.get("vision_encoder_args"));
    [inner, params.get("vision_encoder")].into_iter().flatten().any(|encoder| !encoder.members().is_empty())
}

/// Whether the model listens.
pub(crate) fn is_audio(params: &Json) -> bool {
    audio_encoder(params).is_some_and(|encoder| !encoder.members().is_empty())
}

fn audio_encoder(params: &Json) -> Option<&Json> {
    params.get("multimodal")?.get("whisper_model_args")?.get("encoder_args")
}

/// The class that vLLM builds.
fn architecture(params: &Json) -> &'static str {
    let moe = params.get("moe").filter(|moe| !moe.members().is_empty());
    let shared = || moe.and_then(|moe| moe.get("num_shared_experts")).and_then(Json::as_i64).unwrap_or_default();
    // Latent attention without experts becomes a mixture of one.
    let latent = params.get("qk_nope_head_dim").and_then(Json::as_i64).is_some_and(|width| width != 0);
    let causal = || audio_encoder(params)?.get("causal")?.as_bool();
    match () {
        () if is_vision(params) => "PixtralForConditionalGeneration",
        () if is_audio(params) && causal() == Some(true) => "VoxtralRealtimeGeneration",
        () if is_audio(params) => "VoxtralForConditionalGeneration",
        () if params.get("model_type").and_then(Json::as_str) == Some("mamba") => "Mamba2ForCausalLM",
        () if shared() > 0 || (latent && moe.is_none()) => "MistralLarge3ForCausalLM",
        () if moe.is_some() => "MixtralForCausalLM",
        () => "MistralForCausalLM",
    }
}

fn label(params: &Json) -> Option<String> {
    let format = params.get("quantization")?.get("qformat_weight")?.as_str()?;
    Some(if format == "fp8_e4m3" { "FP8".to_owned() } else { format.to_uppercase() })
}
