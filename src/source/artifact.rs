//! Which files belong to the model at a path.

#![allow(clippy::disallowed_methods, reason = "this room is the one that lists folders")]

use super::boundary::{Boundary, Resolved};
use super::hub::{self, Snapshot};
use super::stamp::Stamp;
use crate::error::Error;
use crate::limits::Limits;
use std::fs::{self, Metadata};
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
    /// The folder that the files' names are relative to: of a hub cache, the snapshot's.
    pub root: PathBuf,
    /// How they lie.
    pub layout: Layout,
    /// The files, sorted by name.
    pub files: Vec<ModelFile>,
    /// Entries of the folder that cannot be used as files, sorted by name: broken links, links that lead out, devices.
    pub odd: Vec<(String, Resolved)>,
    /// What an interrupted download left behind, sorted by name.
    pub partial: Vec<String>,
    /// The commit, where the folder is a hub cache's snapshot.
    pub revision: Option<String>,
    /// Why a hub cache's repository leads to no one snapshot.
    pub unclear: Option<String>,
    /// Whether the folder holds more files than the limit, so that some were not looked at.
    pub is_cut: bool,
    boundary: Boundary,
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
    pub(super) stamp: Stamp,
}

impl ModelFile {
    pub(super) fn new(name: impl Into<String>, path: &Path, metadata: &Metadata) -> Self {
        let (name, path) = (name.into(), path.to_path_buf());
        Self { name, path, size_bytes: metadata.len(), stamp: Stamp::of(metadata) }
    }
}

impl Artifact {
    /// The file named `name`.
    pub fn file(&self, name: &str) -> Option<&ModelFile> {
        let at = self.files.binary_search_by(|file| file.name.as_str().cmp(name)).ok()?;
        self.files.get(at)
    }

    /// What an engine should be given: the file, or the folder that holds the model's files.
    pub fn load_path(&self) -> &Path {
        match self.layout {
            Layout::DiffusersFolder | Layout::Folder => &self.root,
            Layout::File | Layout::SplitGguf => self.files.first().map_or(&self.path, |file| &file.path),
        }
    }

    /// What stands at `name`, which a document of the model names: never anything outside of the model's own folder.
    pub fn resolve(&self, name: &str) -> Resolved {
        match self.file(name) {
            Some(file) => Resolved::File(file.clone()),
            None => self.boundary.resolve(&self.root, name),
        }
    }
}

/// Finds the files of the model at `path`.
///
/// # Errors
///
/// [`Error::Io`] where the path cannot be read, [`Error::NoModel`] for a folder without any file.
pub fn locate(path: &Path, limits: &Limits) -> Result<Artifact, Error> {
    let metadata = fs::metadata(path).map_err(|error| Error::io(path, error))?;
    if metadata.is_dir() {
        return folder(path, limits);
    }
    if !metadata.is_file() {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidInput, "neither a file nor a folder");
        return Err(Error::io(path, error));
    }
    Ok(with_parts(single(path, &metadata), limits))
}

/// Adds the further parts of a split GGUF, up to the first that is not there.
fn with_parts(mut artifact: Artifact, limits: &Limits) -> Artifact {
    let Some((stem, count)) = artifact.files.first().and_then(|file| split_name(&file.name)) else { return artifact };
    let part = |number| format!("{stem}-{number:05}-of-{count:05}.gguf");
    let names: Vec<_> = (2..=count).take(limits.files).map(part).collect();
    artifact.layout = Layout::SplitGguf;
    let boundaries = artifact.part_boundaries();
    for name in names {
        match beside(&boundaries, &artifact.root, &name) {
            Resolved::File(part) => artifact.files.push(part),
            odd => {
                artifact.odd.extend((odd != Resolved::Missing).then_some((name, odd)));
                break;
            }
        }
    }
    artifact
}

/// A part of a split set, wherever one of the boundaries lets it be.
fn beside(boundaries: &[Boundary], root: &Path, name: &str) -> Resolved {
    let mut all = boundaries.iter().map(|boundary| boundary.resolve(root, name));
    let first = all.next().unwrap_or(Resolved::Missing);
    let other = all.find(|resolved| matches!(resolved, Resolved::File(_)));
    if matches!(first, Resolved::File(_)) { first } else { other.unwrap_or(first) }
}

/// The stem and the count of parts of the name of a split set's first file: the exact form that llama.cpp writes.
pub fn split_name(name: &str) -> Option<(&str, u32)> {
    let (head, count) = name.strip_suffix(".gguf")?.rsplit_once('-')?;
    let five_digits = count.len() == 5 && count.bytes().all(|byte| byte.is_ascii_digit());
    let stem = head.strip_suffix("-00001-of").filter(|_| five_digits)?;
    Some((stem, count.parse().ok()?))
}

/// Whether this is part 2 or later of a split set.
fn is_later_part(name: &str) -> bool {
    let stem = name.strip_suffix(".gguf").and_then(|stem| stem.rsplit_once("-of-"));
    let number = stem.and_then(|(head, _)| head.rsplit_once('-')).map(|(_, number)| number);
    number.is_some_and(|number| number.len() == 5 && number != "00001" && number.bytes().all(|b| b.is_ascii_digit()))
}

fn single(path: &Path, metadata: &Metadata) -> Artifact {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let file = ModelFile::new(name, path, metadata);
    let boundary = Boundary::default();
    Artifact { files: vec![file], layout: Layout::File, ..Artifact::empty(path, root, boundary) }
}

fn folder(path: &Path, limits: &Limits) -> Result<Artifact, Error> {
    let (root, unclear) = match hub::snapshot(path, limits) {
        Snapshot::NoCache => (path.to_path_buf(), None),
        Snapshot::One(snapshot) => (snapshot, None),
        Snapshot::Unclear(why) => (path.to_path_buf(), Some(why)),
    };
    let boundary = Boundary::of(&root).map_err(|error| Error::io(&root, error))?;
    let mut artifact = Artifact::empty(path, root.clone(), boundary);
    artifact.revision = hub::revision(&root);
    artifact.unclear = unclear;
    artifact.partial = hub::partial_blobs(&root, &artifact.boundary, limits);
    artifact.walk(&root, "", limits)?;
    if artifact.seen() == 0 && artifact.unclear.is_none() {
        return Err(Error::NoModel { path: path.to_path_buf() });
    }
    artifact.files.sort_by(|left, right| left.name.cmp(&right.name));
    artifact.odd.sort_by(|left, right| left.0.cmp(&right.0));
    artifact.partial.sort();
    if artifact.file("model_index.json").is_some() {
        artifact.layout = Layout::DiffusersFolder;
    }
    Ok(artifact.only_gguf(limits).unwrap_or(artifact))
}

/// Documents that make more of a folder than a place for GGUF files.
static DOCUMENTS: [&str; 4] = ["adapter_config.json", "config.json", "model_index.json", "params.json"];

impl Artifact {
    /// Where the further parts of a set may lie: beside the first, or beside what the first is a link to.
    fn part_boundaries(&self) -> Vec<Boundary> {
        let here = if self.root.as_os_str().is_empty() { Path::new(".") } else { &self.root };
        let linked = self.files.first().and_then(|file| fs::canonicalize(&file.path).ok());
        let there = linked.as_deref().and_then(Path::parent);
        [Some(here), there].into_iter().flatten().filter_map(|folder| Boundary::of(folder).ok()).collect()
    }

    fn empty(path: &Path, root: PathBuf, boundary: Boundary) -> Self {
        Self {
            path: path.to_path_buf(),
            root,
            layout: Layout::Folder,
            files: Vec::new(),
            odd: Vec::new(),
            partial: Vec::new(),
            revision: None,
            unclear: None,
            is_cut: false,
            boundary,
        }
    }

    /// The one GGUF model of a folder of nothing else: projectors for pictures go with a model and are none.
    fn only_gguf(&self, limits: &Limits) -> Option<Self> {
        let top = |file: &&ModelFile| !file.name.contains('/') && file.name.ends_with(".gguf");
        let is_model = |file: &&ModelFile| !file.name.contains("mmproj") && !is_later_part(&file.name);
        let mut models = self.files.iter().filter(top).filter(is_model);
        let model = models.next()?;
        let alone = models.next().is_none() && !DOCUMENTS.iter().any(|name| self.file(name).is_some());
        let broken = !self.odd.is_empty() || !self.partial.is_empty();
        let metadata = fs::metadata(&model.path).ok().filter(|_| alone && !broken)?;
        Some(Self { path: self.path.clone(), ..with_parts(single(&model.path, &metadata), limits) })
    }

    /// How many entries are kept, of whatever kind: a folder of broken links must not grow without end either.
    fn seen(&self) -> usize {
        self.files.len().saturating_add(self.odd.len()).saturating_add(self.partial.len())
    }

    /// Lists a folder and the folders in it, one level down: no known layout nests deeper.
    fn walk(&mut self, folder: &Path, prefix: &str, limits: &Limits) -> Result<(), Error> {
        let entries = fs::read_dir(folder).map_err(|error| Error::io(folder, error))?;
        for (number, entry) in entries.enumerate() {
            let entry = entry.map_err(|error| Error::io(folder, error))?;
            if self.seen() >= limits.files || number >= limits.scan_entries {
                self.is_cut = true;
                return Ok(());
            }
            let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else {
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                self.odd.push((name, Resolved::NotUtf8));
                continue;
            };
            match self.boundary.entry(&entry, &name) {
                Resolved::File(file) if hub::is_partial(&file.name) => self.partial.push(file.name),
                Resolved::File(file) => self.files.push(file),
                Resolved::Folder if prefix.is_empty() => self.walk(&entry.path(), &format!("{name}/"), limits)?,
                Resolved::Folder => {}
                odd => self.odd.push((name, odd)),
            }
        }
        Ok(())
    }
}
