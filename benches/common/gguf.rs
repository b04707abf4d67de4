//! GGUF headers, followed by as much of the data section as the header asks for (a hole in the file).

use super::{Numbers, token};

/// Whose names, keys and shapes a header has.
#[derive(Clone, Copy, PartialEq)]
pub enum Family {
    Gemma3,
    Llama,
}

/// How large a header is made.
#[derive(Clone, Copy)]
pub struct Size {
    pub family: Family,
    pub tokens: usize,
    pub merges: usize,
    pub layers: u32,
    pub width: u32,
    pub template: Option<Template>,
}

/// A chat template, and the tokens that it writes: the first begins a text, the last ends a turn.
#[derive(Clone, Copy)]
pub struct Template {
    pub text: &'static str,
    pub tokens: &'static [&'static str],
}

/// As long and as branched as the one of Llama 3.1: 4.6 KB.
pub const LLAMA_TEMPLATE: Template = Template {
    text: include_str!("../chat/llama-like.jinja"),
    tokens: &[
        "<|begin_of_text|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|python_tag|>",
        "<|eom_id|>",
        "<|eot_id|>",
    ],
};
/// As the one of Gemma 3: 1.5 KB.
pub const GEMMA_TEMPLATE: Template = Template {
    text: include_str!("../chat/gemma-like.jinja"),
    tokens: &["<bos>", "<start_of_turn>", "<start_of_image>", "<end_of_turn>"],
};
/// As the one of SmolLM2: 0.4 KB.
pub const SMALL_TEMPLATE: Template = Template {
    text: include_str!("../chat/chatml-like.jinja"),
    tokens: &["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
};
/// With tools and reasoning, as the ones of Qwen: 2.5 KB.
pub const QWEN_TEMPLATE: Template = Template {
    text: include_str!("../chat/qwen-like.jinja"),
    tokens: &[
        "<|endoftext|>",
        "<|im_start|>",
        "<tool_call>",
        "</tool_call>",
        "<tool_response>",
        "</tool_response>",
        "<think>",
        "</think>",
        "<|im_end|>",
    ],
};

/// Like Llama 3.1 8B: 128,256 tokens, 280,147 merges, 292 tensors, 7.8 MB.
pub const LLAMA: Size = Size {
    family: Family::Llama,
    tokens: 128_256,
    merges: 280_147,
    layers: 32,
    width: 4096,
    template: Some(LLAMA_TEMPLATE),
};
/// Like Gemma 3: 262,144 tokens with scores, no merges, 236 tensors.
pub const GEMMA: Size =
    Size { family: Family::Gemma3, tokens: 262_144, merges: 0, layers: 18, width: 768, template: Some(GEMMA_TEMPLATE) };
/// Like SmolLM2: 49,152 tokens, 48,900 merges, 272 tensors.
pub const SMALL: Size = Size {
    family: Family::Llama,
    tokens: 49_152,
    merges: 48_900,
    layers: 30,
    width: 768,
    template: Some(SMALL_TEMPLATE),
};
/// The last without a vocabulary.
pub const NO_VOCABULARY: Size = Size { tokens: 0, merges: 0, ..SMALL };

fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text);
}

fn key(out: &mut Vec<u8>, name: &str, kind: u32, value: &[u8]) {
    string(out, name.as_bytes());
    out.extend(kind.to_le_bytes());
    out.extend(value);
}

fn text(out: &mut Vec<u8>, name: &str, value: &str) {
    let mut bytes = Vec::new();
    string(&mut bytes, value.as_bytes());
    key(out, name, 8, &bytes);
}

fn array(element: u32, count: usize, elements: &[u8]) -> Vec<u8> {
    let mut out = element.to_le_bytes().to_vec();
    out.extend((count as u64).to_le_bytes());
    out.extend(elements);
    out
}

fn numbers(size: Size) -> Vec<(&'static str, u32)> {
    let heads = size.width / 128;
    let mut keys = vec![
        ("block_count", size.layers),
        ("context_length", 131_072),
        ("embedding_length", size.width),
        ("feed_forward_length", size.width * 4),
        ("attention.head_count", heads),
        ("attention.head_count_kv", heads / 2),
        ("attention.key_length", 128),
        ("attention.value_length", 128),
        ("rope.dimension_count", 128),
    ];
    match size.family {
        Family::Gemma3 => keys.push(("attention.sliding_window", 512)),
        Family::Llama => keys.push(("vocab_size", size.tokens as u32)),
    }
    keys
}

/// The tokens of the chat template, which are the first ones.
fn special(size: Size) -> &'static [&'static str] {
    let tokens = size.template.map_or(&[][..], |template| template.tokens);
    tokens.get(..size.tokens).unwrap_or(tokens)
}

/// The texts of the tokens, and their types: bytes where a SentencePiece vocabulary has them, and what the chat template
/// writes.
fn tokens(size: Size, numbers: &mut Numbers) -> (Vec<String>, Vec<u8>) {
    let mut texts: Vec<String> = (0..size.tokens).map(|number| token(numbers, number)).collect();
    let mut types = vec![1_i32; size.tokens];
    if size.family == Family::Gemma3 && size.tokens > 264 {
        for byte in 0..256 {
            texts[byte + 8] = format!("<0x{byte:02X}>");
            types[byte + 8] = 6;
        }
    }
    for (at, special) in special(size).iter().enumerate() {
        texts[at] = (*special).to_owned();
        types[at] = 3;
    }
    (texts, types.iter().flat_map(|kind| kind.to_le_bytes()).collect())
}

fn vocabulary(size: Size, out: &mut Vec<u8>) -> u64 {
    let mut numbers = Numbers::new(size.tokens as u64);
    let (texts, types) = tokens(size, &mut numbers);
    let mut tokens = Vec::new();
    texts.iter().for_each(|token| string(&mut tokens, token.as_bytes()));
    key(out, "tokenizer.ggml.tokens", 9, &array(8, size.tokens, &tokens));
    key(out, "tokenizer.ggml.token_type", 9, &array(5, size.tokens, &types));
    match size.family {
        Family::Gemma3 => {
            key(out, "tokenizer.ggml.scores", 9, &array(6, size.tokens, &0_f32.to_le_bytes().repeat(size.tokens)));
        }
        Family::Llama => {
            let mut merges = Vec::new();
            for _ in 0..size.merges {
                let pair = [(); 2].map(|()| texts[numbers.below(size.tokens as u64) as usize].as_str());
                let cut: Vec<String> = pair.iter().map(|part| part.chars().take(4).collect()).collect();
                string(&mut merges, cut.join(" ").as_bytes());
            }
            key(out, "tokenizer.ggml.merges", 9, &array(8, size.merges, &merges));
        }
    }
    3
}

fn metadata(size: Size) -> (u64, Vec<u8>) {
    let (name, model, pre) = match size.family {
        Family::Gemma3 => ("gemma3", "llama", "default"),
        Family::Llama => ("llama", "gpt2", "llama-bpe"),
    };
    let mut out = Vec::new();
    let mut count = 0;
    for (key, value) in [
        ("general.architecture", name),
        ("general.name", "Bench 8B"),
        ("general.type", "model"),
        ("general.license", "mit"),
        ("tokenizer.ggml.model", model),
        ("tokenizer.ggml.pre", pre),
    ] {
        text(&mut out, key, value);
        count += 1;
    }
    if let Some(template) = size.template {
        text(&mut out, "tokenizer.chat_template", template.text);
        count += 1;
    }
    for (key_name, value) in numbers(size) {
        key(&mut out, &format!("{name}.{key_name}"), 4, &value.to_le_bytes());
        count += 1;
    }
    key(&mut out, &format!("{name}.attention.layer_norm_rms_epsilon"), 6, &1e-6_f32.to_le_bytes());
    count += 1 + vocabulary(size, &mut out);
    let last = special(size).len().saturating_sub(1) as u32;
    for (name, id) in [("bos", 0), ("eos", last), ("padding", last)] {
        key(&mut out, &format!("tokenizer.ggml.{name}_token_id"), 4, &id.to_le_bytes());
    }
    key(&mut out, "general.quantization_version", 4, &2_u32.to_le_bytes());
    key(&mut out, "general.file_type", 4, &15_u32.to_le_bytes());
    (count + 5, out)
}

/// Names and dimensions of the tensors, fastest-varying first.
fn tensors(size: Size) -> Vec<(String, Vec<u64>)> {
    let (width, inner, tokens) = (u64::from(size.width), u64::from(size.width) * 4, size.tokens as u64);
    let (heads, keys) = (width / 128 * 128, width / 128 / 2 * 128);
    let mut layer = vec![
        ("attn_k.weight", vec![width, keys]),
        ("attn_norm.weight", vec![width]),
        ("attn_output.weight", vec![heads, width]),
        ("attn_q.weight", vec![width, heads]),
        ("attn_v.weight", vec![width, keys]),
        ("ffn_down.weight", vec![inner, width]),
        ("ffn_gate.weight", vec![width, inner]),
        ("ffn_norm.weight", vec![width]),
        ("ffn_up.weight", vec![width, inner]),
    ];
    let mut all =
        vec![("token_embd.weight".to_owned(), vec![width, tokens]), ("output_norm.weight".to_owned(), vec![width])];
    match size.family {
        Family::Gemma3 => layer.extend([
            ("attn_k_norm.weight", vec![128]),
            ("attn_q_norm.weight", vec![128]),
            ("post_attention_norm.weight", vec![width]),
            ("post_ffw_norm.weight", vec![width]),
        ]),
        // The small one, like its model, has its embeddings for an output.
        Family::Llama if size.width > 1024 => {
            all.extend([("output.weight".to_owned(), vec![width, tokens]), ("rope_freqs.weight".to_owned(), vec![64])]);
        }
        Family::Llama => {}
    }
    let names = (0..size.layers)
        .flat_map(|number| layer.iter().map(move |(name, shape)| (format!("blk.{number}.{name}"), shape)));
    all.extend(names.map(|(name, shape)| (name, shape.clone())));
    all
}

/// A header with its tensor infos; the second number is the length of the data section, in bytes.
pub fn header(size: Size) -> (Vec<u8>, u64) {
    let (keys, metadata) = metadata(size);
    let tensors = tensors(size);
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend((tensors.len() as u64).to_le_bytes());
    out.extend(keys.to_le_bytes());
    out.extend(metadata);
    let mut offset = 0_u64;
    for (name, shape) in &tensors {
        string(&mut out, name.as_bytes());
        out.extend((shape.len() as u32).to_le_bytes());
        shape.iter().for_each(|size| out.extend(size.to_le_bytes()));
        // Matrices are Q4_K, the rest is F32.
        let (kind, bytes) = if shape.len() > 1 { (12_u32, 144) } else { (0_u32, 1024) };
        out.extend(kind.to_le_bytes());
        out.extend(offset.to_le_bytes());
        offset += (shape.iter().product::<u64>() * bytes).div_ceil(256).next_multiple_of(32);
    }
    out.resize(out.len().next_multiple_of(32), 0);
    (out, offset)
}

/// The naive walker that readers are held against: it hops every length prefix and checks nothing.
pub fn naive(bytes: &[u8]) -> u64 {
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let u64_at = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    let scalar = |kind: u32| [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8][kind as usize];
    let (tensors, keys) = (u64_at(8), u64_at(16));
    let mut at = 24;
    for _ in 0..keys {
        at += 8 + u64_at(at);
        let kind = u32_at(at);
        at += 4;
        match kind {
            8 => at += 8 + u64_at(at),
            9 => {
                let (element, count) = (u32_at(at), u64_at(at + 4));
                at += 12;
                if element == 8 {
                    for _ in 0..count {
                        at += 8 + u64_at(at);
                    }
                } else {
                    at += count * scalar(element);
                }
            }
            kind => at += scalar(kind),
        }
    }
    for _ in 0..tensors {
        at += 8 + u64_at(at);
        at += 4 + 8 * u32_at(at) as usize + 12;
    }
    at as u64
}
