//! A tokenizer must be there, and fit the embeddings.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::bundle::folder;
use crate::rules::{Case, Rule};

cause! {
    /// The folder holds no file that a tokenizer can be made of.
    MISSING = ("TOKN101", "tokenizer-missing", Error, "fetch tokenizer.json (or tokenizer.model) from the model's source");
    /// The tokenizer has more tokens than the embeddings have rows: the first prompt with one of the last tokens reads
    /// outside of the table, which is an IndexError on a CPU and a dead CUDA context on a GPU.
    TOO_LARGE = ("TOKN102", "tokenizer-larger-than-embeddings", Error, "fetch the tokenizer that belongs to these weights, or resize the embeddings");
}

/// A tokenizer must be there and fit.
pub static TOKENIZER: Rule = Rule { name: "tokenizer", causes: CAUSES, check };

/// Files that some tokenizer class reads its vocabulary from.
static FILES: [&str; 17] = [
    "bpe.codes",
    "dict.txt",
    "merges.txt",
    "qwen.tiktoken",
    "sentencepiece.bpe.model",
    "source.spm",
    "spiece.model",
    "spm.model",
    "tekken.json",
    "tiktoken.model",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer.model.v3",
    "tokenizer.tiktoken",
    "vocab.json",
    "vocab.txt",
    "vocabulary.txt",
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(folder), Some(derived)) = (folder(case), case.derived.folder.as_deref()) else { return };
    let has = |name: &str| case.facts.files.iter().any(|file| file.name == name);
    let faulty = case.facts.faults.iter().any(|fault| fault.origin.file.as_deref() == Some("tokenizer.json"));
    if !faulty && !FILES.iter().any(|name| has(name)) && case.derived.model_type().is_some() {
        let message = format!("{} holds no tokenizer", case.facts.path);
        let origin = Origin::file("tokenizer.json");
        findings.push(Diagnostic::new(&MISSING, message).expected("tokenizer.json").at(origin));
        return;
    }
    let (Some(tokenizer), Some(rows)) = (&folder.tokenizer, derived.effective.vocab_size) else { return };
    let rows = u64::try_from(rows).unwrap_or_default();
    if tokenizer.used_size > rows && rows > 0 {
        let message = format!("the tokenizer has {} tokens, the embeddings have {rows} rows", tokenizer.used_size);
        let origin = Origin::file(&tokenizer.file);
        findings.push(Diagnostic::new(&TOO_LARGE, message).expected(rows).found(tokenizer.used_size).at(origin));
    }
}
