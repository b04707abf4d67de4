//! Files that are cut, grown, replaced and deleted while they are read, by the map and by windows.
//!
//! Short files are read, so nothing can happen to them. A longer file is mapped: where someone cuts it in place at the
//! wrong moment, the operating system kills the process with SIGBUS. That is the one residual risk of the map, and the
//! test that meets it runs in a child process. By windows there is none, so that everything is tried in this process.

use super::common::{Model, bases};
use super::judge::{folder, hold, judge};
use modelgate::engine::PROFILES;
use modelgate::format::{Input, Windows, gguf, pickle, safetensors, zip};
use modelgate::source::ReadAt;
use modelgate::{Gate, Limits, ReadMode, facts, source};
use std::cell::Cell;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The signal of a page that the file no longer has.
pub const SIGBUS: i32 = 7;

/// What is done to a file that has `bytes`; `turn` makes each time different.
pub fn harm(path: &Path, bytes: &[u8], turn: usize, in_place: bool) {
    let cut = turn.wrapping_mul(7919) % (bytes.len() + 1);
    let resize = |length: usize| {
        let file = File::options().write(true).open(path);
        file.map(|file| file.set_len(length as u64).unwrap()).unwrap_or_default();
    };
    match turn % 5 {
        0 if in_place => resize(cut),
        1 => resize(bytes.len() + cut),
        2 => drop(fs::remove_file(path)),
        3 => put(path, &bytes[..cut]),
        _ => put(path, bytes),
    }
}

/// Puts a new file in the place of what is there, as a careful writer does.
pub fn put(path: &Path, bytes: &[u8]) {
    let new = path.with_extension("new");
    fs::write(&new, bytes).unwrap();
    fs::rename(new, path).unwrap();
}

/// A model on disk and the files of it that are harmed.
pub struct Victim {
    pub load: PathBuf,
    pub files: Vec<(PathBuf, Vec<u8>)>,
}

pub fn victim(base: &str, home: &Path, wanted: impl Fn(&[u8]) -> bool) -> Victim {
    let model: Model = bases::base(base);
    fs::create_dir_all(home).unwrap();
    let load = model.write(home);
    let files = model.files.iter().map(|(name, content)| (home.join(name), content.image().head));
    Victim { load, files: files.filter(|(_, bytes)| wanted(bytes)).collect() }
}

/// Tells the other thread to stop, also where a test fails.
pub struct Done<'a>(pub &'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Harms the files until `work` is done, then makes them whole.
fn while_harmed<T>(victim: &Victim, in_place: bool, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0.. {
                if done.load(Ordering::Relaxed) {
                    return;
                }
                let (path, bytes) = &victim.files[turn % victim.files.len()];
                harm(path, bytes, turn / victim.files.len(), in_place);
            }
        });
        let _done = Done(&done);
        work()
    })
}

fn judge_for(time: Duration, path: &Path, mode: ReadMode) -> usize {
    let start = Instant::now();
    let mut judged = 0;
    while start.elapsed() < time {
        for profile in PROFILES {
            if let Ok(verdict) = Gate::with_profile(profile).read_mode(mode).check(path) {
                hold(&verdict);
                judged += 1;
            }
        }
    }
    judged
}

/// Whatever happened meanwhile, a model that is whole at the end is judged as before.
fn harmed_and_healed(base: &str, mode: ReadMode, in_place: bool, wanted: impl Fn(&[u8]) -> bool) {
    let home = folder();
    let victim = victim(base, home.path(), wanted);
    assert!(!victim.files.is_empty());
    let before = judge(&victim.load);
    let judged = while_harmed(&victim, in_place, || judge_for(Duration::from_secs(2), &victim.load, mode));
    assert!(judged > 10, "only {judged} verdicts");
    victim.files.iter().for_each(|(path, bytes)| put(path, bytes));
    assert_eq!(before, judge(&victim.load));
}

#[test]
fn short_files_may_change_in_any_way() {
    harmed_and_healed("tiny-llama", ReadMode::Map, true, |bytes| bytes.len() < 64 << 10);
}

#[test]
fn long_files_may_be_replaced_grown_and_deleted() {
    for base in ["tiny-llama", "tiny-llama.gguf", "tiny-lora.safetensors"] {
        harmed_and_healed(base, ReadMode::Map, false, |_| true);
    }
}

#[test]
fn by_windows_files_may_change_in_any_way() {
    for base in ["tiny-llama", "tiny-llama.gguf", "tiny-lora.safetensors"] {
        harmed_and_healed(base, ReadMode::Windowed, true, |_| true);
    }
}

/// Another file than the one that was listed is never read, whatever its name says by now.
#[test]
fn only_what_was_listed_is_opened() {
    let home = folder();
    let secret = home.path().join("secret");
    fs::write(&secret, b"GGUF secret").unwrap();
    let load = bases::base("tiny-llama.gguf").write(&home.path().join("model"));
    let artifact = source::locate(&load, &Limits::default()).unwrap();
    let kept = home.path().join("kept");
    fs::rename(&load, &kept).unwrap();
    std::os::unix::fs::symlink(&secret, &load).unwrap();
    let file = &artifact.files[0];
    assert!(file.open().is_err() && file.handle().is_err() && file.read(u64::MAX).is_err());
    fs::remove_file(&load).unwrap();
    fs::rename(&kept, &load).unwrap();
    assert!(file.open().is_ok() && file.handle().is_ok());
    assert_eq!(artifact.changed(), None);
}

/// What happens to a file between the listing and the reading is told, in either mode.
#[test]
fn a_change_between_listing_and_reading_is_told() {
    type Change = fn(&Path, &[u8]);
    let changes: [(&str, Change); 5] = [
        ("cut", |path, bytes| fs::write(path, &bytes[..bytes.len() / 2]).unwrap()),
        ("grown", |path, bytes| fs::write(path, [bytes, &[0; 100]].concat()).unwrap()),
        ("replaced", put),
        ("deleted", |path, _| fs::remove_file(path).unwrap()),
        ("a folder", |path, _| fs::remove_file(path).and_then(|()| fs::create_dir(path)).unwrap()),
    ];
    for base in ["tiny-llama", "tiny-llama.gguf", "tiny-lora.safetensors"] {
        for (what, change) in changes {
            for mode in [ReadMode::Map, ReadMode::Windowed] {
                let mut limits = Limits::default();
                limits.read_mode = mode;
                let home = folder();
                let victim = victim(base, home.path(), |_| true);
                for (path, bytes) in victim.files.iter().filter(|(path, _)| !path.ends_with("README.md")) {
                    let artifact = source::locate(&victim.load, &limits).unwrap();
                    change(path, bytes);
                    let facts = facts::learn(&artifact, &limits).unwrap();
                    let told = facts.faults.iter().any(|fault| fault.cause.name == "changed-while-read");
                    assert!(told, "{} {what}, {mode:?}: {:?}", path.display(), facts.faults);
                    let _ = fs::remove_dir(path);
                    put(path, bytes);
                }
            }
        }
    }
}

/// A file that becomes another after so many reads.
struct Shifting<'a> {
    before: &'a [u8],
    after: &'a [u8],
    reads: Cell<usize>,
}

impl ReadAt for Shifting<'_> {
    fn file_bytes(&self) -> u64 {
        self.before.len() as u64
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> usize {
        let left = self.reads.get();
        self.reads.set(left.saturating_sub(1));
        if left > 0 { self.before.read_at(at, buffer) } else { self.after.read_at(at, buffer) }
    }
}

/// Reads a shifting file with every reader, and tells whether it was read to its end before it shifted.
fn read_shifting(before: &[u8], after: &[u8], reads: usize) -> bool {
    let limits = Limits::default();
    let file = |reads| Shifting { before, after, reads: Cell::new(reads) };
    let shifting = file(reads);
    drop(gguf::read(Input::windowed(&Windows::new(&shifting)), &limits));
    let whole = shifting.reads.get() > 0;
    drop(gguf::read_wide(Input::windowed(&Windows::new(&file(reads))), &limits));
    let shifting = file(reads);
    drop(safetensors::read(Input::windowed(&Windows::new(&shifting)), &limits));
    let whole = whole && shifting.reads.get() > 0;
    let shifting = file(reads);
    let windows = Windows::new(&shifting);
    let archive = zip::parse(Input::windowed(&windows), &limits);
    let length = before.len() as u64;
    drop(pickle::read(Input::windowed(&windows), 0, length, &limits));
    drop(archive);
    whole && shifting.reads.get() > 0
}

/// Each read of a file may see another state of it.
#[test]
fn by_windows_each_read_may_see_another_file() {
    let image = |base: &str| bases::base(base).files.pop_first().unwrap().1.image().head;
    let (gguf, safetensors) = (image("tiny-llama.gguf"), image("tiny-lora.safetensors"));
    let mut seen = 0;
    for before in [&gguf, &safetensors, &super::bytes::pickle(), &super::bytes::torch_zip()] {
        let flipped: Vec<u8> = before.iter().map(|byte| byte ^ 0xFF).collect();
        let shifted = [&[b' '; 7], before.as_slice()].concat();
        let cuts = [0, 1, 8, 24, 4095, 4096, 4097, before.len() / 2].map(|at| &before[..at.min(before.len())]);
        let others: [&[u8]; 4] = [&gguf, &safetensors, &flipped, &shifted];
        for after in cuts.into_iter().chain(others) {
            seen += 1 + (0..200).take_while(|reads| !read_shifting(before, after, *reads)).count();
        }
    }
    println!("{seen} shifting files");
    assert!(seen > 60, "only {seen} shifting files");
}

/// A verdict never mixes two states of a folder: a shard replaced by one of another model between two readings is told.
#[test]
fn a_change_during_the_check_is_told() {
    let home = folder();
    let victim = victim("tiny-llama", home.path(), |bytes| bytes.len() > 64 << 10);
    let told = AtomicUsize::new(0);
    while_harmed(&victim, false, || {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) && told.load(Ordering::Relaxed) == 0 {
            let Ok(verdict) = Gate::for_engine("transformers").unwrap().check(&victim.load) else { continue };
            let names = verdict.judgement().findings.iter().map(|finding| finding.cause.name);
            told.fetch_add(names.filter(|name| *name == "changed-while-read").count(), Ordering::Relaxed);
        }
    });
    assert!(told.load(Ordering::Relaxed) > 0, "no change was noticed in 20 s of changes");
}

/// The child of the next test: judges until its time is over, if nothing kills it.
#[test]
#[ignore = "run by mapped_files_cut_in_place in a process of its own"]
fn child() {
    let path = std::env::var_os("MODELGATE_CHILD").expect("MODELGATE_CHILD");
    judge_for(Duration::from_secs(2), Path::new(&path), ReadMode::Map);
}

/// The child of the next test but one: cuts a file that it has open, then reads all of it.
#[test]
#[ignore = "run by a_cut_file_is_death_by_the_map_alone in a process of its own"]
fn child_that_cuts() {
    let path = std::env::var_os("MODELGATE_CHILD").expect("MODELGATE_CHILD");
    let bytes = source::open(Path::new(&path)).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
    println!("{}", bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>());
}

fn run_child(name: &str, path: &Path) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--ignored"]).env("MODELGATE_CHILD", path).output().unwrap()
}

/// What `SECURITY.md` says of the map, and of short files: the first dies, the second does not notice.
#[test]
fn a_cut_file_is_death_by_the_map_alone() {
    for (length, signal) in [(4096, None), (64 << 10, None), (1 << 20, Some(SIGBUS))] {
        let home = folder();
        let path = home.path().join("file");
        fs::write(&path, vec![1; length]).unwrap();
        let output = run_child("changing::child_that_cuts", &path);
        assert_eq!(output.status.signal(), signal, "{length} bytes");
    }
}

#[test]
fn mapped_files_cut_in_place() {
    for base in ["tiny-llama.gguf", "tiny-llama"] {
        let home = folder();
        let victim = victim(base, home.path(), |_| true);
        let output = while_harmed(&victim, true, || run_child("changing::child", &victim.load));
        match output.status.signal() {
            Some(SIGBUS) => println!("{base}: killed by SIGBUS, the residual risk of the map"),
            Some(signal) => panic!("{base}: killed by signal {signal}"),
            None => {
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
                println!("{base}: survived");
            }
        }
    }
}
