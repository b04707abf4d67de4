//! Small models that the project makes itself: writers, base models, and edits that damage them.
//!
//! The writers here and the readers in `src` are apart on purpose, and both are held against the formats' reference
//! implementations, so that a misunderstanding cannot hide in both.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

pub mod bases;
pub mod edit;
pub mod gguf;
pub mod recipe;
pub mod safetensors;
pub mod schema;
pub mod stable_diffusion;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A model under construction: its files by name, and which path a worker is given.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The files, by name relative to the model's folder.
    pub files: BTreeMap<String, Content>,
    /// The file to load; empty for the folder itself.
    pub load: String,
}

/// One file under construction.
#[derive(Debug, Clone)]
pub enum Content {
    Gguf(gguf::Gguf),
    Safetensors(safetensors::Safetensors),
    Json(serde_json::Value),
    Bytes(Vec<u8>),
}

/// A file's leading bytes and its full length; the rest is zero.
pub struct Image {
    pub head: Vec<u8>,
    pub size: u64,
}

impl Model {
    /// A model of one file.
    pub fn single(name: &str, content: Content) -> Self {
        Self { files: BTreeMap::from([(name.to_owned(), content)]), load: name.to_owned() }
    }

    /// Writes every file below `folder` and returns the path to load. Long zero tails become holes.
    pub fn write(&self, folder: &Path) -> PathBuf {
        for (name, content) in &self.files {
            write_image(&folder.join(name), &content.image());
        }
        if self.load.is_empty() { folder.to_path_buf() } else { folder.join(&self.load) }
    }
}

impl Content {
    /// The file's bytes.
    pub fn image(&self) -> Image {
        let whole = |head: Vec<u8>| Image { size: head.len() as u64, head };
        match self {
            Self::Gguf(model) => model.image(),
            Self::Safetensors(model) => model.image(),
            Self::Json(value) => whole(format!("{value:#}\n").into_bytes()),
            Self::Bytes(bytes) => whole(bytes.clone()),
        }
    }
}

/// Writes one file, its tail as a hole.
pub fn write_image(path: &Path, image: &Image) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = File::create(path).unwrap();
    let kept = image.head.len().min(usize::try_from(image.size).unwrap());
    file.write_all(&image.head[..kept]).unwrap();
    file.set_len(image.size).unwrap();
}

/// Bytes that look like weights and are the same every time: a xorshift generator's, small in magnitude.
pub fn weights(seed: u64, elements: u64) -> impl Iterator<Item = f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..elements).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 40) as f32 / (1u64 << 24) as f32 - 0.5) * 0.1
    })
}

/// A half-precision number's bits, rounded toward zero: enough for made-up weights.
pub fn half(number: f32) -> u16 {
    let bits = number.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let exponent = ((bits >> 23) & 0xFF) as i32 - 112;
    let mantissa = ((bits >> 13) & 0x3FF) as u16;
    if exponent <= 0 { sign } else { sign | ((exponent as u16) << 10) | mantissa }
}
