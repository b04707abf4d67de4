//! A GGUF header with room for its tensors behind it, through the whole gate.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate_fuzz::{home, judge, write};

fuzz_target!(|bytes: &[u8]| {
    let path = home().join("model.gguf");
    write(&path, bytes, bytes.len() as u64 + (1 << 20));
    judge(&path);
});
