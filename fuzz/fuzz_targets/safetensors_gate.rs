//! A safetensors header with the data that it names behind it, through the whole gate.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate_fuzz::{data_bytes, home, judge, write};

fuzz_target!(|header: &[u8]| {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    let path = home().join("model.safetensors");
    write(&path, &bytes, bytes.len() as u64 + data_bytes(header));
    judge(&path);
});
