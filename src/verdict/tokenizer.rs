//! The model's own tokenizer, for counting and encoding prompts. Built on demand: judging needs only its numbers.

use super::Admission;
use crate::chat::Prompt;
use crate::error::Error;
use crate::facts::folder::TokenizerFacts;
use crate::limits::ReadMode;
use crate::source;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The tokenizer of `tokenizer.json`, held against what the gate counted in the file.
#[derive(Debug)]
pub struct Tokenizer {
    path: PathBuf,
    own: tokenizers::Tokenizer,
    /// The same, with control tokens read as plain text. Few prompts need it.
    plain: OnceLock<tokenizers::Tokenizer>,
}

impl Admission {
    /// The model's tokenizer. It takes some tenths of a second for a large vocabulary: build it once, for many prompts.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokenizer`] for a model without `tokenizer.json` (a GGUF has its own), for a file that the library does
    /// not take, and for one that it reads otherwise than the gate did; [`Error::Io`] where the file cannot be read.
    pub fn tokenizer(&self) -> Result<Tokenizer, Error> {
        let folder = self.judgement.facts.folder.as_ref();
        let facts = folder.and_then(|folder| folder.tokenizer.as_ref());
        let facts = facts.ok_or_else(|| none(self.path(), "there is no tokenizer.json"))?;
        let path = self.path().join(&facts.file);
        let bytes = match self.judgement.limits.read_mode {
            ReadMode::Map => source::open(&path)?,
            ReadMode::Windowed => source::read(&path)?,
        };
        let own = tokenizers::Tokenizer::from_bytes(&*bytes).map_err(|error| none(&path, error))?;
        agree(&own, facts).map_err(|detail| none(&path, detail))?;
        Ok(Tokenizer { path, own, plain: OnceLock::new() })
    }
}

fn none(path: &Path, detail: impl ToString) -> Error {
    Error::NoTokenizer { path: path.to_path_buf(), detail: detail.to_string() }
}

/// Whether the library gives out the ids that the gate counted.
fn agree(own: &tokenizers::Tokenizer, facts: &TokenizerFacts) -> Result<(), String> {
    let size = u32::try_from(facts.used_size).map_err(|error| error.to_string())?;
    let last = size.checked_sub(1).is_none_or(|last| own.id_to_token(last).is_some());
    if !last || own.id_to_token(size).is_some() {
        return Err(format!("the library ends elsewhere than at the {size} tokens that were counted"));
    }
    let differs =
        |(text, id): &&(String, Option<u64>)| id.is_some_and(|id| own.token_to_id(text).map(u64::from) != Some(id));
    match facts.named.iter().find(differs) {
        Some((text, id)) => Err(format!("'{text}' is {:?} for the library, {id:?} in the file", own.token_to_id(text))),
        None => Ok(()),
    }
}

impl Tokenizer {
    /// How many tokens the prompt has.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokenizer`] where the library cannot encode the text.
    pub fn count(&self, prompt: &Prompt) -> Result<usize, Error> {
        self.encode(prompt).map(|ids| ids.len())
    }

    /// The ids of a rendered prompt. Nothing is put before or behind it: templates write their special tokens out. What
    /// the prompt marks as the caller's own words is read as plain text, control tokens among it, and the text is split
    /// where the prompt says so.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokenizer`] where the library cannot encode the text.
    pub fn encode(&self, prompt: &Prompt) -> Result<Vec<u32>, Error> {
        let pieces = pieces(prompt);
        let ids = pieces.iter().map(|piece| self.piece(&prompt.text, piece)).collect::<Result<Vec<_>, Error>>()?;
        Ok(ids.concat())
    }

    /// The ids of a text without a chat template, with the special tokens that the tokenizer itself adds.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokenizer`] where the library cannot encode the text.
    pub fn encode_text(&self, text: &str) -> Result<Vec<u32>, Error> {
        ids(&self.own, text, true).map_err(|error| none(&self.path, error))
    }

    /// The text of ids, special tokens left out.
    ///
    /// # Errors
    ///
    /// [`Error::NoTokenizer`] where the library cannot decode the ids.
    pub fn decode(&self, ids: &[u32]) -> Result<String, Error> {
        self.own.decode(ids, true).map_err(|error| none(&self.path, error))
    }

    fn piece(&self, text: &str, piece: &Piece) -> Result<Vec<u32>, Error> {
        let part = text.get(piece.start..piece.end).unwrap_or_default();
        let tokenizer = if piece.is_plain { self.plain.get_or_init(|| plain(&self.own)) } else { &self.own };
        ids(tokenizer, part, false).map_err(|error| none(&self.path, error))
    }
}

fn plain(own: &tokenizers::Tokenizer) -> tokenizers::Tokenizer {
    let mut plain = own.clone();
    plain.set_encode_special_tokens(true);
    plain
}

fn ids(tokenizer: &tokenizers::Tokenizer, text: &str, special: bool) -> tokenizers::Result<Vec<u32>> {
    tokenizer.encode_fast(text, special).map(|encoding| encoding.get_ids().to_vec())
}

/// A part of the prompt that is encoded by itself, in bytes.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    start: usize,
    end: usize,
    is_plain: bool,
}

/// Cuts a prompt where its marks say so. Marks count code points.
fn pieces(prompt: &Prompt) -> Vec<Piece> {
    let is_plain = |at: usize| prompt.user_tokens.iter().any(|range| range.contains(&at));
    let mut pieces: Vec<Piece> = Vec::new();
    for (point, (start, character)) in prompt.text.char_indices().enumerate() {
        let end = start.saturating_add(character.len_utf8());
        let plain = !prompt.user_tokens.is_empty() && is_plain(point);
        match pieces.last_mut().filter(|last| last.is_plain == plain && !prompt.breaks.contains(&point)) {
            Some(last) => last.end = end,
            None => pieces.push(Piece { start, end, is_plain: plain }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_cut_at_its_marks() {
        let mut prompt = Prompt::default();
        prompt.text = "aé<s>b".to_owned();
        assert_eq!(pieces(&prompt), [Piece { start: 0, end: 7, is_plain: false }]);
        prompt.user_tokens = vec![2..5];
        prompt.breaks = vec![1];
        let cut: Vec<_> = pieces(&prompt).iter().map(|piece| (piece.start, piece.end, piece.is_plain)).collect();
        assert_eq!(cut, [(0, 1, false), (1, 3, false), (3, 6, true), (6, 7, false)]);
    }
}
