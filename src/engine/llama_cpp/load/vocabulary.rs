//! The vocabulary, in the engine's order of checks.

use super::Stop;
use super::keys::typed;
use super::state::State;
use crate::diagnostic::Cause;
use crate::engine::llama_cpp::code::{
    DUPLICATE_TOKEN, ENGINE_TOO_OLD, KEY_MISSING, NO_MERGES, UNKNOWN_PRE_TOKENIZER, UNKNOWN_TOKENIZER,
    VOCABULARY_SHORT, VOCABULARY_TOKENS, VOCABULARY_TYPE, WOULD_ABORT, WOULD_CRASH, WOULD_HANG,
};
use crate::engine::llama_cpp::tables;
use crate::facts::gguf::{ArrayFacts, CharsmapWalk, KeyFacts};
use crate::format::gguf::ValueType;

/// What the engine knows of a vocabulary.
#[derive(Debug, Default)]
pub(in crate::engine::llama_cpp) struct Vocabulary {
    /// How many tokens there are.
    pub(in crate::engine::llama_cpp) size: i64,
    /// How many token types the embeddings tell apart.
    pub(in crate::engine::llama_cpp) token_types: i64,
    /// The tokenizer; `None` before it is known.
    pub(in crate::engine::llama_cpp) model: Option<Model>,
}

/// The engine's tokenizers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) enum Model {
    /// Byte pairs.
    Bpe,
    /// No vocabulary.
    None,
    /// PLaMo-2's.
    Plamo2,
    /// RWKV's.
    Rwkv,
    /// SentencePiece's byte pairs.
    Spm,
    /// For the engine's own tests.
    Test,
    /// SentencePiece's unigrams.
    Ugm,
    /// Word pieces.
    Wpm,
}

impl Model {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bert" => Self::Wpm,
            "gpt2" | "hybriddna" | "whitespace" | "gemma4" => Self::Bpe,
            "llama" => Self::Spm,
            "no_vocab" | "none" => Self::None,
            "plamo2" => Self::Plamo2,
            "rwkv" => Self::Rwkv,
            "t5" => Self::Ugm,
            "test" => Self::Test,
            _ => return None,
        })
    }
}

/// Keys of special tokens, in the order in which they are read.
pub(in crate::engine::llama_cpp) static SPECIAL: [&str; 19] = [
    "tokenizer.ggml.bos_token_id",
    "tokenizer.ggml.eos_token_id",
    "tokenizer.ggml.eot_token_id",
    "tokenizer.ggml.eom_token_id",
    "tokenizer.ggml.unknown_token_id",
    "tokenizer.ggml.seperator_token_id",
    "tokenizer.ggml.padding_token_id",
    "tokenizer.ggml.mask_token_id",
    "tokenizer.ggml.fim_pre_token_id",
    "tokenizer.ggml.fim_suf_token_id",
    "tokenizer.ggml.fim_mid_token_id",
    "tokenizer.ggml.fim_pad_token_id",
    "tokenizer.ggml.fim_rep_token_id",
    "tokenizer.ggml.fim_sep_token_id",
    "tokenizer.ggml.prefix_token_id",
    "tokenizer.ggml.suffix_token_id",
    "tokenizer.ggml.middle_token_id",
    "tokenizer.ggml.cls_token_id",
    "tokenizer.ggml.sep_token_id",
];

/// The last of [`SPECIAL`] that the engine reads.
const READ: usize = 17;

static SWITCHES: [&str; 5] = [
    "tokenizer.ggml.add_bos_token",
    "tokenizer.ggml.add_eos_token",
    "tokenizer.ggml.add_sep_token",
    "tokenizer.ggml.normalizer.lowercase",
    "tokenizer.ggml.normalizer.strip_accents",
];

impl State<'_> {
    /// Loads the vocabulary.
    pub(super) fn load_vocabulary(&mut self) -> Result<(), Stop> {
        let model_key = "tokenizer.ggml.model";
        let name = typed(self.gguf, model_key, ValueType::String)?.and_then(KeyFacts::text);
        let Some(name) = name else { return Err(self.vocabulary_failure(&KEY_MISSING, model_key, "is missing")) };
        typed(self.gguf, "tokenizer.ggml.pre", ValueType::String)?;
        self.vocabulary.token_types = self.unsigned("tokenizer.ggml.token_type_count")?.unwrap_or_default();
        let Some(model) = Model::named(name) else {
            let message = format!("tokenizer '{name}' is unknown to {}", self.release.label);
            return Err(self.failure(&UNKNOWN_TOKENIZER, model_key, message).found(name).into());
        };
        self.vocabulary.model = Some(model);
        if model == Model::None {
            self.vocabulary.size = self.unsigned(&self.own_key("vocab_size"))?.unwrap_or_default();
            return Ok(());
        }
        self.prepare(model, name)?;
        typed(self.gguf, "tokenizer.ggml.add_space_prefix", ValueType::Bool)?;
        typed(self.gguf, "tokenizer.ggml.remove_extra_whitespaces", ValueType::Bool)?;
        self.tokens()?;
        self.contents(model)?;
        self.fewest(model)
    }

    fn unsigned(&self, name: &str) -> Result<Option<i64>, Stop> {
        Ok(typed(self.gguf, name, ValueType::U32)?.and_then(KeyFacts::integer))
    }

    fn vocabulary_failure(&self, cause: &'static Cause, key: &str, what: &str) -> Stop {
        self.failure(cause, key, format!("{key} {what}")).into()
    }

    /// What a tokenizer needs beside its tokens.
    fn prepare(&self, model: Model, name: &str) -> Result<(), Stop> {
        match model {
            Model::Bpe => self.byte_pairs(name),
            Model::Ugm => self.charsmap(),
            _ => Ok(()),
        }
    }

    fn byte_pairs(&self, model: &str) -> Result<(), Stop> {
        let pre = self.gguf.text("tokenizer.ggml.pre").unwrap_or_default();
        let key = "tokenizer.ggml.merges";
        match self.gguf.key(key) {
            None if pre == "kimi-k2" => {}
            None => {
                let message = format!("{key} is missing: tokenizer '{model}' merges byte pairs");
                return Err(self.failure(&NO_MERGES, key, message).into());
            }
            Some(merges) if merges.array().is_none_or(|array| array.element != ValueType::String) => {
                return Err(self.wrong_vocabulary_type(key));
            }
            Some(_) => {}
        }
        // Gemma 4 brings its own, whatever the file names.
        if pre.is_empty() || model == "gemma4" { Ok(()) } else { self.pre_tokenizer(pre) }
    }

    fn pre_tokenizer(&self, pre: &str) -> Result<(), Stop> {
        let key = "tokenizer.ggml.pre";
        let label = self.release.label;
        match tables::pre_tokenizer(pre) {
            None => {
                let message = format!("pre-tokenizer '{pre}' is unknown to {label}");
                Err(self.failure(&UNKNOWN_PRE_TOKENIZER, key, message).found(pre).into())
            }
            Some(known) => match known.after.filter(|after| self.release.is_not_after(after)) {
                Some(after) => {
                    let message = format!("{label} does not know pre-tokenizer '{pre}': it came after {after}");
                    Err(self.failure(&ENGINE_TOO_OLD, key, message).found(pre).into())
                }
                None => Ok(()),
            },
        }
    }

    fn charsmap(&self) -> Result<(), Stop> {
        let key = "tokenizer.ggml.precompiled_charsmap";
        let Some(found) = self.gguf.key(key) else { return Ok(()) };
        let bytes = found.array().filter(|array| matches!(array.element, ValueType::U8 | ValueType::I8));
        let Some(bytes) = bytes else { return Err(self.wrong_vocabulary_type(key)) };
        let second = self.gguf.vocabulary.charsmap_offset.map(u64::from);
        match second.and_then(|offset| offset.checked_add(4)) {
            Some(start) if start < bytes.count => Ok(()),
            _ => Err(self.vocabulary_failure(&VOCABULARY_SHORT, key, "points beyond its own end")),
        }
    }

    fn wrong_vocabulary_type(&self, key: &str) -> Stop {
        self.vocabulary_failure(&VOCABULARY_TYPE, key, "has a type that the engine does not read")
    }

    /// The list of tokens and the lists beside it.
    fn tokens(&mut self) -> Result<(), Stop> {
        let key = "tokenizer.ggml.tokens";
        let Some(found) = self.gguf.key(key) else {
            return Err(self.vocabulary_failure(&KEY_MISSING, key, "is missing"));
        };
        let tokens = found.array().filter(|array| array.element == ValueType::String);
        let Some(tokens) = tokens else {
            return Err(self.wrong_vocabulary_type(key));
        };
        self.beside("tokenizer.ggml.scores", &[ValueType::F32, ValueType::I32], tokens.count)?;
        self.beside("tokenizer.ggml.token_type", &[ValueType::I32], tokens.count)?;
        self.vocabulary.size = i64::try_from(tokens.count).unwrap_or(i64::MAX);
        Ok(())
    }

    /// A list that has an element for each token, if it is there.
    fn beside(&self, key: &str, elements: &[ValueType], tokens: u64) -> Result<(), Stop> {
        let Some(found) = self.gguf.key(key) else { return Ok(()) };
        let array = found.array().filter(|array: &&ArrayFacts| elements.contains(&array.element));
        let Some(array) = array else { return Err(self.wrong_vocabulary_type(key)) };
        if array.count >= tokens {
            return Ok(());
        }
        let message = format!("{key} has {} elements for {tokens} tokens", array.count);
        Err(self.failure(&VOCABULARY_SHORT, key, message).expected(tokens).found(array.count).into())
    }

    /// What stands in the tokens.
    fn contents(&self, model: Model) -> Result<(), Stop> {
        let facts = &self.gguf.vocabulary;
        let tokens = "tokenizer.ggml.tokens";
        let label = self.release.label;
        if let Some(twice) = &facts.duplicate {
            let message = format!(
                "tokens {} and {} are both {:?}: {label} aborts over it",
                twice.first, twice.second, twice.text
            );
            return Err(self.failure(&DUPLICATE_TOKEN, tokens, message).found(twice.text.clone()).into());
        }
        if let Some(byte) = facts.bytes.first_missing().filter(|_| model == Model::Plamo2) {
            let message = format!("no byte token <0x{byte:02X}> other than token 0: tokenizer 'plamo2' needs all 256");
            return Err(self.failure(&VOCABULARY_TOKENS, tokens, message).into());
        }
        if model == Model::Rwkv && facts.begins_with_newline && !facts.has_newline {
            let message = format!("tokens begin with a newline and none is exactly one: {label} never returns");
            return Err(self.failure(&WOULD_HANG, tokens, message).into());
        }
        self.newline(model)?;
        self.special_ids()?;
        self.byte_tokens(model)?;
        self.phi3()
    }

    /// The engine cuts a newline into tokens to learn which token it is.
    fn newline(&self, model: Model) -> Result<(), Stop> {
        let facts = &self.gguf.vocabulary;
        let key = "tokenizer.ggml.precompiled_charsmap";
        if model == Model::Test && self.vocabulary.size == 0 {
            let message = format!("tokenizer 'test' has no tokens: {} divides by their number", self.release.label);
            return Err(self.failure(&WOULD_CRASH, "tokenizer.ggml.tokens", message).into());
        }
        if model != Model::Ugm || facts.user_newline || facts.charsmap_newline == CharsmapWalk::Ends {
            return Ok(());
        }
        Err(self.vocabulary_failure(&VOCABULARY_SHORT, key, "leads beyond its own end when a newline is looked up"))
    }

    /// Tokens that the engine takes for granted, whatever the keys name.
    fn fewest(&self, model: Model) -> Result<(), Stop> {
        let (size, fewest) = match model {
            Model::Ugm => (self.vocabulary.size, 3),
            Model::Wpm => (self.vocabulary.size, 1),
            _ => return Ok(()),
        };
        if size >= fewest {
            return Ok(());
        }
        let key = "tokenizer.ggml.tokens";
        let message = format!("{key} has {size} tokens, this tokenizer needs {fewest} at least");
        Err(self.failure(&VOCABULARY_TOKENS, key, message).expected(fewest).found(size).into())
    }

    fn special_ids(&self) -> Result<(), Stop> {
        // All are looked up only where some key may be of another type.
        let is_odd = |key: &KeyFacts| key.kind != ValueType::U32 && key.name.ends_with("_token_id");
        if self.gguf.keys.iter().any(is_odd) {
            for name in SPECIAL.iter().take(READ) {
                typed(self.gguf, name, ValueType::U32)?;
            }
        }
        for name in SWITCHES {
            typed(self.gguf, name, ValueType::Bool)?;
        }
        let key = "tokenizer.ggml.suppress_tokens";
        let list = self.gguf.key(key);
        match list.map(|found| found.array().is_some_and(|array| array.element == ValueType::I32)) {
            Some(false) => Err(self.wrong_vocabulary_type(key)),
            _ => Ok(()),
        }
    }

    fn byte_tokens(&self, model: Model) -> Result<(), Stop> {
        let facts = &self.gguf.vocabulary;
        let key = "tokenizer.ggml.tokens";
        match model {
            Model::Wpm => facts.byte_token.map_or(Ok(()), |id| {
                let message =
                    format!("token {id} is a byte token: {} aborts over it in a 'bert' vocabulary", self.release.label);
                Err(self.failure(&WOULD_ABORT, key, message).into())
            }),
            Model::Bpe | Model::Spm | Model::Ugm => facts.short_byte_token.map_or(Ok(()), |id| {
                let message = format!("byte token {id} is shorter than 3 bytes, expected <0xHH>");
                Err(self.failure(&VOCABULARY_TOKENS, key, message).into())
            }),
            _ => Ok(()),
        }
    }

    /// A model that is named Phi-3 must have Phi-3's tokens.
    fn phi3(&self) -> Result<(), Stop> {
        let missing = &self.gguf.vocabulary.missing_phi3;
        let text = |key| self.gguf.text(key).unwrap_or_default();
        if missing.is_empty() || !is_phi3(text("general.name")) {
            return Ok(());
        }
        let (pre, architecture) = (text("tokenizer.ggml.pre"), text("general.architecture"));
        let jina = ["jina-v2-de", "jina-v2-es", "jina-v2-code"].iter().any(|known| pre.contains(known))
            || ["nomic-bert-moe", "jina-bert-v3"].iter().any(|known| architecture.contains(known));
        if jina {
            return Ok(());
        }
        let message = format!("general.name says Phi-3, and the vocabulary has no {}", missing.join(", "));
        Err(self.failure(&VOCABULARY_TOKENS, "general.name", message).into())
    }
}

/// Whether a model's name says Phi-3; case does not count.
fn is_phi3(name: &str) -> bool {
    let says = |known: &[u8]| name.as_bytes().windows(known.len()).any(|part| part.eq_ignore_ascii_case(known));
    says(b"phi-3") || says(b"phi3")
}
