//! The vocabulary: what must be known of tokens, told while their bytes are at hand.

use super::charsmap::{Charsmap, CharsmapWalk};
use super::duplicate::Hashes;
use super::hasher::Hasher;
use super::types::Types;
use super::written;
use crate::format::Input;
use crate::format::gguf::{Array, Document, Kept, Value, ValueType, until_zero};
use crate::limits::Limits;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Most tokens `[EMPTY_n]` that are looked up.
const PLACEHOLDERS: usize = 4096;
/// The token type of a byte token.
const BYTE_TYPE: i32 = 6;
/// The token type of a token that a user added.
const USER_TYPE: i32 = 4;

/// What is known of the tokens of `tokenizer.ggml.tokens`. Their texts end at their first byte that is zero, as they
/// do for llama.cpp.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VocabularyFacts {
    /// How many tokens there are.
    pub tokens: u64,
    /// The first token whose text an earlier one has. Token `n` without text counts as `[EMPTY_n]`.
    pub duplicate: Option<Duplicate>,
    /// The first token of the type of byte tokens.
    pub byte_token: Option<u64>,
    /// The first byte token whose text is shorter than 3 bytes; one without text counts as `[EMPTY_n]`.
    pub short_byte_token: Option<u64>,
    /// The first byte token whose text is not `<0xHH>`, if it is none of the former.
    pub odd_byte_token: Option<u64>,
    /// Which bytes have a byte token `<0xHH>` other than token 0.
    pub bytes: ByteSet,
    /// Whether a token begins with a newline, its escapes resolved. Only looked for in `rwkv` vocabularies.
    pub begins_with_newline: bool,
    /// Whether a token is exactly one newline, its escapes resolved. Only looked for in `rwkv` vocabularies.
    pub has_newline: bool,
    /// Which of the tokens that Phi-3 has are missing.
    pub missing_phi3: Vec<&'static str>,
    /// Tokens whose texts are known to end a turn, by id, with their texts.
    pub end_of_turn: Vec<(String, u64)>,
    /// The tokens that the keys `tokenizer.ggml.*_token_id` name.
    pub special: Vec<SpecialToken>,
    /// Whether a token that a user added is one newline.
    pub user_newline: bool,
    /// The first four bytes of `tokenizer.ggml.precompiled_charsmap`, little-endian: the offset in it of its second part.
    pub charsmap_offset: Option<u32>,
    /// Where the charsmap's look-up of a newline leads.
    pub charsmap_newline: CharsmapWalk,
    /// What the chat template writes that looks like special tokens (`<|im_end|>`), and whether each is one token.
    pub written: Vec<(String, bool)>,
}

/// Two tokens of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The earlier token.
    pub first: u64,
    /// The later token.
    pub second: u64,
    /// The text; bytes that are not UTF-8 are replaced.
    pub text: String,
}

/// A token that a key names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialToken {
    /// The key.
    pub key: String,
    /// The token that it names.
    pub id: u64,
    /// The token's text, where the vocabulary has such a token; bytes that are not UTF-8 are replaced.
    pub text: Option<String>,
}

/// A set of bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    fn insert(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1_u64.wrapping_shl(u32::from(byte & 63));
        }
    }

    /// The lowest byte that is not in it.
    pub fn first_missing(&self) -> Option<u8> {
        (0..=u8::MAX).find(|byte| {
            let word = self.0.get(usize::from(byte >> 6)).copied().unwrap_or_default();
            word & 1_u64.wrapping_shl(u32::from(byte & 63)) == 0
        })
    }
}

static PHI3: [&str; 4] = ["</s>", "<unk>", "<s>", "<|endoftext|>"];

static END_OF_TURN: [&str; 11] = [
    "<|eot_id|>",
    "<|im_end|>",
    "<|end|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "<end_of_utterance>",
    "<｜end▁of▁sentence｜>",
];

pub(super) fn learn<'a>(document: &Document<'a>, input: Input<'a>, limits: &Limits) -> VocabularyFacts {
    let mut facts = VocabularyFacts { special: special(document), ..Default::default() };
    if let Some(Value::Array(map)) = document.value("tokenizer.ggml.precompiled_charsmap") {
        let map = Charsmap { array: map, input };
        facts.charsmap_offset = map.word(0);
        facts.charsmap_newline = map.walk(b'\n');
    }
    let Some(Value::Array(tokens)) = document.value("tokenizer.ggml.tokens") else { return facts };
    if tokens.element != ValueType::String {
        return facts;
    }
    facts.tokens = tokens.count;
    let tokens = Tokens { array: tokens, input };
    if let Some(Value::String(template)) = document.value("tokenizer.chat_template") {
        let kept = template.get(..Kept::new(limits).template_bytes()).unwrap_or(template);
        facts.written = written::literals(kept).into_iter().map(|text| (text, false)).collect();
    }
    look(&mut facts, tokens, types(document, input));
    if let Some(Value::String(b"rwkv")) = document.value("tokenizer.ggml.model") {
        newlines(&mut facts, tokens);
    }
    facts
}

fn special(document: &Document<'_>) -> Vec<SpecialToken> {
    let named = document.keys.iter().filter_map(|key| {
        let Value::U32(id) = key.value else { return None };
        let name = str::from_utf8(until_zero(key.name)).ok()?;
        let ours = name.starts_with("tokenizer.ggml.") && name.ends_with("_token_id");
        ours.then(|| SpecialToken { key: name.to_owned(), id: id.into(), text: None })
    });
    // The format knows under 30 such keys; a file with thousands of them is not worth the looking.
    named.take(64).collect()
}

fn types<'a>(document: &Document<'a>, input: Input<'a>) -> Types<'a> {
    match document.value("tokenizer.ggml.token_type") {
        Some(Value::Array(array)) if array.element == ValueType::I32 => Types::new(array, input),
        _ => Types::default(),
    }
}

/// The tokens, and the file to read them from where they are not at hand.
#[derive(Clone, Copy)]
struct Tokens<'a> {
    array: Array<'a>,
    input: Input<'a>,
}

impl Tokens<'_> {
    /// Shows every token's text as llama.cpp has it, up to the first byte that is zero, with its id, until `see` wants no more.
    fn each(self, mut see: impl FnMut(u64, &[u8]) -> ControlFlow<()>) {
        self.each_written(|id, bytes, _| see(id, until_zero(bytes)));
    }

    /// Shows every token's bytes as they are written and what is at hand from its first on, with its id, until `see`
    /// wants no more.
    #[inline]
    fn each_written(self, mut see: impl FnMut(u64, &[u8], &[u8]) -> ControlFlow<()>) {
        let mut id = 0_u64;
        self.array.each_string_ahead(&self.input, |bytes, ahead| {
            see(id, bytes, ahead)?;
            // There are fewer than the file has bytes.
            id = id.wrapping_add(1);
            ControlFlow::Continue(())
        });
    }
}

/// One pass over all tokens: duplicates, byte tokens, tokens of known texts.
fn look(facts: &mut VocabularyFacts, tokens: Tokens<'_>, mut types: Types<'_>) {
    let hasher = Hasher::new();
    let mut missing = PHI3.to_vec();
    let mut placeholder = false;
    let mut hashes = Hashes::of(tokens.array.count);
    let mut named = Named::of(&facts.special);
    tokens.each_written(|id, bytes, ahead| {
        let (text, hash) = hasher.text_ahead(bytes, ahead);
        if named.is_next(id) {
            name_special(&mut facts.special, id, text);
        }
        match types.next() {
            Some(BYTE_TYPE) => byte_token(facts, id, text),
            Some(USER_TYPE) => facts.user_newline |= text == b"\n",
            _ => {}
        }
        match text {
            [] => return ControlFlow::Continue(()),
            // One look at the first byte: few texts begin so.
            [b'<' | b'[' | b'_', ..] => {
                placeholder |= text.starts_with(b"[EMPTY_");
                known_text(facts, &mut missing, id, text);
            }
            _ => {}
        }
        hashes.push(hash);
        ControlFlow::Continue(())
    });
    facts.duplicate = twice(tokens, hasher, &hashes.repeated());
    if placeholder && facts.duplicate.is_none() {
        facts.duplicate = placeholder_twice(tokens);
    }
    facts.missing_phi3 = missing;
}

fn known_text(facts: &mut VocabularyFacts, missing: &mut Vec<&'static str>, id: u64, text: &[u8]) {
    missing.retain(|wanted| wanted.as_bytes() != text);
    let ends = END_OF_TURN.iter().find(|known| known.as_bytes() == text);
    facts.end_of_turn.extend(ends.map(|known| ((*known).to_owned(), id)));
    if text.ends_with(b"|>") {
        let found = facts.written.iter_mut().find(|(wanted, _)| wanted.as_bytes() == text);
        found.into_iter().for_each(|(_, known)| *known = true);
    }
}

/// The first token whose text an earlier one has; only tokens of these hashes can be one.
fn twice(tokens: Tokens<'_>, hasher: Hasher, hashes: &[u64]) -> Option<Duplicate> {
    if hashes.is_empty() {
        return None;
    }
    let (mut seen, mut found) = (HashMap::new(), None);
    tokens.each(|second, text| {
        if text.is_empty() || hashes.binary_search(&(hasher.hash(text) | 1)).is_err() {
            return ControlFlow::Continue(());
        }
        let Some(first) = seen.insert(text.to_vec(), second) else { return ControlFlow::Continue(()) };
        found = Some(Duplicate { first, second, text: String::from_utf8_lossy(text).into_owned() });
        ControlFlow::Break(())
    });
    found
}

fn byte_token(facts: &mut VocabularyFacts, id: u64, text: &[u8]) {
    facts.byte_token = facts.byte_token.or(Some(id));
    if matches!(text.len(), 1 | 2) {
        facts.short_byte_token = facts.short_byte_token.or(Some(id));
    }
    let digits = text.strip_prefix(b"<0x").and_then(|rest| rest.strip_suffix(b">")).filter(|digits| digits.len() == 2);
    let byte = digits.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
    match byte {
        Some(byte) if id != 0 => facts.bytes.insert(byte),
        None if text.len() > 2 => facts.odd_byte_token = facts.odd_byte_token.or(Some(id)),
        _ => {}
    }
}

/// A token `[EMPTY_n]` beside a token `n` without text.
fn placeholder_twice(tokens: Tokens<'_>) -> Option<Duplicate> {
    let mut named = Vec::new();
    tokens.each(|id, text| {
        named.extend(placeholder_number(text).map(|number| (number, id)));
        // Real vocabularies have none or a few.
        if named.len() < PLACEHOLDERS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    named.sort_unstable();
    let (mut later, mut empty) = (named.iter().peekable(), Vec::new());
    tokens.each(|id, text| {
        while let Some((_, other)) = later.next_if(|(number, _)| *number == id) {
            empty.extend(text.is_empty().then_some((*other, id)));
        }
        if later.peek().is_some() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let (other, id) = empty.into_iter().min()?;
    Some(Duplicate { first: other.min(id), second: other.max(id), text: format!("[EMPTY_{id}]") })
}

fn placeholder_number(text: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(text).ok()?.strip_prefix("[EMPTY_")?.strip_suffix(']')?;
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

fn name_special(special: &mut [SpecialToken], id: u64, text: &[u8]) {
    for token in special.iter_mut().filter(|token| token.id == id) {
        token.text = Some(String::from_utf8_lossy(text).into_owned());
    }
}

/// The ids that keys name, lowest first.
struct Named {
    ids: Vec<u64>,
    next: usize,
}

impl Named {
    fn of(special: &[SpecialToken]) -> Self {
        let mut ids: Vec<u64> = special.iter().map(|token| token.id).collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids, next: 0 }
    }

    /// Whether `id` is among them; asked of rising ids.
    #[inline]
    fn is_next(&mut self, id: u64) -> bool {
        let is = self.ids.get(self.next) == Some(&id);
        self.next = self.next.saturating_add(usize::from(is));
        is
    }
}

fn newlines(facts: &mut VocabularyFacts, tokens: Tokens<'_>) {
    tokens.each(|_, text| {
        let mut resolved = Escaped { rest: text };
        if resolved.next() == Some(b'\n') {
            facts.begins_with_newline = true;
            facts.has_newline |= resolved.next().is_none();
        }
        ControlFlow::Continue(())
    });
}

/// The bytes of a token whose escapes `\n`, `\r`, `\t` and `\xhh` are resolved.
struct Escaped<'a> {
    rest: &'a [u8],
}

impl Iterator for Escaped<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (byte, length) = match self.rest {
            [b'\\', b'x', high, low, ..] => (hex(*high).wrapping_mul(16).wrapping_add(hex(*low)), 4),
            [b'\\', b'x', ..] => return None,
            [b'\\', b'n', ..] => (b'\n', 2),
            [b'\\', b'r', ..] => (b'\r', 2),
            [b'\\', b't', ..] => (b'\t', 2),
            [b'\\', other, ..] => (*other, 2),
            [b'\\'] | [] => return None,
            [plain, ..] => (*plain, 1),
        };
        self.rest = self.rest.get(length..).unwrap_or_default();
        Some(byte)
    }
}

/// A digit as the engine reads it: anything from `a` on is 10 and more, upper case included with the digits.
fn hex(digit: u8) -> u8 {
    if digit >= b'a' { digit.wrapping_sub(b'a').wrapping_add(10) } else { digit.wrapping_sub(b'0') }
}
