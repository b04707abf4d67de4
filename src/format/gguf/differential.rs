//! The fast reader against a plain one: the same documents and the same faults.

#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, reason = "tests count small numbers")]

use super::*;
use crate::format::Windows;
use crate::format::gguf::hop;
use crate::format::gguf::{Kept, ValueType};
use proptest::prelude::*;

/// Hops one by one and knows no checkpoints.
fn plain(input: &Input<'_>, start: usize, count: u64, longest: u64, _: &mut Vec<Checkpoint>) -> Result<usize, usize> {
    let bytes = input.at_hand(0);
    let mut at = start;
    for _ in 0..count {
        let length = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()).ok_or(at)?;
        let length = u64::from_le_bytes(*length);
        let left = (bytes.len() - at - 8) as u64;
        if length > longest || length > left {
            return Err(at);
        }
        at += 8 + usize::try_from(length).unwrap();
    }
    Ok(at)
}

type Outcome<'a> = Result<Document<'a>, String>;

fn run<'a>(input: Input<'a>, limits: &Limits, step: crate::format::gguf::reader::Step) -> Outcome<'a> {
    let mut reader = Reader::new(input, limits);
    reader.step = step;
    let mut parsed = document(reader).map_err(|fault| format!("{fault:?}"))?;
    parsed.checkpoints.clear();
    // By windows, long arrays are not kept: their bytes are fetched to be compared.
    for key in &mut parsed.keys {
        if let Value::Array(array) = &mut key.value {
            let whole = !array.is_held() && input.windows().is_none();
            assert!(!whole, "an array of a whole file is at hand");
            let mut seen = Vec::new();
            array.each_string(&input, |text| {
                seen.push(text.to_vec());
                std::ops::ControlFlow::Continue(())
            });
            *array = array.held(&mut input.clone()).unwrap();
            let is_utf8 = array.strings().all(|text| std::str::from_utf8(text).is_ok());
            assert_eq!(array.is_utf8(), is_utf8, "all parts at once and one by one");
            assert!(array.strings().eq(seen.iter().map(Vec::as_slice)), "strings seen by windows");
        }
    }
    Ok(parsed)
}

/// By windows, only the beginning of a long text is kept.
fn cut<'a>(mut outcome: Outcome<'a>, limits: &Limits) -> Outcome<'a> {
    let mut kept = Kept::new(limits);
    for key in outcome.iter_mut().flat_map(|document| &mut document.keys) {
        let most = kept.next_bytes(key.name);
        if let Value::String(text) = &mut key.value {
            *text = text.get(..most).unwrap_or(text);
        }
    }
    outcome
}

fn agree_within(bytes: &[u8], limits: &Limits) -> bool {
    let windows = Windows::new(&bytes);
    let fast = run(Input::whole(bytes), limits, hop::strings);
    assert_eq!(fast, run(Input::whole(bytes), limits, plain));
    assert_eq!(cut(fast.clone(), limits), run(Input::windowed(&windows), limits, hop::strings));
    fast.is_ok()
}

/// Texts of all lengths around what is kept and around what is read at once, under three names.
#[test]
fn long_texts_are_stepped_over() {
    let mut limits = Limits::default();
    limits.template.source_bytes = 9000;
    let names = ["tokenizer.chat_template", "general.name", "tokenizer.chat_template\0again"];
    for length in [0, 4095, 4096, 4097, 8191, 8192, 9000, 9001, 9002, 20_000, 1 << 20, 3 << 20] {
        let mut file = b"GGUF\x03\0\0\0".to_vec();
        file.extend(0_u64.to_le_bytes());
        file.extend((names.len() as u64).to_le_bytes());
        for name in names {
            string(&mut file, name.as_bytes());
            file.extend((ValueType::String as u32).to_le_bytes());
            string(&mut file, &(0..length).map(|at| at as u8).collect::<Vec<_>>());
        }
        assert!(agree_within(&file, &limits));
        file.pop();
        assert!(length == 0 || !agree_within(&file, &limits));
    }
}

fn agree(bytes: &[u8]) {
    agree_within(bytes, &Limits::default());
}

fn array(strings: &[u8], count: u64) -> Vec<u8> {
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend(0_u64.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    file.extend(6_u64.to_le_bytes());
    file.extend(b"tokens");
    file.extend((ValueType::Array as u32).to_le_bytes());
    file.extend((ValueType::String as u32).to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend(strings);
    file
}

fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text);
}

/// A generator of small numbers that needs no seed from outside.
fn numbers(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

/// Strings that look like tokens; every so often an empty one, a long one, or one made of fake lengths.
fn tokens(seed: u64, count: u64, odd: u64) -> Vec<u8> {
    let mut next = numbers(seed | 1);
    let mut out = Vec::new();
    for _ in 0..count {
        let kind = next() % 1000;
        let length = usize::try_from(next() % 13).unwrap();
        match kind {
            kind if kind < odd => string(&mut out, &fake(length * 8 + 3)),
            998 => string(&mut out, &vec![b'x'; length * 700]),
            999 => string(&mut out, &vec![0; length * 3]),
            _ => string(&mut out, &vec![b'a' + length as u8; length]),
        }
    }
    out
}

/// Bytes that look like strings wherever one looks into them.
fn fake(length: usize) -> Vec<u8> {
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9].iter().copied().cycle().take(length).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn on_arrays_of_many_windows(seed: u64, count in 0_u64..40_000, odd in 0_u64..40, wrong in -2_i64..3) {
        let strings = tokens(seed, count, odd);
        agree(&array(&strings, count.saturating_add_signed(wrong)));
    }

    #[test]
    fn on_arrays_with_one_byte_changed(seed: u64, at: usize, byte: u8) {
        let mut file = array(&tokens(seed, 20_000, 0), 20_000);
        let place = at % file.len();
        file[place] = byte;
        agree(&file);
    }

    #[test]
    fn on_noise_and_repeated_patterns(pattern in proptest::collection::vec(0_u8..4, 1..40), size in 0_usize..400_000, count: u32) {
        let strings: Vec<u8> = pattern.iter().copied().cycle().take(size).collect();
        agree(&array(&strings, u64::from(count)));
        agree(&array(&strings, (size / 9) as u64));
    }

    #[test]
    fn on_cut_files(seed: u64, keep: usize) {
        let file = array(&tokens(seed, 9_000, 3), 9_000);
        agree(&file[..keep % file.len()]);
    }
}

#[test]
fn elements_are_found_from_checkpoints() {
    let file = array(&tokens(7, 50_000, 2), 50_000);
    let parsed = parse(&file, &Limits::default()).unwrap();
    let Some(Value::Array(array)) = parsed.value("tokens") else { panic!("an array") };
    assert!(parsed.checkpoints.len() > 5, "{} checkpoints", parsed.checkpoints.len());
    let all: Vec<&[u8]> = array.strings().collect();
    assert_eq!(all.len(), 50_000);
    for index in (0..50_000).step_by(37).chain([0, 49_999]) {
        assert_eq!(parsed.string(&array, index as u64), Some(all[index]));
    }
    assert_eq!(parsed.string(&array, 50_000), None);
}

#[test]
fn a_limit_below_a_window_is_kept() {
    let mut strings = tokens(3, 30_000, 0);
    string(&mut strings, &[b'x'; 5000]);
    let limits = Limits { gguf_string_bytes: 4999, ..Limits::default() };
    let file = array(&strings, 30_001);
    assert!(!agree_within(&file, &limits));
}
