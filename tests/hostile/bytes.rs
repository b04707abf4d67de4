//! Every truncation and every single-byte change of the tiny models, for every engine.
//!
//! Header bytes are never sampled. Of data bytes, which no reader should look at, a short run takes a few; it also takes
//! engines and values in turn. `MODELGATE_HOSTILE=full` asks for all data bytes, each with every value and engine.

use super::common::{Content, Model, bases, write_image};
use super::judge::{Case, folder, full, judge, judge_in_turn, judge_twice};
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Of data bytes, one in so many is tried in a short run.
const DATA_STRIDE: usize = 20_011;
/// Of the places at which a JSON document may be cut, a short run takes one in so many.
const DOCUMENT_STRIDE: usize = 5;
/// A second judgement must give the same answer; a short run asks every engine for it in one case of so many.
const TWICE_STRIDE: usize = 64;

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
        let stride = if full() { 1 } else { DATA_STRIDE };
        (0..self.bytes.len()).filter(move |at| *at < self.header || at % stride == 0)
    }

    fn judge(&self, what: &str, at: usize, value: u8) {
        let _case = Case { file: &self.name, what, at, value };
        if full() || at.is_multiple_of(TWICE_STRIDE) {
            judge_twice(&self.load);
        } else {
            judge_in_turn(&self.load, at);
        }
    }

    fn truncate(&self) -> usize {
        let file = File::options().write(true).open(&self.file).unwrap();
        let mut tried = 0;
        let stride = if full() || self.header < self.bytes.len() { 1 } else { DOCUMENT_STRIDE };
        for at in self.places().filter(|at| at % stride == 0).collect::<Vec<_>>().into_iter().rev() {
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

/// What a byte is changed to: all bits, none, one more, the sign. A short run takes one of the four in turn.
fn values(byte: u8, at: usize) -> Vec<u8> {
    let all = [byte ^ 0xFF, 0, byte.wrapping_add(1), byte ^ 0x80];
    if full() { all.to_vec() } else { vec![all[at / 4 % 4]] }
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

fn every_damage(base: &str, least: usize) {
    let home = folder();
    let victims = victims(&bases::base(base), home.path());
    let before = judge(&victims[0].load);
    let tried: usize = victims.iter().map(|victim| victim.truncate() + victim.change()).sum();
    assert_eq!(before, judge(&victims[0].load), "the files are not as they were");
    println!("{base}: {tried} damaged files judged");
    assert!(tried > least, "only {tried} cases");
}

#[test]
fn damaged_gguf() {
    every_damage("tiny-llama.gguf", 6_000);
}

#[test]
fn damaged_folder() {
    every_damage("tiny-llama", 12_000);
}

#[test]
fn damaged_adapter() {
    every_damage("tiny-lora.safetensors", 4_000);
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
