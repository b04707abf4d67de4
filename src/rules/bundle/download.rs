//! Downloads that did not end.

use super::{folder, some};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};
use crate::source::Resolved;

cause! {
    /// A link of the folder points to a file that is not there. In a hub cache that is a download that did not end.
    DANGLING = ("BNDL104", "broken-link", Error, "fetch the model again: the file that the link points to is not there");
    /// A link of the folder leads out of the model's own folder or repository. Engines follow it without a look; what
    /// it shows can change, or be anything.
    OUTSIDE = ("BNDL105", "leads-outside", Error, "copy the file into the model's folder, if you trust it");
    /// An entry of the folder is a pipe, a device, a loop of links or a file that cannot be read: opening it can hang
    /// the worker.
    ODD_ENTRY = ("BNDL106", "odd-entry", Error, "remove the entry, or put a regular file in its place");
    /// The folder holds what an interrupted download left behind.
    PARTIAL = ("BNDL107", "partial-download", Warning, "finish the download, or remove what is left of it");
    /// The folder holds more files than the gate looks at.
    CUT = ("BNDL108", "too-many-files", Error, "name the model's own folder; if it is genuine, raise the limit `files`");
}

/// The folder must be whole and hold regular files.
pub static DOWNLOAD: Rule = Rule { name: "download", causes: CAUSES, check };

/// Nothing of a pipeline's folder or of a split set lies elsewhere, and all of it was looked at. Of other folders
/// [`DOWNLOAD`] says so.
pub static BOUNDARY: Rule = Rule { name: "boundary", causes: CAUSES, check: boundary };

fn boundary(case: &Case<'_>, findings: &mut Findings) {
    if folder(case).is_some() {
        return;
    }
    for (name, odd) in case.facts.odd.iter().filter(|(_, odd)| matches!(odd, Resolved::Outside(_))) {
        findings.push(entry(name, odd).at(Origin::file(name)));
    }
    cut(case, findings);
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    if folder(case).is_none() {
        return;
    }
    for (name, odd) in &case.facts.odd {
        findings.push(entry(name, odd).at(Origin::file(name)));
    }
    partial(case, findings);
    cut(case, findings);
}

fn partial(case: &Case<'_>, findings: &mut Findings) {
    let partial = case.facts.partial.iter().map(String::as_str);
    if !case.facts.partial.is_empty() {
        let total = case.facts.partial.len();
        let message = format!("a download left {} behind", some(partial, total as u64));
        let origin = Origin::file(case.facts.partial.first().map_or("", String::as_str));
        findings.push(Diagnostic::new(&PARTIAL, message).found(total).at(origin));
    }
}

fn cut(case: &Case<'_>, findings: &mut Findings) {
    if case.facts.is_cut {
        let message = format!("the folder holds more than was looked at: {} files", case.facts.files.len());
        findings.push(Diagnostic::new(&CUT, message).expected(case.facts.files.len()));
    }
}

fn entry(name: &str, odd: &Resolved) -> Diagnostic {
    match odd {
        Resolved::Dangling(target) => {
            let message = format!("{name} is a link to {target}, which is not there");
            Diagnostic::new(&DANGLING, message).found(target.as_str())
        }
        Resolved::Outside(target) => {
            let message = format!("{name} leads to {target}, outside of the model's folder");
            Diagnostic::new(&OUTSIDE, message).found(target.as_str())
        }
        other => {
            let message = format!("{name} {}", words(other));
            Diagnostic::new(&ODD_ENTRY, message).expected("regular file")
        }
    }
}

/// What stands at a name, in words.
pub(crate) fn words(resolved: &Resolved) -> String {
    match resolved {
        Resolved::Dangling(target) => format!("is a link to {target}, which is not there"),
        Resolved::File(_) => "is a file".to_owned(),
        Resolved::Folder => "is a folder".to_owned(),
        Resolved::Loop => "is a link that leads back to itself".to_owned(),
        Resolved::Missing => "is not there".to_owned(),
        Resolved::NotUtf8 => "has a name that is not UTF-8".to_owned(),
        Resolved::Outside(target) => format!("leads to {target}, outside of the model's folder"),
        Resolved::Special => "is a pipe, a socket or a device".to_owned(),
        Resolved::Unreadable(why) => format!("cannot be read: {why}"),
    }
}
