//! What the environment or the caller did wrong.
//!
//! A broken model is never an [`Error`]: it is a finding in a verdict. An `Error` means that no verdict could be
//! reached at all; the command-line program exits with 2 on it.

use std::path::PathBuf;

/// The gate could not judge.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The path names nothing, or nothing that may be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// What was to be read.
        path: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The path cannot be written; nothing is ever overwritten.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The path is a folder in which no file could be part of a model.
    #[error("no model in {}: the folder holds no model file", path.display())]
    NoModel {
        /// The folder.
        path: PathBuf,
    },
    /// The engine's name is not one of the profiles.
    #[error("unknown engine '{name}'; known engines: {known}")]
    UnknownEngine {
        /// The name as given.
        name: String,
        /// The names that would have been taken, separated by commas.
        known: String,
    },
    /// A document given by the caller (an entry, a request, an API response) is not what it should be.
    #[error("{what}: {detail}")]
    Input {
        /// Which document.
        what: String,
        /// What is wrong with it, with line and column where there are any.
        detail: String,
    },
    /// A prompt is asked of a model that has no chat template.
    #[error("{} has no chat template: it is a base model, or its template was lost", path.display())]
    NoTemplate {
        /// The model.
        path: PathBuf,
    },
    /// A tokenizer is asked of a model that has none in `tokenizer.json`, or one that the library does not take.
    #[error("{} has no tokenizer to count with: {detail}", path.display())]
    NoTokenizer {
        /// The model.
        path: PathBuf,
        /// Why not.
        detail: String,
    },
    /// The catalog entry is not ready to be judged.
    #[error("model '{id}' is not available: {reason}")]
    NotAvailable {
        /// The entry's id.
        id: String,
        /// The status that stands in the way.
        reason: String,
    },
    /// The code is not one of the rule book's.
    #[error("unknown code '{code}'")]
    UnknownCode {
        /// The code as given.
        code: String,
    },
}

impl Error {
    /// A caller's document that cannot be used.
    pub fn input(what: impl Into<String>, detail: impl ToString) -> Self {
        Self::Input { what: what.into(), detail: detail.to_string() }
    }

    /// The operating system's refusal to give `path`.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}
