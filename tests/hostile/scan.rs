//! `scan` over a folder whose files are being cut, grown, replaced and deleted.
//!
//! Ten seconds, or as many as `MODELGATE_CHAOS_SECONDS` says.

use super::changing::{Done, SIGBUS, Victim, harm, put, victim};
use super::judge::folder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

static BASES: [&str; 3] = ["tiny-llama", "tiny-llama.gguf", "tiny-lora.safetensors"];

fn seconds() -> u64 {
    std::env::var("MODELGATE_CHAOS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10)
}

static ENGINES: [&str; 4] = ["llama-cpp", "transformers", "stable-diffusion", "comfyui"];

static MODES: [&str; 2] = ["map", "windowed"];

fn scan(root: &Path, engine: &str, mode: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_modelgate"));
    let settings = ["--engine", engine, "--read-mode", mode, "--format", "json"];
    command.arg("scan").arg(root).args(settings).output().unwrap()
}

fn verdicts_of_all(root: &Path) -> Vec<BTreeMap<String, bool>> {
    ENGINES.iter().map(|engine| verdicts(&scan(root, engine, "map")).unwrap()).collect()
}

/// Verdict by path; `None` where a line is no report.
fn verdicts(output: &Output) -> Option<BTreeMap<String, bool>> {
    let text = String::from_utf8(output.stdout.clone()).ok()?;
    let lines = text.lines().map(|line| {
        let report: Value = serde_json::from_str(line).ok()?;
        let path = report["model"]["path"].as_str()?.to_owned();
        Some((path, report["verdict"] == "accepted"))
    });
    lines.collect()
}

/// Sound models that nobody touches, sound ones that are harmed, and broken ones that are replaced by broken ones.
struct House {
    harmed: Vec<Victim>,
    broken: Vec<Victim>,
}

fn build(root: &Path) -> House {
    let copies = |name: &str| (0..3).map(move |at| format!("{name}-{at}")).collect::<Vec<_>>();
    let place = |kind: &str| {
        let homes = BASES.iter().flat_map(|base| copies(base).into_iter().map(move |copy| (*base, copy)));
        homes.map(|(base, copy)| victim(base, &root.join(kind).join(copy), |_| true)).collect::<Vec<_>>()
    };
    place("untouched");
    let (harmed, mut broken) = (place("harmed"), place("broken"));
    for (path, bytes) in broken.iter_mut().flat_map(|victim| &mut victim.files) {
        // Short of the header, which every reader refuses.
        bytes.truncate((bytes.len() * 2 / 3).min(1000));
        put(path, bytes);
    }
    House { harmed, broken }
}

fn torment(house: &House, done: &AtomicBool) -> usize {
    let harmed: Vec<_> = house.harmed.iter().flat_map(|victim| &victim.files).collect();
    let broken: Vec<_> = house.broken.iter().flat_map(|victim| &victim.files).collect();
    let mut turn = 0;
    while !done.load(Ordering::Relaxed) {
        let (path, bytes) = harmed[turn % harmed.len()];
        harm(path, bytes, turn / 3, true);
        let (path, bytes) = broken[turn % broken.len()];
        put(path, &bytes[..bytes.len() - turn % 64]);
        turn += 1;
    }
    turn
}

#[test]
fn scan_of_a_house_on_fire() {
    let root = folder();
    let house = build(root.path());
    let before = verdicts_of_all(root.path());
    let done = AtomicBool::new(false);
    let (mut scans, mut killed) = (0, [0; 2]);
    let turns = thread::scope(|scope| {
        let tormentor = scope.spawn(|| torment(&house, &done));
        let stop = Done(&done);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(seconds()) {
            let (at, mode) = (scans % ENGINES.len(), scans / ENGINES.len() % MODES.len());
            let output = scan(root.path(), ENGINES[at], MODES[mode]);
            killed[mode] += usize::from(survived(&output, &before[at]).is_err());
            scans += 1;
        }
        drop(stop);
        tormentor.join().unwrap()
    });
    for (path, bytes) in house.harmed.iter().flat_map(|victim| &victim.files) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        put(path, bytes);
    }
    for (path, bytes) in house.broken.iter().flat_map(|victim| &victim.files) {
        put(path, bytes);
    }
    assert_eq!(before, verdicts_of_all(root.path()), "whole files are judged otherwise than before");
    let [by_map, by_windows] = killed;
    println!("{} s: {scans} scans over {turns} changes, {by_map} by the map killed by SIGBUS", seconds());
    assert_eq!(by_windows, 0, "a scan by windows was killed by SIGBUS");
}

/// Nothing but a file cut under the map kills a scan; broken models stay rejected, untouched ones keep their verdict.
fn survived(output: &Output, before: &BTreeMap<String, bool>) -> Result<(), ()> {
    match output.status.signal() {
        Some(SIGBUS) => return Err(()),
        Some(signal) => panic!("killed by signal {signal}"),
        None => {}
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0..=2)), "{:?}: {errors}", output.status);
    assert!(!errors.contains("panicked"), "{errors}");
    for (path, accepted) in verdicts(output).expect("a line that is no report") {
        assert!(!(accepted && path.contains("/broken/")), "{path} was accepted");
        if path.contains("/untouched/") {
            assert_eq!(before.get(&path), Some(&accepted), "{path}");
        }
    }
    Ok(())
}
