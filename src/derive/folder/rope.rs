//! Rotary position embeddings: the parameters that transformers 5 settles on, whichever way they are written.

use super::view::View;
use crate::format::json::Json;

/// The rope types whose original length falls back to the config's own.
static SCALED: [&str; 3] = ["llama3", "longrope", "yarn"];

/// The parameters of one kind of layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rope {
    /// The type: `default`, `linear`, `yarn` and so on.
    pub rope_type: String,
    /// How many times longer the context is than the original one.
    pub factor: Option<f64>,
    /// The original context, in tokens.
    pub original_max_position_embeddings: Option<i64>,
}

/// The parameters of `text`, one entry a kind of layer; none where the model has no rotary embeddings.
pub fn ropes(text: &View<'_>) -> Vec<Rope> {
    let declared = text.class.has("rope_parameters");
    let written = [text.written("rope_scaling"), text.written("rope_parameters")];
    let parameters = written.into_iter().flatten().find(|value| !value.members().is_empty());
    match parameters {
        None if declared => vec![Rope { rope_type: "default".to_owned(), ..Rope::default() }],
        None => Vec::new(),
        Some(parameters) => {
            let nested = nested(text, parameters);
            match nested.is_empty() {
                true => vec![rope(text, parameters)],
                false => nested.into_iter().map(|inner| rope(text, inner)).collect(),
            }
        }
    }
}

/// The parameters that stand one level deeper, under the names of kinds of layers.
pub fn nested<'a>(text: &View<'_>, parameters: &'a Json) -> Vec<&'a Json> {
    let kinds = text.written("layer_types").map(Json::elements).unwrap_or_default();
    let known = |key: &str| {
        kinds.iter().any(|kind| kind.as_str() == Some(key))
            || matches!(key, "full_attention" | "sliding_attention" | "main" | "compress")
    };
    let members = parameters.members().iter().filter(|member| known(&member.key));
    members.map(|member| &member.value).filter(|value| matches!(value, Json::Object(_))).collect()
}

fn rope(text: &View<'_>, parameters: &Json) -> Rope {
    let named = |key: &str| parameters.get(key).and_then(Json::as_str);
    let written = named("rope_type").or_else(|| named("type")).unwrap_or("default");
    // Qwen's image-text models wrote their sections under a type of its own, which is the default one.
    let qwen = matches!(text.class.name, "Qwen2VLTextConfig" | "Qwen2_5_VLTextConfig");
    let rope_type = if written == "mrope" && qwen { "default" } else { written }.to_owned();
    let own = parameters.get("original_max_position_embeddings").and_then(Json::as_i64);
    let scaled = SCALED.contains(&rope_type.as_str());
    let beside = || text.integer("original_max_position_embeddings").filter(|_| scaled);
    let fallback = || text.integer("max_position_embeddings").filter(|_| scaled);
    Rope {
        rope_type,
        factor: parameters.get("factor").and_then(Json::as_f64),
        original_max_position_embeddings: beside().or(own).or_else(fallback),
    }
}
