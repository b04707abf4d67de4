//! The tokens' types, one after the other, a window at a time where the array is not at hand.

use crate::format::Input;
use crate::format::gguf::Array;

/// Types that are read together.
const WINDOW: usize = 4096;

/// The types that are still to come.
#[derive(Default)]
pub(super) struct Types<'a> {
    /// Those at hand.
    known: &'a [u8],
    /// Those of the window, and the place in it.
    window: Vec<u8>,
    place: usize,
    /// Where the next window begins, and how many types are there from it on.
    at: usize,
    left: u64,
    input: Option<Input<'a>>,
}

impl<'a> Types<'a> {
    /// The types of an array of `i32`.
    pub(super) fn new(array: Array<'a>, input: Input<'a>) -> Self {
        if array.is_held() {
            return Self { known: array.bytes, ..Self::default() };
        }
        let at = usize::try_from(array.offset).unwrap_or(usize::MAX);
        Self { at, left: array.count, input: Some(input), ..Self::default() }
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<i32> {
        if let Some((first, rest)) = self.known.split_first_chunk() {
            self.known = rest;
            return Some(i32::from_le_bytes(*first));
        }
        self.next_of_window()
    }

    fn next_of_window(&mut self) -> Option<i32> {
        let input = self.input?;
        if self.place >= self.window.len() {
            let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(WINDOW);
            let length = count.saturating_mul(4);
            self.window.clear();
            input.look(self.at, length, |bytes| self.window.extend_from_slice(bytes));
            self.place = 0;
            self.at = self.at.saturating_add(length);
            self.left = self.left.saturating_sub(count as u64);
        }
        let first = self.window.get(self.place..)?.first_chunk()?;
        self.place = self.place.saturating_add(4);
        Some(i32::from_le_bytes(*first))
    }
}
