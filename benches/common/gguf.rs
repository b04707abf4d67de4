//! GGUF headers, followed by as much of the data section as the header asks for (a hole in the file).

use super::{Numbers, token};

/// How large a header is made.
#[derive(Clone, Copy)]
pub struct Size {
    pub tokens: usize,
    pub merges: usize,
    pub layers: usize,
    pub tensors: usize,
}

/// Like Llama 3.1 8B: 128,256 tokens, 280,147 merges, 292 tensors, 7.8 MB.
pub const LLAMA: Size = Size { tokens: 128_256, merges: 280_147, layers: 32, tensors: 292 };
/// Like Gemma 3: 262,144 tokens with scores, no merges.
pub const GEMMA: Size = Size { tokens: 262_144, merges: 0, layers: 18, tensors: 236 };
/// Like SmolLM2: 49,152 tokens, 48,900 merges.
pub const SMALL: Size = Size { tokens: 49_152, merges: 48_900, layers: 30, tensors: 272 };

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

fn metadata(size: Size) -> (u64, Vec<u8>) {
    let mut out = Vec::new();
    let mut numbers = Numbers::new(size.tokens as u64);
    let mut count = 0;
    for (name, value) in [("architecture", "llama"), ("name", "Bench 8B"), ("type", "model"), ("license", "mit")] {
        text(&mut out, &format!("general.{name}"), value);
        count += 1;
    }
    for (name, value) in [
        ("block_count", size.layers as u32),
        ("context_length", 131_072),
        ("embedding_length", 4096),
        ("feed_forward_length", 14_336),
        ("attention.head_count", 32),
        ("attention.head_count_kv", 8),
        ("rope.dimension_count", 128),
        ("vocab_size", size.tokens as u32),
    ] {
        key(&mut out, &format!("llama.{name}"), 4, &value.to_le_bytes());
        count += 1;
    }
    text(&mut out, "tokenizer.ggml.model", "gpt2");
    text(&mut out, "tokenizer.ggml.pre", "llama-bpe");
    let mut tokens = Vec::new();
    let list: Vec<String> = (0..size.tokens).map(|number| token(&mut numbers, number)).collect();
    list.iter().for_each(|token| string(&mut tokens, token.as_bytes()));
    key(&mut out, "tokenizer.ggml.tokens", 9, &array(8, size.tokens, &tokens));
    key(&mut out, "tokenizer.ggml.token_type", 9, &array(5, size.tokens, &1_i32.to_le_bytes().repeat(size.tokens)));
    if size.merges > 0 {
        let mut merges = Vec::new();
        for _ in 0..size.merges {
            let pair = [(); 2].map(|()| list[numbers.below(size.tokens as u64) as usize].as_str());
            let cut: Vec<String> = pair.iter().map(|part| part.chars().take(4).collect()).collect();
            string(&mut merges, cut.join(" ").as_bytes());
        }
        key(&mut out, "tokenizer.ggml.merges", 9, &array(8, size.merges, &merges));
    } else {
        key(&mut out, "tokenizer.ggml.scores", 9, &array(6, size.tokens, &0_f32.to_le_bytes().repeat(size.tokens)));
    }
    for name in ["bos", "eos", "padding"] {
        key(&mut out, &format!("tokenizer.ggml.{name}_token_id"), 4, &7_u32.to_le_bytes());
    }
    text(&mut out, "tokenizer.chat_template", &"{% for message in messages %}{{ message['content'] }}".repeat(60));
    key(&mut out, "general.quantization_version", 4, &2_u32.to_le_bytes());
    key(&mut out, "general.file_type", 4, &15_u32.to_le_bytes());
    (count + 11, out)
}

/// A header with its tensor infos; the second number is the length of the data section, in bytes.
pub fn header(size: Size) -> (Vec<u8>, u64) {
    let (keys, metadata) = metadata(size);
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend((size.tensors as u64).to_le_bytes());
    out.extend(keys.to_le_bytes());
    out.extend(metadata);
    let mut offset = 0_u64;
    for number in 0..size.tensors {
        string(&mut out, format!("blk.{}.attn_q_{number}.weight", number / 9).as_bytes());
        out.extend(2_u32.to_le_bytes());
        out.extend(4096_u64.to_le_bytes());
        out.extend(4096_u64.to_le_bytes());
        out.extend(12_u32.to_le_bytes());
        out.extend(offset.to_le_bytes());
        offset += 4096 * 4096 / 256 * 144;
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
