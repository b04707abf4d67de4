//! Files as the readers want them, in the mode that the limits state.

use crate::error::Error;
use crate::format::{Input, Room, Windows};
use crate::limits::{Limits, ReadMode};
use crate::source::{Bytes, ModelFile};

/// Lets `learn` read `file`, of which it wants the header alone.
pub(super) fn header<T>(file: &ModelFile, limits: &Limits, learn: impl FnOnce(Input<'_>) -> T) -> Result<T, Error> {
    header_within(file, limits, &mut Room::default(), learn)
}

/// [`header`] of one of many files, which share their room.
pub(super) fn header_within<T>(
    file: &ModelFile,
    limits: &Limits,
    room: &mut Room,
    learn: impl FnOnce(Input<'_>) -> T,
) -> Result<T, Error> {
    match limits.read_mode {
        ReadMode::Map => Ok(learn(Input::whole(&file.open()?))),
        ReadMode::Windowed => {
            let handle = file.handle()?;
            let windows = Windows::within(&handle, std::mem::take(room));
            let learned = learn(Input::windowed(&windows));
            *room = windows.into_room();
            handle.finish().map(|()| learned)
        }
    }
}

/// All bytes of a document. Of one beyond the limit of documents, only the length may be looked at.
pub(super) fn document(file: &ModelFile, limits: &Limits) -> Result<Bytes, Error> {
    match limits.read_mode {
        ReadMode::Map => file.open(),
        ReadMode::Windowed => file.read(limits.json_bytes),
    }
}
