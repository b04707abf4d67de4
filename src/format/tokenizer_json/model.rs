//! The model inside a tokenizer: its kind, its vocabulary's size, its merges.

use super::vocabulary::{Layout, Vocabulary, Wanted};
use crate::format::Fault;
use crate::format::json::{Cursor, Leap, Text};
use std::borrow::Cow;

/// The four kinds that the tokenizers library knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the variants are the library's own names")]
pub enum ModelKind {
    Bpe,
    Unigram,
    WordLevel,
    WordPiece,
}

impl ModelKind {
    /// The kind that the library spells `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "BPE" => Self::Bpe,
            "Unigram" => Self::Unigram,
            "WordLevel" => Self::WordLevel,
            "WordPiece" => Self::WordPiece,
            _ => return None,
        })
    }
}

/// What `model` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model<'a> {
    /// Whether unknown characters become byte tokens.
    pub byte_fallback: Option<bool>,
    /// Whether a word of the vocabulary is taken whole before merging.
    pub ignore_merges: Option<bool>,
    /// The merge rules, where there is a list of them.
    pub merges: Option<Merges>,
    /// The kind as written; absent in old files.
    pub type_name: Option<Cow<'a, str>>,
    /// The token for what is unknown (Unigram: see `unk_id`).
    pub unk_token: Option<Cow<'a, str>>,
    /// The id of the token for what is unknown (Unigram only).
    pub unk_id: Option<u64>,
    /// The vocabulary, where there is one.
    pub vocabulary: Option<Vocabulary>,
    /// The byte offset of the object.
    pub offset: u64,
}

/// The merge rules, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merges {
    /// How many there are.
    pub count: u64,
    /// Whether they are written as pairs; older files write them as one string each.
    pub pairs: bool,
    /// The byte offset of the list.
    pub offset: u64,
}

impl<'a> Model<'a> {
    /// The kind: the stated one, else the one that the library would try first for what is there.
    pub fn kind(&self) -> Option<ModelKind> {
        let layout = self.vocabulary.as_ref().map(|vocabulary| vocabulary.layout);
        match (&self.type_name, layout) {
            (Some(name), _) => ModelKind::from_name(name),
            (None, Some(Layout::List)) => Some(ModelKind::Unigram),
            (None, Some(Layout::Map)) if self.merges.is_some() => Some(ModelKind::Bpe),
            (None, Some(Layout::Map)) => Some(ModelKind::WordPiece),
            (None, None) => None,
        }
    }

    /// Reads the value at hand; looks for the ids of `wanted` on the way.
    pub(super) fn parse(cursor: &mut Cursor<'a>, wanted: &mut Wanted) -> Result<Option<Self>, Fault> {
        if cursor.peek() != Some(b'{') {
            return cursor.skip().map(|()| None);
        }
        let mut model = Self { offset: cursor.at() as u64, ..Self::default() };
        cursor.object(|cursor, key| model.member(cursor, key, wanted))?;
        Ok(Some(model))
    }

    fn member(&mut self, cursor: &mut Cursor<'a>, key: Text<'a>, wanted: &mut Wanted) -> Result<(), Fault> {
        match &*key.decode() {
            "byte_fallback" => self.byte_fallback = cursor.truth()?,
            "ignore_merges" => self.ignore_merges = cursor.truth()?,
            "merges" => self.merges = Merges::parse(cursor)?,
            "type" => self.type_name = cursor.text()?.map(|text| text.decode()),
            "unk_id" => self.unk_id = cursor.unsigned()?,
            "unk_token" => self.unk_token = cursor.text()?.map(|text| text.decode()),
            "vocab" => self.vocabulary = Vocabulary::parse(cursor, wanted)?,
            _ => cursor.skip()?,
        }
        Ok(())
    }
}

impl Merges {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Option<Self>, Fault> {
        let mut merges = Self { count: 0, pairs: false, offset: cursor.at() as u64 };
        if cursor.peek() != Some(b'[') {
            return cursor.skip().map(|()| None);
        }
        let mut leap = Leap::new();
        cursor.list(|cursor| {
            let pairs = cursor.peek() == Some(b'[');
            let leapt = if pairs { cursor.leap_pairs(&mut leap) } else { cursor.leap_strings(&mut leap) };
            merges.pairs |= pairs;
            merges.count = merges.count.saturating_add(leapt).saturating_add(1);
            cursor.skip()
        })?;
        Ok(Some(merges))
    }
}
