//! Whole folders through the gate, warm: `cargo bench --bench folders`. Shards are sparse files: only headers are read.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench makes and reads its own files"
)]

mod common;

use common::json::{GEMMA, tokenizer};
use common::safetensors::Writer;
use cpu_time::ProcessTime;
use modelgate::{Gate, Limits, derive, facts, source};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

type Tensors = Vec<(String, Vec<u64>)>;

/// A mixture of experts at the size of the largest open ones, in eight-bit floats with scales.
fn experts() -> Tensors {
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

const EXPERTS: &str = r#"{"architectures":["DeepseekV3ForCausalLM"],"model_type":"deepseek_v3","hidden_size":7168,
"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":128,
"num_key_value_heads":128,"n_routed_experts":256,"n_shared_experts":1,"num_experts_per_tok":8,"first_k_dense_replace":3,
"kv_lora_rank":512,"q_lora_rank":1536,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"vocab_size":129280,
"max_position_embeddings":163840,"num_nextn_predict_layers":1,"tie_word_embeddings":false,
"quantization_config":{"quant_method":"fp8","fmt":"e4m3","activation_scheme":"dynamic","weight_block_size":[128,128]}}"#;

fn dense() -> Tensors {
    let mut tensors: Tensors = vec![
        ("model.embed_tokens.weight".into(), vec![128_256, 8192]),
        ("model.norm.weight".into(), vec![8192]),
        ("lm_head.weight".into(), vec![128_256, 8192]),
    ];
    for layer in 0..80 {
        for (name, shape) in [
            ("input_layernorm", &[8192][..]),
            ("mlp.down_proj", &[8192, 28_672]),
            ("mlp.gate_proj", &[28_672, 8192]),
            ("mlp.up_proj", &[28_672, 8192]),
            ("post_attention_layernorm", &[8192]),
            ("self_attn.k_proj", &[1024, 8192]),
            ("self_attn.o_proj", &[8192, 8192]),
            ("self_attn.q_proj", &[8192, 8192]),
            ("self_attn.v_proj", &[1024, 8192]),
        ] {
            tensors.push((format!("model.layers.{layer}.{name}.weight"), shape.to_vec()));
        }
    }
    tensors
}

const DENSE: &str = r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":8192,"intermediate_size":28672,
"num_hidden_layers":80,"num_attention_heads":64,"num_key_value_heads":8,"vocab_size":128256,
"max_position_embeddings":131072,"tie_word_embeddings":false,"torch_dtype":"bfloat16"}"#;

/// Writes the folder: shards of one size each, their index, the config.
fn write(home: &Path, config: &str, tensors: &[(String, Vec<u64>)], shards: usize) {
    let mut index = String::from("{\n  \"metadata\": {\n    \"total_size\": 0\n  },\n  \"weight_map\": {\n");
    for (number, chunk) in tensors.chunks(tensors.len().div_ceil(shards)).enumerate() {
        let name = format!("model-{:05}-of-{shards:06}.safetensors", number + 1);
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
    fs::write(home.join("model.safetensors.index.json"), index).unwrap();
    fs::write(home.join("config.json"), config).unwrap();
    fs::write(home.join("tokenizer.model"), "").unwrap();
}

/// The least wall-clock and CPU time of what `work` does, over a second or so.
fn least(mut work: impl FnMut()) -> (f64, f64) {
    let (mut wall, mut cpu) = (Duration::MAX, Duration::MAX);
    for _ in 0..40 {
        let (start, start_cpu) = (Instant::now(), ProcessTime::now());
        work();
        (wall, cpu) = (wall.min(start.elapsed()), cpu.min(start_cpu.elapsed()));
    }
    (wall.as_secs_f64() * 1e3, cpu.as_secs_f64() * 1e3)
}

/// What a verdict takes, and its stages.
fn measure(name: &str, home: &Path) {
    let (gate, limits) = (Gate::for_engine("transformers").unwrap(), Limits::default());
    let verdict = gate.check(home).unwrap();
    let codes: Vec<_> = verdict.judgement().findings.iter().map(|finding| finding.cause.code.0).collect();
    println!("{name}: accepted {}, {codes:?}", verdict.is_accepted());
    let locate = || source::locate(home, &limits).unwrap();
    let print = |what: &str, (wall, cpu): (f64, f64)| println!("  {what:<24} {wall:>8.2} ms, CPU {cpu:>8.2} ms");
    print("locating", least(|| drop(locate())));
    print("and facts", least(|| drop(facts::learn(&locate(), &limits).unwrap())));
    let learned = || facts::learn(&locate(), &limits).unwrap();
    print("and derivation", least(|| drop(derive::derive(&learned()))));
    print("and rules: the verdict", least(|| drop(gate.check(home).unwrap())));
}

fn main() {
    let only = std::env::args().find(|argument| !argument.starts_with('-') && !argument.contains('/'));
    for (name, config, tensors, shards) in [("dense", DENSE, dense(), 30), ("experts", EXPERTS, experts(), 163)] {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let home = tempfile::tempdir().unwrap();
        write(home.path(), config, &tensors, shards);
        measure(&format!("{name}: {shards} shards, {} tensors", tensors.len()), home.path());
        if only.is_none() {
            let text = tokenizer(GEMMA);
            fs::write(home.path().join("tokenizer.json"), &text).unwrap();
            measure(&format!("{name}, with a tokenizer.json of {} bytes", text.len()), home.path());
        }
    }
}
