//! What tells one state of a file from another.

#![allow(clippy::disallowed_methods, reason = "this room is the one that asks for files' states")]

use super::artifact::{Artifact, ModelFile};
use std::fs::{self, Metadata};
use std::path::Path;
use std::time::SystemTime;

/// Endings of files that readers look at. What else lies in a folder, such as a log, may change at any time.
static LOOKED_AT: [&str; 10] = ["bin", "ckpt", "gguf", "jinja", "json", "md", "pt", "pth", "safetensors", "sft"];

/// A file's state when it was listed. A change within the clock's tick that keeps the length goes unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    size_bytes: u64,
    modified: Option<SystemTime>,
    identity: (u64, u64),
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { size_bytes: metadata.len(), modified: metadata.modified().ok(), identity: identity(metadata) }
    }

    /// Whether this is the same file, whatever it holds by now.
    pub(super) fn is_same_file(&self, now: &Metadata) -> bool {
        self.identity == identity(now)
    }
}

/// Device and number: a file put in another's place has another number.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

impl Artifact {
    /// The first file that is no longer what it was when the files were listed, and its length now; `None` for one
    /// that is gone.
    pub fn changed(&self) -> Option<(&ModelFile, Option<u64>)> {
        let looked_at = self.files.iter().filter(|file| self.files.len() == 1 || is_looked_at(&file.name));
        looked_at.map(|file| (file, fs::metadata(&file.path).ok())).find_map(|(file, now)| {
            let same = now.as_ref().is_some_and(|now| Stamp::of(now) == file.stamp);
            (!same).then(|| (file, now.map(|now| now.len())))
        })
    }
}

fn is_looked_at(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| LOOKED_AT.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::super::locate;
    use crate::limits::Limits;
    use std::fs;

    #[test]
    fn what_is_no_longer_the_same_is_told() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        for name in ["config.json", "model.safetensors", "training.log"] {
            fs::write(path(name), "{}").unwrap();
        }
        let artifact = locate(home.path(), &Limits::default()).unwrap();
        let changed = || artifact.changed().map(|(file, now)| (file.name.as_str(), now));
        assert_eq!(changed(), None);
        fs::write(path("training.log"), "epoch 2").unwrap();
        assert_eq!(changed(), None);
        fs::write(path("model.safetensors"), "{}}").unwrap();
        assert_eq!(changed(), Some(("model.safetensors", Some(3))));
        fs::write(path("other"), "{}").unwrap();
        fs::rename(path("other"), path("config.json")).unwrap();
        assert_eq!(changed(), Some(("config.json", Some(2))));
        fs::remove_file(path("config.json")).unwrap();
        assert_eq!(changed(), Some(("config.json", None)));
    }
}
