//! The hub cache's layout: `models--org--name/{refs,snapshots,blobs}`, and what interrupted downloads leave behind.

#![allow(clippy::disallowed_methods, reason = "this room is the one that lists folders")]

use crate::limits::Limits;
use std::fs;
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

/// The snapshot that a repository of the hub cache means.
pub(super) fn snapshot(repository: &Path) -> Snapshot {
    let snapshots = repository.join("snapshots");
    if repository.join("config.json").exists() || !snapshots.is_dir() {
        return Snapshot::NoCache;
    }
    let main = repository.join("refs").join("main");
    let short = fs::metadata(&main).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_REF_BYTES);
    let commit = short.then(|| fs::read_to_string(&main).ok()).flatten();
    let named = commit.map(|commit| commit.trim().to_owned()).filter(|commit| is_commit(commit));
    match named {
        Some(commit) if snapshots.join(&commit).is_dir() => Snapshot::One(snapshots.join(commit)),
        Some(commit) => Snapshot::Unclear(format!("refs/main names {commit}, which is not among the snapshots")),
        None => only(&snapshots),
    }
}

/// The only folder in a folder.
fn only(folder: &Path) -> Snapshot {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
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
pub(super) fn partial_blobs(root: &Path, limits: &Limits) -> Vec<String> {
    let repository = root.parent().and_then(Path::parent).filter(|_| revision(root).is_some());
    let blobs = repository.map(|repository| repository.join("blobs"));
    let direct = Some(root.join(".cache").join("huggingface").join("download"));
    let names = blobs.into_iter().chain(direct).filter_map(|folder| fs::read_dir(folder).ok());
    let names = names.flat_map(|entries| entries.flatten().take(limits.files));
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".incomplete")).collect()
}
