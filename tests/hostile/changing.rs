//! Files that are cut, grown, replaced and deleted while they are read.
//!
//! Short files are read, so nothing can happen to them. A longer file is mapped: where someone cuts it in place at the
//! wrong moment, the operating system kills the process with SIGBUS. That is the one residual risk of the map, and the
//! test that meets it runs in a child process.

use super::common::{Model, bases};
use super::judge::{folder, hold, judge};
use modelgate::Gate;
use modelgate::engine::PROFILES;
use modelgate::source;
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

fn judge_for(time: Duration, path: &Path) -> usize {
    let start = Instant::now();
    let mut judged = 0;
    while start.elapsed() < time {
        for profile in PROFILES {
            if let Ok(verdict) = Gate::with_profile(profile).check(path) {
                hold(&verdict);
                judged += 1;
            }
        }
    }
    judged
}

/// Whatever happened meanwhile, a model that is whole at the end is judged as before.
fn harmed_and_healed(base: &str, in_place: bool, wanted: impl Fn(&[u8]) -> bool) {
    let home = folder();
    let victim = victim(base, home.path(), wanted);
    assert!(!victim.files.is_empty());
    let before = judge(&victim.load);
    let judged = while_harmed(&victim, in_place, || judge_for(Duration::from_secs(2), &victim.load));
    assert!(judged > 10, "only {judged} verdicts");
    victim.files.iter().for_each(|(path, bytes)| put(path, bytes));
    assert_eq!(before, judge(&victim.load));
}

#[test]
fn short_files_may_change_in_any_way() {
    harmed_and_healed("tiny-llama", true, |bytes| bytes.len() < 64 << 10);
}

#[test]
fn long_files_may_be_replaced_grown_and_deleted() {
    for base in ["tiny-llama", "tiny-llama.gguf", "tiny-lora.safetensors"] {
        harmed_and_healed(base, false, |_| true);
    }
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
    judge_for(Duration::from_secs(2), Path::new(&path));
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
