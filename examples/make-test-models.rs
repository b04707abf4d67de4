//! Writes the committed models of `test-models/`: `cargo run --example make-test-models`.
//!
//! Same bytes every time; a test fails when the committed files differ.

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::Path;

/// The base models that are small enough to be committed.
const COMMITTED: [&str; 3] = ["tiny-llama", "tiny-llama.gguf", "tiny-lora.safetensors"];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-models");
    for name in COMMITTED {
        let model = common::bases::base(name);
        let folder = if model.load.is_empty() { root.join(name) } else { root.clone() };
        let path = model.write(&folder);
        println!("{}", path.strip_prefix(&root).unwrap_or(&path).display());
    }
}
