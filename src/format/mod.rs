//! Bytes to documents: one folder a format, the same file names in each.
//!
//! Pure: bytes and [`Limits`](crate::limits::Limits) in, a borrowed document or a [`Fault`] out. Nothing here opens a
//! file, knows an engine, or knows what a model is. Where a file is longer than what is asked of it, the bytes come
//! through an [`Input`]: all of them at once, or window by window.

pub(crate) mod ascents;
pub(crate) mod bytes;
pub mod card;
pub(crate) mod distinct;
pub mod gguf;
pub mod index;
mod input;
pub mod json;
pub(crate) mod names;
pub(crate) mod order;
pub mod pickle;
pub mod probe;
pub(crate) mod repeats;
pub mod safetensors;
mod scan;
pub mod tokenizer_json;
mod windows;
pub mod zip;

pub use input::Input;
pub(crate) use scan::find;
pub use windows::{Room, Windows};

use crate::diagnostic::{Cause, Diagnostic, Origin};
use serde_json::Value;

/// Where and why a reader stopped. Becomes a `0xx` finding once the file's name is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault(Box<Diagnostic>);

impl Fault {
    /// A stop for `cause` at byte `offset`.
    pub fn new(cause: &'static Cause, offset: u64, message: impl Into<String>) -> Self {
        Self(Box::new(Diagnostic::new(cause, message).at(Origin::default().offset(offset))))
    }

    /// States what should have been there.
    #[must_use]
    pub fn expected(mut self, value: impl Into<Value>) -> Self {
        *self.0 = self.0.expected(value);
        self
    }

    /// States what was there.
    #[must_use]
    pub fn found(mut self, value: impl Into<Value>) -> Self {
        *self.0 = self.0.found(value);
        self
    }

    /// Names the key or tensor at which the reader stopped.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.0.origin = self.0.origin.key(key);
        self
    }

    /// The same stop in a part of the file that begins at byte `start` and that `cause` is about.
    #[must_use]
    pub(crate) fn inside(mut self, cause: &'static Cause, part: &str, start: u64) -> Self {
        self.0.cause = cause;
        self.0.severity = cause.severity;
        self.0.help = cause.help.into();
        self.0.message = format!("{part}: {}", self.0.message);
        self.0.origin.offset = self.0.origin.offset.map(|offset| offset.saturating_add(start));
        self
    }

    /// What should have been there, where the fault states it.
    pub fn stated(&self) -> Option<&Value> {
        self.0.expected.as_ref()
    }

    /// Which cause stopped the reader.
    pub fn cause(&self) -> &'static Cause {
        self.0.cause
    }

    /// The finding, once it is known which file was read.
    pub fn in_file(self, file: &str) -> Diagnostic {
        let mut diagnostic = *self.0;
        diagnostic.message = format!("{}: {}", file, diagnostic.message);
        diagnostic.origin.file = Some(file.into());
        diagnostic
    }
}
