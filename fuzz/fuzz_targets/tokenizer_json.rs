//! `tokenizer.json`: what the reader takes is JSON, and its counts are those of the tree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::Limits;
use modelgate::format::{json, tokenizer_json};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    if tokenizer_json::parse(bytes, &limits, &["<s>", "<unk>"]).is_ok() {
        assert!(json::parse(bytes, &limits).is_ok(), "took what is no JSON");
    }
});
