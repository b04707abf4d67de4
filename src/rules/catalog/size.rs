//! The size of the files.

use super::claim::{Claim, Difference};
use crate::diagnostic::{Findings, Origin, cause};
use crate::facts::Facts;
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog's size is not the bytes on disk: the size of the whole repository, of another file, or of a download
    /// that is not complete. For a folder, the bytes of its weights alone are right as well.
    SIZE = ("CAT110", "size-claim", Warning, "correct the catalog's size to the bytes of this model's own files, or fetch the file again if it should be larger");
}

/// The claimed size must be the files'.
pub static CLAIM: Rule = Rule { name: "size-claim", causes: CAUSES, check };

/// Endings of files that hold weights.
const WEIGHTS: [&str; 6] = [".bin", ".ckpt", ".gguf", ".pt", ".pth", ".safetensors"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(claimed) = case.entry.and_then(|entry| entry.size) else { return };
    let fact = case.facts.size_bytes();
    if case.facts.files.is_empty() || claimed == fact || claimed == weights(case.facts) {
        return;
    }
    let value = Value::from(claimed);
    let claim = Claim { pointer: "/size".to_owned(), value: &value };
    findings.push(
        Difference { cause: &SIZE, what: "a size in bytes of", claim, fact: fact.into(), origin: origin(case.facts) }
            .finding(),
    );
}

fn weights(facts: &Facts) -> u64 {
    let files = facts.files.iter().filter(|file| WEIGHTS.iter().any(|ending| file.name.ends_with(ending)));
    files.fold(0, |sum, file| sum.saturating_add(file.size_bytes))
}

/// The file, where there is only one.
fn origin(facts: &Facts) -> Origin {
    match facts.files.as_slice() {
        [file] => Origin::file(&file.name),
        _ => Origin::default(),
    }
}
