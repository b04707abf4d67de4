//! Safetensors files without data.

use super::tensors;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Bytes of one element.
pub fn width(dtype: &str) -> u64 {
    match dtype {
        "F64" | "I64" | "U64" => 8,
        "F32" | "I32" | "U32" => 4,
        "F16" | "BF16" | "I16" | "U16" => 2,
        _ => 1,
    }
}

/// The header of a listing and the bytes of its data.
pub fn header(listing: &Value) -> (Map<String, Value>, u64) {
    let mut header = Map::new();
    if let Some(metadata) = listing["metadata"].as_object().filter(|metadata| !metadata.is_empty()) {
        header.insert("__metadata__".to_owned(), Value::Object(metadata.clone()));
    }
    let mut at = 0;
    for (name, dtype, shape) in tensors(listing) {
        let end = at + shape.iter().product::<u64>() * width(&dtype);
        header.insert(name, json!({ "dtype": dtype, "shape": shape, "data_offsets": [at, end] }));
        at = end;
    }
    (header, at)
}

/// Writes the listing as a sparse file.
pub fn write(listing: &Value, path: &Path) {
    let (header, data) = header(listing);
    write_header(path, &header, data);
}

/// Writes a header and room for data behind it.
pub fn write_header(path: &Path, header: &Map<String, Value>, data: u64) {
    let mut text = serde_json::to_string(header).expect("a header");
    while !text.len().is_multiple_of(8) {
        text.push(' ');
    }
    let mut file = File::create(path).expect("a file");
    file.write_all(&(text.len() as u64).to_le_bytes()).expect("space");
    file.write_all(text.as_bytes()).expect("space");
    file.set_len(8 + text.len() as u64 + data).expect("a sparse file");
}
