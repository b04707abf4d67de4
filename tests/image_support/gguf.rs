//! GGUF files without data.

use super::tensors;
use serde_json::Value;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Number, elements of a block, bytes of a block.
fn kind(name: &str) -> (u32, u64, u64) {
    match name {
        "F32" => (0, 1, 4),
        "F16" => (1, 1, 2),
        "Q4_0" => (2, 32, 18),
        "Q5_0" => (6, 32, 22),
        "Q8_0" => (8, 32, 34),
        "Q2_K" => (10, 256, 84),
        "Q3_K" => (11, 256, 110),
        "Q4_K" => (12, 256, 144),
        "Q5_K" => (13, 256, 176),
        "Q6_K" => (14, 256, 210),
        "BF16" => (30, 1, 2),
        other => panic!("no ggml type {other}"),
    }
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

/// Writes the listing as a sparse file.
pub fn write(listing: &Value, path: &Path) {
    let tensors = tensors(listing);
    let empty = serde_json::Map::new();
    let keys = listing["metadata"].as_object().unwrap_or(&empty);
    let mut out = b"GGUF".to_vec();
    out.extend(3_u32.to_le_bytes());
    out.extend((tensors.len() as u64).to_le_bytes());
    out.extend((keys.len() as u64).to_le_bytes());
    for (key, value) in keys {
        string(&mut out, key);
        match value {
            Value::Number(number) => {
                out.extend(4_u32.to_le_bytes());
                out.extend((number.as_u64().unwrap_or(0) as u32).to_le_bytes());
            }
            other => {
                out.extend(8_u32.to_le_bytes());
                string(&mut out, other.as_str().unwrap_or_default());
            }
        }
    }
    let mut at = 0_u64;
    for (name, dtype, shape) in &tensors {
        let (id, elements, bytes) = kind(dtype);
        string(&mut out, name);
        out.extend((shape.len() as u32).to_le_bytes());
        for size in shape.iter().rev() {
            out.extend(size.to_le_bytes());
        }
        out.extend(id.to_le_bytes());
        out.extend(at.to_le_bytes());
        let size = shape.iter().product::<u64>().div_ceil(elements) * bytes;
        at += size.next_multiple_of(32);
    }
    let start = (out.len() as u64).next_multiple_of(32);
    let mut file = File::create(path).expect("a file");
    file.write_all(&out).expect("space");
    file.set_len(start + at).expect("a sparse file");
}
