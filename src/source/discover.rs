//! The models in a folder and the folders in it.

#![allow(clippy::disallowed_methods, reason = "this room is the one that lists folders")]

use super::boundary::{Boundary, Resolved};
use crate::error::Error;
use crate::limits::Limits;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Documents that make a folder one model.
static FOLDER_MARKS: [&str; 4] = ["adapter_config.json", "config.json", "model_index.json", "params.json"];
/// Endings of files that can be a model by themselves. Only what to look at is told by names, never what it is.
static ENDINGS: [&str; 7] = ["bin", "ckpt", "gguf", "pt", "pth", "safetensors", "sft"];

/// What a folder and the folders in it hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// What could be a model, sorted: folders with a config, and single weight files outside of them.
    pub models: Vec<PathBuf>,
    /// Where models may lie that were not looked for, sorted by path.
    pub unseen: Vec<Unseen>,
}

/// A place that was not searched, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// The place.
    pub path: PathBuf,
    /// Why not.
    pub why: WhyUnseen,
}

/// Why a place was not searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyUnseen {
    /// It lies deeper than [`Limits::scan_depth`], which is this.
    Depth(usize),
    /// It holds more entries than [`Limits::scan_entries`], which is this; so many were looked at.
    Entries(usize),
    /// It is a link that leads out of the folder that is searched.
    Outside,
    /// The operating system refuses to show it: its words.
    Unreadable(String),
}

impl fmt::Display for WhyUnseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth(limit) => write!(f, "not searched: deeper than the limit of {limit} folders"),
            Self::Entries(limit) => write!(f, "searched in part: more entries than the limit of {limit}"),
            Self::Outside => write!(f, "not searched: a link that leads out of the folder"),
            Self::Unreadable(why) => write!(f, "not searched: {why}"),
        }
    }
}

/// Lists what in `root` could be a model. A folder with a config is one model, with all that is in it.
///
/// No link leads out of `root` (save those of a hub cache into its own repository) or in a circle: of links only those
/// to weight files inside are models. Whatever models might have been missed is told in [`Discovery::unseen`].
///
/// # Errors
///
/// [`Error::Io`] where `root` itself cannot be listed, [`Error::NoModel`] where it holds nothing to judge and all of it
/// was looked at.
pub fn discover(root: &Path, limits: &Limits) -> Result<Discovery, Error> {
    fs::read_dir(root).map_err(|error| Error::io(root, error))?;
    let boundary = Boundary::of(root).map_err(|error| Error::io(root, error))?;
    let mut search = Search { boundary, limits, found: Discovery::default(), folders: vec![(root.to_path_buf(), 0)] };
    while let Some((folder, depth)) = search.folders.pop() {
        search.folder(&folder, depth);
    }
    let mut found = search.found;
    found.models.sort();
    found.unseen.sort_by(|left, right| left.path.cmp(&right.path));
    match found.models.is_empty() && found.unseen.is_empty() {
        true => Err(Error::NoModel { path: root.to_path_buf() }),
        false => Ok(found),
    }
}

struct Search<'l> {
    boundary: Boundary,
    limits: &'l Limits,
    found: Discovery,
    /// Folders still to be looked at, and how deep they lie.
    folders: Vec<(PathBuf, usize)>,
}

impl Search<'_> {
    fn unseen(&mut self, path: &Path, why: WhyUnseen) {
        self.found.unseen.push(Unseen { path: path.to_path_buf(), why });
    }

    /// What went away meanwhile is not there to be judged.
    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        if error.kind() != io::ErrorKind::NotFound {
            self.unseen(path, WhyUnseen::Unreadable(error.to_string()));
        }
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        let entries = self.entries(folder);
        if entries.iter().any(|entry| is_mark(&entry.path())) {
            self.found.models.push(folder.to_path_buf());
            return;
        }
        for entry in &entries {
            self.entry(entry, depth);
        }
    }

    fn entries(&mut self, folder: &Path) -> Vec<DirEntry> {
        let mut entries = Vec::new();
        let listed = fs::read_dir(folder).and_then(|listing| {
            for entry in listing {
                if entries.len() >= self.limits.scan_entries {
                    self.unseen(folder, WhyUnseen::Entries(self.limits.scan_entries));
                    break;
                }
                entries.push(entry?);
            }
            Ok(())
        });
        if let Err(error) = listed {
            self.unreadable(folder, &error);
        }
        entries
    }

    fn entry(&mut self, entry: &DirEntry, depth: usize) {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth >= self.limits.scan_depth => {
                self.unseen(&path, WhyUnseen::Depth(self.limits.scan_depth));
            }
            Ok(kind) if kind.is_dir() => self.folders.push((path, depth.saturating_add(1))),
            Ok(kind) if kind.is_symlink() => self.link(path, entry),
            // Pipes and devices too: that they cannot be read is for the gate to say.
            Ok(_) if is_weights(&path) => self.found.models.push(path),
            Ok(_) => {}
            Err(error) => self.unreadable(&path, &error),
        }
    }

    /// A folder inside is looked at where it lies. Outside, only what could be a model counts.
    fn link(&mut self, path: PathBuf, entry: &DirEntry) {
        let is_weights = is_weights(&path);
        match self.boundary.entry(entry, "") {
            Resolved::Outside(_) if is_weights || path.is_dir() => self.unseen(&path, WhyUnseen::Outside),
            Resolved::Folder | Resolved::Outside(_) => {}
            _ if is_weights => self.found.models.push(path),
            _ => {}
        }
    }
}

fn is_mark(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| FOLDER_MARKS.contains(&name))
}

fn is_weights(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    ENDINGS.contains(&ending.as_str()) && first_part(path).is_none_or(|first| fs::symlink_metadata(first).is_err())
}

/// Of part 2 or later of a split set, where the first is: the set is judged through it, if it is there.
fn first_part(path: &Path) -> Option<PathBuf> {
    let (stem, ending) = path.file_name()?.to_str()?.rsplit_once('.')?;
    let (head, total) = stem.rsplit_once("-of-")?;
    let (head, number) = head.rsplit_once('-')?;
    let digits = |text: &str| text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_later = digits(total) && digits(number) && number != "00001";
    is_later.then(|| path.with_file_name(format!("{head}-00001-of-{total}.{ending}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, names: &[&str]) {
        for name in names {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
    }

    /// What is found, by name.
    fn found(root: &Path, limits: &Limits) -> (Vec<String>, Vec<(String, WhyUnseen)>) {
        let found = discover(root, limits).unwrap();
        let name = |path: &Path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let unseen = found.unseen.iter().map(|unseen| (name(&unseen.path), unseen.why.clone()));
        (found.models.iter().map(|path| name(path)).collect(), unseen.collect())
    }

    #[test]
    fn only_the_first_part_of_a_split_set_counts() {
        let home = tempfile::tempdir().unwrap();
        put(home.path(), &["a/m-00001-of-00003.gguf", "a/m-00002-of-00003.gguf", "b/m-00002-of-00003.gguf"]);
        put(home.path(), &["model-of-mine.safetensors", "README.md", "c/config.json", "c/model.safetensors"]);
        let (models, unseen) = found(home.path(), &Limits::default());
        let lone = "b/m-00002-of-00003.gguf";
        assert_eq!(models, ["a/m-00001-of-00003.gguf", lone, "c", "model-of-mine.safetensors"]);
        assert!(unseen.is_empty(), "{unseen:?}");
    }

    #[test]
    fn what_is_beyond_a_limit_is_told() {
        let home = tempfile::tempdir().unwrap();
        put(home.path(), &["a/1.gguf", "a/2.gguf", "a/3.gguf", "b/c/d/e.gguf"]);
        let limits = Limits { scan_depth: 2, scan_entries: 2, ..Limits::default() };
        let (models, unseen) = found(home.path(), &limits);
        assert_eq!(models.len(), 2);
        let wanted = [("a".to_owned(), WhyUnseen::Entries(2)), ("b/c/d".to_owned(), WhyUnseen::Depth(2))];
        assert_eq!(unseen, wanted);
        let nothing = discover(home.path(), &Limits { scan_depth: 0, ..Limits::default() }).unwrap();
        assert_eq!((nothing.models.len(), nothing.unseen.len()), (0, 2));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_models_inside_and_told_outside() {
        use std::os::unix::fs::symlink;
        let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        put(home.path(), &["models--a/blobs/1234", "b.gguf", "c/d.gguf"]);
        put(other.path(), &["e.gguf", "f/g.gguf", "README.md"]);
        let snapshot = home.path().join("models--a/snapshots/0");
        fs::create_dir_all(&snapshot).unwrap();
        symlink("../../blobs/1234", snapshot.join("h.gguf")).unwrap();
        symlink(home.path().join("c"), home.path().join("inside")).unwrap();
        symlink(".", home.path().join("circle")).unwrap();
        for name in ["e.gguf", "f", "README.md", "absent.gguf"] {
            symlink(other.path().join(name), home.path().join(name)).unwrap();
        }
        let (models, unseen) = found(home.path(), &Limits::default());
        assert_eq!(models, ["absent.gguf", "b.gguf", "c/d.gguf", "models--a/snapshots/0/h.gguf"]);
        assert_eq!(unseen, ["e.gguf", "f"].map(|name| (name.to_owned(), WhyUnseen::Outside)));
        assert_eq!(found(&snapshot, &Limits::default()).0, ["h.gguf"]);
    }
}
