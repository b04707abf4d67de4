//! Rebuilds header listings as files of their real size, without their data.

#![allow(
    dead_code,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test's helpers: a fault of theirs fails the test"
)]

pub mod gguf;
pub mod pickle;
pub mod safetensors;

use flate2::read::GzDecoder;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The corpus, unless the variable is not set.
pub fn corpus() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        println!("skipped: MODELGATE_CORPUS is not set");
        return None;
    };
    Some(PathBuf::from(root).join("corpus/image-headers"))
}

/// One JSON document of the corpus.
pub fn read_json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a corpus file")).expect("sound JSON")
}

/// The listing named `id`.
pub fn listing(corpus: &Path, id: &str) -> Value {
    let file = File::open(corpus.join(format!("{id}.json.gz"))).expect("a listing");
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("sound gzip");
    serde_json::from_str(&text).expect("sound JSON")
}

/// Writes the listing below `folder` and gives the path to judge.
pub fn rebuild(listing: &Value, folder: &Path) -> PathBuf {
    let name = listing["file_name"].as_str().unwrap_or("model.safetensors");
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    match listing["container"].as_str() {
        Some("folder") => return rebuild_folder(listing, folder),
        Some("gguf") => gguf::write(listing, &path),
        Some("pickle") => pickle::write(listing, &path),
        _ => safetensors::write(listing, &path),
    }
    path
}

fn rebuild_folder(listing: &Value, folder: &Path) -> PathBuf {
    for (name, file) in listing["files"].as_object().expect("files") {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        match file.get("json") {
            Some(json) => fs::write(&path, json.to_string()).expect("a file"),
            None => safetensors::write(file, &path),
        }
    }
    folder.to_path_buf()
}

/// The tensors of a listing: name, element type, shape.
pub fn tensors(listing: &Value) -> Vec<(String, String, Vec<u64>)> {
    let tensors = listing["tensors"].as_object().into_iter().flatten();
    tensors
        .map(|(name, tensor)| {
            let shape = tensor[1].as_array().expect("a shape").iter().map(|size| size.as_u64().expect("a size"));
            (name.clone(), tensor[0].as_str().expect("a type").to_owned(), shape.collect())
        })
        .collect()
}

/// The first complete listing of this description.
pub fn like(expected: &Value, description: &Value) -> String {
    let description = description.as_object().expect("a description");
    let fits = |case: &Value| {
        case["expected"]["complete"] != false && description.iter().all(|(key, value)| case["expected"][key] == *value)
    };
    let cases = expected.as_object().expect("cases");
    cases.iter().find(|(_, case)| fits(case)).map(|(id, _)| id.clone()).expect("a listing like this")
}
