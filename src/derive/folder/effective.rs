//! What transformers shows of a config: after other spellings, defaults, nested configs and what classes fill in.

use super::class::Class;
use super::context::{self, VllmLength};
use super::rope::{self, Rope};
use super::view::{self, View};
use crate::format::json::Json;
use serde_json::{Value, json};

/// The numbers of a model as transformers 5.23 shows them. Ids may be anything that the file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effective {
    /// The config class; empty where transformers knows none.
    pub config_class: &'static str,
    /// The model type.
    pub model_type: Option<String>,
    /// The text model's own type.
    pub text_model_type: Option<String>,
    /// The class names that the config states.
    pub architectures: Option<Vec<String>>,
    /// The training context, in tokens.
    pub max_position_embeddings: Option<i64>,
    /// Where that stands: a JSON pointer, or the class whose default it is.
    pub context_origin: Option<String>,
    /// What vLLM makes of it.
    pub vllm: VllmLength,
    /// The rotary parameters.
    pub ropes: Vec<Rope>,
    /// The element type of the weights: `bfloat16`.
    pub dtype: Option<String>,
    /// How many tokens the embeddings hold.
    pub vocab_size: Option<i64>,
    /// Ends generation.
    pub eos_token_id: Ids,
    /// Begins a sequence.
    pub bos_token_id: Ids,
    /// Fills up a batch.
    pub pad_token_id: Ids,
    /// Whether the output head is the embedding.
    pub tie_word_embeddings: Option<bool>,
    /// The width of the residual stream.
    pub hidden_size: Option<i64>,
    /// How many layers.
    pub num_hidden_layers: Option<i64>,
    /// How many query heads.
    pub num_attention_heads: Option<i64>,
    /// How many key and value heads.
    pub num_key_value_heads: Option<i64>,
    /// The attention window, in tokens.
    pub sliding_window: Option<i64>,
    /// Whether it is an encoder with a decoder.
    pub is_encoder_decoder: bool,
}

/// Token ids: one, several or none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    /// The ids, in the file's order.
    pub list: Vec<i64>,
    /// Whether they were written as a list.
    pub is_list: bool,
}

impl Ids {
    /// Reads an id or a list of ids.
    pub fn of(value: &Json) -> Self {
        match value {
            Json::Array(elements) => Self { list: elements.iter().filter_map(Json::as_i64).collect(), is_list: true },
            value => Self { list: value.as_i64().into_iter().collect(), is_list: false },
        }
    }

    /// As JSON writes them.
    pub fn to_json(&self) -> Value {
        match (self.is_list, self.list.first()) {
            (true, _) => json!(self.list),
            (false, first) => json!(first),
        }
    }
}

impl Effective {
    /// Works out what transformers shows of `document`.
    pub fn of(document: &Json) -> Self {
        let root = View::root(document);
        let text = root.text_config();
        let model_type = view::root_model_type(document).map(str::to_owned);
        let ropes = rope::ropes(&text);
        let text_model_type = text_model_type(&root, &text);
        let length_type = text_model_type.clone().unwrap_or_default();
        Self {
            config_class: root.class.name,
            text_model_type: text_model_type.or_else(|| model_type.clone()),
            model_type,
            architectures: architectures(document),
            max_position_embeddings: text.integer("max_position_embeddings"),
            context_origin: context_origin(&text),
            vllm: context::vllm(&text, &length_type, &ropes),
            ropes,
            dtype: dtype(&root).or_else(|| dtype(&text)),
            vocab_size: text.integer("vocab_size").or_else(|| root.integer("vocab_size")),
            eos_token_id: ids(&text, &root, "eos_token_id"),
            bos_token_id: ids(&text, &text, "bos_token_id"),
            pad_token_id: ids(&text, &text, "pad_token_id"),
            tie_word_embeddings: tied(&root, &text),
            hidden_size: width(&text),
            num_hidden_layers: layers(&text),
            num_attention_heads: heads(&text),
            num_key_value_heads: key_value_heads(&text),
            sliding_window: window(&text),
            is_encoder_decoder: text.truth("is_encoder_decoder").unwrap_or_default(),
        }
    }

    /// What `inspect` shows.
    pub fn to_json(&self) -> Value {
        json!({
            "config_class": self.config_class,
            "model_type": self.model_type,
            "text_model_type": self.text_model_type,
            "architectures": self.architectures,
            "max_position_embeddings": self.max_position_embeddings,
            "context_origin": self.context_origin,
            "vllm": self.vllm_json(),
            "dtype": self.dtype,
            "vocab_size": self.vocab_size,
            "eos_token_id": self.eos_token_id.to_json(),
            "bos_token_id": self.bos_token_id.to_json(),
            "pad_token_id": self.pad_token_id.to_json(),
            "tie_word_embeddings": self.tie_word_embeddings,
            "hidden_size": self.hidden_size,
            "num_hidden_layers": self.num_hidden_layers,
            "num_attention_heads": self.num_attention_heads,
            "num_key_value_heads": self.num_key_value_heads,
            "sliding_window": self.sliding_window,
            "is_encoder_decoder": self.is_encoder_decoder,
        })
    }

    fn vllm_json(&self) -> Value {
        let rope = |rope: &Rope| {
            let mut json = json!({ "rope_type": rope.rope_type });
            let original = rope.original_max_position_embeddings;
            if let (Some(map), Some(factor)) = (json.as_object_mut(), rope.factor) {
                map.insert("factor".to_owned(), json!(factor));
            }
            if let (Some(map), Some(original)) = (json.as_object_mut(), original) {
                map.insert("original_max_position_embeddings".to_owned(), json!(original));
            }
            json
        };
        json!({
            "derived": self.vllm.derived,
            "key": self.vllm.key,
            "max_model_len": self.vllm.max_model_len,
            "assumed": self.vllm.assumed,
            "rope": self.ropes.iter().map(rope).collect::<Vec<_>>(),
        })
    }
}

/// The text model's type: as stated and taken by the outer class, else its own class's.
fn text_model_type(root: &View<'_>, text: &View<'_>) -> Option<String> {
    let flat = root.pointer == text.pointer && root.class != text.class;
    let stated = text.text("model_type").filter(|_| !flat);
    let taken = stated.map(|stated| root.class.sub_type("text_config", &stated).to_owned());
    taken.or_else(|| text.class.model_type().map(str::to_owned))
}

/// `architectures`: a list, or the plain string that some tools write.
fn architectures(document: &Json) -> Option<Vec<String>> {
    match document.get("architectures")? {
        Json::Array(names) => Some(names.iter().filter_map(Json::as_str).map(str::to_owned).collect()),
        Json::String(name) => Some(vec![name.clone()]),
        _ => None,
    }
}

fn context_origin(text: &View<'_>) -> Option<String> {
    let written = text.written("max_position_embeddings").is_some_and(|value| !value.is_null());
    let default =
        || text.class.default(text.class.field("max_position_embeddings")).map(|_| text.class.name.to_owned());
    if written { Some(text.at("max_position_embeddings")) } else { default() }
}

/// `dtype` wins over the older `torch_dtype`.
fn dtype(view: &View<'_>) -> Option<String> {
    let named = |key: &str| view.written(key).and_then(Json::as_str).map(str::to_owned);
    named("dtype").or_else(|| named("torch_dtype"))
}

fn ids(text: &View<'_>, root: &View<'_>, key: &str) -> Ids {
    let filled = format!("{key}:");
    let value = text.value(key).or_else(|| text.class.literal(&filled)).or_else(|| root.value(key));
    value.map(|value| Ids::of(&value)).unwrap_or_default()
}

/// Whether the head is tied: the outer config decides, unless its class looks at the text model's as older files did.
fn tied(root: &View<'_>, text: &View<'_>) -> Option<bool> {
    let (outer, inner) = (|| root.truth("tie_word_embeddings"), || text.truth("tie_word_embeddings"));
    match root.class {
        Class::UNKNOWN => outer().or_else(inner),
        class if class.has("tie-always") => Some(true),
        class if class.has("tie-never") => Some(false),
        class if class.has("tie-follows-text") => inner(),
        class if class.has("tie-or-text") => outer().filter(|&tied| tied).or_else(inner).or_else(outer),
        _ => outer(),
    }
}

/// Two families still take an older spelling of the width.
fn width(text: &View<'_>) -> Option<i64> {
    let older = match text.class.name {
        "BloomConfig" | "FalconConfig" => text.integer("n_embed"),
        "xLSTMConfig" => text.integer("hidden_size").or_else(|| text.integer("embedding_dim")),
        _ => None,
    };
    older.or_else(|| text.integer("hidden_size"))
}

fn layers(text: &View<'_>) -> Option<i64> {
    let own = |key: &str| text.integer(key);
    match text.class.name {
        "HrmTextConfig" if own("num_layers_per_stack").is_none() => {
            let rounds = own("L_cycles").unwrap_or(3).checked_add(1)?.checked_mul(own("H_cycles").unwrap_or(2))?;
            own("num_hidden_layers")?.checked_mul(rounds)
        }
        "LongcatFlashConfig" => own("num_layers").unwrap_or(28).checked_mul(2),
        "NemotronHConfig" => {
            let list = text.written("layers_block_type").map(|list| list.elements().len()).filter(|&count| count > 0);
            let pattern = || text.text("hybrid_override_pattern").map(|pattern| pattern.len());
            list.or_else(pattern).and_then(|count| i64::try_from(count).ok()).or_else(|| own("num_hidden_layers"))
        }
        _ => own("num_hidden_layers"),
    }
}

fn heads(text: &View<'_>) -> Option<i64> {
    match text.class.name {
        "JetMoeConfig" => {
            let experts = text.integer("num_experts_per_tok").unwrap_or(2);
            text.integer("num_key_value_heads")?.checked_mul(experts)
        }
        _ => text.integer("num_attention_heads"),
    }
}

fn key_value_heads(text: &View<'_>) -> Option<i64> {
    match text.class.name {
        "DbrxConfig" => {
            let inner = text.written("attn_config").and_then(|inner| inner.get("kv_n_heads")).and_then(Json::as_i64);
            inner.or(Some(1))
        }
        "GPTBigCodeConfig" if text.truth("multi_query").unwrap_or(true) => Some(1),
        "GPTBigCodeConfig" => heads(text),
        _ => text.integer("num_key_value_heads").or_else(|| heads(text).filter(|_| text.class.has("kv=heads"))),
    }
}

fn window(text: &View<'_>) -> Option<i64> {
    let used = text.truth("use_sliding_window").unwrap_or_default();
    match used {
        false if text.class.has("window-flag") => None,
        false if text.class.has("window-flag-0") => Some(0),
        _ => text.integer("sliding_window"),
    }
}
