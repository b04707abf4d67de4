//! safetensors headers in the reference writer's spelling.

use super::Numbers;
use std::fmt::Write;

/// A header with its length in front of it, and the length of the data section, in bytes.
pub type Header = (Vec<u8>, u64);

pub struct Writer {
    text: String,
    at: u64,
    tensors: Vec<(String, &'static str, Vec<u64>)>,
}

/// Bytes of an element.
fn width(dtype: &str) -> u64 {
    match dtype {
        "I64" => 8,
        "F32" => 4,
        _ => 2,
    }
}

impl Writer {
    pub fn new() -> Self {
        Self { text: String::from("{"), at: 0, tensors: Vec::new() }
    }

    pub fn metadata(&mut self, pairs: &[(&str, String)]) {
        let text: serde_json::Map<_, _> =
            pairs.iter().map(|(key, value)| ((*key).to_owned(), serde_json::Value::from(value.clone()))).collect();
        write!(self.text, "\"__metadata__\":{},", serde_json::Value::Object(text)).unwrap();
    }

    pub fn tensor(&mut self, name: String, shape: &[u64]) {
        self.typed(name, "F16", shape);
    }

    pub fn typed(&mut self, name: String, dtype: &'static str, shape: &[u64]) {
        self.tensors.push((name, dtype, shape.to_vec()));
    }

    /// In the order in which the reference writer puts them: the widest elements first, then by name.
    pub fn finish(mut self) -> Header {
        self.tensors.sort_by(|(name, dtype, _), (other, as_other, _)| {
            width(as_other).cmp(&width(dtype)).then_with(|| name.cmp(other))
        });
        self.finish_as_given()
    }

    /// In the order in which they came.
    pub fn finish_as_given(mut self) -> Header {
        for (name, dtype, shape) in &self.tensors {
            let end = self.at + shape.iter().product::<u64>() * width(dtype);
            let shape: Vec<String> = shape.iter().map(u64::to_string).collect();
            let (shape, begin) = (shape.join(","), self.at);
            write!(self.text, r#""{name}":{{"dtype":"{dtype}","shape":[{shape}],"data_offsets":[{begin},{end}]}},"#)
                .unwrap();
            self.at = end;
        }
        self.text.pop();
        self.text.push('}');
        while !self.text.len().is_multiple_of(8) {
            self.text.push(' ');
        }
        let mut header = (self.text.len() as u64).to_le_bytes().to_vec();
        header.extend(self.text.as_bytes());
        (header, self.at)
    }
}

/// A LoRA whose trainer wrote a megabyte of tags into its metadata.
pub fn lora() -> Header {
    let mut writer = Writer::new();
    let mut numbers = Numbers::new(5);
    let mut tags = String::from("{\"img\": {");
    while tags.len() < 900_000 {
        write!(tags, "\"tag {} of many\": {}, ", numbers.below(1 << 40), numbers.below(300)).unwrap();
    }
    tags.push_str("\"x\": 1}}");
    writer.metadata(&[("ss_tag_frequency", tags), ("ss_network_dim", "32".to_owned())]);
    for number in 0..1680_u64 {
        writer.tensor(format!("lora_unet_input_blocks_{number}_1_proj_in.lora_up.weight"), &[640, 32]);
    }
    writer.finish()
}

/// The shards of a large model with experts.
pub fn shards(count: u64, tensors: u64) -> Vec<Header> {
    let shard = |shard: u64| {
        let mut writer = Writer::new();
        writer.metadata(&[("format", "pt".to_owned())]);
        for number in 0..tensors / count {
            let (layer, expert) = (shard * 2 + number / 300, number % 300);
            writer.tensor(format!("model.layers.{layer}.mlp.experts.{expert}.down_proj.weight"), &[7168, 2048]);
        }
        writer.finish()
    };
    (0..count).map(shard).collect()
}

/// The whole file, its data section left to zeros.
pub fn file(header: &Header) -> Vec<u8> {
    header.0.clone()
}
