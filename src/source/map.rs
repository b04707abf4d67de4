//! Files as byte slices.

#![allow(clippy::disallowed_methods, reason = "this room is the one that opens files")]

use super::artifact::ModelFile;
use super::stamp::Stamp;
use crate::error::Error;
use memmap2::{Mmap, MmapOptions};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

/// A file's bytes, for as long as this lives.
#[derive(Debug)]
pub struct Bytes(Held);

#[derive(Debug)]
enum Held {
    Mapped(Mmap),
    Read(Vec<u8>),
}

/// Files up to this length are read instead of mapped: that is no slower, and cannot be cut under the reader.
const SMALL_BYTES: u64 = 64 << 10;

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Mapped(map) => map,
            Held::Read(bytes) => bytes,
        }
    }
}

/// The bytes of the file at `path`: mapped, or read where they are few.
///
/// # Errors
///
/// [`Error::Io`] where the operating system refuses.
pub fn open(path: &Path) -> Result<Bytes, Error> {
    regular(path, None).and_then(opened).map_err(|error| Error::io(path, error))
}

fn opened((file, length): (File, u64)) -> io::Result<Bytes> {
    if length <= SMALL_BYTES { held(file, length) } else { map(&file, length) }
}

impl ModelFile {
    /// The bytes of this file: mapped, or read where they are few.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] where the operating system refuses, or another file stands there than was listed.
    pub fn open(&self) -> Result<Bytes, Error> {
        regular(&self.path, Some(&self.stamp)).and_then(opened).map_err(|error| Error::io(&self.path, error))
    }

    /// The bytes of this file, read where there are no more than `most`: nobody can cut them under the reader.
    ///
    /// Of a longer file only the length is to be asked: it is mapped, and no byte of it is touched here.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open).
    pub fn read(&self, most: u64) -> Result<Bytes, Error> {
        let read = |(file, length)| if length > most { map(&file, length) } else { held(file, length) };
        regular(&self.path, Some(&self.stamp)).and_then(read).map_err(|error| Error::io(&self.path, error))
    }
}

fn map(file: &File, length: u64) -> io::Result<Bytes> {
    let mut options = MmapOptions::new();
    options.len(usize::try_from(length).unwrap_or(usize::MAX));
    #[allow(
        unsafe_code,
        reason = "the map: read-only, private, and only ever seen as bytes; a file cut by someone else \
                                   while mapped is the residual risk that SECURITY.md names"
    )]
    // SAFETY: the mapping is read-only and its bytes are valid for any value; see the reason above for truncation.
    let map = unsafe { options.map(file) };
    map.map(|map| Bytes(Held::Mapped(map)))
}

/// All bytes of the file at `path`, read however many they are: nobody can cut them under the reader.
///
/// # Errors
///
/// [`Error::Io`] where the operating system refuses.
pub fn read(path: &Path) -> Result<Bytes, Error> {
    regular(path, None).and_then(|(file, length)| held(file, length)).map_err(|error| Error::io(path, error))
}

fn held(file: File, length: u64) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    bytes.reserve_exact(usize::try_from(length).unwrap_or_default().saturating_add(1));
    file.take(length).read_to_end(&mut bytes)?;
    Ok(Bytes(Held::Read(bytes)))
}

/// Opens a regular file and tells its length. What stood there when the folder was listed may be a pipe, a device or a link
/// that leads elsewhere by now: opening must not wait for a writer, and nothing else than what was `listed` is read.
pub(super) fn regular(path: &Path, listed: Option<&Stamp>) -> io::Result<(File, u64)> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, NO_WAITING);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    if listed.is_some_and(|listed| !listed.is_same_file(&metadata)) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "another file was put in its place while it was read"));
    }
    Ok((file, metadata.len()))
}

/// `O_NONBLOCK`.
#[cfg(all(unix, any(target_os = "linux", target_os = "android")))]
const NO_WAITING: i32 = 0o4000;
/// `O_NONBLOCK`.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
const NO_WAITING: i32 = 0x4;

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_refused_without_waiting() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open(&pipe).unwrap_err().to_string().ends_with("not a regular file"));
        assert!(open(Path::new("/dev/zero")).is_err());
    }
}
