//! The index of a sharded model, as transformers reads it.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The index has no `metadata`: transformers stops with a KeyError. vLLM does not look at it.
    INDEX_METADATA = ("TRFM116", "index-without-metadata", Error, "add a metadata object with total_size to the index, or fetch the index again");
}

/// The index must have its metadata.
pub static RULE: Rule = Rule { name: "index-metadata", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(index) = case.facts.folder.as_ref().and_then(|folder| folder.index.as_ref()) else { return };
    if !index.has_metadata {
        let message = format!("{} has no metadata", index.file);
        findings.push(Diagnostic::new(&INDEX_METADATA, message).expected("metadata").at(Origin::file(&index.file)));
    }
}
