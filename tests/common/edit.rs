//! What a recipe may do to a base model.

use super::gguf::{Gguf, Value};
use super::safetensors::Safetensors;
use super::{Content, Model};
use serde::Deserialize;

/// One change.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Edit {
    /// Adds a file that holds `text`.
    AddFile { file: String, text: String },
    /// Adds a tensor to a safetensors file.
    AddTensor { file: Option<String>, name: String, dtype: String, shape: Vec<u64> },
    /// Adds bytes behind the file's end.
    Append { file: Option<String>, text: String },
    /// Keeps this share of the file's bytes.
    Cut { file: Option<String>, keep: f64 },
    /// Takes a file away.
    DropFile { file: String },
    /// Takes a metadata key away.
    DropKey { file: Option<String>, key: String },
    /// Takes the tensors away whose names contain `name`.
    DropTensor { file: Option<String>, name: String },
    /// Writes over the file's first bytes.
    Overwrite { file: Option<String>, text: String },
    /// Gives a tensor another name.
    RenameTensor { file: Option<String>, from: String, to: String },
    /// Puts `text` in place of the file's bytes.
    Replace { file: Option<String>, text: String },
    /// Gives a tensor another shape, slowest-varying dimension first.
    Reshape { file: Option<String>, name: String, shape: Vec<u64> },
    /// Sets a value of a JSON document: a pointer and the new value.
    SetJson { file: String, pointer: String, value: serde_json::Value },
    /// Sets a metadata key: a text, a number (u32) or a truth value.
    SetKey { file: Option<String>, key: String, value: serde_json::Value },
}

impl Edit {
    /// Applies the change.
    pub fn apply(&self, model: &mut Model) {
        match self {
            Self::AddFile { file, text } => drop(model.files.insert(file.clone(), bytes(text))),
            Self::AddTensor { file, name, dtype, shape } => safetensors(model, file).tensor(name, dtype, shape),
            Self::Append { file, text } => raw(model, file).extend(text.as_bytes()),
            Self::Cut { file, keep } => {
                let bytes = raw(model, file);
                bytes.truncate((bytes.len() as f64 * keep) as usize);
            }
            Self::DropFile { file } => drop(model.files.remove(file).expect("the file to drop")),
            Self::DropKey { file, key } => drop_key(content(model, file), key),
            Self::DropTensor { file, name } => drop_tensor(content(model, file), name),
            Self::Overwrite { file, text } => raw(model, file)[..text.len()].copy_from_slice(text.as_bytes()),
            Self::RenameTensor { file, from, to } => rename(content(model, file), from, to),
            Self::Replace { file, text } => *content(model, file) = bytes(text),
            Self::Reshape { file, name, shape } => reshape(content(model, file), name, shape),
            Self::SetJson { file, pointer, value } => set_json(content(model, &Some(file.clone())), pointer, value),
            Self::SetKey { file, key, value } => set_key(content(model, file), key, value),
        }
    }
}

fn bytes(text: &str) -> Content {
    Content::Bytes(text.as_bytes().to_vec())
}

/// The file named, or the model's only one.
fn content<'a>(model: &'a mut Model, file: &Option<String>) -> &'a mut Content {
    let name = file.clone().unwrap_or_else(|| model.load.clone());
    model.files.get_mut(&name).unwrap_or_else(|| panic!("no file {name:?}"))
}

/// The file as plain bytes: further edits see its structure no more.
fn raw<'a>(model: &'a mut Model, file: &Option<String>) -> &'a mut Vec<u8> {
    let content = content(model, file);
    let image = content.image();
    let mut bytes = image.head;
    bytes.resize(usize::try_from(image.size).unwrap(), 0);
    *content = Content::Bytes(bytes);
    match content {
        Content::Bytes(bytes) => bytes,
        _ => unreachable!(),
    }
}

fn gguf(content: &mut Content) -> &mut Gguf {
    match content {
        Content::Gguf(model) => model,
        other => panic!("not a GGUF file: {other:?}"),
    }
}

fn safetensors<'a>(model: &'a mut Model, file: &Option<String>) -> &'a mut Safetensors {
    match content(model, file) {
        Content::Safetensors(model) => model,
        other => panic!("not a safetensors file: {other:?}"),
    }
}

fn drop_key(content: &mut Content, key: &str) {
    let keys = &mut gguf(content).keys;
    let before = keys.len();
    keys.retain(|(name, _)| name != key);
    assert_eq!(keys.len() + 1, before, "no key {key}");
}

fn set_key(content: &mut Content, key: &str, value: &serde_json::Value) {
    let value = match value {
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => Value::U32(u32::try_from(number.as_u64().unwrap()).unwrap()),
        other => Value::String(other.as_str().unwrap().to_owned()),
    };
    gguf(content).key(key, value);
}

/// Runs `change` over every tensor of either format and asserts that it met one.
fn tensors(content: &mut Content, mut change: impl FnMut(&mut String, &mut Vec<u64>) -> bool) {
    let met = match content {
        Content::Gguf(model) => {
            model.tensors.iter_mut().filter_map(|t| change(&mut t.name, &mut t.shape).then_some(())).count()
        }
        Content::Safetensors(model) => {
            model.tensors.iter_mut().filter_map(|t| change(&mut t.name, &mut t.shape).then_some(())).count()
        }
        other => panic!("no tensors in {other:?}"),
    };
    assert!(met > 0, "no tensor was met");
}

fn rename(content: &mut Content, from: &str, to: &str) {
    tensors(content, |name, _| {
        let met = name == from;
        if met {
            *name = to.to_owned();
        }
        met
    });
}

fn reshape(content: &mut Content, wanted: &str, to: &[u64]) {
    tensors(content, |name, shape| {
        let met = name == wanted;
        if met {
            *shape = to.to_vec();
        }
        met
    });
}

fn drop_tensor(content: &mut Content, part: &str) {
    match content {
        Content::Gguf(model) => model.tensors.retain(|tensor| !tensor.name.contains(part)),
        Content::Safetensors(model) => model.tensors.retain(|tensor| !tensor.name.contains(part)),
        other => panic!("no tensors in {other:?}"),
    }
}

fn set_json(content: &mut Content, pointer: &str, value: &serde_json::Value) {
    let Content::Json(document) = content else { panic!("not a JSON document") };
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value.clone();
}
