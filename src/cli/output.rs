//! Results to standard output, complaints to standard error.

use super::Result;
use modelgate::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

/// Prints a result. A reader that has gone away is no failure.
pub(super) fn print(words: &str) -> Result<()> {
    match io::stdout().lock().write_all(words.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::io("standard output", error)),
        _ => Ok(()),
    }
}

/// Prints a JSON result, indented.
pub(super) fn print_json(value: &serde_json::Value) -> Result<()> {
    print(&format!("{value:#}\n"))
}

/// Says on standard error why nothing could be judged.
pub(super) fn complain(error: &impl Display) {
    // There is nowhere left to say that standard error is gone.
    let _ = writeln!(io::stderr().lock(), "modelgate: {error}");
}

/// Reads a document that the caller named.
#[allow(clippy::disallowed_methods, reason = "the caller's own documents, not a model's files")]
pub(super) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::io(path, error))
}

/// Writes a document to a file that does not exist yet: nothing is ever overwritten.
pub(super) fn create(path: &Path, words: &str) -> Result<()> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(words.as_bytes()));
    written.map_err(|error| Error::Write { path: path.to_path_buf(), source: error })
}
