//! A file that is read by windows: what is kept of it, and what is looked at and forgotten.

use crate::source::ReadAt;
use std::cell::{Cell, OnceCell, RefCell};

/// Pieces of the first group; every further group has twice as many.
const GROUP: usize = 16;
/// Groups of pieces: together more than can be addressed.
const GROUPS: usize = 32;

/// Bytes of a page of memory.
const PAGE: usize = 4096;

/// A file that is read by windows.
pub struct Windows<'f> {
    file: &'f dyn ReadAt,
    kept: Kept,
    room: Room,
}

/// Buffers for files that are read one after the other: making room anew for each, and clearing it, costs more than some
/// headers.
#[derive(Debug, Default)]
pub struct Room {
    /// What is looked at and forgotten: one buffer for all of it.
    scratch: RefCell<Vec<u8>>,
    /// What was kept of earlier files.
    spare: RefCell<Vec<Vec<u8>>>,
}

impl Room {
    /// At least `length` bytes, whatever they are.
    fn take(&self, length: usize) -> Vec<u8> {
        let mut spare = self.spare.borrow_mut();
        let fitting = (0..).zip(spare.iter()).filter(|(_, buffer)| buffer.len() >= length);
        match fitting.min_by_key(|(_, buffer)| buffer.len()) {
            Some((at, _)) => spare.swap_remove(at),
            None => {
                // One that is too small makes room for one that is not.
                spare.pop();
                vec![0; length]
            }
        }
    }
}

impl std::fmt::Debug for Windows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Windows").field("file_bytes", &self.file.file_bytes()).finish_non_exhaustive()
    }
}

impl<'f> Windows<'f> {
    /// Reads `file` by windows.
    pub fn new(file: &'f dyn ReadAt) -> Self {
        Self::within(file, Room::default())
    }

    /// Reads `file` by windows, into the buffers of earlier files.
    pub fn within(file: &'f dyn ReadAt, room: Room) -> Self {
        Self { file, kept: Kept::default(), room }
    }

    /// The buffers, for the next file.
    pub fn into_room(self) -> Room {
        self.room.spare.borrow_mut().extend(self.kept.into_buffers());
        self.room
    }

    pub(super) fn file_bytes(&self) -> u64 {
        self.file.file_bytes()
    }

    /// How many of `length` bytes from `at` on the file has. Only so much room is ever made.
    fn there(&self, at: usize, length: usize) -> usize {
        let left = self.file_bytes().saturating_sub(at as u64);
        usize::try_from(left).unwrap_or(usize::MAX).min(length)
    }

    /// Fills `buffer`, which fits the file; shortens it where someone has cut the file since it was opened.
    fn fill<'b>(&self, at: usize, buffer: &'b mut [u8]) -> &'b [u8] {
        let count = self.file.read_at(at as u64, buffer);
        buffer.get(..count).unwrap_or_default()
    }

    /// Up to `length` bytes from `at` on, kept.
    pub(super) fn keep(&self, at: usize, length: usize) -> &[u8] {
        let length = self.there(at, length);
        let mut buffer = self.room.take(length);
        let count = self.fill(at, buffer.get_mut(..length).unwrap_or_default()).len();
        self.kept.push(Piece { buffer, count })
    }

    /// Shows up to `length` bytes from `at` on.
    pub(super) fn look<T>(&self, at: usize, length: usize, look: impl FnOnce(&[u8]) -> T) -> T {
        let length = self.there(at, length);
        // Taken out, so that what looks may look again.
        let mut scratch = self.room.scratch.take();
        let room = length.saturating_add(2 * PAGE);
        if scratch.len() < room {
            scratch = vec![0; room];
        }
        let place = place(&scratch, at);
        let rest = scratch.get_mut(place..).unwrap_or_default();
        let seen = look(self.fill(at, rest.get_mut(..length).unwrap_or_default()));
        self.room.scratch.replace(scratch);
        seen
    }
}

/// Where in `room` bytes are put that stand at `at` in the file: as far into a page as there. Many processors copy at an
/// eighth of their speed to where it is a few bytes further into a page than where the bytes come from.
fn place(room: &[u8], at: usize) -> usize {
    room.as_ptr().align_offset(PAGE).min(PAGE).saturating_add(at % PAGE)
}

/// A piece of the file: the first bytes of a buffer.
#[derive(Debug)]
struct Piece {
    buffer: Vec<u8>,
    count: usize,
}

/// Pieces of the file that stay where they are while more are added.
#[derive(Default)]
struct Kept {
    groups: [OnceCell<Vec<OnceCell<Piece>>>; GROUPS],
    count: Cell<usize>,
}

impl Kept {
    fn push(&self, piece: Piece) -> &[u8] {
        let count = self.count.get();
        self.count.set(count.saturating_add(1));
        let piece = self.slot(count).map(|slot| slot.get_or_init(|| piece));
        piece.and_then(|piece| piece.buffer.get(..piece.count)).unwrap_or_default()
    }

    fn into_buffers(self) -> impl Iterator<Item = Vec<u8>> {
        let slots = self.groups.into_iter().filter_map(OnceCell::into_inner).flatten();
        slots.filter_map(OnceCell::into_inner).map(|piece| piece.buffer)
    }

    fn slot(&self, number: usize) -> Option<&OnceCell<Piece>> {
        let (mut first, mut size) = (0_usize, GROUP);
        for group in &self.groups {
            if let Some(place) = number.checked_sub(first).filter(|place| *place < size) {
                return group.get_or_init(|| std::iter::repeat_with(OnceCell::new).take(size).collect()).get(place);
            }
            (first, size) = (first.saturating_add(size), size.saturating_mul(2));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::input::Input;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_kinds_give_the_same_bytes(
            bytes in proptest::collection::vec(any::<u8>(), 0..20_000),
            before in proptest::collection::vec((0_usize..21_000, 0_usize..30_000), 0..4),
            places in proptest::collection::vec((0_usize..21_000, 0_usize..9_000, any::<bool>()), 1..60),
        ) {
            let other = [7; 20_000].as_slice();
            let earlier = Windows::new(&other);
            for (at, length) in before {
                earlier.keep(at, length);
            }
            let file = bytes.as_slice();
            let windows = Windows::within(&file, earlier.into_room());
            let (mut whole, mut windowed) = (Input::whole(file), Input::windowed(&windows));
            prop_assert_eq!(whole.file_bytes(), windowed.file_bytes());
            let mut kept = Vec::new();
            for (at, length, look) in places {
                if look {
                    let seen = |input: &Input<'_>| input.look(at, length, <[u8]>::to_vec);
                    prop_assert_eq!(seen(&whole), seen(&windowed));
                } else {
                    prop_assert_eq!(whole.array::<8>(at), windowed.array::<8>(at));
                    kept.push((whole.bytes(at, length), windowed.bytes(at, length)));
                }
            }
            for (whole, windowed) in kept {
                prop_assert_eq!(whole, windowed);
            }
        }
    }

    #[test]
    fn many_pieces_stay_where_they_are() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
        let file = bytes.as_slice();
        let windows = Windows::new(&file);
        let pieces: Vec<_> = (0..1000).map(|number| (number, windows.keep(number * 2999, 3))).collect();
        assert!(pieces.iter().all(|(number, piece)| *piece == &bytes[number * 2999..number * 2999 + 3]));
    }
}
