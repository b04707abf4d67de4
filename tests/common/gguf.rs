//! A GGUF writer.

use super::{Image, half, weights};

/// A GGUF file under construction.
#[derive(Debug, Clone)]
pub struct Gguf {
    pub version: u32,
    pub keys: Vec<(String, Value)>,
    pub tensors: Vec<Tensor>,
    /// Whether the data is left out, as a hole.
    pub hollow: bool,
}

/// A metadata value.
#[derive(Debug, Clone)]
pub enum Value {
    Bool(bool),
    F32(f32),
    F32s(Vec<f32>),
    I32(i32),
    I32s(Vec<i32>),
    String(String),
    Strings(Vec<String>),
    U16(u16),
    U32(u32),
}

/// A tensor: dimensions slowest-varying first, as everywhere outside the file.
#[derive(Debug, Clone)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<u64>,
    pub kind: Kind,
}

/// Element types that the small models use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    F16,
    F32,
    Q8_0,
}

impl Kind {
    fn id(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q8_0 => 8,
        }
    }

    fn size(self, elements: u64) -> u64 {
        match self {
            Self::F32 => elements * 4,
            Self::F16 => elements * 2,
            Self::Q8_0 => elements / 32 * 34,
        }
    }
}

const ALIGNMENT: u64 = 32;

impl Gguf {
    pub fn key(&mut self, name: &str, value: Value) {
        match self.keys.iter_mut().find(|(known, _)| known == name) {
            Some(slot) => slot.1 = value,
            None => self.keys.push((name.to_owned(), value)),
        }
    }

    pub fn tensor(&mut self, name: impl Into<String>, shape: &[u64], kind: Kind) {
        self.tensors.push(Tensor { name: name.into(), shape: shape.to_vec(), kind });
    }

    /// The file's bytes.
    pub fn image(&self) -> Image {
        let mut head = b"GGUF".to_vec();
        head.extend(self.version.to_le_bytes());
        head.extend((self.tensors.len() as u64).to_le_bytes());
        head.extend((self.keys.len() as u64).to_le_bytes());
        for (name, value) in &self.keys {
            string(&mut head, name);
            put(&mut head, value);
        }
        let end = self.infos(&mut head);
        head.resize(head.len().next_multiple_of(ALIGNMENT as usize), 0);
        let size = head.len() as u64 + end;
        if !self.hollow {
            self.tensors.iter().enumerate().for_each(|(at, tensor)| tensor.data(&mut head, at as u64));
        }
        Image { head, size }
    }

    /// Writes the tensor infos and returns the length of the data.
    fn infos(&self, head: &mut Vec<u8>) -> u64 {
        let mut offset = 0_u64;
        for tensor in &self.tensors {
            string(head, &tensor.name);
            head.extend((tensor.shape.len() as u32).to_le_bytes());
            tensor.shape.iter().rev().for_each(|size| head.extend(size.to_le_bytes()));
            head.extend(tensor.kind.id().to_le_bytes());
            head.extend(offset.to_le_bytes());
            offset += tensor.size().next_multiple_of(ALIGNMENT);
        }
        offset
    }
}

impl Tensor {
    fn elements(&self) -> u64 {
        self.shape.iter().product()
    }

    fn size(&self) -> u64 {
        self.kind.size(self.elements())
    }

    fn data(&self, out: &mut Vec<u8>, seed: u64) {
        let values = weights(seed + 1, self.elements());
        match self.kind {
            Kind::F32 => values.for_each(|value| out.extend((1.0 + value).to_le_bytes())),
            Kind::F16 => values.for_each(|value| out.extend(half(value).to_le_bytes())),
            Kind::Q8_0 => quantized(out, &values.collect::<Vec<_>>()),
        }
        out.resize(out.len().next_multiple_of(ALIGNMENT as usize), 0);
    }
}

fn quantized(out: &mut Vec<u8>, values: &[f32]) {
    for block in values.chunks(32) {
        let scale = block.iter().fold(0.0_f32, |most, value| most.max(value.abs())) / 127.0;
        out.extend(half(scale).to_le_bytes());
        block.iter().for_each(|value| out.push((value / scale).round() as i8 as u8));
    }
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn put(out: &mut Vec<u8>, value: &Value) {
    let mut scalar = |kind: u32, bytes: &[u8]| {
        out.extend(kind.to_le_bytes());
        out.extend(bytes);
    };
    match value {
        Value::Bool(truth) => scalar(7, &[u8::from(*truth)]),
        Value::F32(number) => scalar(6, &number.to_le_bytes()),
        Value::I32(number) => scalar(5, &number.to_le_bytes()),
        Value::U16(number) => scalar(2, &number.to_le_bytes()),
        Value::U32(number) => scalar(4, &number.to_le_bytes()),
        Value::String(text) => {
            scalar(8, &[]);
            string(out, text);
        }
        Value::F32s(list) => array(out, 6, list, |out, number| out.extend(number.to_le_bytes())),
        Value::I32s(list) => array(out, 5, list, |out, number| out.extend(number.to_le_bytes())),
        Value::Strings(list) => array(out, 8, list, |out, text| string(out, text)),
    }
}

fn array<T>(out: &mut Vec<u8>, kind: u32, list: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.extend(9_u32.to_le_bytes());
    out.extend(kind.to_le_bytes());
    out.extend((list.len() as u64).to_le_bytes());
    list.iter().for_each(|element| put(out, element));
}
