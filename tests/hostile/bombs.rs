//! Headers that claim what is not there: time and memory follow the bytes, never the claims.

use super::judge::{folder, hold};
use super::memory::peak_of;
use modelgate::engine::PROFILES;
use modelgate::{Gate, ReadMode, Verdict};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const MB: usize = 1 << 20;
/// A debug build on a shared machine is this much slower than what is promised of a release build.
const SLOWER: u32 = if cfg!(debug_assertions) { 400 } else { 4 };

/// How many times smaller than promised the large bombs are in a debug build.
const SMALLER: usize = if cfg!(debug_assertions) { 10 } else { 1 };

/// A file or folder under construction, to be judged within bounds.
struct Bomb {
    name: &'static str,
    bytes: Vec<u8>,
    millis: u64,
    memory: usize,
    /// Whether the reader itself must refuse; else only the bounds are asserted.
    refused: bool,
}

impl Bomb {
    /// A bomb of a few kilobytes: 1 ms, 1 MB.
    fn small(name: &'static str, bytes: Vec<u8>) -> Self {
        Self { name, bytes, millis: 1, memory: MB, refused: true }
    }

    fn defuse(&self) {
        let home = folder();
        let path = home.path().join(self.name);
        fs::write(&path, &self.bytes).unwrap();
        let (mut slowest, mut most) = (Duration::ZERO, 0);
        for profile in PROFILES {
            let (verdict, held, took) = measured(&Gate::with_profile(profile), &path);
            assert!(!(self.refused && verdict.is_accepted()), "{} was accepted for {}", self.name, profile.label);
            assert!(held <= self.memory, "{}: {held} bytes held, {} allowed", self.name, self.memory);
            let allowed = Duration::from_millis(self.millis) * SLOWER;
            assert!(took <= allowed, "{}: took {took:?}, {allowed:?} allowed", self.name);
            (slowest, most) = (slowest.max(took), most.max(held));
        }
        println!("{}: {} bytes, {slowest:?} and {most} bytes of memory at most", self.name, self.bytes.len());
    }
}

/// The fastest of three judgements, and the most memory that one of them held.
fn measured(gate: &Gate, path: &Path) -> (Verdict, usize, Duration) {
    let once = || {
        let start = Instant::now();
        let (verdict, held) = peak_of(|| gate.check(path).unwrap());
        hold(&verdict);
        (verdict, held, start.elapsed())
    };
    let (first, second, third) = (once(), once(), once());
    let held = first.1.max(second.1).max(third.1);
    (first.0, held, first.2.min(second.2).min(third.2))
}

/// The first bytes of a GGUF file.
pub fn gguf(tensors: u64, keys: u64) -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(tensors.to_le_bytes());
    bytes.extend(keys.to_le_bytes());
    bytes
}

pub fn string(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text);
}

/// A GGUF whose only key holds an array that claims `count` elements of type `element`.
fn array(element: u32, count: u64, rest: usize) -> Vec<u8> {
    let mut bytes = gguf(0, 1);
    string(&mut bytes, b"a");
    bytes.extend(9_u32.to_le_bytes());
    bytes.extend(element.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.resize(bytes.len() + rest, 0);
    bytes
}

/// A safetensors file with this header and `data` bytes behind it.
pub fn safetensors(header: &[u8], data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.resize(bytes.len() + data, 0);
    bytes
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(4096, 0);
    bytes
}

#[test]
fn gguf_counts_that_lie() {
    let counts = [1 << 60, 1 << 62, 1 << 63, u64::MAX, 1_000_000_000, 1 << 20, u64::from(u32::MAX)];
    for count in counts {
        Bomb::small("tensors.gguf", padded(gguf(count, 0))).defuse();
        Bomb::small("keys.gguf", padded(gguf(0, count))).defuse();
        Bomb::small("both.gguf", padded(gguf(count, count))).defuse();
    }
}

#[test]
fn gguf_strings_that_lie() {
    for length in [1_u64 << 62, 1 << 63, u64::MAX, u64::MAX - 23, 1 << 32, 1 << 30, 4096] {
        let mut key = gguf(0, 1);
        key.extend(length.to_le_bytes());
        Bomb::small("key.gguf", padded(key)).defuse();
        let mut value = gguf(0, 1);
        string(&mut value, b"a");
        value.extend(8_u32.to_le_bytes());
        value.extend(length.to_le_bytes());
        Bomb::small("value.gguf", padded(value)).defuse();
        let mut tensor = gguf(1, 0);
        tensor.extend(length.to_le_bytes());
        Bomb::small("tensor.gguf", padded(tensor)).defuse();
    }
}

#[test]
fn gguf_arrays_that_lie() {
    for element in 0..14 {
        for count in [1 << 30, 1 << 31, 1 << 60, 1 << 61, 1 << 62, 1 << 63, u64::MAX] {
            Bomb::small("array.gguf", array(element, count, 4000)).defuse();
        }
    }
}

/// Arrays in arrays, 100,000 deep: refused at the first, without recursion.
#[test]
fn gguf_arrays_in_arrays() {
    let mut bytes = array(9, 1, 0);
    for _ in 0..100_000 {
        bytes.extend(9_u32.to_le_bytes());
        bytes.extend(1_u64.to_le_bytes());
    }
    Bomb::small("nested.gguf", bytes).defuse();
}

/// Dimensions whose product wraps, one after the other.
#[test]
fn gguf_shapes_that_wrap() {
    for dimensions in [[1_u64 << 32, 1 << 32, 1, 1], [u64::MAX, 1, 1, 1], [1 << 63, 2, 1, 1], [1 << 62; 4]] {
        for kind in [0_u32, 2, 8, 24, 39, 42, 43, u32::MAX] {
            let mut bytes = gguf(1, 0);
            string(&mut bytes, b"token_embd.weight");
            bytes.extend(4_u32.to_le_bytes());
            dimensions.iter().for_each(|size| bytes.extend(size.to_le_bytes()));
            bytes.extend(kind.to_le_bytes());
            bytes.extend(0_u64.to_le_bytes());
            Bomb::small("shape.gguf", padded(bytes)).defuse();
        }
    }
}

/// A text of a gigabyte, or a name: no more of it is held than anyone asks for, by the map and by windows.
#[test]
fn gguf_of_one_long_text() {
    let long = 1_u64 << 30;
    for name in ["general.name", "tokenizer.chat_template", ""] {
        let mut bytes = gguf(0, 1);
        if !name.is_empty() {
            string(&mut bytes, name.as_bytes());
            bytes.extend(8_u32.to_le_bytes());
        }
        bytes.extend(long.to_le_bytes());
        let home = folder();
        let path = home.path().join("long.gguf");
        fs::write(&path, [bytes.as_slice(), &b"x".repeat(MB)].concat()).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_len(bytes.len() as u64 + long).unwrap();
        for profile in PROFILES {
            let reports = [ReadMode::Map, ReadMode::Windowed].map(|mode| {
                let (verdict, held, took) = measured(&Gate::with_profile(profile).read_mode(mode), &path);
                assert!(held <= 4 * MB, "{name}: {held} bytes held for {} by {mode:?}", profile.label);
                assert!(took <= Duration::from_millis(5) * SLOWER, "{name}: {took:?} for {}", profile.label);
                format!("{:?}", verdict.judgement().findings)
            });
            assert_eq!(reports[0], reports[1], "{name}");
        }
    }
}

/// 64 MB that hold 8 million empty strings: a vocabulary of nothing is stepped over, not built.
#[test]
fn gguf_of_empty_strings() {
    let count = 8_000_000 / SMALLER;
    Bomb { name: "empty.gguf", bytes: array(8, count as u64, 8 * count), millis: 30, memory: MB, refused: false }
        .defuse();
}

/// Every eight bytes look like a length that leads to another: guesses about where strings begin all fail.
#[test]
fn gguf_of_fake_lengths() {
    let mut bytes = array(8, 400_000, 0);
    for at in 0..400_000_u64 {
        let inside: Vec<u8> = (0..at % 9).flat_map(|_| (at % 200).to_le_bytes()).collect();
        string(&mut bytes, &inside);
    }
    Bomb { name: "fake.gguf", bytes, millis: 30, memory: MB, refused: false }.defuse();
}

#[test]
fn safetensors_lengths_that_lie() {
    for length in [0, 1, 4088, 4089, 1 << 20, 100_000_000, 100_000_001, 1 << 32, 1 << 62, u64::MAX] {
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend(b"{\"a\":");
        Bomb::small("length.safetensors", padded(bytes)).defuse();
    }
}

#[test]
fn safetensors_numbers_that_wrap() {
    for (shape, begin, end) in [
        ("18446744073709551615,18446744073709551615", "0", "1"),
        ("4294967296,4294967296", "0", "0"),
        ("1", "18446744073709551615", "18446744073709551615"),
        ("1", "18446744073709551612", "0"),
        ("1", "8", "4"),
        ("1e3", "0", "4"),
        ("-1", "0", "4"),
        ("0.5", "0", "2"),
        ("99999999999999999999999999", "0", "4"),
    ] {
        let header = format!(r#"{{"a":{{"dtype":"F32","shape":[{shape}],"data_offsets":[{begin},{end}]}}}}"#);
        Bomb::small("wrap.safetensors", safetensors(header.as_bytes(), 4)).defuse();
    }
}

/// JSON a million levels deep, as a header and as a config.
#[test]
fn json_a_million_levels_deep() {
    for open in ["[", "{\"a\":"] {
        let deep = open.repeat(1_000_000);
        let bytes = safetensors(deep.as_bytes(), 0);
        Bomb { name: "deep.safetensors", bytes, millis: 20, memory: MB, refused: true }.defuse();
        let home = folder();
        for document in ["config.json", "tokenizer.json", "model.safetensors.index.json", "tokenizer_config.json"] {
            fs::write(home.path().join("config.json"), "{\"model_type\":\"llama\"}").unwrap();
            fs::write(home.path().join(document), &deep).unwrap();
            for profile in PROFILES {
                let (verdict, held, took) = measured(&Gate::with_profile(profile), home.path());
                assert!(document != "config.json" || !verdict.is_accepted(), "{document} was accepted");
                assert!(held <= MB, "{document}: {held} bytes held");
                println!("{document}, a million levels: {took:?}, {held} bytes of memory");
            }
            fs::remove_file(home.path().join(document)).unwrap();
        }
    }
}

/// 90 MB of header that is one tensor's shape. The reference reader takes 1.85 GB for it.
#[test]
fn safetensors_of_one_long_shape() {
    let mut header = br#"{"a":{"dtype":"F32","shape":["#.to_vec();
    header.extend(b"1,".repeat(45_000_000 / SMALLER));
    header.extend(br#"1],"data_offsets":[0,4]}}"#);
    Bomb { name: "shape.safetensors", bytes: safetensors(&header, 4), millis: 600, memory: 256 * MB, refused: true }
        .defuse();
}

/// A million tensors of one name, 53 MB: time and memory stay in proportion to the header.
#[test]
fn safetensors_of_one_name() {
    let mut header = b"{".to_vec();
    header.extend(br#""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#.repeat(1_000_000 / SMALLER / SMALLER));
    header.extend(br#""a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#);
    let memory = 3 * header.len();
    Bomb { name: "twice.safetensors", bytes: safetensors(&header, 4), millis: 400, memory, refused: true }.defuse();
}

/// Names as long as their file: refused, and told in few words.
#[test]
fn names_of_a_megabyte() {
    let long = [b"blk.".as_slice(), &vec![0; MB]].concat();
    let with_tensor = |name: &[u8]| {
        let mut bytes = gguf(1, 0);
        string(&mut bytes, name);
        bytes.extend([0; 64]);
        bytes
    };
    let with_keys = |name: &[u8], count: u64| {
        let mut bytes = gguf(0, count);
        for _ in 0..count {
            string(&mut bytes, name);
            bytes.extend(99_u32.to_le_bytes());
        }
        bytes
    };
    let spaces = b" ".repeat(MB);
    for bytes in [with_tensor(&long), with_tensor(&spaces), with_keys(&long, 1), with_keys(&spaces, 2)] {
        Bomb { name: "names.gguf", bytes, millis: 5, memory: 4 * MB, refused: true }.defuse();
    }
    let name = "n".repeat(MB);
    let tensor = |rest: &str| format!(r#"{{"{name}":{{"dtype":{rest}}}}}"#);
    for rest in [r#""F99","shape":[1],"data_offsets":[0,4]"#, r#""F32","shape":[1],"data_offsets":[0,5]"#, r#"7"#] {
        let bytes = safetensors(tensor(rest).as_bytes(), 4);
        Bomb { name: "names.safetensors", bytes, millis: 20, memory: 8 * MB, refused: true }.defuse();
    }
}

/// Members of a zip that lie over one another, each a pickle of 60 kB: refused before the second is read.
#[test]
fn zip_of_one_member_many_times() {
    let name = b"archive/data.pkl";
    let pickle = [b"\x80\x02".as_slice(), &b"N0".repeat(30_000), b"N."].concat();
    let size = (pickle.len() as u32).to_le_bytes();
    let head = |mark: &[u8], before: usize, after: usize| {
        let short = [name.len() as u8, 0, 0, 0];
        [mark, &vec![0; before], &size, &size, &short, &vec![0; after], name].concat()
    };
    let mut bytes = [head(b"PK\x03\x04", 14, 0), pickle].concat();
    let directory = (bytes.len() as u32).to_le_bytes();
    bytes.extend(head(b"PK\x01\x02", 16, 14).repeat(60_000));
    bytes.extend([b"PK\x05\x06\0\0\0\0\x60\xEA\x60\xEA\0\0\0\0".as_slice(), &directory, &[0, 0]].concat());
    Bomb { name: "overlap.ckpt", memory: 2 * bytes.len(), bytes, millis: 10, refused: true }.defuse();
}

/// A long model card and a long template are looked at as far as the limits go.
#[test]
fn documents_of_many_gigabytes() {
    for name in ["README.md", "chat_template.jinja", "additional_chat_templates/a.jinja"] {
        let home = folder();
        super::common::bases::llama_folder().write(home.path());
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "---\nlicense: mit\n").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_len(64 << 30).unwrap();
        for profile in PROFILES {
            let (_, held, took) = measured(&Gate::with_profile(profile), home.path());
            assert!(held <= 16 * MB, "{name}: {held} bytes held for {}", profile.label);
            assert!(took <= Duration::from_millis(30) * SLOWER, "{name}: {took:?} for {}", profile.label);
        }
    }
}
