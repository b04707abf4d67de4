//! The cursor against the tree: the same documents, notes and faults.

use super::*;
use crate::format::json::{self, NoteKind};
use proptest::prelude::*;

/// Pieces from which almost-JSON is made.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\"a\"",
    "\"b\\n\"",
    "\"\\ud83d\\ude00\"",
    "\"\\udc00\"",
    "\"\\ud83dx\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"é",
    "\"",
    "0",
    "-",
    "12",
    "1.5",
    "1.",
    "1e5",
    "1e",
    "-0",
    "true",
    "tru",
    "null",
    "NaN",
    "-Infinity",
    "Infinity",
    "\"k\":",
    "\"k\":1,",
    "[1,2]",
    "{\"a\":{}}",
    "\u{1}",
    "\u{feff}",
    "é",
];

fn agree(text: &[u8]) {
    let limits = Limits { json_depth: 5, ..Limits::default() };
    let pulled = Cursor::begin(text, &limits).and_then(|mut cursor| {
        cursor.skip()?;
        cursor.finish()?;
        Ok(cursor.notes)
    });
    let tree = json::parse(text, &limits).map(|document| {
        let notes = document.notes.into_iter();
        notes.filter(|note| note.kind != NoteKind::DuplicateKey).collect::<Vec<_>>()
    });
    assert_eq!(pulled, tree, "{:?}", String::from_utf8_lossy(text));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn agrees_with_the_tree(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..16)) {
        agree(pieces.concat().as_bytes());
    }

    #[test]
    fn agrees_on_damaged_documents(at in 0_usize..72, byte: u8) {
        let mut text = br#"{"a":[1,2.5,{"b":"c\u0041\n"}],"d":null,"e":[true,false,-1e3],"f":{}}"#.to_vec();
        let place = at.min(text.len().saturating_sub(1));
        text[place] = byte;
        agree(&text);
    }

    #[test]
    fn decodes_as_the_tree_does(pieces in proptest::collection::vec(
        proptest::sample::select(&["a", "é", "\\n", "\\\\", "\\\"", "\\u0041", "\\ud83d", "\\ude00", "u0041", "\\/"][..]), 0..8)) {
        let text = format!("\"{}\"", pieces.concat());
        let limits = Limits::default();
        let tree = json::parse(text.as_bytes(), &limits).unwrap().root;
        let mut cursor = Cursor::begin(text.as_bytes(), &limits).unwrap();
        let pulled = cursor.text().unwrap().unwrap();
        prop_assert_eq!(Some(&*pulled.decode()), tree.as_str());
        prop_assert!(pulled.is(tree.as_str().unwrap()));
        prop_assert!(!pulled.is("other"));
    }
}
