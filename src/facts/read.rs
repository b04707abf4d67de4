//! Files as the readers want them, in the mode that the limits state.

use crate::error::Error;
use crate::format::{Input, Windows};
use crate::limits::{Limits, ReadMode};
use crate::source::{self, Bytes, Handle};
use std::path::Path;

/// Lets `learn` read the file at `path`, of which it wants the header alone.
pub(super) fn header<T>(path: &Path, limits: &Limits, learn: impl FnOnce(Input<'_>) -> T) -> Result<T, Error> {
    match limits.read_mode {
        ReadMode::Map => Ok(learn(Input::whole(&source::open(path)?))),
        ReadMode::Windowed => {
            let handle = Handle::open(path)?;
            let learned = learn(Input::windowed(&Windows::new(&handle)));
            handle.finish().map(|()| learned)
        }
    }
}

/// All bytes of the document at `path`. Of one beyond the limit of documents, only the length may be looked at.
pub(super) fn document(path: &Path, limits: &Limits) -> Result<Bytes, Error> {
    match limits.read_mode {
        ReadMode::Map => source::open(path),
        ReadMode::Windowed => source::read(path, limits.json_bytes),
    }
}
