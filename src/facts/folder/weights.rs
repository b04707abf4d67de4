//! Which files hold weights, and what each is for.

use serde::Serialize;

/// What a file with weights is to the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeightRole {
    /// `adapter_model.safetensors` or its pickle: a PEFT adapter.
    Adapter,
    /// `consolidated*.safetensors`: Mistral's own layout.
    Consolidated,
    /// A GGUF file.
    Gguf,
    /// `model*.safetensors` that no index names where one should.
    Loose,
    /// A pickle: `pytorch_model.bin` and its like.
    Pickle,
    /// A shard that the index names.
    Shard,
    /// `model.safetensors`.
    Single,
}

/// A file with weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeightFile {
    /// Its name.
    pub name: String,
    /// What it is.
    pub role: WeightRole,
    /// Its length, in bytes.
    pub size_bytes: u64,
}

/// The role of a file in the folder itself, by its name alone; shards are told by the index.
pub(super) fn role(name: &str) -> Option<WeightRole> {
    if name.contains('/') {
        return None;
    }
    let (stem, ending) = name.rsplit_once('.')?;
    match (ending, stem) {
        ("gguf", _) => Some(WeightRole::Gguf),
        ("safetensors", "model") => Some(WeightRole::Single),
        ("safetensors" | "bin", "adapter_model") => Some(WeightRole::Adapter),
        ("safetensors", stem) if stem.starts_with("consolidated") => Some(WeightRole::Consolidated),
        ("safetensors", _) => Some(WeightRole::Loose),
        ("bin", stem) if stem.starts_with("pytorch_model") => Some(WeightRole::Pickle),
        ("pt" | "pth" | "ckpt", _) => Some(WeightRole::Pickle),
        _ => None,
    }
}
