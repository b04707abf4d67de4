//! The hub cache's layout: `models--org--name/{refs,snapshots,blobs}`, and what interrupted downloads leave behind.

#![allow(clippy::disallowed_methods, reason = "this room is the one that lists folders")]

use super::boundary::Boundary;
use super::map::regular;
use crate::limits::Limits;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Endings of files that a download tool is still writing, or gave up on.
static PARTIAL: [&str; 7] = [".aria2", ".crdownload", ".download", ".incomplete", ".part", ".partial", ".tmp"];

/// A commit's name is 40 hexadecimal digits; a ref's file holds nothing else.
const MAX_REF_BYTES: u64 = 256;

/// What a repository of the hub cache means.
pub(super) enum Snapshot {
    /// The path is no such repository.
    NoCache,
    /// The folder of its `main`, else of its only revision.
    One(PathBuf),
    /// It has none, or several and none is `main`: why, in words.
    Unclear(String),
}

/// The snapshot that a repository of the hub cache means: never a folder outside of it.
pub(super) fn snapshot(path: &Path, limits: &Limits) -> Snapshot {
    let Some(repository) = repository(path) else { return of_all(path, limits) };
    match meant(repository, limits) {
        Snapshot::One(snapshot) if !Boundary::of(repository).is_ok_and(|boundary| boundary.holds(&snapshot)) => {
            Snapshot::Unclear(format!("{} leads out of the repository", snapshot.display()))
        }
        meant => meant,
    }
}

/// The repository that `path` is, or whose `snapshots` it is.
fn repository(path: &Path) -> Option<&Path> {
    let inner = path.file_name().is_some_and(|name| name == "snapshots");
    let outer = path.parent().filter(|parent| inner && parent.join("refs").is_dir() && parent.join("blobs").is_dir());
    let whole = || !path.join("config.json").exists() && path.join("snapshots").is_dir();
    outer.or_else(|| whole().then_some(path))
}

/// The cache itself holds a folder for each repository, and is none.
fn of_all(path: &Path, limits: &Limits) -> Snapshot {
    let entries = || fs::read_dir(path).into_iter().flatten().flatten().take(limits.files);
    let names = || entries().filter_map(|entry| entry.file_name().into_string().ok());
    let mut repositories: Vec<String> = names().filter(|name| name.starts_with("models--")).collect();
    repositories.sort();
    // Whatever else is a file makes a model of the folder, or none.
    let files =
        || names().any(|name| name.ends_with(".json") || name.ends_with(".gguf") || name.ends_with(".safetensors"));
    match repositories.first() {
        Some(first) if !files() => {
            Snapshot::Unclear(format!("it holds {} repositories, and one is to be named ({first})", repositories.len()))
        }
        _ => Snapshot::NoCache,
    }
}

fn meant(repository: &Path, limits: &Limits) -> Snapshot {
    let snapshots = repository.join("snapshots");
    let commit = reference(&repository.join("refs").join("main"));
    let named = commit.ok().map(|commit| commit.trim().to_owned()).filter(|commit| is_commit(commit));
    match named {
        Some(commit) if snapshots.join(&commit).is_dir() => Snapshot::One(snapshots.join(commit)),
        Some(commit) => Snapshot::Unclear(format!("refs/main names {commit}, which is not among the snapshots")),
        None => only(&snapshots, limits),
    }
}

/// What a ref's file holds, as far as a ref goes.
fn reference(path: &Path) -> io::Result<String> {
    let (file, _) = regular(path, None)?;
    let mut text = String::new();
    file.take(MAX_REF_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// The only folder in a folder.
fn only(folder: &Path, limits: &Limits) -> Snapshot {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(limits.files);
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    match (folders.pop(), folders.len()) {
        (Some(only), 0) => Snapshot::One(only),
        (None, _) => Snapshot::Unclear("there is no snapshot".to_owned()),
        (_, others) => {
            Snapshot::Unclear(format!("there are {} snapshots, and refs/main names none", others.saturating_add(1)))
        }
    }
}

/// The commit of a snapshot's folder.
pub(super) fn revision(root: &Path) -> Option<String> {
    let inside = root.parent()?.file_name()? == "snapshots";
    let name = root.file_name()?.to_str()?;
    (inside && is_commit(name)).then(|| name.to_owned())
}

fn is_commit(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a file's name says that it is still being written.
pub(super) fn is_partial(name: &str) -> bool {
    PARTIAL.iter().any(|ending| name.ends_with(ending))
}

/// Unfinished blobs of the repository, or of a download straight into the folder.
pub(super) fn partial_blobs(root: &Path, boundary: &Boundary, limits: &Limits) -> Vec<String> {
    let repository = root.parent().and_then(Path::parent).filter(|_| revision(root).is_some());
    let blobs = repository.map(|repository| repository.join("blobs"));
    let direct = Some(root.join(".cache").join("huggingface").join("download"));
    let folders = blobs.into_iter().chain(direct).filter(|folder| boundary.holds(folder));
    let names = folders.filter_map(|folder| fs::read_dir(folder).ok());
    let names = names.flat_map(|entries| entries.flatten().take(limits.files));
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".incomplete")).collect()
}
