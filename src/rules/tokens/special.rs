//! The special tokens that the documents name.

use crate::derive::folder::tokens;
use crate::diagnostic::{Diagnostic, Findings, Origin, Severity, cause};
use crate::facts::folder::{FolderFacts, NAMED, token_text};
use crate::format::json::Json;
use crate::rules::bundle::folder;
use crate::rules::{Case, Rule};

cause! {
    /// A special token is not in the vocabulary: it is added in silence with the next free id. Where that lies behind
    /// the embeddings, the model never produces it and cannot take it.
    UNKNOWN = ("TOKN103", "special-token-unknown", Warning, "name a token that the vocabulary has, or fetch the tokenizer that belongs to this config");
    /// A special token is written in a form that the tokenizer refuses with a TypeError: a list, or an object without
    /// its `__type`.
    FORM = ("TOKN104", "special-token-form", Error, "write the token as a string");
    /// `special_tokens_map.json` and `tokenizer_config.json` name different tokens. The second one counts, in silence.
    DISAGREE = ("TOKN105", "special-tokens-disagree", Warning, "make both files name the same tokens");
}

/// Special tokens must be tokens, and the same everywhere.
pub static SPECIAL: Rule = Rule { name: "special-tokens", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(folder) = folder(case) else { return };
    for name in NAMED {
        form(folder, name, findings);
        disagree(folder, name, findings);
        unknown(case, folder, name, findings);
    }
}

fn form(folder: &FolderFacts, name: &str, findings: &mut Findings) {
    let Some(value) = folder.document("tokenizer_config.json").and_then(|document| document.get(name)) else { return };
    let sound = match value {
        Json::String(_) | Json::Null => true,
        Json::Object(_) => value.get("__type").and_then(Json::as_str) == Some("AddedToken"),
        _ => false,
    };
    if !sound {
        let message = format!("{name} is a {} that the tokenizer does not take, expected a string", value.kind());
        let origin = Origin::file("tokenizer_config.json").key(format!("/{name}"));
        findings.push(Diagnostic::new(&FORM, message).expected("string").found(value.kind()).at(origin));
    }
}

fn disagree(folder: &FolderFacts, name: &str, findings: &mut Findings) {
    let of = |file: &str| folder.document(file).and_then(|document| token_text(document.get(name)?));
    if let (Some(counts), Some(other)) = (of("tokenizer_config.json"), of("special_tokens_map.json"))
        && counts != other
    {
        let message = format!("{name} is '{counts}' in tokenizer_config.json, '{other}' in special_tokens_map.json");
        let origin = Origin::file("special_tokens_map.json").key(format!("/{name}"));
        findings.push(Diagnostic::new(&DISAGREE, message).expected(counts).found(other).at(origin));
    }
}

fn unknown(case: &Case<'_>, folder: &FolderFacts, name: &str, findings: &mut Findings) {
    let (Some(tokenizer), Some(text)) = (&folder.tokenizer, tokens::text(folder, name)) else { return };
    if text.is_empty() || tokens::id(folder, text).is_some() {
        return;
    }
    let id = tokenizer.used_size;
    let rows = case.derived.folder.as_ref().and_then(|derived| derived.effective.vocab_size);
    let outside = rows.and_then(|rows| u64::try_from(rows).ok()).is_some_and(|rows| id >= rows);
    let file = tokens::deciding_file(folder).unwrap_or_default();
    let place = if outside { "behind the embeddings" } else { "inside the embeddings' spare rows" };
    let message = format!("{name} '{text}' is not in the vocabulary; it would be added as id {id}, {place}");
    let origin = Origin::file(file).key(format!("/{name}"));
    let finding = Diagnostic::new(&UNKNOWN, message).found(text).at(origin);
    // A conversation that never ends, or that begins with a crash, is worse than a padding token that nobody uses.
    let fatal = outside && matches!(name, "bos_token" | "eos_token");
    findings.push(if fatal { finding.severity(Severity::Error) } else { finding });
}
