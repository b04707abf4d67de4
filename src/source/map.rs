//! Files as byte slices.

#![allow(clippy::disallowed_methods, reason = "this room is the one that opens files")]

use crate::error::Error;
use memmap2::Mmap;
use std::fs::File;
use std::ops::Deref;
use std::path::Path;

/// A file's bytes, for as long as this lives.
#[derive(Debug)]
pub struct Bytes(Option<Mmap>);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// Maps the file at `path`.
///
/// # Errors
///
/// [`Error::Io`] where the operating system refuses.
pub fn open(path: &Path) -> Result<Bytes, Error> {
    let file = File::open(path).map_err(|error| Error::io(path, error))?;
    let length = file.metadata().map_err(|error| Error::io(path, error))?.len();
    if length == 0 {
        return Ok(Bytes(None));
    }
    #[allow(
        unsafe_code,
        reason = "the map: read-only, private, and only ever seen as bytes; a file cut by someone else \
                                   while mapped is the residual risk that SECURITY.md names"
    )]
    // SAFETY: the mapping is read-only and its bytes are valid for any value; see the reason above for truncation.
    let map = unsafe { Mmap::map(&file) };
    map.map(|map| Bytes(Some(map))).map_err(|error| Error::io(path, error))
}
