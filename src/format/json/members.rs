//! Objects of the tree under construction.

use super::value::{Member, Note, NoteKind};
use std::collections::HashMap;

/// Objects with at most this many keys look for duplicates by comparing; larger ones by hashing.
const SMALL_OBJECT: usize = 16;

/// The members of an object under construction: the last of duplicate keys wins, at the first one's place.
#[derive(Default)]
pub(super) struct Members {
    list: Vec<Member>,
    index: HashMap<String, usize>,
}

impl Members {
    pub(super) fn into_list(self) -> Vec<Member> {
        self.list
    }

    /// Adds a member; a note where its key stood already.
    pub(super) fn insert(&mut self, member: Member) -> Option<Note> {
        match self.position(&member.key) {
            Some(at) => {
                let note = Note { kind: NoteKind::DuplicateKey, key: Some(member.key.clone()), offset: member.offset };
                if let Some(slot) = self.list.get_mut(at) {
                    *slot = member;
                }
                Some(note)
            }
            None => {
                if self.list.len() >= SMALL_OBJECT {
                    self.index.insert(member.key.clone(), self.list.len());
                }
                self.list.push(member);
                None
            }
        }
    }

    fn position(&self, key: &str) -> Option<usize> {
        let small = self.list.iter().take(SMALL_OBJECT).position(|member| member.key == key);
        small.or_else(|| self.index.get(key).copied())
    }
}
