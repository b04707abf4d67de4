//! The base models: one of each kind, small, complete and sound.

use super::gguf::{Gguf, Kind, Value};
use super::safetensors::Safetensors;
use super::{Content, Model, stable_diffusion};
use serde_json::json;

/// A chat template in the manner of ChatML, that adds nothing by itself.
pub const CHAT_TEMPLATE: &str = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/// The base model named `name`.
pub fn base(name: &str) -> Model {
    match name {
        "tiny-llama.gguf" => Model::single(name, Content::Gguf(llama_gguf())),
        "tiny-llama" => llama_folder(),
        "tiny-lora.safetensors" => Model::single(name, Content::Safetensors(stable_diffusion::lora())),
        "sd15.safetensors" => Model::single(name, Content::Safetensors(stable_diffusion::checkpoint())),
        "sd-vae.safetensors" => Model::single(name, Content::Safetensors(stable_diffusion::vae_alone())),
        other => panic!("no base model is called {other}"),
    }
}

const WIDTH: u64 = 64;
const FEED_FORWARD: u64 = 128;
const LAYERS: u64 = 2;
const HEADS: u64 = 4;
const KV_HEADS: u64 = 2;
const CONTEXT: u64 = 256;

/// Special tokens, then ordinary pieces, then one token a byte.
fn vocabulary() -> Vec<(String, i32)> {
    let special = [("<unk>", 2), ("<s>", 3), ("</s>", 3), ("<|im_start|>", 3), ("<|im_end|>", 3)];
    let pieces = [
        "\u{2581}",
        "e",
        "t",
        "a",
        "o",
        "h",
        "l",
        "\u{2581}t",
        "he",
        "\u{2581}the",
        "ll",
        "llo",
        "hello",
        "\u{2581}world",
    ];
    let special = special.iter().map(|(text, kind)| ((*text).to_owned(), *kind));
    let bytes = (0..=255_u8).map(|byte| (format!("<0x{byte:02X}>"), 6));
    special.chain(bytes).chain(pieces.iter().map(|piece| ((*piece).to_owned(), 1))).collect()
}

/// A llama with a SentencePiece vocabulary, as converters write it.
pub fn llama_gguf() -> Gguf {
    let mut model = Gguf { version: 3, keys: Vec::new(), tensors: Vec::new(), hollow: false };
    llama_keys(&mut model);
    vocabulary_keys(&mut model);
    llama_tensors(&mut model);
    model
}

fn llama_keys(model: &mut Gguf) {
    let text = |text: &str| Value::String(text.to_owned());
    let count = |count: u64| Value::U32(u32::try_from(count).unwrap());
    model.key("general.architecture", text("llama"));
    model.key("general.name", text("Tiny Llama"));
    model.key("general.license", text("mit"));
    model.key("general.languages", Value::Strings(vec!["en".to_owned()]));
    model.key("general.tags", Value::Strings(vec!["text-generation".to_owned(), "test".to_owned()]));
    model.key("general.file_type", Value::U32(7));
    model.key("llama.context_length", count(CONTEXT));
    model.key("llama.embedding_length", count(WIDTH));
    model.key("llama.block_count", count(LAYERS));
    model.key("llama.feed_forward_length", count(FEED_FORWARD));
    model.key("llama.attention.head_count", count(HEADS));
    model.key("llama.attention.head_count_kv", count(KV_HEADS));
    model.key("llama.attention.layer_norm_rms_epsilon", Value::F32(1e-5));
    model.key("llama.rope.dimension_count", count(WIDTH / HEADS));
}

fn vocabulary_keys(model: &mut Gguf) {
    let tokens = vocabulary();
    model.key("tokenizer.ggml.model", Value::String("llama".to_owned()));
    model.key("tokenizer.ggml.pre", Value::String("default".to_owned()));
    model.key("tokenizer.ggml.scores", Value::F32s((0..tokens.len()).map(|id| -(id as f32)).collect()));
    model.key("tokenizer.ggml.token_type", Value::I32s(tokens.iter().map(|token| token.1).collect()));
    model.key("tokenizer.ggml.tokens", Value::Strings(tokens.into_iter().map(|token| token.0).collect()));
    model.key("tokenizer.ggml.bos_token_id", Value::U32(1));
    model.key("tokenizer.ggml.eos_token_id", Value::U32(4));
    model.key("tokenizer.ggml.unknown_token_id", Value::U32(0));
    model.key("tokenizer.ggml.padding_token_id", Value::U32(2));
    model.key("tokenizer.ggml.add_bos_token", Value::Bool(true));
    model.key("tokenizer.chat_template", Value::String(CHAT_TEMPLATE.to_owned()));
}

fn llama_tensors(model: &mut Gguf) {
    let vocabulary = vocabulary().len() as u64;
    let head = WIDTH / HEADS;
    model.tensor("token_embd.weight", &[vocabulary, WIDTH], Kind::Q8_0);
    model.tensor("output_norm.weight", &[WIDTH], Kind::F32);
    model.tensor("output.weight", &[vocabulary, WIDTH], Kind::Q8_0);
    for layer in 0..LAYERS {
        let mut tensor =
            |name: &str, shape: &[u64], kind| model.tensor(format!("blk.{layer}.{name}.weight"), shape, kind);
        tensor("attn_norm", &[WIDTH], Kind::F32);
        tensor("attn_q", &[WIDTH, WIDTH], Kind::Q8_0);
        tensor("attn_k", &[KV_HEADS * head, WIDTH], Kind::Q8_0);
        tensor("attn_v", &[KV_HEADS * head, WIDTH], Kind::Q8_0);
        tensor("attn_output", &[WIDTH, WIDTH], Kind::Q8_0);
        tensor("ffn_norm", &[WIDTH], Kind::F32);
        tensor("ffn_gate", &[FEED_FORWARD, WIDTH], Kind::Q8_0);
        tensor("ffn_up", &[FEED_FORWARD, WIDTH], Kind::Q8_0);
        tensor("ffn_down", &[WIDTH, FEED_FORWARD], Kind::Q8_0);
    }
}

/// The same llama as a transformers folder: config, tokenizer, weights in two shards with their index.
pub fn llama_folder() -> Model {
    let mut model = Model::default();
    let mut put = |name: &str, value| model.files.insert(name.to_owned(), Content::Json(value));
    put("config.json", llama_config());
    put(
        "generation_config.json",
        json!({ "bos_token_id": 1, "eos_token_id": [2, 4], "temperature": 0.7, "top_p": 0.9, "do_sample": true }),
    );
    put("tokenizer.json", tokenizer_json());
    put("tokenizer_config.json", tokenizer_config());
    let shards = llama_shards();
    let mut weight_map = serde_json::Map::new();
    let mut total = 0;
    for (at, shard) in shards.iter().enumerate() {
        let name = format!("model-{:05}-of-{:05}.safetensors", at + 1, shards.len());
        for tensor in &shard.tensors {
            weight_map.insert(tensor.name.clone(), name.as_str().into());
            total += tensor.shape.iter().product::<u64>() * 2;
        }
    }
    put("model.safetensors.index.json", json!({ "metadata": { "total_size": total }, "weight_map": weight_map }));
    for (at, shard) in shards.iter().enumerate() {
        let name = format!("model-{:05}-of-{:05}.safetensors", at + 1, shards.len());
        model.files.insert(name, Content::Safetensors(shard.clone()));
    }
    model
}

fn llama_config() -> serde_json::Value {
    json!({
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "attention_bias": false,
        "bos_token_id": 1,
        "eos_token_id": 4,
        "pad_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": WIDTH,
        "initializer_range": 0.02,
        "intermediate_size": FEED_FORWARD,
        "max_position_embeddings": CONTEXT,
        "mlp_bias": false,
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "num_key_value_heads": KV_HEADS,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "tie_word_embeddings": false,
        "torch_dtype": "bfloat16",
        "use_cache": true,
        "vocab_size": vocabulary().len(),
    })
}

fn tokenizer_json() -> serde_json::Value {
    let tokens = vocabulary();
    let special = tokens.iter().enumerate().filter(|(_, token)| matches!(token.1, 2 | 3));
    let added: Vec<_> = special
        .map(|(id, token)| {
            json!({ "id": id, "content": token.0, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true })
        })
        .collect();
    let vocabulary: serde_json::Map<_, _> =
        tokens.iter().enumerate().map(|(id, token)| (token.0.clone(), id.into())).collect();
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": added,
        "normalizer": null,
        "pre_tokenizer": { "type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": "first", "split": false },
        "post_processor": null,
        "decoder": { "type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": "first", "split": false },
        "model": {
            "type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
            "vocab": vocabulary,
            "merges": [["\u{2581}", "t"], ["h", "e"], ["\u{2581}t", "he"], ["l", "l"], ["ll", "o"]],
        },
    })
}

fn tokenizer_config() -> serde_json::Value {
    json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "<|im_end|>",
        "pad_token": "</s>",
        "unk_token": "<unk>",
        "model_max_length": CONTEXT,
        "chat_template": CHAT_TEMPLATE,
    })
}

fn llama_shards() -> [Safetensors; 2] {
    let vocabulary = vocabulary().len() as u64;
    let head = WIDTH / HEADS;
    let format = || vec![("format".to_owned(), "pt".to_owned())];
    let [mut first, mut second] = [Safetensors::default(), Safetensors::default()];
    (first.metadata, second.metadata) = (format(), format());
    first.tensor("model.embed_tokens.weight", "BF16", &[vocabulary, WIDTH]);
    for layer in 0..LAYERS {
        let shard = if layer == 0 { &mut first } else { &mut second };
        let mut tensor =
            |name: &str, shape: &[u64]| shard.tensor(format!("model.layers.{layer}.{name}.weight"), "BF16", shape);
        tensor("input_layernorm", &[WIDTH]);
        tensor("mlp.down_proj", &[WIDTH, FEED_FORWARD]);
        tensor("mlp.gate_proj", &[FEED_FORWARD, WIDTH]);
        tensor("mlp.up_proj", &[FEED_FORWARD, WIDTH]);
        tensor("post_attention_layernorm", &[WIDTH]);
        tensor("self_attn.k_proj", &[KV_HEADS * head, WIDTH]);
        tensor("self_attn.o_proj", &[WIDTH, WIDTH]);
        tensor("self_attn.q_proj", &[WIDTH, WIDTH]);
        tensor("self_attn.v_proj", &[KV_HEADS * head, WIDTH]);
    }
    second.tensor("model.norm.weight", "BF16", &[WIDTH]);
    second.tensor("lm_head.weight", "BF16", &[vocabulary, WIDTH]);
    [first, second]
}
