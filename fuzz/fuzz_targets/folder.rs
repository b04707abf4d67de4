//! A whole model folder under edits: documents replaced, values in them replaced, files cut, linked and removed.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use modelgate_fuzz::{home, judge};
use serde_json::Value;
use std::fs;
use std::path::Path;

macro_rules! sound {
    ($($name:literal),+) => {
        [$(($name, include_bytes!(concat!("../../test-models/tiny-llama/", $name)).as_slice())),+]
    };
}

static SOUND: [(&str, &[u8]); 7] = sound![
    "config.json",
    "generation_config.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "model.safetensors.index.json",
    "tokenizer.json",
    "tokenizer_config.json"
];

/// Names that a folder may hold beside those.
static OTHERS: [&str; 12] = [
    "adapter_config.json",
    "adapter_model.safetensors",
    "added_tokens.json",
    "chat_template.jinja",
    "chat_template.json",
    "hf_quant_config.json",
    "model.safetensors",
    "model_index.json",
    "params.json",
    "pytorch_model.bin",
    "special_tokens_map.json",
    "vae/config.json",
];

#[derive(Arbitrary, Debug)]
enum Edit {
    Add { name: u8, content: Vec<u8> },
    Change { file: u8, at: u16, value: u8 },
    Cut { file: u8, at: u32 },
    Remove { file: u8 },
    Replace { file: u8, content: Vec<u8> },
    Set { file: u8, leaf: u16, value: Literal },
    Text { file: u8, leaf: u16, value: String },
}

#[derive(Arbitrary, Debug)]
enum Literal {
    Array(Vec<i64>),
    Float(f64),
    Int(i64),
    Null,
    Object(String, i64),
    Truth(bool),
}

impl Literal {
    fn value(&self) -> Value {
        match self {
            Self::Array(numbers) => numbers.as_slice().into(),
            Self::Float(number) => (*number).into(),
            Self::Int(number) => (*number).into(),
            Self::Null => Value::Null,
            Self::Object(key, number) => serde_json::json!({ key: number }),
            Self::Truth(truth) => (*truth).into(),
        }
    }
}

impl Edit {
    fn apply(&self, home: &Path) {
        let path = |file: u8| home.join(SOUND[usize::from(file) % SOUND.len()].0);
        let read = |file| fs::read(path(file)).unwrap_or_default();
        match self {
            Self::Add { name, content } => {
                let path = home.join(OTHERS[usize::from(*name) % OTHERS.len()]);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
            Self::Change { file, at, value } => {
                let mut bytes = read(*file);
                let length = bytes.len().clamp(1, 4096);
                bytes.get_mut(usize::from(*at) % length).into_iter().for_each(|byte| *byte = *value);
                fs::write(path(*file), bytes).unwrap();
            }
            Self::Cut { file, at } => {
                let mut bytes = read(*file);
                bytes.truncate(*at as usize);
                fs::write(path(*file), bytes).unwrap();
            }
            Self::Remove { file } => drop(fs::remove_file(path(*file))),
            Self::Replace { file, content } => fs::write(path(*file), content).unwrap(),
            Self::Set { file, leaf, value } => set(&path(*file), *leaf, value.value()),
            Self::Text { file, leaf, value } => set(&path(*file), *leaf, value.as_str().into()),
        }
    }
}

/// Replaces a leaf of a JSON document.
fn set(path: &Path, leaf: u16, value: Value) {
    let Ok(mut document) = serde_json::from_slice::<Value>(&fs::read(path).unwrap_or_default()) else { return };
    let mut leaves = Vec::new();
    collect(&mut document, &mut leaves);
    let count = leaves.len().max(1);
    if let Some(slot) = leaves.into_iter().nth(usize::from(leaf) % count) {
        *slot = value;
    }
    fs::write(path, document.to_string()).unwrap();
}

fn collect<'a>(value: &'a mut Value, leaves: &mut Vec<&'a mut Value>) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| collect(element, leaves)),
        Value::Object(members) => members.values_mut().for_each(|member| collect(member, leaves)),
        leaf => leaves.push(leaf),
    }
}

fuzz_target!(|edits: Vec<Edit>| {
    let home = home().join("folder");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    SOUND.iter().for_each(|(name, content)| fs::write(home.join(name), content).unwrap());
    edits.iter().for_each(|edit| edit.apply(&home));
    judge(&home);
});
