//! The models in a folder and the folders in it.

#![allow(clippy::disallowed_methods, reason = "this room is the one that lists folders")]

use crate::error::Error;
use crate::limits::Limits;
use std::fs;
use std::path::{Path, PathBuf};

/// Documents that make a folder one model.
static FOLDER_MARKS: [&str; 4] = ["adapter_config.json", "config.json", "model_index.json", "params.json"];
/// Endings of files that can be a model by themselves. Only what to look at is told by names, never what it is.
static ENDINGS: [&str; 7] = ["bin", "ckpt", "gguf", "pt", "pth", "safetensors", "sft"];

/// Lists what in `root` could be a model, sorted: folders with a config, and single weight files outside of them.
/// Links are not followed, so no link can lead out of `root` or in a circle.
///
/// # Errors
///
/// [`Error::Io`] where `root` itself cannot be listed, [`Error::NoModel`] where it holds nothing to judge.
pub fn discover(root: &Path, limits: &Limits) -> Result<Vec<PathBuf>, Error> {
    fs::read_dir(root).map_err(|error| Error::io(root, error))?;
    let mut models = Vec::new();
    let mut folders = vec![(root.to_path_buf(), 0_usize)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let entries: Vec<_> = entries.flatten().take(limits.scan_entries).collect();
        if entries.iter().any(|entry| is_mark(&entry.path())) {
            models.push(folder);
            continue;
        }
        for entry in entries {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < limits.scan_depth {
                folders.push((entry.path(), depth.saturating_add(1)));
            } else if kind.is_file() && is_weights(&entry.path()) {
                models.push(entry.path());
            }
        }
    }
    models.sort();
    if models.is_empty() { Err(Error::NoModel { path: root.to_path_buf() }) } else { Ok(models) }
}

fn is_mark(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| FOLDER_MARKS.contains(&name))
}

fn is_weights(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    ENDINGS.contains(&ending.as_str()) && !is_later_part(path)
}

/// Whether this is part 2 or later of a split GGUF: the set is judged through its first part.
fn is_later_part(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let Some((head, total)) = stem.rsplit_once("-of-") else { return false };
    let number = head.rsplit_once('-').map(|(_, number)| number).unwrap_or_default();
    let digits = |text: &str| text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(total) && digits(number) && number != "00001"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_part_of_a_split_set_counts() {
        assert!(is_weights(Path::new("a/model-00001-of-00003.gguf")));
        assert!(!is_weights(Path::new("a/model-00002-of-00003.gguf")));
        assert!(is_weights(Path::new("model-of-mine.safetensors")));
        assert!(!is_weights(Path::new("README.md")));
    }
}
