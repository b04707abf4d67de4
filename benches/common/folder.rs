//! Folders as transformers reads them, in real models' names: what is judged in them, engines accept. Shards are sparse
//! files: only headers are read.

use super::safetensors::Writer;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

/// Names and shapes.
pub type Tensors = Vec<(String, Vec<u64>)>;

/// A mixture of experts at the size of the largest open ones, in eight-bit floats with scales.
pub fn experts() -> Tensors {
    let mut tensors: Tensors = Vec::new();
    let mut plain = |name: String, shape: &[u64]| tensors.push((name, shape.to_vec()));
    plain("model.embed_tokens.weight".into(), &[129_280, 7168]);
    plain("model.norm.weight".into(), &[7168]);
    plain("lm_head.weight".into(), &[129_280, 7168]);
    for layer in 0..62 {
        let at = |name: &str| format!("model.layers.{layer}.{name}");
        for (name, size) in [
            ("input_layernorm", 7168),
            ("post_attention_layernorm", 7168),
            ("self_attn.q_a_layernorm", 1536),
            ("self_attn.kv_a_layernorm", 512),
        ] {
            plain(at(&format!("{name}.weight")), &[size]);
        }
        let mut packed = |name: String, shape: [u64; 2]| {
            plain(format!("{name}.weight"), &shape);
            plain(format!("{name}.weight_scale_inv"), &shape.map(|size| size.div_ceil(128)));
        };
        for (name, shape) in [
            ("q_a_proj", [1536, 7168]),
            ("q_b_proj", [24_576, 1536]),
            ("kv_a_proj_with_mqa", [576, 7168]),
            ("kv_b_proj", [32_768, 512]),
            ("o_proj", [7168, 16_384]),
        ] {
            packed(at(&format!("self_attn.{name}")), shape);
        }
        let mut feed = |name: &str, width: u64| {
            packed(at(&format!("{name}.gate_proj")), [width, 7168]);
            packed(at(&format!("{name}.up_proj")), [width, 7168]);
            packed(at(&format!("{name}.down_proj")), [7168, width]);
        };
        if layer < 3 {
            feed("mlp", 18_432);
            continue;
        }
        feed("mlp.shared_experts", 2048);
        (0..256).for_each(|expert| feed(&format!("mlp.experts.{expert}"), 2048));
        plain(at("mlp.gate.weight"), &[256, 7168]);
        plain(at("mlp.gate.e_score_correction_bias"), &[256]);
    }
    for (name, shape) in [("eh_proj", &[7168, 14_336][..]), ("enorm", &[7168]), ("hnorm", &[7168])] {
        plain(format!("model.layers.61.{name}.weight"), shape);
    }
    tensors
}

/// The config of [`experts`].
pub const EXPERTS: &str = r#"{"architectures":["DeepseekV3ForCausalLM"],"model_type":"deepseek_v3","hidden_size":7168,
"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":128,
"num_key_value_heads":128,"n_routed_experts":256,"n_shared_experts":1,"num_experts_per_tok":8,"first_k_dense_replace":3,
"kv_lora_rank":512,"q_lora_rank":1536,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"vocab_size":129280,
"max_position_embeddings":163840,"num_nextn_predict_layers":1,"tie_word_embeddings":false,
"quantization_config":{"quant_method":"fp8","fmt":"e4m3","activation_scheme":"dynamic","weight_block_size":[128,128]}}"#;

/// A dense model of 70 billion parameters.
pub fn dense() -> Tensors {
    layers(80, 8192, 1024, 28_672, 128_256, true)
}

/// One of 135 million, whose embeddings are its output.
pub fn small() -> Tensors {
    layers(30, 576, 192, 1536, 49_152, false)
}

fn layers(count: u64, width: u64, keys: u64, inner: u64, tokens: u64, has_output: bool) -> Tensors {
    let mut tensors: Tensors =
        vec![("model.embed_tokens.weight".into(), vec![tokens, width]), ("model.norm.weight".into(), vec![width])];
    if has_output {
        tensors.push(("lm_head.weight".into(), vec![tokens, width]));
    }
    for layer in 0..count {
        for (name, shape) in [
            ("input_layernorm", &[width][..]),
            ("mlp.down_proj", &[width, inner]),
            ("mlp.gate_proj", &[inner, width]),
            ("mlp.up_proj", &[inner, width]),
            ("post_attention_layernorm", &[width]),
            ("self_attn.k_proj", &[keys, width]),
            ("self_attn.o_proj", &[width, width]),
            ("self_attn.q_proj", &[width, width]),
            ("self_attn.v_proj", &[keys, width]),
        ] {
            tensors.push((format!("model.layers.{layer}.{name}.weight"), shape.to_vec()));
        }
    }
    tensors
}

/// The config of [`dense`].
pub const DENSE: &str = r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":8192,"intermediate_size":28672,
"num_hidden_layers":80,"num_attention_heads":64,"num_key_value_heads":8,"vocab_size":128256,
"max_position_embeddings":131072,"tie_word_embeddings":false,"torch_dtype":"bfloat16"}"#;

/// The config of [`small`].
pub const SMALL: &str = r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":576,"intermediate_size":1536,
"num_hidden_layers":30,"num_attention_heads":9,"num_key_value_heads":3,"vocab_size":49152,"bos_token_id":1,"eos_token_id":2,
"pad_token_id":2,"hidden_act":"silu","initializer_range":0.041666666666666664,"max_position_embeddings":8192,
"rms_norm_eps":1e-05,"rope_theta":100000,"tie_word_embeddings":true,"torch_dtype":"bfloat16","use_cache":true}"#;

/// What holds the tensors, by number: one file stands alone.
pub fn weights(number: usize, shards: usize) -> String {
    match shards {
        1 => "model.safetensors".into(),
        _ => format!("model-{:05}-of-{shards:06}.safetensors", number + 1),
    }
}

/// Writes the folder: about so many shards of one size each, their index, the config. Gives how many they are.
pub fn write(home: &Path, config: &str, tensors: &[(String, Vec<u64>)], shards: usize) -> usize {
    let size = tensors.len().div_ceil(shards);
    let shards = tensors.len().div_ceil(size);
    let mut index = String::from("{\n  \"metadata\": {\n    \"total_size\": 0\n  },\n  \"weight_map\": {\n");
    for (number, chunk) in tensors.chunks(size).enumerate() {
        let name = weights(number, shards);
        let mut writer = Writer::new();
        writer.metadata(&[("format", "pt".to_owned())]);
        for (tensor, shape) in chunk {
            writer.tensor(tensor.clone(), shape);
            writeln!(index, "    \"{tensor}\": \"{name}\",").unwrap();
        }
        let (header, data) = writer.finish();
        let mut file = File::create(home.join(name)).expect("a temporary file");
        file.write_all(&header).expect("room in the temporary folder");
        file.set_len(header.len() as u64 + data).expect("a sparse file");
    }
    index.truncate(index.len() - 2);
    index.push_str("\n  }\n}\n");
    if shards > 1 {
        fs::write(home.join("model.safetensors.index.json"), index).unwrap();
    }
    fs::write(home.join("config.json"), config).unwrap();
    shards
}
