//! A safetensors writer.

use super::{Image, half, weights};
use serde_json::{Map, Value, json};

/// A safetensors file under construction.
#[derive(Debug, Clone, Default)]
pub struct Safetensors {
    pub metadata: Vec<(String, String)>,
    pub tensors: Vec<Tensor>,
    /// Whether the data is left out, as a hole.
    pub hollow: bool,
}

/// A tensor: dimensions slowest-varying first.
#[derive(Debug, Clone)]
pub struct Tensor {
    pub name: String,
    pub dtype: String,
    pub shape: Vec<u64>,
}

impl Safetensors {
    pub fn tensor(&mut self, name: impl Into<String>, dtype: &str, shape: &[u64]) {
        self.tensors.push(Tensor { name: name.into(), dtype: dtype.to_owned(), shape: shape.to_vec() });
    }

    /// The file's bytes.
    pub fn image(&self) -> Image {
        let (header, end) = self.header();
        let mut text = header.to_string().into_bytes();
        text.resize(text.len().next_multiple_of(8), b' ');
        let mut head = (text.len() as u64).to_le_bytes().to_vec();
        head.extend(text);
        let size = head.len() as u64 + end;
        if !self.hollow {
            self.tensors.iter().enumerate().for_each(|(at, tensor)| tensor.data(&mut head, at as u64));
        }
        Image { head, size }
    }

    fn header(&self) -> (Value, u64) {
        let mut header = Map::new();
        if !self.metadata.is_empty() {
            let metadata = self.metadata.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str())));
            header.insert("__metadata__".to_owned(), metadata.collect());
        }
        let mut at = 0;
        for tensor in &self.tensors {
            let end = at + tensor.size();
            let entry = json!({ "dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [at, end] });
            header.insert(tensor.name.clone(), entry);
            at = end;
        }
        (Value::Object(header), at)
    }
}

impl Tensor {
    fn elements(&self) -> u64 {
        self.shape.iter().product()
    }

    fn width(&self) -> u64 {
        match self.dtype.as_str() {
            "F64" | "I64" => 8,
            "F32" | "I32" => 4,
            "F16" | "BF16" => 2,
            _ => 1,
        }
    }

    fn size(&self) -> u64 {
        self.elements() * self.width()
    }

    fn data(&self, out: &mut Vec<u8>, seed: u64) {
        for value in weights(seed + 1, self.elements()) {
            match self.dtype.as_str() {
                "F32" => out.extend(value.to_le_bytes()),
                "F16" => out.extend(half(value).to_le_bytes()),
                "BF16" => out.extend(((value.to_bits() >> 16) as u16).to_le_bytes()),
                _ => out.extend(vec![0; self.width() as usize]),
            }
        }
    }
}
