//! Windows against the map: the same facts and the same faults of every kind of file and document. The first bytes choose
//! the kind and how much filler moves what follows over the windows' ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::{Limits, ReadMode, facts, source};
use modelgate_fuzz::{data_bytes, home};
use std::fs;
use std::path::Path;

/// Documents that may stand in the folder.
static DOCUMENTS: [&str; 8] = [
    "README.md",
    "adapter_config.json",
    "chat_template.jinja",
    "config.json",
    "model.safetensors.index.json",
    "model_index.json",
    "tokenizer.json",
    "tokenizer_config.json",
];

/// A GGUF whose first key is a text of `filler` bytes; `rest` begins with the counts of tensors and further keys.
fn gguf(rest: &[u8], filler: usize) -> Vec<u8> {
    let (counts, rest) = rest.split_at(rest.len().min(2));
    let count = |at: usize| u64::from(counts.get(at).copied().unwrap_or_default());
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(count(0).to_le_bytes());
    bytes.extend((count(1) + 1).to_le_bytes());
    bytes.extend(b"\x06\0\0\0\0\0\0\0filler\x08\0\0\0");
    bytes.extend((filler as u64).to_le_bytes());
    bytes.extend(b"f".repeat(filler));
    bytes.extend(rest);
    bytes
}

fn safetensors(rest: &[u8], filler: usize) -> Vec<u8> {
    let header = [b"{", b" ".repeat(filler).as_slice(), rest].concat();
    let data = usize::try_from(data_bytes(&header)).unwrap_or_default().min(1 << 16);
    [&(header.len() as u64).to_le_bytes(), header.as_slice(), &vec![0; data]].concat()
}

fn write(home: &Path, kind: u8, filler: usize, rest: &[u8]) {
    match kind % 6 {
        0 => fs::write(home.join("model.gguf"), gguf(rest, filler)),
        1 => fs::write(home.join("model.safetensors"), safetensors(rest, filler)),
        2 => fs::write(home.join("model.ckpt"), [b"\x80\x02", b"N0".repeat(filler).as_slice(), rest].concat()),
        3 => fs::write(home.join("model.bin"), rest),
        4 => fs::write(home.join("model.gguf"), rest),
        _ => {
            let name = DOCUMENTS[usize::from(kind / 6) % DOCUMENTS.len()];
            fs::write(home.join(name), [rest, b" ".repeat(filler).as_slice()].concat())
        }
    }
    .unwrap();
}

fn learn(home: &Path, mode: ReadMode) -> String {
    let mut limits = Limits::default();
    limits.read_mode = mode;
    let facts = source::locate(home, &limits).and_then(|artifact| facts::learn(&artifact, &limits));
    format!("{facts:?}")
}

fuzz_target!(|input: &[u8]| {
    let [kind, low, high, rest @ ..] = input else { return };
    let home = home().join("windows");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    // Documents, so that the folder is one.
    fs::write(home.join("config.json"), b"{\"model_type\":\"llama\"}").unwrap();
    write(&home, *kind, usize::from(u16::from_le_bytes([*low, *high])), rest);
    for path in [home.clone()].into_iter().chain(single(&home)) {
        assert_eq!(learn(&path, ReadMode::Map), learn(&path, ReadMode::Windowed));
    }
});

/// The weights alone.
fn single(home: &Path) -> Option<std::path::PathBuf> {
    let names = ["model.gguf", "model.safetensors", "model.ckpt", "model.bin"];
    names.iter().map(|name| home.join(name)).find(|path| path.is_file())
}
