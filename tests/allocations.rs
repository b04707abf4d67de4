//! Reading a header takes a handful of allocations, however many strings it holds, and memory by its real bytes,
//! whatever its counts claim.

#![allow(unsafe_code, reason = "a counting allocator is an allocator")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests count small numbers"
)]

#[path = "../benches/common/mod.rs"]
mod common;

use modelgate::Limits;
use modelgate::format::{gguf, index, safetensors, tokenizer_json};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);
static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator; only numbers are noted beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        PEAK.fetch_max(NOW.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller's own promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's own promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Cost {
    allocations: usize,
    peak_bytes: usize,
    time: Duration,
}

/// What `work` costs. Its time is the least of three tries: other programs run too.
fn cost<T>(mut work: impl FnMut() -> T) -> Cost {
    let mut cost = Cost { allocations: 0, peak_bytes: 0, time: Duration::MAX };
    for _ in 0..3 {
        let (count, now) = (COUNT.load(Relaxed), NOW.load(Relaxed));
        PEAK.store(now, Relaxed);
        let start = Instant::now();
        let result = work();
        cost.time = cost.time.min(start.elapsed());
        cost.allocations = COUNT.load(Relaxed) - count;
        cost.peak_bytes = PEAK.load(Relaxed).saturating_sub(now);
        drop(result);
    }
    cost
}

/// The issue's own bound for an optimized build; one without optimization is only kept from hanging.
fn patience(bound: Duration) -> Duration {
    if cfg!(debug_assertions) { bound * 300 } else { bound }
}

const BOUND: Duration = Duration::from_millis(30);

fn hostile(name: &str, cost: &Cost, most_bytes: usize) {
    println!("{name}: {} allocations, peak {} bytes, {:?}", cost.allocations, cost.peak_bytes, cost.time);
    assert!(cost.peak_bytes <= most_bytes, "{name}: peak {} bytes, at most {most_bytes}", cost.peak_bytes);
    assert!(cost.time <= patience(BOUND), "{name}: {:?}", cost.time);
}

fn gguf_file(keys: u64, tensors: u64, rest: &[u8]) -> Vec<u8> {
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend(tensors.to_le_bytes());
    file.extend(keys.to_le_bytes());
    file.extend(rest);
    file
}

fn array(element: u32, count: u64, elements: &[u8]) -> Vec<u8> {
    let mut out = 1_u64.to_le_bytes().to_vec();
    out.extend(b"a");
    out.extend(9_u32.to_le_bytes());
    out.extend(element.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(elements);
    out
}

fn refused(file: &[u8]) -> bool {
    gguf::parse(file, &Limits::default()).is_err()
}

/// One test, because the counters are the process's own.
#[test]
fn costs() {
    few_allocations();
    small_bombs();
    large_gguf();
    large_json();
}

fn few_allocations() {
    let limits = Limits::default();
    for size in [common::gguf::SMALL, common::gguf::LLAMA, common::gguf::GEMMA] {
        let (mut file, data) = common::gguf::header(size);
        let header = file.len();
        // Only the header is read, but the data section must be there.
        file.resize(header + data as usize % (1 << 20), 0);
        let cost = cost(|| gguf::parse(&file, &limits).unwrap());
        println!("gguf of {} tokens: {} allocations, peak {}", size.tokens, cost.allocations, cost.peak_bytes);
        assert!(cost.allocations <= 25, "{} allocations", cost.allocations);
        assert!(cost.peak_bytes < header / 10, "peak {} bytes", cost.peak_bytes);
    }
    let text = common::json::tokenizer(common::json::LLAMA);
    let cost = cost(|| tokenizer_json::parse(text.as_bytes(), &limits, &["<s>"]).unwrap());
    println!("tokenizer.json: {} allocations, peak {}", cost.allocations, cost.peak_bytes);
    // Vocabulary and merges allocate nothing; pairs and escapes are stepped over too.
    assert!(cost.allocations <= 100 && cost.peak_bytes < 200_000, "{} allocations", cost.allocations);
}

/// Files of 4 KB that claim a universe: under a millisecond and a megabyte.
fn small_bombs() {
    let bombs = [
        ("2^60 keys", gguf_file(1 << 60, 0, &[0; 4072])),
        ("10^9 keys", gguf_file(1_000_000_000, 0, &[0; 4072])),
        ("2^60 tensors", gguf_file(0, 1 << 60, &[0; 4072])),
        ("a string of 2^62 bytes", gguf_file(1, 0, &(1_u64 << 62).to_le_bytes())),
        ("a string of 4 GiB", gguf_file(1, 0, &(1_u64 << 32).to_le_bytes())),
        ("an array of 2^30 strings", gguf_file(1, 0, &array(8, 1 << 30, &[0; 4000]))),
        ("an array whose bytes wrap", gguf_file(1, 0, &array(10, 1 << 61, &[0; 4000]))),
        ("an array of arrays", gguf_file(1, 0, &array(9, 1, &[9, 0, 0, 0].repeat(1000)))),
    ];
    for (name, file) in bombs {
        let cost = cost(|| refused(&file));
        assert!(refused(&file), "{name}");
        println!("{name}: {:?}, peak {} bytes", cost.time, cost.peak_bytes);
        assert!(cost.peak_bytes < 1 << 20, "{name}: {} bytes", cost.peak_bytes);
        assert!(cost.time < patience(Duration::from_millis(1)), "{name}: {:?}", cost.time);
    }
}

fn large_gguf() {
    let empty = gguf_file(1, 0, &array(8, 8_000_000, &vec![0; 64_000_000]));
    let limits = Limits::default();
    assert!(gguf::parse(&empty, &limits).is_ok());
    hostile("8 million empty strings", &cost(|| gguf::parse(&empty, &limits).is_ok()), 100_000);

    // A long list of strings whose bytes look like strings wherever a reader looks into them.
    let text: Vec<u8> = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9].repeat(60);
    let mut fakes = Vec::new();
    for _ in 0..7000 {
        fakes.extend((text.len() as u64).to_le_bytes());
        fakes.extend(&text);
    }
    let fakes = gguf_file(1, 0, &array(8, 7000, &fakes));
    hostile("fake lengths", &cost(|| gguf::parse(&fakes, &limits).is_ok()), 100_000);
    let mut nested = Vec::new();
    nested.extend(1_u64.to_le_bytes());
    nested.extend(b"a");
    for _ in 0..100_000 {
        nested.extend(9_u32.to_le_bytes());
        nested.extend(1_u64.to_le_bytes());
    }
    let nested = gguf_file(1, 0, &nested);
    assert!(refused(&nested));
    hostile("arrays nested 100,000 deep", &cost(|| refused(&nested)), 100_000);

    let mut keys = Vec::new();
    for _ in 0..60_000 {
        keys.extend(3_u64.to_le_bytes());
        keys.extend(b"key");
        keys.extend(0_u32.to_le_bytes());
        keys.push(0);
    }
    let twice = gguf_file(60_000, 0, &keys);
    assert!(refused(&twice));
    hostile("one key 60,000 times", &cost(|| refused(&twice)), 3_000_000);
}

fn safetensors_file(header: &str) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file
}

/// A header of these names in turns, each as one tensor without data, so that the last one may count.
fn names_in_turns(names: &[&str], times: usize) -> Vec<u8> {
    let record = |name: &&str| format!(r#""{name}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}},"#);
    let turn: String = names.iter().map(record).collect();
    safetensors_file(&format!("{{{}}}", turn.repeat(times).trim_end_matches(',')))
}

/// Of names that stand again the last one counts, as for the format's own reader; of very many, nothing does.
fn names_again() {
    let limits = Limits::default();
    let refused = |file: &[u8]| safetensors::parse(file, &limits).is_err();
    for (names, times) in [(&["a"][..], 4_097), (&["a", "b"], 2_050), (&["a", "b", "c"], 2_000)] {
        let file = names_in_turns(names, times);
        let again = names.len() * (times - 1);
        assert_eq!(refused(&file), again > limits.repeated_tensors, "{again} names stand again");
        hostile("a few thousand names again", &cost(|| refused(&file)), file.len() * 6);
    }
    for (what, names) in
        [("one name a million times", &["a"; 8]), ("two names in turns", &["a", "b", "a", "b", "a", "b", "a", "b"])]
    {
        let file = names_in_turns(names, 1_000_000 / names.len());
        assert!(refused(&file));
        hostile(what, &cost(|| refused(&file)), file.len() * 2);
    }
}

fn large_json() {
    let limits = Limits::default();
    let refused = |file: &[u8]| safetensors::parse(file, &limits).is_err();
    let deep = safetensors_file(&"[".repeat(1_000_000));
    assert!(refused(&deep));
    hostile("a header nested a million deep", &cost(|| refused(&deep)), 100_000);
    let shape = safetensors_file(&format!(
        "{{\"a\":{{\"dtype\":\"U8\",\"shape\":[{}1],\"data_offsets\":[0,1]}}}}",
        "1,".repeat(45_000_000)
    ));
    assert!(refused(&shape));
    hostile("a shape of 90 MB", &cost(|| refused(&shape)), 100_000);
    names_again();
    for length in [0, 1 << 40, u64::MAX, 99_999_999] {
        let mut lie = safetensors_file("{}");
        lie[..8].copy_from_slice(&u64::to_le_bytes(length));
        assert!(refused(&lie));
        hostile("a header length that lies", &cost(|| refused(&lie)), 100_000);
    }
    let deep = "[".repeat(1_000_000);
    let refused = |text: &str| {
        index::parse(text.as_bytes(), &limits).is_err() && tokenizer_json::parse(text.as_bytes(), &limits, &[]).is_err()
    };
    assert!(refused(&deep));
    hostile("JSON nested a million deep", &cost(|| refused(&deep)), 100_000);
    let shards: String = (0..100_000).map(|number| format!("\"t{number}\":\"s{number}\",")).collect();
    let shards = format!("{{\"weight_map\":{{{}}}}}", shards.trim_end_matches(','));
    let parsed = index::parse(shards.as_bytes(), &limits).unwrap();
    assert_eq!((parsed.shards.len(), parsed.weight_map.len()), (100_000, 100_000));
    hostile("100,000 shards", &cost(|| index::parse(shards.as_bytes(), &limits).is_ok()), shards.len() * 16);
}
