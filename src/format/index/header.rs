//! The index, in one pass; names are borrowed where no escape stands in them.

use super::code::{LIMIT, MALFORMED};
use crate::format::Fault;
use crate::format::distinct::are_distinct;
use crate::format::json::{Cursor, Note, NoteKind, Text};
use crate::format::names::Names;
use crate::limits::Limits;
use std::borrow::Cow;

/// A parsed index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document<'a> {
    /// Whether the key `metadata` is there: transformers wants it, vLLM does not.
    pub has_metadata: bool,
    /// `metadata.total_size` in bytes, where it is an integer; no loader checks it.
    pub total_size: Option<u64>,
    /// The files that the index names, in the order of their first mention; each once. They may name anything at all:
    /// nothing was checked.
    pub shards: Vec<Cow<'a, str>>,
    /// The tensors, in the index's order; of a name that stands twice the last one counts, at the first one's place.
    pub weight_map: Vec<Entry<'a>>,
    /// What was tolerated on the way.
    pub notes: Vec<Note>,
}

/// One tensor of the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    /// The tensor's name.
    pub name: Cow<'a, str>,
    /// Which of [`Document::shards`] is said to hold it.
    pub shard: u32,
    /// The byte offset of the name's opening quote.
    pub offset: u64,
}

impl Document<'_> {
    /// The file that is said to hold `entry`.
    pub fn shard(&self, entry: &Entry<'_>) -> &str {
        usize::try_from(entry.shard).ok().and_then(|at| self.shards.get(at)).map_or("", AsRef::as_ref)
    }
}

/// Reads an index.
///
/// # Errors
///
/// A [`Fault`] where Python's `json.load` would refuse the document, where no `weight_map` of strings is in it, or
/// where a limit is met.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, Fault> {
    parse_entries(bytes, limits).map(Entries::settle)
}

/// [`parse`] without a look for names that stand twice: for who finds that out by other means.
///
/// # Errors
///
/// As [`parse`].
pub(crate) fn parse_entries<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Entries<'a>, Fault> {
    let mut cursor = Cursor::begin(bytes, limits)?;
    let mut reader = Reader::new(limits);
    let kind = cursor.peek();
    match kind {
        Some(b'{') => cursor.object(|cursor, key| reader.member(cursor, key))?,
        _ => cursor.skip()?,
    }
    cursor.finish()?;
    reader.document.notes.extend(cursor.notes);
    match reader.odd {
        Some(fault) => Err(fault),
        None if kind != Some(b'{') => Err(Fault::new(&MALFORMED, 0, "the index is not an object")),
        None if !reader.found => Err(Fault::new(&MALFORMED, 0, "the index has no weight_map")),
        None => Ok(Entries { document: reader.document, is_ordered: reader.is_ordered }),
    }
}

/// An index whose [`Document::weight_map`] may still hold a name several times.
#[derive(Debug)]
pub(crate) struct Entries<'a> {
    document: Document<'a>,
    /// Whether each name follows the one before in alphabetic order: then none stands twice.
    is_ordered: bool,
}

impl<'a> Entries<'a> {
    /// Every tensor as it is named.
    pub(crate) fn all(&self) -> &Document<'a> {
        &self.document
    }

    /// Whether it is known that no name stands twice.
    pub(crate) fn is_ordered(&self) -> bool {
        self.is_ordered
    }

    /// Lets the last one of several entries of one name count.
    pub(crate) fn settle(self) -> Document<'a> {
        let mut document = self.document;
        if !self.is_ordered {
            settle(&mut document);
        }
        document.notes.sort_by_key(|note| note.offset);
        document
    }
}

fn settle(document: &mut Document<'_>) {
    if are_distinct(document.weight_map.iter().map(|entry| entry.name.as_bytes())) {
        return;
    }
    let all = std::mem::take(&mut document.weight_map);
    let mut names = Names::expecting(all.len());
    for entry in all {
        let kept = &document.weight_map;
        let known = |number: u32| kept.get(usize::try_from(number).ok()?).map(|entry| entry.name.as_bytes());
        let number = u32::try_from(kept.len()).unwrap_or(u32::MAX);
        let twin = names.insert(entry.name.as_bytes(), number, known).and_then(|twin| usize::try_from(twin).ok());
        match twin.and_then(|twin| document.weight_map.get_mut(twin)) {
            Some(twin) => {
                let (key, offset) = (Some(entry.name.clone().into_owned()), entry.offset);
                document.notes.push(Note { kind: NoteKind::DuplicateKey, key, offset });
                *twin = entry;
            }
            None => document.weight_map.push(entry),
        }
    }
}

/// The text of a short entry, in bytes.
const ENTRY_BYTES: usize = 64;

struct Reader<'a, 'l> {
    document: Document<'a>,
    /// Whether every tensor followed in alphabetic order so far.
    is_ordered: bool,
    /// The shards seen.
    shards: Names,
    /// The last one, as it was spelled.
    last: Option<(&'a str, u32)>,
    /// The first fault that is not one of JSON: it counts only when the rest of the document is JSON.
    odd: Option<Fault>,
    found: bool,
    limits: &'l Limits,
}

impl<'a, 'l> Reader<'a, 'l> {
    fn new(limits: &'l Limits) -> Self {
        let shards = Names::expecting(0);
        Self { document: Document::default(), is_ordered: true, shards, last: None, odd: None, found: false, limits }
    }

    fn member(&mut self, cursor: &mut Cursor<'a>, key: Text<'a>) -> Result<(), Fault> {
        if key.is("metadata") {
            self.duplicate(self.document.has_metadata, key);
            self.document.has_metadata = true;
            self.metadata(cursor)
        } else if key.is("weight_map") {
            self.duplicate(self.found, key);
            self.weight_map(cursor, key)
        } else {
            cursor.skip()
        }
    }

    fn duplicate(&mut self, twice: bool, key: Text<'a>) {
        if twice {
            let (key, offset) = (Some(key.decode().into_owned()), key.offset);
            self.document.notes.push(Note { kind: NoteKind::DuplicateKey, key, offset });
        }
    }

    fn metadata(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
        self.document.total_size = None;
        if cursor.peek() != Some(b'{') {
            return cursor.skip();
        }
        cursor.object(|cursor, key| {
            if !key.is("total_size") {
                return cursor.skip();
            }
            self.document.total_size = cursor.unsigned()?;
            Ok(())
        })
    }

    fn weight_map(&mut self, cursor: &mut Cursor<'a>, key: Text<'a>) -> Result<(), Fault> {
        self.found = true;
        self.odd = None;
        self.is_ordered = true;
        self.shards.clear();
        self.last = None;
        self.document.shards.clear();
        self.document.weight_map.clear();
        if cursor.peek() != Some(b'{') {
            self.odd = Some(Fault::new(&MALFORMED, key.offset, "weight_map is not an object").key("/weight_map"));
            return cursor.skip();
        }
        // The bytes of the text are there, and an entry takes no more room than what it was read from.
        self.document.weight_map.reserve(cursor.bytes_left() / ENTRY_BYTES);
        cursor.texts(self, Self::entry, |reader, cursor, name| {
            match cursor.text()? {
                Some(shard) => reader.entry(name, shard),
                None => reader.no_text(name),
            }
            Ok(())
        })
    }

    fn no_text(&mut self, name: Text<'a>) {
        let what = format!("the shard of '{}' is not a string", name.decode());
        self.odd.get_or_insert(Fault::new(&MALFORMED, name.offset, what).key("/weight_map"));
    }

    fn entry(&mut self, name: Text<'a>, shard: Text<'a>) {
        // Names that stand twice count twice here: what holds so many is refused either way.
        if self.document.weight_map.len() as u64 >= self.limits.tensors {
            let what = format!("more tensors than the limit of {}", self.limits.tensors);
            self.odd.get_or_insert(Fault::new(&LIMIT, name.offset, what).expected(self.limits.tensors));
            return;
        }
        let entry = Entry { name: name.decode(), shard: self.shard(shard), offset: name.offset };
        self.is_ordered = self.is_ordered && self.document.weight_map.last().is_none_or(|last| last.name < entry.name);
        self.document.weight_map.push(entry);
    }

    /// Neighbours share a shard as a rule, spelled alike; a hostile index may name as many shards as tensors.
    fn shard(&mut self, name: Text<'a>) -> u32 {
        match self.last {
            Some((last, shard)) if same(last.as_bytes(), name.raw.as_bytes()) => shard,
            _ => {
                let shard = self.other_shard(name);
                self.last = Some((name.raw, shard));
                shard
            }
        }
    }

    fn other_shard(&mut self, name: Text<'a>) -> u32 {
        let (name, shards) = (name.decode(), &self.document.shards);
        let next = u32::try_from(shards.len()).unwrap_or(u32::MAX);
        let known = |number: u32| shards.get(usize::try_from(number).ok()?).map(|shard| shard.as_bytes());
        if let Some(shard) = self.shards.insert(name.as_bytes(), next, known) {
            return shard;
        }
        self.document.shards.push(name);
        next
    }
}

/// Whether two short texts are alike, without a call.
#[inline(always)]
fn same(left: &[u8], right: &[u8]) -> bool {
    let (left_chunks, _) = left.as_chunks::<16>();
    let (right_chunks, _) = right.as_chunks::<16>();
    match (left.last_chunk::<16>(), right.last_chunk::<16>()) {
        (Some(left_end), Some(right_end)) => {
            left.len() == right.len() && left_end == right_end && left_chunks.iter().eq(right_chunks)
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_shards() {
        let text = br#"{"metadata":{"total_size":12},"weight_map":{"a":"1.safetensors","b":"1.safetensors",
            "c":"2.safetensors","\u0061":"2.safetensors","d":"1.safetensors"}}"#;
        let index = parse(text, &Limits::default()).unwrap();
        assert!(index.has_metadata);
        assert_eq!(index.total_size, Some(12));
        assert_eq!(index.shards, ["1.safetensors", "2.safetensors"]);
        let listed: Vec<_> = index.weight_map.iter().map(|entry| (&*entry.name, index.shard(entry))).collect();
        let (one, two) = ("1.safetensors", "2.safetensors");
        assert_eq!(listed, [("a", two), ("b", one), ("c", two), ("d", one)]);
        assert_eq!(index.notes.len(), 1);
    }

    #[test]
    fn refuses_what_is_no_index() {
        for (text, code) in [
            ("[]", "JSON003"),
            ("{}", "JSON003"),
            (r#"{"weight_map":[]}"#, "JSON003"),
            (r#"{"weight_map":{"a":1}}"#, "JSON003"),
            (r#"{"weight_map":{"a":1},}"#, "JSON002"),
        ] {
            assert_eq!(parse(text.as_bytes(), &Limits::default()).unwrap_err().cause().code.0, code, "{text}");
        }
    }

    /// The same facts by way of the tree.
    fn by_tree(text: &[u8]) -> Option<Vec<(String, String)>> {
        let tree = crate::format::json::parse(text, &Limits::default()).ok()?;
        let members = tree.root.get("weight_map")?.members().iter();
        members.map(|member| Some((member.key.clone(), member.value.as_str()?.to_owned()))).collect()
    }

    proptest::proptest! {
        #[test]
        fn says_what_the_tree_says(names in proptest::collection::vec((0_u8..40, 0_u8..4, 0_u8..3), 0..60), sorted: bool) {
            let mut names = names;
            if sorted {
                names.sort_unstable();
            }
            let spell = |(name, shard, blanks): &(u8, u8, u8)| {
                format!("\"{name:02}.weight\":{}\"s{shard}.safetensors\"", " ".repeat(usize::from(*blanks)))
            };
            let text = format!("{{\"weight_map\": {{{}}}}}", names.iter().map(spell).collect::<Vec<_>>().join(",\n    "));
            let index = parse(text.as_bytes(), &Limits::default()).unwrap();
            let entry = |entry: &Entry<'_>| (entry.name.to_string(), index.shard(entry).to_owned());
            proptest::prop_assert_eq!(Some(index.weight_map.iter().map(entry).collect()), by_tree(text.as_bytes()));
        }
    }
}
