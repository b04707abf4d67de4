//! Files that are no model file at all.

use super::{Facts, ModelFormat};
use crate::diagnostic::{Cause, Diagnostic, Origin, cause};
use crate::format::probe::Container;
use crate::source::ModelFile;

cause! {
    /// The file has no bytes.
    EMPTY = ("FILE001", "empty-file", Error, "the download failed or was never started: fetch the file again");
    /// The file is a git-LFS pointer: a few lines that name the real file's hash and size.
    LFS_POINTER = ("FILE002", "git-lfs-pointer", Error, "run `git lfs pull` in the repository, or fetch the file itself");
    /// The file is a web page: a login page, an error page or a preview was saved in place of the model.
    HTML = ("FILE003", "html-page", Error, "fetch the file again by its direct link, with a token if the source asks for one");
    /// The file is a JSON document: an error answer was saved in place of the model, or a folder's document was named
    /// in place of the folder.
    JSON = ("FILE004", "json-document", Error, "name the model's folder or weights, or fetch the file again if this is an error answer");
    /// The file is an archive of a kind that no engine loads.
    ARCHIVE = ("FILE005", "archive", Error, "unpack the archive and name the model file inside it, if you trust its source");
    /// The file's first bytes are those of no model format.
    UNKNOWN = ("FILE006", "unknown-format", Error, "name a GGUF or safetensors file, or a model folder");
    /// The file is a pickle: loading it runs code from a stranger. Its contents are never executed here.
    PICKLE = ("FILE007", "pickle", Error, "use the model's safetensors or GGUF edition, or convert it in a sandbox");
    /// A file is not what it was when the check began: it was cut, grown, replaced or deleted while it was read, so
    /// nothing that was read of the model holds together.
    CHANGED = ("FILE008", "changed-while-read", Error, "wait until the model is completely written, then check it again");
}

/// Notes that `file` is not what it was when it was listed, and has `now` bytes, if it is still there.
pub(super) fn changed(file: &ModelFile, now: Option<u64>) -> Diagnostic {
    let now_words = now.map_or("it is gone".to_owned(), |now| format!("it has {now} bytes now"));
    let message = format!("{} changed while it was read: it had {} bytes, {now_words}", file.name, file.size_bytes);
    Diagnostic::new(&CHANGED, message).expected(file.size_bytes).found(now).at(Origin::file(&file.name))
}

/// Notes that `file` is `container`, which no reader takes.
pub(super) fn foreign(facts: &mut Facts, file: &ModelFile, container: Container, head: &[u8]) {
    let cause = cause_of(container);
    let start = String::from_utf8_lossy(head.get(..24).unwrap_or(head)).into_owned();
    let words = if is_error_answer(container, head) {
        "is a JSON error answer (json-error), saved in place of the model"
    } else {
        words(container)
    };
    let message = format!("{} {words}", file.name);
    let finding = Diagnostic::new(cause, message).expected("GGUF or safetensors").found(start);
    facts.faults.push(finding.at(Origin::file(&file.name).offset(0)));
    if matches!(container, Container::Pickle | Container::Zip) {
        facts.format = ModelFormat::Pickle;
    }
}

/// What a download server says when it does not give the file.
fn is_error_answer(container: Container, head: &[u8]) -> bool {
    container == Container::Json && String::from_utf8_lossy(head).contains("\"error\"")
}

fn cause_of(container: Container) -> &'static Cause {
    match container {
        Container::Empty => &EMPTY,
        Container::GitLfsPointer => &LFS_POINTER,
        Container::Html => &HTML,
        Container::Json => &JSON,
        Container::Pickle | Container::Zip => &PICKLE,
        Container::SevenZip => &ARCHIVE,
        Container::Gguf | Container::Safetensors | Container::Unknown => &UNKNOWN,
    }
}

fn words(container: Container) -> &'static str {
    match container {
        Container::Empty => "is empty: 0 bytes",
        Container::GitLfsPointer => "is a git-LFS pointer, not the file it points to",
        Container::Html => "is a web page, not a model",
        Container::Json => "is a JSON document, not a model file",
        Container::Pickle => "is a pickle, which runs code when it is loaded",
        Container::Zip => "is a zip archive, as torch writes pickles",
        Container::SevenZip => "is a 7z archive",
        Container::Gguf | Container::Safetensors | Container::Unknown => {
            "is no model file: its first bytes are unknown"
        }
    }
}
