//! Where a reader's bytes come from: all of them at hand, or read by windows as they are asked for.

use super::windows::Windows;

/// Bytes that are read at first, and again wherever a reader has jumped.
const LEAST: usize = 4 << 10;
/// Most bytes that are read at once where nobody asks for more.
const MOST: usize = 1 << 20;

/// A file's bytes, as a reader asks for them.
///
/// Both kinds give the same bytes at the same places. What [`bytes`](Self::bytes) gave stays where it is, so a reader by
/// windows takes it only for what is kept: everything else is looked at and forgotten.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    piece: &'a [u8],
    /// Where the piece begins in the file.
    start: usize,
    /// How much is read at least when the piece is at its end.
    step: usize,
    file_bytes: u64,
    windows: Option<&'a Windows<'a>>,
}

impl<'a> Input<'a> {
    /// All bytes of a file: as a rule, a memory map of it.
    pub fn whole(bytes: &'a [u8]) -> Self {
        Self { piece: bytes, start: 0, step: 0, file_bytes: bytes.len() as u64, windows: None }
    }

    /// A file that is read by windows.
    pub fn windowed(windows: &'a Windows<'a>) -> Self {
        Self { piece: &[], start: 0, step: LEAST, file_bytes: windows.file_bytes(), windows: Some(windows) }
    }

    /// The file's length, in bytes.
    pub fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// The windows, where the file is read by them.
    pub(super) fn windows(&self) -> Option<&'a Windows<'a>> {
        self.windows
    }

    /// The bytes from `at` on, as far as they are at hand.
    #[inline]
    pub(super) fn at_hand(&self, at: usize) -> &'a [u8] {
        self.piece.get(at.wrapping_sub(self.start)..).unwrap_or_default()
    }

    /// `length` bytes from `at` on; `None` where the file ends before that.
    #[inline]
    pub fn bytes(&mut self, at: usize, length: usize) -> Option<&'a [u8]> {
        match self.at_hand(at).get(..length) {
            None => self.read(at, length)?.get(..length),
            bytes => bytes,
        }
    }

    /// `N` bytes from `at` on; `None` where the file ends before that.
    #[inline]
    pub fn array<const N: usize>(&mut self, at: usize) -> Option<[u8; N]> {
        match self.at_hand(at).first_chunk() {
            None => self.read(at, N)?.first_chunk().copied(),
            bytes => bytes.copied(),
        }
    }

    /// What follows is far away: a reader that steps over much must not be taken for one that reads on.
    pub(super) fn forget(&mut self) {
        if let Some(windows) = self.windows {
            *self = Self::windowed(windows);
        }
    }

    /// Lets `look` see up to `length` bytes from `at` on, fewer only at the file's end, and keeps nothing.
    pub fn look<T>(&self, at: usize, length: usize, look: impl FnOnce(&[u8]) -> T) -> T {
        let rest = self.at_hand(at);
        match (rest.get(..length), self.windows) {
            (Some(bytes), _) => look(bytes),
            (None, None) => look(rest),
            (None, Some(windows)) => windows.look(at, length, look),
        }
    }

    /// Reads a new piece from `at` on: a longer one where it follows the piece before.
    #[cold]
    #[inline(never)]
    fn read(&mut self, at: usize, length: usize) -> Option<&'a [u8]> {
        let windows = self.windows?;
        let follows = at.checked_sub(self.start).is_some_and(|passed| passed <= self.piece.len());
        self.step = if follows { self.step.saturating_mul(2).min(MOST) } else { LEAST };
        self.piece = windows.keep(at, length.max(self.step));
        self.start = at;
        Some(self.piece)
    }
}
