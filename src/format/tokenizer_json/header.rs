//! The document, in one pass.

use super::code::{LIMIT, MALFORMED};
use super::model::Model;
use super::token::AddedToken;
use super::vocabulary::{FEW, Wanted};
use crate::format::Fault;
use crate::format::json::{Cursor, Note, Text};
use crate::limits::Limits;
use std::borrow::Cow;
use std::collections::HashMap;

/// A parsed `tokenizer.json`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document<'a> {
    /// `added_tokens`, in the file's order.
    pub added_tokens: Vec<AddedToken<'a>>,
    /// The kind of the decoder, where there is one that says it.
    pub decoder: Option<Cow<'a, str>>,
    /// `model`, where it is an object.
    pub model: Option<Model<'a>>,
    /// The kind of the normalizer, where there is one that says it.
    pub normalizer: Option<Cow<'a, str>>,
    /// The kind of the post-processor, where there is one that says it.
    pub post_processor: Option<Cow<'a, str>>,
    /// The kind of the pre-tokenizer, where there is one that says it.
    pub pre_tokenizer: Option<Cow<'a, str>>,
    /// `version`: the library wants `1.0`.
    pub version: Option<Cow<'a, str>>,
    /// The texts that the caller asked for, with their ids in the vocabulary (added tokens aside).
    pub wanted: Vec<(Box<str>, Option<u64>)>,
    /// What was tolerated on the way. Duplicate keys are not noted here.
    pub notes: Vec<Note>,
}

impl Document<'_> {
    /// One more than the highest id of the vocabulary and the added tokens, as the file states them.
    pub fn size(&self) -> u64 {
        let vocabulary = self.model.as_ref().and_then(|model| model.vocabulary.as_ref()?.max_id);
        let added = self.added_tokens.iter().filter_map(|token| token.id).max();
        vocabulary.max(added).map_or(0, |id| id.saturating_add(1))
    }

    /// The id of `text`: one of the texts asked for when parsing, or an added token's.
    pub fn id(&self, text: &str) -> Option<u64> {
        let known = self.wanted.iter().find(|(wanted, _)| **wanted == *text).and_then(|(_, id)| *id);
        let added = || self.added_tokens.iter().find(|token| token.content.as_deref() == Some(text));
        known.or_else(|| added().and_then(|token| token.id))
    }

    /// The ids of all texts asked for when parsing, in their order: as [`id`](Self::id) gives them.
    pub fn ids(&self) -> Vec<Option<u64>> {
        if self.wanted.len() <= FEW {
            return self.wanted.iter().map(|(text, _)| self.id(text)).collect();
        }
        let mut added = HashMap::new();
        for token in &self.added_tokens {
            added.entry(token.content.as_deref()).or_insert(token.id);
        }
        let id = |(text, id): &(Box<str>, Option<u64>)| id.or_else(|| added.get(&Some(&**text)).copied().flatten());
        self.wanted.iter().map(id).collect()
    }
}

/// Reads a `tokenizer.json`, looking up the ids of `wanted` on the way.
///
/// # Errors
///
/// A [`Fault`] where the document is not JSON or not an object, or where a limit is met. What the library would refuse
/// beyond that is for rules to say: everything else is taken as it stands.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits, wanted: &[&str]) -> Result<Document<'a>, Fault> {
    let mut cursor = Cursor::begin(bytes, limits)?;
    let mut document = Document::default();
    let mut wanted = Wanted::new(wanted);
    if cursor.peek() != Some(b'{') {
        cursor.skip()?;
        cursor.finish()?;
        return Err(Fault::new(&MALFORMED, 0, "the tokenizer is not an object"));
    }
    cursor.object(|cursor, key| document.member(cursor, key, &mut wanted, limits))?;
    cursor.finish()?;
    document.wanted = wanted.ids;
    document.notes = cursor.notes;
    Ok(document)
}

impl<'a> Document<'a> {
    fn member(
        &mut self,
        cursor: &mut Cursor<'a>,
        key: Text<'a>,
        wanted: &mut Wanted,
        limits: &Limits,
    ) -> Result<(), Fault> {
        match &*key.decode() {
            "added_tokens" => self.added_tokens = added_tokens(cursor, limits)?,
            "decoder" => self.decoder = component(cursor)?,
            "model" => self.model = Model::parse(cursor, wanted)?,
            "normalizer" => self.normalizer = component(cursor)?,
            "post_processor" => self.post_processor = component(cursor)?,
            "pre_tokenizer" => self.pre_tokenizer = component(cursor)?,
            "version" => self.version = cursor.text()?.map(|text| text.decode()),
            _ => cursor.skip()?,
        }
        Ok(())
    }
}

fn added_tokens<'a>(cursor: &mut Cursor<'a>, limits: &Limits) -> Result<Vec<AddedToken<'a>>, Fault> {
    let mut tokens = Vec::new();
    if cursor.peek() != Some(b'[') {
        cursor.skip()?;
        return Ok(tokens);
    }
    cursor.list(|cursor| {
        if tokens.len() >= limits.added_tokens {
            let message = format!("more added tokens than the limit of {}", limits.added_tokens);
            return Err(Fault::new(&LIMIT, cursor.at() as u64, message).expected(limits.added_tokens));
        }
        tokens.push(AddedToken::parse(cursor)?);
        Ok(())
    })?;
    Ok(tokens)
}

/// The `type` of the component at hand.
fn component<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Cow<'a, str>>, Fault> {
    let mut kind = None;
    if cursor.peek() != Some(b'{') {
        return cursor.skip().map(|()| None);
    }
    cursor.object(|cursor, key| {
        if !key.is("type") {
            return cursor.skip();
        }
        kind = cursor.text()?.map(|text| text.decode());
        Ok(())
    })?;
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::super::{Layout, ModelKind};
    use super::*;

    const BPE: &str = r#"{
        "version": "1.0", "truncation": null,
        "added_tokens": [{"id": 5, "content": "<\u0073>", "special": true, "normalized": false}, 3],
        "normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
        "model": {"type": "BPE", "unk_token": null, "byte_fallback": true,
            "vocab": {"a": 0, "b": 1, "\"": 2, "c": "x", "ab": 7}, "merges": [["a", "b"], ["b", "\u0061"]]}
    }"#;

    #[test]
    fn sizes_and_ids() {
        let document = parse(BPE.as_bytes(), &Limits::default(), &["\"", "zz"]).unwrap();
        let model = document.model.as_ref().unwrap();
        let vocabulary = model.vocabulary.unwrap();
        assert_eq!(model.kind(), Some(ModelKind::Bpe));
        assert_eq!((vocabulary.entries, vocabulary.max_id, vocabulary.layout), (5, Some(7), Layout::Map));
        assert_eq!(vocabulary.odd, Some(BPE.find("\"c\"").unwrap() as u64));
        assert_eq!(model.merges.map(|merges| (merges.count, merges.pairs)), Some((2, true)));
        assert_eq!(document.added_tokens[0].content.as_deref(), Some("<s>"));
        assert!(document.added_tokens[0].special);
        assert_eq!(document.added_tokens[1].id, None);
        assert_eq!(document.size(), 8);
        assert_eq!((document.id("\""), document.id("zz"), document.id("<s>")), (Some(2), None, Some(5)));
        assert_eq!(document.pre_tokenizer.as_deref(), Some("ByteLevel"));
    }

    #[test]
    fn a_list_is_numbered_by_place() {
        let text = br#"{"model":{"vocab":[["<unk>",0.0],["a",-1.5],["b"]],"unk_id":0}}"#;
        let document = parse(text, &Limits::default(), &["a", "b"]).unwrap();
        let model = document.model.as_ref().unwrap();
        assert_eq!(model.kind(), Some(ModelKind::Unigram));
        assert_eq!(model.vocabulary.map(|found| (found.entries, found.max_id)), Some((3, Some(1))));
        assert_eq!((document.id("a"), document.id("b")), (Some(1), None));
    }

    #[test]
    fn faults_are_those_of_json() {
        for (text, code) in [("[]", "TOKN001"), ("{\"model\":{\"vocab\":{\"a\":}}}", "JSON002"), ("", "JSON002")] {
            assert_eq!(parse(text.as_bytes(), &Limits::default(), &[]).unwrap_err().cause().code.0, code, "{text}");
        }
    }
}
