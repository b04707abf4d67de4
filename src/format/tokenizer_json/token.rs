//! Tokens added on top of the vocabulary.

use crate::format::Fault;
use crate::format::json::{Cursor, Text};
use std::borrow::Cow;

/// A token added on top of the vocabulary, or one of it that is treated specially.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddedToken<'a> {
    /// The id that the file states. The library gives another one where it leaves a gap behind the vocabulary.
    pub id: Option<u64>,
    /// The text.
    pub content: Option<Cow<'a, str>>,
    /// Whether white space to its left belongs to it.
    pub lstrip: bool,
    /// Whether it is looked for in normalized text.
    pub normalized: bool,
    /// Whether white space to its right belongs to it.
    pub rstrip: bool,
    /// Whether it matches whole words only.
    pub single_word: bool,
    /// Whether decoding may leave it out.
    pub special: bool,
    /// The byte offset of the entry.
    pub offset: u64,
}

impl<'a> AddedToken<'a> {
    /// Reads the entry at hand.
    pub(super) fn parse(cursor: &mut Cursor<'a>) -> Result<Self, Fault> {
        let mut token = Self { offset: cursor.at() as u64, ..Self::default() };
        if cursor.peek() == Some(b'{') {
            cursor.object(|cursor, key| token.member(cursor, key))?;
        } else {
            cursor.skip()?;
        }
        Ok(token)
    }

    fn member(&mut self, cursor: &mut Cursor<'a>, key: Text<'a>) -> Result<(), Fault> {
        match &*key.decode() {
            "content" => self.content = cursor.text()?.map(|text| text.decode()),
            "id" => self.id = cursor.unsigned()?,
            "lstrip" => self.lstrip = cursor.truth()? == Some(true),
            "normalized" => self.normalized = cursor.truth()? == Some(true),
            "rstrip" => self.rstrip = cursor.truth()? == Some(true),
            "single_word" => self.single_word = cursor.truth()? == Some(true),
            "special" => self.special = cursor.truth()? == Some(true),
            _ => cursor.skip()?,
        }
        Ok(())
    }
}
