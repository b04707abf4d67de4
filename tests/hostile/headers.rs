//! Headers that are well formed and mean anything: random keys, types, counts, shapes, documents and sets of shards.

use super::judge::{folder, full, judge_twice};
use modelgate::Limits;
use modelgate::format::{gguf, json, safetensors};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;

fn config() -> ProptestConfig {
    ProptestConfig { cases: if full() { 20_000 } else { 60 }, failure_persistence: None, ..ProptestConfig::default() }
}

/// Keys that readers ask for, so that random values reach the code behind them.
static GGUF_KEYS: [&str; 40] = [
    "general.architecture",
    "general.alignment",
    "general.file_type",
    "general.name",
    "general.languages",
    "general.type",
    "general.quantization_version",
    "llama.attention.head_count",
    "llama.attention.head_count_kv",
    "llama.attention.key_length",
    "llama.attention.layer_norm_rms_epsilon",
    "llama.attention.sliding_window",
    "llama.block_count",
    "llama.context_length",
    "llama.embedding_length",
    "llama.expert_count",
    "llama.expert_used_count",
    "llama.feed_forward_length",
    "llama.rope.dimension_count",
    "llama.rope.freq_base",
    "llama.rope.scaling.factor",
    "llama.rope.scaling.type",
    "llama.vocab_size",
    "split.count",
    "split.no",
    "split.tensors.count",
    "tokenizer.chat_template",
    "tokenizer.chat_templates",
    "tokenizer.ggml.add_bos_token",
    "tokenizer.ggml.bos_token_id",
    "tokenizer.ggml.eos_token_id",
    "tokenizer.ggml.merges",
    "tokenizer.ggml.model",
    "tokenizer.ggml.padding_token_id",
    "tokenizer.ggml.pre",
    "tokenizer.ggml.precompiled_charsmap",
    "tokenizer.ggml.scores",
    "tokenizer.ggml.token_type",
    "tokenizer.ggml.tokens",
    "tokenizer.ggml.unknown_token_id",
];

static WORDS: [&str; 20] = [
    "",
    "llama",
    "clip",
    "gpt2",
    "bert",
    "t5",
    "rwkv",
    "qwen2",
    "gemma3",
    "flux",
    "sd1",
    "default",
    "linear",
    "yarn",
    "<0x0A>",
    "<0x-1>",
    "\n",
    "{{ messages }}",
    "{% for",
    "</s>",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => select(&WORDS[..]).prop_map(|word| word.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..24),
    ]
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u64).to_le_bytes());
    out.extend(bytes);
}

/// A number that is small, huge or anything, in as many bytes as the type takes.
fn scalar(bytes: usize) -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![4 => 0..600_u64, 1 => any::<u64>(), 1 => Just(u64::MAX), 1 => Just(1 << 31)];
    number.prop_map(move |number| number.to_le_bytes()[..bytes].to_vec())
}

fn width(kind: u32) -> usize {
    match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        _ => 8,
    }
}

/// A value with its type before it: a scalar, a text, or an array of up to 40 of them.
fn gguf_value() -> impl Strategy<Value = Vec<u8>> {
    let kinds = || select(vec![0_u32, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12]);
    let typed = |kind: u32, body: Vec<u8>| [kind.to_le_bytes().to_vec(), body].concat();
    let one = kinds().prop_flat_map(move |kind| scalar(width(kind)).prop_map(move |body| typed(kind, body)));
    let words = text().prop_map(|word| {
        let mut out = 8_u32.to_le_bytes().to_vec();
        string(&mut out, &word);
        out
    });
    let many = kinds().prop_flat_map(|kind| vec(scalar(width(kind)), 0..40).prop_map(move |list| array(kind, &list)));
    let texts = vec(text(), 0..40).prop_map(|list| {
        let list: Vec<_> =
            list.iter().map(|word| [(word.len() as u64).to_le_bytes().to_vec(), word.clone()].concat()).collect();
        array(8, &list)
    });
    prop_oneof![4 => one, 4 => words, 1 => many, 2 => texts]
}

fn array(kind: u32, elements: &[Vec<u8>]) -> Vec<u8> {
    let head = [9_u32.to_le_bytes(), kind.to_le_bytes()].concat();
    [head, (elements.len() as u64).to_le_bytes().to_vec(), elements.concat()].concat()
}

#[derive(Debug, Clone)]
struct Gguf {
    keys: BTreeMap<Vec<u8>, Vec<u8>>,
    tensors: BTreeMap<String, (Vec<u64>, u32)>,
    /// What is added to the two counts.
    lies: (i64, i64),
    tail: u64,
}

fn gguf_file() -> impl Strategy<Value = Gguf> {
    let key =
        prop_oneof![8 => select(&GGUF_KEYS[..]).prop_map(|key| key.as_bytes().to_vec()), 1 => vec(any::<u8>(), 1..8)];
    let names =
        vec!["token_embd.weight", "output.weight", "output_norm.weight", "rope_freqs.weight", "blk.0.attn_q.weight"];
    let name = prop_oneof![4 => select(names).prop_map(str::to_owned), 1 => "[a-z.0-9]{0,70}"];
    let size = prop_oneof![6 => 0..65_u64, 1 => any::<u64>(), 1 => select(vec![1_u64 << 32, 1 << 62, 1 << 63])];
    let tensor = (vec(size, 0..6), prop_oneof![0..45_u32, any::<u32>()]);
    let lie = || prop_oneof![8 => Just(0_i64), 1 => -3..3_i64, 1 => any::<i64>()];
    (btree_map(key, gguf_value(), 0..12), btree_map(name, tensor, 0..6), (lie(), lie()), 0..100_000_u64)
        .prop_map(|(keys, tensors, lies, tail)| Gguf { keys, tensors, lies, tail })
}

impl Gguf {
    fn bytes(&self) -> Vec<u8> {
        let mut out = b"GGUF\x03\0\0\0".to_vec();
        let counts = [(self.tensors.len(), self.lies.0), (self.keys.len(), self.lies.1)];
        counts.iter().for_each(|(count, lie)| out.extend((*count as i64).wrapping_add(*lie).to_le_bytes()));
        for (key, value) in &self.keys {
            string(&mut out, key);
            out.extend(value);
        }
        for (name, (shape, kind)) in &self.tensors {
            string(&mut out, name.as_bytes());
            out.extend((shape.len() as u32).to_le_bytes());
            shape.iter().for_each(|size| out.extend(size.to_le_bytes()));
            out.extend(kind.to_le_bytes());
            out.extend(0_u64.to_le_bytes());
        }
        out
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..70_000_i64).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map("[a-z_]{0,10}", inner, 0..6).prop_map(|map| map.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// A document whose keys are known words, so that the values reach the code that reads them.
fn document(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let members = vec((select(keys), any_json()), 0..12);
    members.prop_map(|list| list.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into())
}

static CONFIG_KEYS: [&str; 30] = [
    "architectures",
    "auto_map",
    "attention_bias",
    "bos_token_id",
    "configuration_files",
    "dtype",
    "eos_token_id",
    "head_dim",
    "hidden_act",
    "hidden_size",
    "intermediate_size",
    "layer_types",
    "max_position_embeddings",
    "model_type",
    "n_ctx",
    "num_attention_heads",
    "num_hidden_layers",
    "num_key_value_heads",
    "num_local_experts",
    "quantization_config",
    "rms_norm_eps",
    "rope_parameters",
    "rope_scaling",
    "rope_theta",
    "sliding_window",
    "text_config",
    "tie_word_embeddings",
    "torch_dtype",
    "transformers_weights",
    "vocab_size",
];

static TOKENIZER_KEYS: [&str; 16] = [
    "added_tokens",
    "added_tokens_decoder",
    "bos_token",
    "chat_template",
    "decoder",
    "eos_token",
    "extra_special_tokens",
    "merges",
    "model",
    "model_max_length",
    "normalizer",
    "pre_tokenizer",
    "tokenizer_class",
    "type",
    "unk_token",
    "vocab",
];

static OTHER_KEYS: [&str; 14] = [
    "_class_name",
    "base_model_name_or_path",
    "bits",
    "dim",
    "eos_token_id",
    "lora_alpha",
    "metadata",
    "n_layers",
    "peft_type",
    "quant_method",
    "r",
    "target_modules",
    "temperature",
    "weight_map",
];

fn shape() -> impl Strategy<Value = Vec<u64>> {
    vec(prop_oneof![8 => 0..9_u64, 1 => any::<u64>(), 1 => Just(1 << 62)], 0..5)
}

fn tensor_entry() -> impl Strategy<Value = Value> {
    let dtype = select(vec!["F32", "F16", "BF16", "I8", "U8", "F8_E4M3", "F4", "BOOL", "C64", "Q4", ""]);
    let offset = || prop_oneof![8 => 0..64_u64, 1 => any::<u64>()];
    let sound = (dtype, shape(), offset(), offset());
    let sound = sound
        .prop_map(|(dtype, shape, from, to)| json!({ "dtype": dtype, "shape": shape, "data_offsets": [from, to] }));
    prop_oneof![6 => sound, 1 => any_json()]
}

fn safetensors_header() -> impl Strategy<Value = Value> {
    let names =
        vec!["__metadata__", "lm_head.weight", "model.embed_tokens.weight", "a.lora_A.weight", "conv_in.weight"];
    let name = prop_oneof![select(names).prop_map(str::to_owned), ".{0,10}"];
    btree_map(name, tensor_entry(), 0..8).prop_map(|map| map.into_iter().collect::<Map<_, _>>().into())
}

fn with_length(header: &[u8], tail: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.resize(bytes.len() + tail, 0);
    bytes
}

fn judge_file(name: &str, bytes: &[u8], size: u64) {
    let home = folder();
    let path = home.path().join(name);
    fs::write(&path, bytes).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(size.max(bytes.len() as u64)).unwrap();
    judge_twice(&path);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn gguf_of_any_content(model in gguf_file()) {
        let bytes = model.bytes();
        judge_file("model.gguf", &bytes, bytes.len() as u64 + model.tail);
    }

    /// Keys alone, told honestly, are read in full.
    #[test]
    fn gguf_of_honest_keys(mut model in gguf_file()) {
        model.tensors.clear();
        model.lies = (0, 0);
        model.keys.remove(b"general.alignment".as_slice());
        let bytes = model.bytes();
        let document = gguf::parse(&bytes, &Limits::default()).map_err(|fault| fault.in_file("a").message).unwrap();
        prop_assert_eq!(document.keys.len(), model.keys.len());
    }

    #[test]
    fn safetensors_of_any_header(header in safetensors_header(), tail in 0..200_usize) {
        let bytes = with_length(header.to_string().as_bytes(), tail);
        judge_file("model.safetensors", &bytes, 0);
    }

    /// Shapes of any kind, laid out as the format wants it, are read as written.
    #[test]
    fn safetensors_of_honest_shapes(shapes in vec(vec(0..5_u64, 0..4), 0..12)) {
        let mut end = 0;
        let entry = |shape: &Vec<u64>| {
            let from = end;
            end += shape.iter().product::<u64>() * 4;
            json!({ "dtype": "F32", "shape": shape, "data_offsets": [from, end] })
        };
        let header: Map<_, _> = shapes.iter().map(entry).enumerate().map(|(at, entry)| (format!("t{at:03}"), entry)).collect();
        let bytes = with_length(Value::Object(header).to_string().as_bytes(), end as usize);
        let document = safetensors::parse(&bytes, &Limits::default()).map_err(|fault| fault.in_file("a").message).unwrap();
        let mut read: Vec<_> = document.tensors.iter().map(|tensor| (tensor.name.to_string(), tensor.shape.to_vec())).collect();
        read.sort();
        let written: Vec<_> = shapes.into_iter().enumerate().map(|(at, shape)| (format!("t{at:03}"), shape)).collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn json_is_read_as_written(value in any_json()) {
        let text = value.to_string();
        let document = json::parse(text.as_bytes(), &Limits::default()).map_err(|fault| fault.in_file("a").message).unwrap();
        prop_assert!(document.notes.is_empty());
    }

    #[test]
    fn folders_of_any_documents(
        config in document(&CONFIG_KEYS),
        tokenizer in document(&TOKENIZER_KEYS),
        tokenizer_config in document(&TOKENIZER_KEYS),
        others in vec(document(&OTHER_KEYS), 5),
        model_type in select(vec!["llama", "qwen2", "mixtral", "gemma3", "bert", "nope"]),
        parts in vec((0..4_usize, safetensors_header(), 0..64_usize), 0..4),
        shards in vec(select(vec!["model-00001-of-00002.safetensors", "../x", "config.json", "", "model.safetensors"]), 0..5),
    ) {
        let home = folder();
        let put = |name: &str, bytes: &[u8]| fs::write(home.path().join(name), bytes).unwrap();
        let mut config = config;
        config.as_object_mut().unwrap().entry("model_type").or_insert(model_type.into());
        put("config.json", config.to_string().as_bytes());
        put("tokenizer.json", tokenizer.to_string().as_bytes());
        put("tokenizer_config.json", tokenizer_config.to_string().as_bytes());
        let names = ["generation_config.json", "adapter_config.json", "params.json", "special_tokens_map.json", "hf_quant_config.json"];
        for (at, (name, document)) in names.iter().zip(&others).enumerate() {
            // An adapter's config makes the folder an adapter, so it is not always there.
            if at != 1 || document.as_object().is_some_and(|map| map.len() > 6) {
                put(name, document.to_string().as_bytes());
            }
        }
        let map: Map<_, _> = shards.iter().enumerate().map(|(at, shard)| (format!("t{at}"), (*shard).into())).collect();
        if !shards.is_empty() {
            put("model.safetensors.index.json", json!({ "metadata": {}, "weight_map": map }).to_string().as_bytes());
        }
        for (at, header, tail) in &parts {
            let names = ["model.safetensors", "model-00001-of-00002.safetensors", "adapter_model.safetensors", "x.safetensors"];
            put(names[*at], &with_length(header.to_string().as_bytes(), *tail));
        }
        judge_twice(home.path());
    }

    #[test]
    fn pipelines_of_any_documents(index in document(&OTHER_KEYS), part in document(&CONFIG_KEYS), header in safetensors_header()) {
        let home = folder();
        fs::write(home.path().join("model_index.json"), index.to_string()).unwrap();
        for name in ["unet", "vae", "text_encoder"] {
            fs::create_dir(home.path().join(name)).unwrap();
            fs::write(home.path().join(name).join("config.json"), part.to_string()).unwrap();
            let bytes = with_length(header.to_string().as_bytes(), 8);
            fs::write(home.path().join(name).join("diffusion_pytorch_model.safetensors"), bytes).unwrap();
        }
        judge_twice(home.path());
    }
}
