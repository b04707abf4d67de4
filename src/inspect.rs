//! The walk without the judgement: facts and the derived config.

use crate::chat::{self, ChatTemplate};
use crate::derive::{self, Derived};
use crate::error::Error;
use crate::facts::{self, Facts};
use crate::limits::Limits;
use crate::source;
use std::path::{Path, PathBuf};

/// What the files say, and what was derived from it.
#[derive(Debug)]
pub struct Inspection {
    /// The path as given.
    pub path: PathBuf,
    /// What the files say; where readers stopped is among it.
    pub facts: Facts,
    /// What was derived from it.
    pub derived: Derived,
}

/// Reads and derives, and judges nothing.
///
/// # Errors
///
/// An [`Error`] where the path cannot be read.
pub fn inspect(path: impl AsRef<Path>, limits: &Limits) -> Result<Inspection, Error> {
    let path = path.as_ref();
    let facts = facts::learn(&source::locate(path, limits)?, limits)?;
    let derived = derive::derive(&facts);
    Ok(Inspection { path: path.to_path_buf(), facts, derived })
}

impl Inspection {
    /// The model's chat template, compiled; `None` where it has none.
    pub fn chat_template(&self, limits: &Limits) -> Option<ChatTemplate> {
        chat::from_facts(&self.facts, limits)
    }
}
