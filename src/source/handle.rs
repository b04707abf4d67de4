//! Files that are read by windows.

#![allow(clippy::disallowed_methods, reason = "this room is the one that reads files")]

use super::artifact::ModelFile;
use super::map::regular;
use super::stamp::Stamp;
use crate::error::Error;
use std::cell::OnceCell;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes at any place of something that has a length.
pub trait ReadAt {
    /// The length, in bytes, as it was at first.
    fn file_bytes(&self) -> u64;

    /// Fills `buffer` from byte `at` on and tells how much of it is filled: less only where the bytes have ended.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> usize;
}

impl ReadAt for &[u8] {
    fn file_bytes(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> usize {
        let rest = usize::try_from(at).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer.iter_mut().zip(rest).for_each(|(slot, &byte)| *slot = byte);
        count
    }
}

/// An open file. Whoever cuts it meanwhile makes it end early, and does no other harm.
#[derive(Debug)]
pub struct Handle {
    file: File,
    path: PathBuf,
    file_bytes: u64,
    failure: OnceCell<io::Error>,
}

impl Handle {
    /// Opens the file at `path`.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] where the operating system refuses.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::of(path, None)
    }

    fn of(path: &Path, listed: Option<&Stamp>) -> Result<Self, Error> {
        let (file, file_bytes) = regular(path, listed).map_err(|error| Error::io(path, error))?;
        Ok(Self { file, path: path.to_path_buf(), file_bytes, failure: OnceCell::new() })
    }

    /// Whether everything asked for could be read.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] with the first failure. A file that ended early is none.
    pub fn finish(self) -> Result<(), Error> {
        self.failure.into_inner().map_or(Ok(()), |error| Err(Error::io(&self.path, error)))
    }
}

impl ModelFile {
    /// Opens this file, to be read by windows.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] where the operating system refuses, or another file stands there than was listed.
    pub fn handle(&self) -> Result<Handle, Error> {
        Handle::of(&self.path, Some(&self.stamp))
    }
}

impl ReadAt for Handle {
    fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> usize {
        let mut filled = 0_usize;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match read_some(&self.file, at.saturating_add(filled as u64), rest) {
                Ok(0) => break,
                Ok(count) => filled = filled.saturating_add(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    // Only the first one is told.
                    self.failure.set(error).ok();
                    break;
                }
            }
        }
        filled
    }
}

#[cfg(unix)]
fn read_some(file: &File, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(not(unix))]
fn read_some(mut file: &File, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read(buffer)
}
