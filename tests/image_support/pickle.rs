//! Torch zips without data: a real `data.pkl` that rebuilds every tensor, and storages of the right length.

use super::safetensors::width;
use super::tensors;
use serde_json::Value;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn number(out: &mut Vec<u8>, number: u64) {
    out.extend([0x8a, 8]);
    out.extend(number.to_le_bytes());
}

fn global(out: &mut Vec<u8>, module: &str, name: &str) {
    out.push(b'c');
    out.extend(format!("{module}\n{name}\n").as_bytes());
}

fn storage(dtype: &str) -> &'static str {
    match dtype {
        "F16" => "HalfStorage",
        "BF16" => "BFloat16Storage",
        "I64" => "LongStorage",
        _ => "FloatStorage",
    }
}

fn numbers(out: &mut Vec<u8>, numbers: &[u64]) {
    out.push(b'(');
    for one in numbers {
        number(out, *one);
    }
    out.push(b't');
}

/// The pickle that torch writes for a dictionary of tensors.
pub fn data_pickle(listing: &Value) -> Vec<u8> {
    let mut out = vec![0x80, 2, b'}', b'('];
    for (at, (name, dtype, shape)) in tensors(listing).iter().enumerate() {
        text(&mut out, name);
        global(&mut out, "torch._utils", "_rebuild_tensor_v2");
        out.extend(b"((");
        text(&mut out, "storage");
        global(&mut out, "torch", storage(dtype));
        text(&mut out, &at.to_string());
        text(&mut out, "cpu");
        number(&mut out, shape.iter().product());
        out.extend(b"tQ");
        number(&mut out, 0);
        numbers(&mut out, shape);
        numbers(&mut out, &strides(shape));
        out.push(0x89);
        global(&mut out, "collections", "OrderedDict");
        out.extend(b")RtR");
    }
    out.extend(b"u.");
    out
}

fn strides(shape: &[u64]) -> Vec<u64> {
    (0..shape.len()).map(|at| shape[at + 1..].iter().product()).collect()
}

/// Writes the listing as a sparse torch zip.
pub fn write(listing: &Value, path: &Path) {
    let pickle = data_pickle(listing);
    let mut zip = Zip { file: File::create(path).expect("a file"), directory: Vec::new(), entries: 0 };
    zip.add("archive/data.pkl", &pickle, pickle.len() as u64);
    for (at, (_, dtype, shape)) in tensors(listing).iter().enumerate() {
        zip.add(&format!("archive/data/{at}"), &[], shape.iter().product::<u64>() * width(dtype));
    }
    zip.add("archive/version", b"3\n", 2);
    zip.finish();
}

struct Zip {
    file: File,
    directory: Vec<u8>,
    entries: u16,
}

impl Zip {
    fn add(&mut self, name: &str, data: &[u8], length: u64) {
        let offset = self.file.stream_position().expect("a position");
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(0_u32.to_le_bytes());
        common.extend((length as u32).to_le_bytes());
        common.extend((length as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        self.file.write_all(b"PK\x03\x04").expect("space");
        self.file.write_all(&common).expect("space");
        self.file.write_all(name.as_bytes()).expect("space");
        self.file.write_all(data).expect("space");
        self.file.seek(SeekFrom::Current(length as i64 - data.len() as i64)).expect("a seek");
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(&common);
        self.directory.extend([0; 10]);
        self.directory.extend([0; 2]);
        self.directory.truncate(self.directory.len() - 2);
        self.directory.extend((offset as u32).to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.entries += 1;
    }

    fn finish(mut self) {
        let start = self.file.stream_position().expect("a position");
        self.file.write_all(&self.directory).expect("space");
        let mut end = b"PK\x05\x06\x00\x00\x00\x00".to_vec();
        end.extend(self.entries.to_le_bytes());
        end.extend(self.entries.to_le_bytes());
        end.extend((self.directory.len() as u32).to_le_bytes());
        end.extend((start as u32).to_le_bytes());
        end.extend([0, 0]);
        self.file.write_all(&end).expect("space");
    }
}
