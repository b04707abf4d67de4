//! Files give the same reports by the map and by windows.

#![allow(clippy::disallowed_methods, reason = "the test writes the files that it judges")]

mod common;

use common::recipe::recipes;
use common::{Model, bases};
use modelgate::engine::PROFILES;
use modelgate::{Error, Gate, ReadMode, report};
use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

fn report_of(gate: &Gate, mode: ReadMode, path: &Path) -> String {
    let report = |error: Error| format!("error: {error}");
    gate.clone().read_mode(mode).check(path).map_or_else(report, |verdict| report::check_json(&verdict).to_string())
}

/// Judges for one engine, the next at each turn: what is read does not depend on it.
fn agree(path: &Path, turn: usize, what: &str) {
    let profile = PROFILES[turn % PROFILES.len()];
    let gate = Gate::with_profile(profile);
    let [map, windowed] = [ReadMode::Map, ReadMode::Windowed].map(|mode| report_of(&gate, mode, path));
    assert_eq!(map, windowed, "{what} for {}", profile.label);
}

#[test]
fn on_every_case() {
    let folder = tempfile::tempdir().unwrap();
    let recipes = recipes();
    assert!(recipes.len() > 40);
    for (name, recipe) in recipes {
        let path = recipe.build().write(&folder.path().join(&name));
        (0..PROFILES.len()).step_by(2).for_each(|turn| agree(&path, turn, &name));
    }
}

/// By the map, this kills the process.
#[test]
fn by_windows_files_may_be_cut_while_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let model = bases::base("tiny-llama.gguf");
    let load = model.write(folder.path());
    let whole = model.files.values().next().unwrap().image().head;
    assert!(whole.len() > 64 << 10, "a file of {} bytes is read as a whole", whole.len());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in (0_usize..).take_while(|_| !done.load(Ordering::Relaxed)) {
                let file = File::options().write(true).open(&load).unwrap();
                file.set_len((turn * 7919 % whole.len()) as u64).unwrap();
                fs::write(&load, &whole).unwrap();
            }
        });
        let (start, mut judged) = (Instant::now(), 0_usize);
        while start.elapsed() < Duration::from_secs(1) {
            report_of(&Gate::with_profile(PROFILES[judged % PROFILES.len()]), ReadMode::Windowed, &load);
            judged += 1;
        }
        done.store(true, Ordering::Relaxed);
        assert!(judged > 5, "only {judged} verdicts");
    });
    agree(&load, 0, "a file that is whole again");
}

/// The weights and documents of a model, cut and changed: a prime number of bytes apart, so that every part is met.
#[test]
fn on_damaged_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for base in ["tiny-llama.gguf", "tiny-lora.safetensors", "tiny-llama"] {
        let home = folder.path().join(base);
        let model: Model = bases::base(base);
        let load = model.write(&home);
        for (name, content) in &model.files {
            let (path, whole) = (home.join(name), content.image().head);
            let steps = if load.is_dir() { 6 } else { 80 };
            for place in (0..whole.len()).step_by(whole.len() / steps + 1) {
                fs::write(&path, &whole[..place]).unwrap();
                agree(&load, seen, &format!("{name} cut at byte {place}"));
                let mut changed = whole.clone();
                changed[place] = changed[place].wrapping_mul(3).wrapping_add(129);
                fs::write(&path, &changed).unwrap();
                agree(&load, seen + 1, &format!("{name} changed at byte {place}"));
                seen += 2;
            }
            fs::write(&path, &whole).unwrap();
        }
    }
    println!("{seen} damaged files");
    assert!(seen > 250, "only {seen} damaged files");
}
