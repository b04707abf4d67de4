//! Catalog entries and the answers of hubs: what an import makes of an answer can be written, read again and held
//! against a model.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::catalog::ModelEntry;
use modelgate::{Gate, report};
use serde_json::Value;

static MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-models/tiny-llama.gguf");

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    ModelEntry::from_json(text).into_iter().for_each(hold);
    let Ok(answer) = serde_json::from_str::<Value>(text) else { return };
    let one = [ModelEntry::from_civitai(&answer), ModelEntry::from_huggingface(&answer)];
    let many = [ModelEntry::list_from_civitai(&answer), ModelEntry::list_from_huggingface(&answer)];
    one.into_iter().flatten().chain(many.into_iter().flatten().flatten().take(16)).for_each(|entry| {
        let more = entry.clone().with_huggingface_tree(&answer, None);
        more.into_iter().chain([entry]).for_each(hold);
    });
});

fn hold(entry: ModelEntry) {
    let written = entry.to_json();
    let read = ModelEntry::from_json(&written).expect("an entry that was written is read");
    assert_eq!(written, read.to_json());
    let Ok(verdict) = Gate::for_engine("llama-cpp").unwrap().against(&entry).check(MODEL) else { return };
    assert!(!report::check_json(&verdict).to_string().is_empty());
}
