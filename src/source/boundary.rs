//! What a model's files may reach: its own folder, or the hub repository that the folder is a snapshot of.
//!
//! Loaders join the names that documents state to the folder without a look, so a model can name `../../etc/passwd`
//! or a link that leads there. Here a name or link that leads out is never opened.

#![allow(clippy::disallowed_methods, reason = "this room is the one that asks where links lead")]

use super::artifact::ModelFile;
use std::fs::{self, DirEntry, FileType, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

/// The folder that nothing may lead out of, with every link resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Boundary(PathBuf);

/// What stands at a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// A link to something that is not there: where it points.
    Dangling(String),
    /// A regular file inside the boundary.
    File(ModelFile),
    /// A folder.
    Folder,
    /// A link that leads back to itself.
    Loop,
    /// Nothing.
    Missing,
    /// A file whose name is not UTF-8.
    NotUtf8,
    /// Something outside of the model's folder: where it is said to be.
    Outside(String),
    /// A pipe, a socket or a device.
    Special,
    /// Something that the operating system refuses to show: its words.
    Unreadable(String),
}

impl Boundary {
    /// The boundary of the model folder `root`.
    pub(super) fn of(root: &Path) -> io::Result<Self> {
        let root = fs::canonicalize(root)?;
        let snapshots = root.parent().filter(|parent| parent.file_name().is_some_and(|name| name == "snapshots"));
        let repository = snapshots.and_then(Path::parent).filter(|repository| repository.join("blobs").is_dir());
        Ok(Self(repository.map(Path::to_path_buf).unwrap_or(root)))
    }

    /// Whether what stands at `path`, links followed, is inside.
    pub(super) fn holds(&self, path: &Path) -> bool {
        fs::canonicalize(path).is_ok_and(|canonical| canonical.starts_with(&self.0))
    }

    /// What the entry of a folder is; `name` is its name from the root on.
    pub(super) fn entry(&self, entry: &DirEntry, name: &str) -> Resolved {
        match entry.file_type() {
            Ok(kind) if kind.is_symlink() => self.link(&entry.path(), name),
            Ok(kind) if kind.is_dir() => Resolved::Folder,
            Ok(kind) if kind.is_file() => match entry.metadata() {
                Ok(metadata) => file(name, &entry.path(), &metadata),
                Err(error) => Resolved::Unreadable(error.to_string()),
            },
            Ok(_) => Resolved::Special,
            Err(error) => Resolved::Unreadable(error.to_string()),
        }
    }

    /// What stands at `name` under `root`, where `name` was written by a stranger.
    pub(super) fn resolve(&self, root: &Path, name: &str) -> Resolved {
        if !stays_inside(name) {
            return Resolved::Outside(name.to_owned());
        }
        let path = root.join(name);
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Resolved::Missing,
            Err(error) => Resolved::Unreadable(error.to_string()),
            // A folder on the way may be a link, so the whole path is followed.
            Ok(_) => self.link(&path, name),
        }
    }

    fn link(&self, path: &Path, name: &str) -> Resolved {
        let target = || fs::read_link(path).map(|target| target.display().to_string()).unwrap_or_default();
        let canonical = match fs::canonicalize(path) {
            Ok(canonical) => canonical,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Resolved::Dangling(target()),
            Err(error) if is_loop(&error) => return Resolved::Loop,
            Err(error) => return Resolved::Unreadable(error.to_string()),
        };
        if !canonical.starts_with(&self.0) {
            return Resolved::Outside(canonical.display().to_string());
        }
        match fs::metadata(&canonical) {
            Ok(metadata) => classify(metadata.file_type(), name, path, &metadata),
            Err(error) => Resolved::Unreadable(error.to_string()),
        }
    }
}

fn classify(kind: FileType, name: &str, path: &Path, metadata: &Metadata) -> Resolved {
    if kind.is_file() {
        file(name, path, metadata)
    } else if kind.is_dir() {
        Resolved::Folder
    } else {
        Resolved::Special
    }
}

fn file(name: &str, path: &Path, metadata: &Metadata) -> Resolved {
    Resolved::File(ModelFile::new(name, path, metadata))
}

/// Linux says ELOOP (40), macOS 62; the kind for it is not stable yet.
fn is_loop(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(40 | 62))
}

/// Whether a name is relative and never climbs. Backslashes and drive letters count as they would on Windows: an index
/// that holds them is meant for no folder of this kind.
fn stays_inside(name: &str) -> bool {
    let plain = |component: Component<'_>| matches!(component, Component::Normal(_) | Component::CurDir);
    !name.is_empty()
        && !name.contains(['\\', '\0'])
        && name.as_bytes().get(1) != Some(&b':')
        && Path::new(name).components().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_climb_are_told() {
        for name in ["model.safetensors", "a/b.bin", "./a"] {
            assert!(stays_inside(name), "{name}");
        }
        for name in ["", "../a", "a/../../b", "/etc/passwd", "C:\\a", "a\\..\\b", "a\0b"] {
            assert!(!stays_inside(name), "{name:?}");
        }
    }
}
