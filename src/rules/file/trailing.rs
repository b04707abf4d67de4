//! Bytes behind the last tensor of a safetensors file.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The file goes on behind its last tensor. The reference reader refuses it, because such bytes have hidden other
    /// files; readers that go by the header's offsets never see them.
    TRAILING = ("SAFE101", "trailing-bytes", Error, "the file was appended to or its header is damaged: fetch it again");
}

/// Nothing may stand behind the last tensor.
pub static RULE: Rule = Rule { name: "trailing-bytes", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    for file in case.facts.safetensors.iter().filter(|file| file.trailing_bytes > 0) {
        let size = case.facts.files.iter().find(|known| known.name == file.file).map_or(0, |known| known.size_bytes);
        let end = size.saturating_sub(file.trailing_bytes);
        let message = format!("{}: {} bytes stand behind the last tensor", file.file, file.trailing_bytes);
        let origin = Origin::file(&file.file).offset(end);
        findings.push(Diagnostic::new(&TRAILING, message).expected(end).found(size).at(origin));
    }
}
