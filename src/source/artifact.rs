//! Which files belong to the model at a path.

#![allow(clippy::disallowed_methods, reason = "this room is the one that lists folders")]

use crate::error::Error;
use crate::limits::Limits;
use std::fs;
use std::path::{Path, PathBuf};

/// How a model's files lie on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A folder with `model_index.json`: a diffusers pipeline.
    DiffusersFolder,
    /// One file.
    File,
    /// Any other folder.
    Folder,
    /// The first file of a split GGUF (`-00001-of-00003.gguf`), and the others after it as far as they are there.
    SplitGguf,
}

/// A model's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The path as given.
    pub path: PathBuf,
    /// The folder that the files' names are relative to.
    pub root: PathBuf,
    /// How they lie.
    pub layout: Layout,
    /// The files, sorted by name.
    pub files: Vec<ModelFile>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    /// The name, relative to the root, with `/` between folders.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its length, in bytes.
    pub size_bytes: u64,
}

impl Artifact {
    /// The file named `name`.
    pub fn file(&self, name: &str) -> Option<&ModelFile> {
        self.files.iter().find(|file| file.name == name)
    }
}

/// Finds the files of the model at `path`.
///
/// # Errors
///
/// [`Error::Io`] where the path cannot be read, [`Error::NoModel`] for a folder without any file.
pub fn locate(path: &Path, limits: &Limits) -> Result<Artifact, Error> {
    let metadata = fs::metadata(path).map_err(|error| Error::io(path, error))?;
    if metadata.is_dir() { folder(path, limits) } else { Ok(with_parts(single(path, metadata.len()), limits)) }
}

/// Adds the further parts of a split GGUF, up to the first that is not there.
fn with_parts(mut artifact: Artifact, limits: &Limits) -> Artifact {
    let Some((stem, count)) = artifact.files.first().and_then(|file| split_name(&file.name)) else { return artifact };
    let part = |number| format!("{stem}-{number:05}-of-{count:05}.gguf");
    let names = (2..=count).take(limits.files).map(part);
    let parts: Vec<_> = names.map_while(|name| part_file(&artifact.root, name)).collect();
    artifact.layout = Layout::SplitGguf;
    artifact.files.extend(parts);
    artifact
}

fn part_file(root: &Path, name: String) -> Option<ModelFile> {
    let path = root.join(&name);
    let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
    Some(ModelFile { name, path, size_bytes: metadata.len() })
}

/// The stem and the count of parts of the name of a split set's first file: the exact form that llama.cpp writes.
pub fn split_name(name: &str) -> Option<(&str, u32)> {
    let (stem, count) = name.strip_suffix(".gguf")?.rsplit_once("-00001-of-")?;
    let five_digits = count.len() == 5 && count.bytes().all(|byte| byte.is_ascii_digit());
    five_digits.then(|| count.parse().ok().map(|count| (stem, count))).flatten()
}

fn single(path: &Path, size_bytes: u64) -> Artifact {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let file = ModelFile { name, path: path.to_path_buf(), size_bytes };
    Artifact { path: path.to_path_buf(), root, layout: Layout::File, files: vec![file] }
}

fn folder(path: &Path, limits: &Limits) -> Result<Artifact, Error> {
    let mut files = Vec::new();
    walk(path, "", limits, &mut files)?;
    if files.is_empty() {
        return Err(Error::NoModel { path: path.to_path_buf() });
    }
    files.sort_by(|left, right| left.name.cmp(&right.name));
    let diffusers = files.iter().any(|file| file.name == "model_index.json");
    let layout = if diffusers { Layout::DiffusersFolder } else { Layout::Folder };
    Ok(Artifact { path: path.to_path_buf(), root: path.to_path_buf(), layout, files })
}

/// Lists a folder and the folders in it, one level down: no known layout nests deeper.
fn walk(folder: &Path, prefix: &str, limits: &Limits, files: &mut Vec<ModelFile>) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(|error| Error::io(folder, error))?;
    for entry in entries.take(limits.files) {
        let entry = entry.map_err(|error| Error::io(folder, error))?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let Ok(metadata) = fs::metadata(entry.path()) else { continue };
        if metadata.is_file() {
            files.push(ModelFile { name, path: entry.path(), size_bytes: metadata.len() });
        } else if metadata.is_dir() && prefix.is_empty() {
            walk(&entry.path(), &format!("{name}/"), limits, files)?;
        }
    }
    Ok(())
}
