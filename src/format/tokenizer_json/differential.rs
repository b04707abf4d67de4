//! Whole tokenizers against serde_json: what is leapt over counts as if every element had been looked at.

use super::{Document, Layout, parse};
use crate::limits::Limits;
use proptest::prelude::*;
use proptest::sample::select;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// Pieces of tokens, as written.
const PIECES: &[&str] = &[
    "a",
    "the",
    "Ġ",
    "é",
    "\u{1f600}",
    "\\\"",
    "\\\\",
    "\\n",
    "\\u0120",
    "\\/",
    ",",
    ":",
    "[",
    "]",
    "{",
    " ",
    "\": 5,",
    "\\\\\\\"",
    "sixteen letters!",
    "",
    "]\\n",
    "a text that is longer than one block of sixty-four bytes, to cross its border",
];
/// What takes the place of a byte.
const BYTES: &[u8] = b"\"\\,:[]{} \n\t\x01xu0195.\xc3";

/// How the writer separates: before each element, inside a pair, before and behind the pair's strings, behind a key.
#[derive(Debug, Clone, Copy)]
struct Style {
    element: &'static str,
    part: &'static str,
    open: &'static str,
    close: &'static str,
    colon: &'static str,
}

const STYLES: &[Style] = &[
    Style { element: "\n      ", part: "\n        ", open: "\n        ", close: "\n      ", colon: ": " },
    Style { element: "", part: "", open: "", close: "", colon: ":" },
    Style { element: " ", part: " ", open: "", close: "", colon: ": " },
    Style { element: "\r\n\t", part: " ", open: " ", close: " \t", colon: " : " },
    Style { element: "                    ", part: "\n        ", open: "", close: "", colon: ": " },
];

fn written(style: Style, vocabulary: &[(String, u64)], merges: &[(String, String)], pairs: bool) -> String {
    let Style { element, part, open, close, colon } = style;
    let entries: Vec<_> = vocabulary.iter().map(|(key, id)| format!("{element}\"{key}\"{colon}{id}")).collect();
    let merge = |(left, right): &(String, String)| match pairs {
        true => format!("{element}[{open}\"{left}\",{part}\"{right}\"{close}]"),
        false => format!("{element}\"{left} {right}\""),
    };
    let merges: Vec<_> = merges.iter().map(merge).collect();
    format!("{{\"model\":{{\"vocab\":{{{}}},\"merges\":[{}]}}}}", entries.join(","), merges.join(","))
}

/// An object's members, each as often as it is written.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(All)
    }
}

#[derive(serde::Deserialize)]
struct Whole {
    model: Model,
}

#[derive(serde::Deserialize)]
struct Model {
    vocab: Members,
    merges: Vec<Value>,
}

/// Entries, highest id, whether one is odd, merges, whether one is a list, and the ids of the texts asked for.
type Summary = (u64, Option<u64>, bool, u64, bool, Vec<Option<u64>>);

fn by_serde(whole: &Whole, wanted: &[&str]) -> Summary {
    let entries = &whole.model.vocab.0;
    let id = |value: &Value| value.as_u64().filter(|&id| id <= u64::from(u32::MAX));
    let found = |text: &&str| entries.iter().rev().find(|(key, _)| key == text).and_then(|(_, value)| id(value));
    let merges = &whole.model.merges;
    (
        entries.len() as u64,
        entries.iter().filter_map(|(_, value)| id(value)).max(),
        entries.iter().any(|(_, value)| id(value).is_none()),
        merges.len() as u64,
        merges.iter().any(Value::is_array),
        wanted.iter().map(found).collect(),
    )
}

fn by_reader(document: &Document<'_>) -> Option<Summary> {
    let model = document.model.as_ref()?;
    let (vocabulary, merges) = (model.vocabulary?, model.merges?);
    assert_eq!(vocabulary.layout, Layout::Map);
    let ids = document.wanted.iter().map(|(_, id)| *id).collect();
    let odd = vocabulary.odd.is_some();
    Some((vocabulary.entries, vocabulary.max_id, odd, merges.count, merges.pairs, ids))
}

fn agree(text: &[u8]) {
    let wanted = ["a", "the", "\"", "Ġthe", "Ġ", "", "sixteen letters!the", "\\\"é"];
    let document = parse(text, &Limits::default(), &wanted);
    let told = String::from_utf8_lossy(text);
    match serde_json::from_slice::<Whole>(text) {
        Ok(whole) => assert_eq!(by_reader(&document.unwrap()), Some(by_serde(&whole, &wanted)), "{told}"),
        // What is JSON, but no tokenizer of this form, is no matter here.
        Err(error) if error.is_data() => {}
        Err(error) => assert!(document.is_err(), "{error}: {told}"),
    }
}

fn tokens(most: usize) -> impl Strategy<Value = Vec<String>> {
    let token = proptest::collection::vec(select(PIECES), 0..4).prop_map(|pieces| pieces.concat());
    // Most are plain, as in a real vocabulary, so that long stretches are leapt over.
    let mostly = prop_oneof![12 => "[a-zé]{1,9}", 1 => token.prop_filter("a sound string", |text| sound(text))];
    proptest::collection::vec(mostly, 0..most)
}

fn sound(text: &str) -> bool {
    serde_json::from_str::<String>(&format!("\"{text}\"")).is_ok()
}

proptest! {
    #[test]
    fn counts_what_serde_counts(tokens in tokens(400), style in select(STYLES), pairs: bool, large in 0_u64..1 << 33) {
        let number = |place: usize| if place == 300 { large } else { place as u64 };
        let vocabulary: Vec<_> = tokens.iter().enumerate().map(|(place, token)| (token.clone(), number(place))).collect();
        let merges: Vec<_> = tokens.iter().cloned().zip(tokens.iter().rev().cloned()).collect();
        agree(written(style, &vocabulary, &merges, pairs).as_bytes());
    }

    #[test]
    fn damage_is_seen(tokens in tokens(60), style in select(STYLES), pairs: bool, places in proptest::collection::vec((any::<proptest::sample::Index>(), select(BYTES)), 1..3)) {
        let vocabulary: Vec<_> = tokens.iter().zip(1..).map(|(token, id)| (token.clone(), id)).collect();
        let merges: Vec<_> = tokens.iter().cloned().zip(tokens.iter().rev().cloned()).collect();
        let mut text = written(style, &vocabulary, &merges, pairs).into_bytes();
        for (place, byte) in places {
            let at = place.index(text.len());
            text[at] = byte;
        }
        agree(&text);
    }
}

/// A long list in which every place of a block is damaged once by every byte that matters.
#[test]
fn one_byte_anywhere() {
    let vocabulary: Vec<_> = (1..14).map(|id| (format!("token {id}"), id)).collect();
    let merges: Vec<_> = (1..14).map(|id| (format!("left{id}"), format!("right{id}"))).collect();
    for (style, pairs) in STYLES.iter().take(2).flat_map(|style| [(*style, false), (*style, true)]) {
        let text = written(style, &vocabulary, &merges, pairs).into_bytes();
        for (place, byte) in (0..text.len()).flat_map(|place| b"\"\\,\n0a".map(|byte| (place, byte))) {
            let mut damaged = text.clone();
            damaged[place] = byte;
            agree(&damaged);
        }
    }
}
