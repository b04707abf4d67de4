//! Documents that the library does without, and what was tolerated in the others.

use super::folder;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::format::json::NoteKind;
use crate::rules::{Case, Rule};

cause! {
    /// A document of the folder is no JSON. The engine goes on without it, so what it says is lost in silence:
    /// sampling defaults and end tokens, or special tokens.
    UNREADABLE = ("BNDL123", "document-unreadable", Warning, "mend the document at the line and column given, or fetch it again");
    /// A key stands twice in one object. The last one counts, in silence; other readers take the first or refuse.
    KEY_TWICE = ("BNDL124", "json-key-twice", Warning, "remove the key that is not meant");
    /// A bare `Infinity` or `NaN` stands in the document. Python takes it; readers in other languages refuse it.
    NOT_FINITE = ("BNDL125", "json-not-finite", Note, "save the config with transformers 5, which writes what every reader takes");
}

/// Documents must be readable, and by everyone.
pub static DOCUMENTS: Rule = Rule { name: "documents", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(folder) = folder(case) else { return };
    for document in &folder.unreadable {
        let mut origin = Origin::file(&document.file);
        origin.offset = document.offset;
        findings.push(Diagnostic::new(&UNREADABLE, document.message.clone()).at(origin));
    }
    for document in &folder.documents {
        let key = |kind: NoteKind| document.notes.iter().find(|note| note.kind == kind);
        if let Some(note) = key(NoteKind::DuplicateKey) {
            let name = note.key.as_deref().unwrap_or_default();
            let message = format!("{} has the key {name} twice in one object; the last one counts", document.file);
            let origin = Origin::file(&document.file).key(name).offset(note.offset);
            findings.push(Diagnostic::new(&KEY_TWICE, message).found(name).at(origin));
        }
        if let Some(note) = key(NoteKind::NonFinite) {
            let message = format!("{} holds a bare Infinity or NaN", document.file);
            let origin = Origin::file(&document.file).offset(note.offset);
            findings.push(Diagnostic::new(&NOT_FINITE, message).at(origin));
        }
    }
}
