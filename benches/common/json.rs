//! Indexes and tokenizers.

use super::Numbers;
use std::fmt::Write;

/// The index of a model of `tensors` tensors in `shards` shards, as `json.dump(indent=2)` writes it.
pub fn index(shards: usize, tensors: usize) -> String {
    let mut text = String::from("{\n  \"metadata\": {\n    \"total_size\": 688586727753\n  },\n  \"weight_map\": {\n");
    for number in 0..tensors {
        let (layer, expert, shard) = (number / 1500, number % 256, 1 + number * shards / tensors);
        let part = number % 1500;
        writeln!(
            text,
            "    \"model.layers.{layer}.mlp.experts.{expert}.part_{part}.weight\": \"model-{shard:05}-of-{shards:06}.safetensors\","
        )
        .unwrap();
    }
    text.truncate(text.len() - 2);
    text.push_str("\n  }\n}\n");
    text
}

/// How large a tokenizer is made.
#[derive(Clone, Copy)]
pub struct Size {
    pub vocabulary: usize,
    pub merges: usize,
    pub added: usize,
    pub pairs: bool,
}

/// Like Llama 3.1: 9 MB.
pub const LLAMA: Size = Size { vocabulary: 128_000, merges: 280_147, added: 256, pairs: false };
/// Like SmolLM2: 49,152 tokens, 2 MB.
pub const SMALL: Size = Size { vocabulary: 49_135, merges: 48_900, added: 17, pairs: false };
/// Like Gemma 3: 33 MB.
pub const GEMMA: Size = Size { vocabulary: 262_144, merges: 580_604, added: 6415, pairs: true };

/// A `tokenizer.json` as `json.dump(indent=2)` writes it.
pub fn tokenizer(size: Size) -> String {
    let mut numbers = Numbers::new(11);
    let mut text = String::from(
        "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [\n",
    );
    for number in 0..size.added {
        let id = size.vocabulary + number;
        write!(
            text,
            "    {{\n      \"id\": {id},\n      \"content\": \"<|reserved_special_token_{number}|>\",\n      \"single_word\": false,\n      \"lstrip\": false,\n      \"rstrip\": false,\n      \"normalized\": false,\n      \"special\": true\n    }},\n"
        )
        .unwrap();
    }
    text.truncate(text.len() - 2);
    text.push_str("\n  ],\n  \"normalizer\": null,\n  \"pre_tokenizer\": {\n    \"type\": \"ByteLevel\",\n    \"add_prefix_space\": false,\n    \"trim_offsets\": true,\n    \"use_regex\": false\n  },\n  \"post_processor\": null,\n  \"decoder\": {\n    \"type\": \"ByteLevel\",\n    \"add_prefix_space\": true,\n    \"trim_offsets\": true,\n    \"use_regex\": true\n  },\n  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n    \"unk_token\": null,\n    \"continuing_subword_prefix\": null,\n    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n    \"byte_fallback\": false,\n    \"ignore_merges\": true,\n    \"vocab\": {\n");
    let (list, parts) = vocabulary(&mut numbers, size.vocabulary);
    for (id, token) in list.iter().enumerate() {
        writeln!(text, "      {}: {id},", serde_json::Value::from(token.as_str())).unwrap();
    }
    text.truncate(text.len() - 2);
    text.push_str("\n    },\n    \"merges\": [\n");
    for (left, right) in parts.iter().cycle().take(size.merges) {
        let pair = [*left, *right].map(|part| list[part].as_str());
        if size.pairs {
            let pair = pair.map(|part| serde_json::Value::from(part).to_string());
            write!(text, "      [\n        {},\n        {}\n      ],\n", pair[0], pair[1]).unwrap();
        } else {
            writeln!(text, "      {},", serde_json::Value::from(pair.join(" "))).unwrap();
        }
    }
    text.truncate(text.len() - 2);
    text.push_str("\n    ]\n  }\n}\n");
    text
}

/// A vocabulary that byte-pair encoding could have learned, and the two parts of every token that is not one character:
/// the library itself takes it.
fn vocabulary(numbers: &mut Numbers, count: usize) -> (Vec<String>, Vec<(usize, usize)>) {
    let alphabet = ('!'..='~').chain('¡'..='¬').chain('®'..='ÿ').chain('Ā'..='Ń');
    let mut list: Vec<String> = alphabet.map(String::from).collect();
    let (letters, mut parts) = (list.len(), Vec::new());
    let mut seen: std::collections::HashSet<String> = list.iter().cloned().collect();
    while list.len() < count {
        let left = numbers.below(list.len() as u64) as usize;
        // Letters are far more frequent than signs.
        let right = if numbers.below(10) < 9 {
            64 + numbers.below(26) as usize
        } else {
            numbers.below(letters as u64) as usize
        };
        let token = format!("{}{}", list[left], list[right]);
        if token.chars().count() <= 12 && seen.insert(token.clone()) {
            parts.push((left, right));
            list.push(token);
        }
    }
    (list, parts)
}
