//! Every truncation and every single-byte change of the tiny models, for every engine.
//!
//! A short run takes a sample, the same each time: of header bytes some, of data bytes, which no reader looks at, a few, and
//! engines and values in turn. `MODELGATE_HOSTILE=bytes` asks for all bytes of headers and documents, each cut and with
//! four values, engines in turn, and for one in sixteen data bytes; `full` asks for every engine each time, as `.ci/hostile`
//! does.

use super::common::{Content, Model, bases, write_image};
use super::judge::{Case, every_byte, folder, full, judge, judge_in_turn, judge_twice};
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

/// Of data bytes, one in so many is tried in a short run.
const DATA_STRIDE: usize = 20_011;
/// Of data bytes, one in so many is tried in a long run: that no other tells is a test of its own.
const DATA_STRIDE_LONG: usize = 16;
/// Of header bytes, one in so many.
const HEADER_STRIDE: usize = 64;
/// Of a single file shorter than this, every byte.
const SHORT_BYTES: usize = 600;
/// A second judgement must give the same answer: every engine is asked for it in one case of so many.
const TWICE_STRIDE: usize = 16;
/// How many threads share a full run, each with a copy of the model.
const THREADS: usize = 2;

/// A model on disk, and which of its files is about to be damaged.
struct Victim {
    load: PathBuf,
    file: PathBuf,
    name: String,
    bytes: Vec<u8>,
    header: usize,
    /// Which of how many shares of the places this one damages.
    share: usize,
    shares: usize,
}

impl Victim {
    /// The places to damage: each header byte, and data bytes as the run allows.
    fn places(&self) -> impl DoubleEndedIterator<Item = usize> + use<'_> {
        let all = every_byte() || (self.load == self.file && self.bytes.len() < SHORT_BYTES);
        let (header, data) = if all { (1, DATA_STRIDE_LONG) } else { (HEADER_STRIDE, DATA_STRIDE) };
        let is_mine = move |at: &usize| drawn(*at) / HEADER_STRIDE % self.shares == self.share;
        let is_drawn = move |at: &usize| drawn(*at).is_multiple_of(if *at < self.header { header } else { data });
        (0..self.bytes.len()).filter(is_mine).filter(is_drawn)
    }

    /// `turn` says whose turn it is among the engines.
    fn judge(&self, what: &str, at: usize, value: u8, turn: usize) {
        let _case = Case { file: &self.name, what, at, value };
        let in_header = at < self.header;
        if full() && in_header {
            judge(&self.load);
        } else if (turn / 4).is_multiple_of(TWICE_STRIDE) && in_header {
            judge_twice(&self.load);
        } else {
            judge_in_turn(&self.load, turn);
        }
    }

    fn truncate(&self) -> usize {
        let file = File::options().write(true).open(&self.file).unwrap();
        let mut tried = 0;
        for at in self.places().rev() {
            file.set_len(at as u64).unwrap();
            self.judge("cut", at, 0, drawn(at) / HEADER_STRIDE);
            tried += 1;
        }
        fs::write(&self.file, &self.bytes).unwrap();
        tried
    }

    fn change(&self) -> usize {
        let file = File::options().write(true).open(&self.file).unwrap();
        let mut tried = 0;
        for at in self.places() {
            for (turn, value) in (1 + drawn(at) / HEADER_STRIDE..).zip(values(self.bytes[at], at)) {
                file.write_all_at(&[value], at as u64).unwrap();
                self.judge("changed", at, value, turn);
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
    if every_byte() { all.to_vec() } else { vec![all[drawn(at) / HEADER_STRIDE % 4]] }
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

fn victims(model: &Model, home: &Path, share: usize, shares: usize) -> Vec<Victim> {
    let load = model.write(home);
    let victim = |(name, content): (&String, &Content)| Victim {
        load: load.clone(),
        file: home.join(name),
        name: name.clone(),
        bytes: content.image().head,
        header: header_bytes(content),
        share,
        shares,
    };
    model.files.iter().map(victim).collect()
}

/// Damages one share of a model's places and tells how many cases that were.
fn damage(model: &Model, share: usize, shares: usize) -> usize {
    let home = folder();
    let victims = victims(model, home.path(), share, shares);
    let before = judge(&victims[0].load);
    let tried = victims.iter().map(|victim| victim.truncate() + victim.change()).sum();
    assert_eq!(before, judge(&victims[0].load), "the files are not as they were");
    tried
}

/// `least` is how many cases a full run has at the least.
fn every_damage(name: &str, model: &Model, least: usize) {
    let shares = if every_byte() { THREADS } else { 1 };
    let start = Instant::now();
    let tried: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..shares).map(|share| scope.spawn(move || damage(model, share, shares))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    println!("{name}: {tried} damaged files judged in {:.0} s", start.elapsed().as_secs_f64());
    let least = if every_byte() { least } else { least / 500 };
    assert!(tried > least, "only {tried} cases");
}

#[test]
fn damaged_gguf() {
    every_damage("tiny-llama.gguf", &bases::base("tiny-llama.gguf"), 50_000);
}

#[test]
fn damaged_folder() {
    every_damage("tiny-llama", &bases::base("tiny-llama"), 100_000);
}

#[test]
fn damaged_adapter() {
    every_damage("tiny-lora.safetensors", &bases::base("tiny-lora.safetensors"), 40_000);
}

#[test]
fn damaged_pickle() {
    every_damage("tiny.ckpt", &Model::single("tiny.ckpt", Content::Bytes(pickle())), 500);
}

#[test]
fn damaged_torch_zip() {
    every_damage("tiny.pt", &Model::single("tiny.pt", Content::Bytes(torch_zip())), 1_000);
}

/// A dictionary of one tensor, as torch writes it.
pub fn pickle() -> Vec<u8> {
    let reduce = b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n".as_slice();
    let storage =
        b"X\x01\0\0\x000X\x03\0\0\0cpuK\x04tQK\0K\x02K\x02\x86K\x02K\x01\x86\x89ccollections\nOrderedDict\n)RtRs.";
    [b"\x80\x02}q\0X\x01\0\0\0w".as_slice(), reduce, storage].concat()
}

/// A zip of stored members: each has its local header, then the directory of all, then the directory's place.
pub fn torch_zip() -> Vec<u8> {
    let members =
        [("archive/data.pkl", pickle()), ("archive/version", b"3\n".to_vec()), ("archive/data/0", vec![0; 16])];
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in &members {
        let size = (content.len() as u32).to_le_bytes();
        let place = (zip.len() as u32).to_le_bytes();
        // Version, flags, method, time, date, checksum; then both sizes, and the lengths of the name and of no extra field.
        let common =
            [[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].as_slice(), &size, &size, &[name.len() as u8, 0, 0, 0]]
                .concat();
        zip.extend([b"PK\x03\x04", common.as_slice(), name.as_bytes(), content].concat());
        directory.extend([b"PK\x01\x02\x14\0", common.as_slice(), &[0; 10], &place, name.as_bytes()].concat());
    }
    let count = [members.len() as u8, 0, members.len() as u8, 0];
    let (size, place) = ((directory.len() as u32).to_le_bytes(), (zip.len() as u32).to_le_bytes());
    [zip, directory, [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &size, &place, &[0, 0]].concat()].concat()
}

/// Whatever stands in the data of a file, the reports are the same: no reader looks there.
#[test]
fn data_is_not_looked_at() {
    for base in ["tiny-llama.gguf", "tiny-llama", "tiny-lora.safetensors"] {
        let home = folder();
        for victim in victims(&bases::base(base), home.path(), 0, 1) {
            let before = judge(&victim.load);
            for pattern in [0x00, 0xFF, 0x7B, 0x22] {
                let data = victim.bytes.iter().skip(victim.header).map(|byte| byte ^ pattern);
                let bytes: Vec<u8> = victim.bytes.iter().take(victim.header).copied().chain(data).collect();
                fs::write(&victim.file, bytes).unwrap();
                assert_eq!(before, judge(&victim.load), "{}", victim.name);
            }
        }
    }
}

/// What is damaged here is sound: a reader that refuses it whole would survive anything.
#[test]
fn both_pickles_are_listed() {
    for (name, bytes) in [("tiny.ckpt", pickle()), ("tiny.pt", torch_zip())] {
        let home = folder();
        let load = Model::single(name, Content::Bytes(bytes)).write(home.path());
        let inspected = modelgate::inspect::inspect(&load, &modelgate::Limits::default()).unwrap();
        assert!(inspected.facts.pickle.is_some_and(|pickle| pickle.tensors.len() == 1), "{name}");
    }
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
