//! The vocabulary: counted, its highest id noted, a few tokens looked up; nothing of it is kept.

use crate::format::Fault;
use crate::format::json::{Cursor, Text};
use crate::format::scan::Written;
use std::collections::HashMap;

/// How a vocabulary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// A list of pairs of text and score; the place is the id (Unigram).
    List,
    /// A map from text to id (the other kinds).
    Map,
}

/// The vocabulary, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vocabulary {
    /// How many entries are written; a text that stands twice counts twice.
    pub entries: u64,
    /// How it is written.
    pub layout: Layout,
    /// The highest id.
    pub max_id: Option<u64>,
    /// The byte offset of the first entry whose id is no integer of 32 bits, or which is no pair of text and score.
    pub odd: Option<u64>,
    /// The byte offset of the map or list.
    pub offset: u64,
}

/// Texts whose ids are asked for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) ids: Vec<(Box<str>, Option<u64>)>,
    /// A bit for each length that a wanted text has; the last bit for all longer ones.
    lengths: u64,
    /// Where a text stands in `ids`: only where there are many, which no real tokenizer asks for.
    places: HashMap<Box<[u8]>, usize>,
    /// A bit for the last byte of each wanted text, by its lower six bits.
    lasts: u64,
}

/// Up to so many texts are compared one by one.
pub(super) const FEW: usize = 256;

fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

#[inline(always)]
fn last_bit(text: &[u8]) -> u64 {
    1 << (text.last().copied().unwrap_or(0) & 63)
}

impl Wanted {
    pub(super) fn new(texts: &[&str]) -> Self {
        let lengths = texts.iter().fold(0, |bits, text| bits | length_bit(text.len()));
        let lasts = texts.iter().fold(0, |bits, text| bits | last_bit(text.as_bytes()));
        let many = if texts.len() > FEW { texts } else { &[] };
        let places = many.iter().enumerate().rev().map(|(at, text)| (text.as_bytes().into(), at)).collect();
        Self { ids: texts.iter().map(|&text| (text.into(), None)).collect(), lengths, lasts, places }
    }

    fn place(&mut self, text: &[u8], id: Option<u64>) {
        if let Some((_, slot)) = self.places.get(text).and_then(|at| self.ids.get_mut(*at)) {
            *slot = id;
        }
    }

    /// Forgets what an earlier vocabulary said: of duplicate keys the last one counts.
    fn forget(&mut self) {
        self.ids.iter_mut().for_each(|(_, id)| *id = None);
    }

    #[inline(always)]
    pub(super) fn note(&mut self, text: Text<'_>, id: Option<u64>) {
        if text.escaped || self.lengths & length_bit(text.raw.len()) != 0 {
            self.compare(text, id);
        }
    }

    /// Whether a wanted text has this length and this last byte.
    #[inline(always)]
    fn may_be(&self, text: &[u8]) -> bool {
        self.lengths & length_bit(text.len()) != 0 && self.lasts & last_bit(text) != 0
    }

    #[inline(never)]
    fn note_plain(&mut self, text: &[u8], id: u64) {
        if !self.places.is_empty() {
            return self.place(text, Some(id));
        }
        let same = self.ids.iter_mut().filter(|(wanted, _)| wanted.as_bytes() == text);
        same.for_each(|(_, slot)| *slot = Some(id));
    }

    fn compare(&mut self, text: Text<'_>, id: Option<u64>) {
        if !self.places.is_empty() {
            return self.place(text.decode().as_bytes(), id);
        }
        for (wanted, slot) in &mut self.ids {
            if text.raw.len() >= wanted.len() && text.is(wanted) {
                *slot = id;
            }
        }
    }
}

/// The entries that are written plainly, counted.
struct Plain {
    entries: u64,
    highest: Written,
}

impl Plain {
    #[inline(always)]
    fn count(&mut self, key: &[u8], id: Written, wanted: &mut Wanted) {
        self.entries = self.entries.wrapping_add(1);
        self.highest = self.highest.max(id);
        if wanted.may_be(key) {
            wanted.note_plain(key, id.value());
        }
    }
}

impl Vocabulary {
    /// Reads the value at hand; `None` when it is no vocabulary at all.
    pub(super) fn parse(cursor: &mut Cursor<'_>, wanted: &mut Wanted) -> Result<Option<Self>, Fault> {
        let layout = match cursor.peek() {
            Some(b'{') => Layout::Map,
            Some(b'[') => Layout::List,
            _ => return cursor.skip().map(|()| None),
        };
        let mut vocabulary = Self { entries: 0, layout, max_id: None, odd: None, offset: cursor.at() as u64 };
        wanted.forget();
        match layout {
            Layout::Map => vocabulary.map(cursor, wanted)?,
            Layout::List => cursor.list(|cursor| vocabulary.element(cursor, wanted))?,
        }
        Ok(Some(vocabulary))
    }

    fn map(&mut self, cursor: &mut Cursor<'_>, wanted: &mut Wanted) -> Result<(), Fault> {
        let mut plain = Plain { entries: 0, highest: Written::ZERO };
        cursor.numbers(
            &mut (&mut *self, wanted, &mut plain),
            |(_, wanted, plain), key, id| plain.count(key, id, wanted),
            |(vocabulary, wanted, _), cursor, text| vocabulary.entry(cursor, text, wanted),
        )?;
        if plain.entries > 0 {
            self.entries = self.entries.saturating_add(plain.entries);
            self.max_id = self.max_id.max(Some(plain.highest.value()));
        }
        Ok(())
    }

    fn entry(&mut self, cursor: &mut Cursor<'_>, text: Text<'_>, wanted: &mut Wanted) -> Result<(), Fault> {
        let id = cursor.unsigned()?.filter(|&id| u32::try_from(id).is_ok());
        self.count(id, text.offset);
        wanted.note(text, id);
        Ok(())
    }

    fn element(&mut self, cursor: &mut Cursor<'_>, wanted: &mut Wanted) -> Result<(), Fault> {
        let (offset, id) = (cursor.at() as u64, self.entries);
        let text = pair(cursor)?;
        self.count(text.is_some().then_some(id), offset);
        if let Some(text) = text {
            wanted.note(text, Some(id));
        }
        Ok(())
    }

    fn count(&mut self, id: Option<u64>, offset: u64) {
        self.entries = self.entries.saturating_add(1);
        self.max_id = self.max_id.max(id);
        if id.is_none() {
            self.odd.get_or_insert(offset);
        }
    }
}

/// The text of a pair of text and number, unless the element at hand is something else.
fn pair<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Text<'a>>, Fault> {
    if cursor.peek() != Some(b'[') {
        return cursor.skip().map(|()| None);
    }
    let (mut text, mut sound, mut place) = (None, true, 0_usize);
    cursor.list(|cursor| {
        match place {
            0 => text = cursor.text()?,
            _ => {
                sound &= place == 1 && matches!(cursor.peek(), Some(b'-' | b'0'..=b'9'));
                cursor.skip()?;
            }
        }
        place = place.saturating_add(1);
        Ok(())
    })?;
    Ok(text.filter(|_| sound && place == 2))
}
