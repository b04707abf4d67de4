//! Generation must end where the model ends it.

use crate::derive::folder::FolderDerived;
use crate::derive::folder::effective::Ids;
use crate::derive::folder::tokens;
use crate::diagnostic::{Diagnostic, Findings, Origin, Severity, cause};
use crate::facts::folder::FolderFacts;
use crate::rules::bundle::folder;
use crate::rules::{Case, Rule};

cause! {
    /// The files name different end tokens, and the one that the chat template's turns end with is not among those that
    /// generation stops at: answers run on until the limit.
    DISAGREE = ("TOKN106", "end-tokens-disagree", Warning, "list every end token in generation_config.json's eos_token_id");
    /// An end token's id lies outside of the vocabulary, so it is never produced.
    OUTSIDE = ("TOKN107", "end-token-outside", Warning, "correct eos_token_id to the id of the token that ends a turn");
}

/// The end tokens must agree and exist.
pub static ENDS: Rule = Rule { name: "end-tokens", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(folder), Some(derived)) = (folder(case), case.derived.folder.as_deref()) else { return };
    let (stops, file) = stops(folder, derived);
    outside(derived, &stops, file, findings);
    if stops.is_empty() {
        return;
    }
    let tokenizer = tokens::text(folder, "eos_token").and_then(|text| tokens::id(folder, text));
    let config = derived.effective.eos_token_id.list.as_slice();
    let lost = tokenizer.filter(|id| !stops.contains(id));
    let strange = !config.is_empty() && config.iter().all(|id| !stops.contains(id));
    if lost.is_none() && !strange {
        return;
    }
    let said = tokens::ends(folder, &derived.effective);
    let said =
        said.iter().map(|end| format!("{} ({})", end.id, end.named_by.join(", "))).collect::<Vec<_>>().join(", ");
    let message = format!("the files name different end tokens: {said}; generation stops at {stops:?} only");
    let origin = Origin::file(file).key("/eos_token_id");
    findings.push(Diagnostic::new(&DISAGREE, message).expected(lost).found(stops.clone()).at(origin));
}

/// Where `generate` stops: at the generation config's tokens, at the config's where that names none.
fn stops(folder: &FolderFacts, derived: &FolderDerived) -> (Vec<i64>, &'static str) {
    let generation = folder.document("generation_config.json").and_then(|document| document.get("eos_token_id"));
    match generation.map(Ids::of).filter(|ids| !ids.list.is_empty()) {
        Some(ids) => (ids.list, "generation_config.json"),
        None => (derived.effective.eos_token_id.list.clone(), "config.json"),
    }
}

fn outside(derived: &FolderDerived, stops: &[i64], file: &str, findings: &mut Findings) {
    let Some(rows) = derived.effective.vocab_size.filter(|&rows| rows > 0) else { return };
    let beyond: Vec<i64> = stops.iter().copied().filter(|id| !(0..rows).contains(id)).collect();
    if let Some(first) = beyond.first() {
        let message = format!("the end token {first} lies outside of the vocabulary of {rows}");
        let origin = Origin::file(file).key("/eos_token_id");
        let finding = Diagnostic::new(&OUTSIDE, message).expected(format!("0 to {}", rows.saturating_sub(1)));
        let finding = finding.found(*first).at(origin);
        let never = beyond.len() == stops.len();
        findings.push(if never { finding.severity(Severity::Error) } else { finding });
    }
}
