//! The special tokens.

use super::claim::{Difference, claim, origin, text};
use crate::config::TokenizerConfig;
use crate::diagnostic::{Cause, Findings, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The catalog's end-of-sequence token is not the file's. A worker that stops at it never stops.
    EOS_TOKEN = ("CAT105", "eos-token-claim", Error, "correct the catalog's eos_token");
    /// The catalog's beginning-of-sequence token is not the file's. Every prompt that a worker begins with it is
    /// misread by the model.
    BOS_TOKEN = ("CAT106", "bos-token-claim", Error, "correct the catalog's bos_token");
    /// The catalog's padding token is not the file's. Batches are padded with a token that means something.
    PAD_TOKEN = ("CAT107", "pad-token-claim", Warning, "correct the catalog's pad_token");
    /// The catalog's token for unknown text is not the file's.
    UNK_TOKEN = ("CAT108", "unk-token-claim", Note, "correct the catalog's unk_token");
}

/// The claimed tokens must be the files'.
pub static CLAIM: Rule = Rule { name: "token-claims", causes: CAUSES, check };

/// One special token: how a claim of it is judged and where it stands.
struct Token {
    cause: &'static Cause,
    what: &'static str,
    field: &'static str,
    fact: fn(&TokenizerConfig) -> Option<&str>,
}

static TOKENS: [Token; 4] = [
    Token {
        cause: &BOS_TOKEN,
        what: "the BOS token",
        field: "tokenizer.bos_token",
        fact: |tokenizer| tokenizer.bos_token.as_deref(),
    },
    Token {
        cause: &EOS_TOKEN,
        what: "the EOS token",
        field: "tokenizer.eos_token",
        fact: |tokenizer| tokenizer.eos_token.as_deref(),
    },
    Token {
        cause: &PAD_TOKEN,
        what: "the padding token",
        field: "tokenizer.pad_token",
        fact: |tokenizer| tokenizer.pad_token.as_deref(),
    },
    Token {
        cause: &UNK_TOKEN,
        what: "the token for unknown text",
        field: "tokenizer.unk_token",
        fact: |tokenizer| tokenizer.unk_token.as_deref(),
    },
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.derived.config.as_ref().and_then(|config| config.as_llm()) else { return };
    for token in &TOKENS {
        let (Some(claim), Some(fact)) = (claim(case, token.field), (token.fact)(&config.tokenizer)) else { continue };
        if text(claim.value).is_some_and(|claimed| claimed != fact) {
            let origin = origin(case, token.field);
            let difference = Difference { cause: token.cause, what: token.what, claim, fact: fact.into(), origin };
            findings.push(difference.finding());
        }
    }
}
