//! What loads, and still goes wrong later.

use super::state::State;
use super::vocabulary::{Model, SPECIAL};
use crate::diagnostic::{Diagnostic, Findings};
use crate::engine::llama_cpp::code::{NO_END_TOKEN, NO_PRE_TOKENIZER, ODD_BYTE_TOKEN, SPECIAL_TOKEN};

/// Looks over a model that loads.
pub(super) fn check(state: &State<'_>, findings: &mut Findings) {
    if state.vocabulary.model.is_none_or(|model| model == Model::None) {
        return;
    }
    special_ids(state, findings);
    pre_tokenizer(state, findings);
    end_token(state, findings);
    byte_token(state, findings);
}

/// The engine ignores special tokens that the vocabulary does not have.
fn special_ids(state: &State<'_>, findings: &mut Findings) {
    let size = state.vocabulary.size;
    let beyond = |id: u64| i64::try_from(id).is_ok_and(|id| id >= size);
    let special = state.gguf.vocabulary.special.iter();
    for token in special.filter(|token| beyond(token.id) && SPECIAL.contains(&token.key.as_str())) {
        let message = format!("{} is {}, the vocabulary has {size} tokens: the engine ignores it", token.key, token.id);
        let finding = Diagnostic::new(&SPECIAL_TOKEN, message).expected(format!("below {size}")).found(token.id);
        findings.push(finding.at(state.gguf.origin(&token.key)));
    }
}

fn pre_tokenizer(state: &State<'_>, findings: &mut Findings) {
    let key = "tokenizer.ggml.pre";
    let gemma4 = state.gguf.text("tokenizer.ggml.model") == Some("gemma4");
    let named = state.gguf.text(key).is_some_and(|pre| !pre.is_empty());
    if state.vocabulary.model == Some(Model::Bpe) && !named && !gemma4 {
        let message = format!("{key} is missing: text is cut in the default way, which degrades most models");
        findings.push(Diagnostic::new(&NO_PRE_TOKENIZER, message).at(state.gguf.origin(key)));
    }
}

fn end_token(state: &State<'_>, findings: &mut Findings) {
    let key = "tokenizer.ggml.eos_token_id";
    let generates = !state.program.traits.encoder_only && state.program.traits.rope != Default::default();
    if generates && state.gguf.key(key).is_none() && state.gguf.key("tokenizer.ggml.eot_token_id").is_none() {
        let message = format!("{key} is missing: the engine takes its own default for the end of text");
        findings.push(Diagnostic::new(&NO_END_TOKEN, message).at(state.gguf.origin(key)));
    }
}

fn byte_token(state: &State<'_>, findings: &mut Findings) {
    let key = "tokenizer.ggml.tokens";
    if let Some(id) = state.gguf.vocabulary.odd_byte_token {
        let message = format!("token {id} is a byte token and is not written <0xHH>");
        findings.push(Diagnostic::new(&ODD_BYTE_TOKEN, message).expected("<0xHH>").at(state.gguf.origin(key)));
    }
}
