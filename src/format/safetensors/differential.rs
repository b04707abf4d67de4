//! The canonical reader against the full one, and both against the reference reader.

#![allow(clippy::arithmetic_side_effects, reason = "tests count small numbers")]

use super::*;
use crate::format::Windows;
use proptest::prelude::*;
use proptest::sample::select;

fn file(header: &str, data: usize) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(vec![0; data]);
    file
}

fn agree(file: &[u8]) {
    let limits = Limits::default();
    let fast = parse(file, &limits);
    let plain = header(Input::whole(file), &limits).and_then(|text| {
        let (data_start, file_bytes) = (8 + text.len() as u64, file.len() as u64);
        full(text, &limits, Document { data_start, file_bytes, ..Document::default() })
    });
    let shown = String::from_utf8_lossy(file);
    let windows = Windows::new(&file);
    let [whole, windowed] = [Input::whole(file), Input::windowed(&windows)].map(|input| read(input, &limits));
    assert_eq!(format!("{whole:?}"), format!("{windowed:?}"), "{shown}");
    if let (Ok(fast), Ok((whole, trailing))) = (&fast, &whole) {
        assert_eq!((fast, 0), (whole, *trailing), "{shown}");
    }
    assert_eq!(format!("{fast:?}"), format!("{plain:?}"), "{shown}");
    let reference = safetensors::SafeTensors::deserialize(file);
    assert_eq!(fast.is_ok(), reference.is_ok(), "{shown}\nours {fast:?}\nreference {:?}", reference.err());
    let Ok(reference) = reference else { return };
    for tensor in &fast.unwrap().tensors {
        let view = reference.tensor(&tensor.name).unwrap();
        let shape: Vec<usize> = tensor.shape.iter().map(|&size| usize::try_from(size).unwrap()).collect();
        assert_eq!((view.shape(), view.data().len() as u64), (&*shape, tensor.end - tensor.begin));
        assert_eq!(format!("{:?}", view.dtype()), format!("{:?}", tensor.dtype));
    }
}

fn record(name: &str, dtype: &str, shape: &str, begin: &str, end: &str) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":[{shape}],"data_offsets":[{begin},{end}]}}"#)
}

/// Headers whose records lie one behind the other, in the reference writer's spelling.
fn sound(sizes: &[usize], names: &[&str], metadata: bool) -> (String, usize) {
    let mut at = 0;
    let mut records: Vec<String> =
        metadata.then(|| r#""__metadata__":{"format":"pt","a":"b\"c"}"#.to_owned()).into_iter().collect();
    for (size, name) in sizes.iter().zip(names) {
        records.push(record(name, "F16", &format!("{size},2"), &at.to_string(), &(at + size * 4).to_string()));
        at += size * 4;
    }
    (format!("{{{}}}", records.join(",")), at)
}

const NAMES: &[&str] =
    &["a", "b", "model.layers.0.self_attn.q_proj.weight", "é", "\\u0061", "", "__metadata__", "a\\nb"];
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\"",
    "0",
    "4",
    "12",
    "-0",
    "1.0",
    "1e1",
    "01",
    "null",
    "NaN",
    "\"a\":",
    "\"dtype\":\"U8\"",
    "\"shape\":[4]",
    "\"shape\":[]",
    "\"data_offsets\":[0,4]",
    "\"data_offsets\":[4,8]",
    "\"__metadata__\":{\"a\":\"b\"}",
    "\"__metadata__\":null",
    "\"x\":1e999",
    "\"x\":\"\\ud800\"",
    "{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}",
    "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}",
    "\"b\":{\"dtype\":\"I8\",\"shape\":[2,2],\"data_offsets\":[4,8]}",
    "\"c\":{\"dtype\":\"F4\",\"shape\":[3,2],\"data_offsets\":[4,7]}",
    "[\"U8\",[4],[0,4]]",
    "{}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn on_sound_headers(
        sizes in proptest::collection::vec(0_usize..300_000, 0..6), names in proptest::collection::vec(select(NAMES), 6),
        metadata: bool, padding in 0_usize..9, extra in -1_i8..2,
    ) {
        let (header, data) = sound(&sizes, &names, metadata);
        agree(&file(&(header + &" ".repeat(padding)), data.saturating_add_signed(extra.into())));
    }

    #[test]
    fn on_one_changed_byte(sizes in proptest::collection::vec(0_usize..40, 1..4), at: usize, byte in select(&b"\"\\,:[]{}0129 aF\x00\x1f\xff\xc3e.-"[..])) {
        let (header, data) = sound(&sizes, &["a", "b", "c"], true);
        let mut file = file(&header, data);
        let place = 8 + at % header.len();
        file[place] = byte;
        agree(&file);
    }

    #[test]
    fn on_pieces(pieces in proptest::collection::vec(select(PIECES), 0..8), open: bool, data in select(&[0_usize, 4, 7, 8][..])) {
        let text = pieces.concat();
        agree(&file(&if open { format!("{{{text}}}") } else { text }, data));
    }

    #[test]
    fn on_records_in_any_order(pieces in proptest::collection::vec(select(&PIECES[PIECES.len() - 5..PIECES.len() - 2]), 1..5), data in select(&[4_usize, 7, 8][..])) {
        agree(&file(&format!("{{{}}}", pieces.join(",")), data));
    }

    #[test]
    fn on_any_fields(
        name in select(NAMES), dtype in select(&["F32", "F4", "F6_E2M3", "F8_E8M0", "f32", "C64", "BOOL", "F", "F32 ", ""][..]),
        shape in select(&["", "1", "2,3", "4294967296,4294967296", "0,18446744073709551615", "18446744073709551616", "-1", "1.0", "3,", "01", " 1", "1,1,1,1,1,1", "9223372036854775808,0"][..]),
        begin in select(&["0", "1", "00", "4", "-0", "0.0"][..]), end in select(&["0", "1", "3", "4", "8", "24", "1000000000000000", "99999999999999999999"][..]),
        data in 0_usize..25,
    ) {
        agree(&file(&format!("{{{}}}", record(name, dtype, shape, begin, end)), data));
    }
}

#[test]
fn on_every_cut_and_length() {
    let (header, data) = sound(&[1, 2, 3], &["a", "b", "c"], true);
    let whole = file(&header, data);
    for keep in 0..=whole.len() {
        agree(&whole[..keep]);
    }
    for length in [0, 1, header.len() as u64 - 1, header.len() as u64 + 1, 100_000_000, 100_000_001, u64::MAX] {
        let mut file = whole.clone();
        file[..8].copy_from_slice(&length.to_le_bytes());
        agree(&file);
    }
}

#[test]
fn room_is_used_again() {
    let (header, data) = sound(&[1, 2, 3], &["a", "b", "c"], true);
    let file = file(&header, data);
    let first = parse(&file, &Limits::default()).unwrap();
    let (room, capacity) = (first.tensors.as_ptr(), first.tensors.capacity());
    let second = parse_with(&file, &Limits::default(), first.tensors).unwrap();
    assert_eq!((second.tensors.as_ptr(), second.tensors.capacity()), (room, capacity));
    assert_eq!(second.tensors.len(), 3);
}

/// Names that stand again are settled while the header is still being read: the outcome is that of settling at the end.
#[test]
fn on_names_that_stand_again() {
    let turn = |names: &[&str]| -> String {
        (0..)
            .zip(names)
            .map(|(at, name)| record(name, "U8", "4", &(at * 4).to_string(), &(at * 4 + 4).to_string()) + ",")
            .collect()
    };
    let limits = Limits::without_bounds();
    for names in [&["c", "a", "b"][..], &["a", "b"], &["a"]] {
        for (unlike, times) in [("", 9000), (r#""a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},"#, 9000)] {
            let header = format!("{{{unlike}{}}}", turn(names).repeat(times)).replace(",}", "}");
            let file = file(&header, names.len() * 4);
            let settled = parse(&file, &limits).unwrap();
            let start =
                Document { data_start: settled.data_start, file_bytes: settled.file_bytes, ..Document::default() };
            assert_eq!(settled, full(&header, &limits, start).unwrap());
            let reference = safetensors::SafeTensors::deserialize(&file).unwrap();
            assert_eq!(settled.tensors.len(), reference.len());
            for tensor in &settled.tensors {
                let data = reference.tensor(&tensor.name).unwrap().data().as_ptr() as usize - file.as_ptr() as usize;
                assert_eq!(data as u64, settled.data_start + tensor.begin);
            }
            assert_eq!(parse(&file, &Limits::default()).unwrap_err().cause().name, "header-limit");
        }
    }
}
