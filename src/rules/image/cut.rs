//! A GGUF file whose header is whole and whose data is not.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The file ends before its last tensor does. Engines that map the file load it and read zeros or die at the first
    /// picture.
    CUT = ("IMG109", "truncated-data", Error, "the file is incomplete: fetch it again and compare its size with the source's");
}

/// Every tensor's bytes must lie inside the file.
pub static RULE: Rule = Rule { name: "whole-data", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(gguf) = &case.facts.gguf else { return };
    let end = |offset: u64, size: u64| offset.saturating_add(size);
    let outside = gguf.tensors.iter().filter(|tensor| end(tensor.offset, tensor.size_bytes) > gguf.file_bytes);
    let count = outside.clone().count();
    if let Some(tensor) = outside.clone().next() {
        let wanted = outside.map(|tensor| end(tensor.offset, tensor.size_bytes)).max().unwrap_or_default();
        let message = format!(
            "{} has {} bytes, its tensors need {wanted}: {count} tensors are cut, '{}' first",
            gguf.file, gguf.file_bytes, tensor.name
        );
        let origin = Origin::file(&gguf.file).key(tensor.name).offset(tensor.offset);
        findings.push(Diagnostic::new(&CUT, message).expected(wanted).found(gguf.file_bytes).at(origin));
    }
}
