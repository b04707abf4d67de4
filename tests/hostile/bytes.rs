//! Every truncation and every single-byte change of the tiny models, for every engine.
//!
//! A short run takes a sample, the same each time: of header bytes some, of data bytes, which no reader should look at, a
//! few, and engines and values in turn. `MODELGATE_HOSTILE=full` asks for all bytes, each with every value and engine;
//! `.ci/hostile` does so.

use super::common::{Content, Model, bases, write_image};
use super::judge::{Case, folder, full, judge, judge_in_turn, judge_twice};
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Of data bytes, one in so many is tried in a short run.
const DATA_STRIDE: usize = 20_011;
/// Of header bytes, one in so many.
const HEADER_STRIDE: usize = 64;
/// A second judgement must give the same answer; a short run asks every engine for it in one case of so many.
const TWICE_STRIDE: usize = 16;

/// A model on disk, and which of its files is about to be damaged.
struct Victim {
    load: PathBuf,
    file: PathBuf,
    name: String,
    bytes: Vec<u8>,
    header: usize,
}

impl Victim {
    /// The places to damage: each header byte, and data bytes as the run allows.
    fn places(&self) -> impl Iterator<Item = usize> + use<'_> {
        let (header, data) = if full() { (1, 1) } else { (HEADER_STRIDE, DATA_STRIDE) };
        (0..self.bytes.len()).filter(move |at| drawn(*at).is_multiple_of(if *at < self.header { header } else { data }))
    }

    fn judge(&self, what: &str, at: usize, value: u8) {
        let _case = Case { file: &self.name, what, at, value };
        if full() || (drawn(at) / HEADER_STRIDE).is_multiple_of(TWICE_STRIDE) {
            judge_twice(&self.load);
        } else {
            judge_in_turn(&self.load, drawn(at) / HEADER_STRIDE);
        }
    }

    fn truncate(&self) -> usize {
        let file = File::options().write(true).open(&self.file).unwrap();
        let mut tried = 0;
        for at in self.places().collect::<Vec<_>>().into_iter().rev() {
            file.set_len(at as u64).unwrap();
            self.judge("cut", at, 0);
            tried += 1;
        }
        fs::write(&self.file, &self.bytes).unwrap();
        tried
    }

    fn change(&self) -> usize {
        let file = File::options().write(true).open(&self.file).unwrap();
        let mut tried = 0;
        for at in self.places() {
            for value in values(self.bytes[at], at) {
                file.write_all_at(&[value], at as u64).unwrap();
                self.judge("changed", at, value);
                tried += 1;
            }
            file.write_all_at(&self.bytes[at..=at], at as u64).unwrap();
        }
        tried
    }
}

/// A fixed draw, so that the sample does not keep step with the fields of a header.
fn drawn(at: usize) -> usize {
    (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_right(32) as u32 as usize
}

/// What a byte is changed to: all bits, none, one more, the sign. A short run takes one of the four in turn.
fn values(byte: u8, at: usize) -> Vec<u8> {
    let all = [byte ^ 0xFF, 0, byte.wrapping_add(1), byte ^ 0x80];
    if full() { all.to_vec() } else { vec![all[drawn(at) / HEADER_STRIDE % 4]] }
}

/// How many leading bytes of a file readers look at.
fn header_bytes(content: &Content) -> usize {
    let hollow = match content.clone() {
        Content::Gguf(mut model) => {
            model.hollow = true;
            Content::Gguf(model)
        }
        Content::Safetensors(mut model) => {
            model.hollow = true;
            Content::Safetensors(model)
        }
        other => other,
    };
    hollow.image().head.len()
}

fn victims(model: &Model, home: &Path) -> Vec<Victim> {
    let load = model.write(home);
    let victim = |(name, content): (&String, &Content)| Victim {
        load: load.clone(),
        file: home.join(name),
        name: name.clone(),
        bytes: content.image().head,
        header: header_bytes(content),
    };
    model.files.iter().map(victim).collect()
}

/// `least` is how many cases a full run has at the least.
fn every_damage(base: &str, least: usize) {
    let home = folder();
    let victims = victims(&bases::base(base), home.path());
    let before = judge(&victims[0].load);
    let tried: usize = victims.iter().map(|victim| victim.truncate() + victim.change()).sum();
    assert_eq!(before, judge(&victims[0].load), "the files are not as they were");
    println!("{base}: {tried} damaged files judged");
    let least = if full() { least } else { least / HEADER_STRIDE / 6 };
    assert!(tried > least, "only {tried} cases");
}

#[test]
fn damaged_gguf() {
    every_damage("tiny-llama.gguf", 10_000);
}

#[test]
fn damaged_folder() {
    every_damage("tiny-llama", 40_000);
}

#[test]
fn damaged_adapter() {
    every_damage("tiny-lora.safetensors", 6_000);
}

/// Bytes behind a file's end are judged like any others.
#[test]
fn grown_files() {
    for base in ["tiny-llama.gguf", "tiny-llama", "tiny-lora.safetensors"] {
        let home = folder();
        let model = bases::base(base);
        let load = model.write(home.path());
        for (name, content) in &model.files {
            let mut image = content.image();
            for more in [1_usize, 7, 8, 4096] {
                image.head.resize(image.head.len() + more, b' ');
                image.size += more as u64;
                write_image(&home.path().join(name), &image);
                judge_twice(&load);
            }
            write_image(&home.path().join(name), &content.image());
        }
    }
}
