//! The files of a repository.

use crate::catalog::answer::{count, text};
use crate::catalog::label;
use serde_json::Value;

/// Endings of weights, the preferred first.
const WEIGHTS: [&str; 4] = [".gguf", ".safetensors", ".bin", ".ckpt"];

/// The files of a repository, with their sizes where the answer has them.
pub(super) struct Files(Vec<File>);

struct File {
    name: String,
    size_bytes: Option<u64>,
}

impl Files {
    /// The files of `/api/models/{id}`; they have sizes only where blobs were asked for.
    pub(super) fn of_siblings(siblings: &[Value]) -> Self {
        let size = |row: &Value| count(row, "size").or_else(|| count(row, "lfs/size"));
        let file = |row: &Value| Some(File { name: text(row, "rfilename")?, size_bytes: size(row) });
        Self(siblings.iter().filter_map(file).collect())
    }

    /// The files of a `/tree` listing; a pointer's size is that of what it points to.
    pub(super) fn of_tree(rows: &[Value]) -> Self {
        let size = |row: &Value| count(row, "lfs/size").or_else(|| count(row, "size"));
        let rows = rows.iter().filter(|row| text(row, "type").is_none_or(|kind| kind == "file"));
        Self(rows.filter_map(|row| Some(File { name: text(row, "path")?, size_bytes: size(row) })).collect())
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|file| file.name.clone()).collect()
    }

    /// The file of this name alone; of a split set, every part.
    pub(super) fn only(self, name: &str) -> Option<Self> {
        let wanted = label::without_part(stem(name)).to_owned();
        let files: Vec<_> = self.0.into_iter().filter(|file| label::without_part(stem(&file.name)) == wanted).collect();
        (!files.is_empty()).then_some(Self(files))
    }

    /// The first file of weights, of the preferred kind.
    pub(super) fn main(&self) -> Option<&str> {
        WEIGHTS.iter().find_map(|ending| self.weights(ending).next().map(|file| file.name.as_str()))
    }

    /// The only GGUF (the first part of the only split set), where there is just one.
    pub(super) fn only_gguf(&self) -> Option<&str> {
        let mut models: Vec<&str> = self.weights(".gguf").map(|file| file.name.as_str()).collect();
        models.sort_unstable();
        let first = *models.first()?;
        let set = label::without_part(stem(first));
        models.iter().all(|name| label::without_part(stem(name)) == set).then_some(first)
    }

    /// The quantization that the only GGUF's name ends in.
    pub(super) fn label(&self) -> Option<String> {
        self.only_gguf().and_then(label::of_file)
    }

    /// The bytes of the weights, where every one's size is known and it is clear which ones are meant: of several
    /// quantizations or of several formats of the same weights, it is not.
    pub(super) fn size_bytes(&self) -> Option<u64> {
        let ending = WEIGHTS.iter().find(|ending| self.weights(ending).next().is_some())?;
        if *ending == ".gguf" && self.only_gguf().is_none() {
            return None;
        }
        let sizes = self.weights(ending).map(|file| file.size_bytes);
        sizes.sum::<Option<u64>>().filter(|sum| *sum > 0)
    }

    /// Weights of one kind, without a projector beside them.
    fn weights(&self, ending: &str) -> impl Iterator<Item = &File> {
        self.0.iter().filter(move |file| file.name.ends_with(ending) && !file.name.contains("mmproj"))
    }
}

fn stem(name: &str) -> &str {
    name.strip_suffix(".gguf").unwrap_or(name)
}
