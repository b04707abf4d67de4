//! The verdicts of the real llama.cpp v0.5.0 on thousands of files, against the profile's.
//!
//! The recipes stand in the folder that `MODELGATE_CORPUS` names; each is made into sparse files and goes through the
//! whole gate.

#![allow(clippy::disallowed_methods, reason = "the test writes the files that it judges")]

use flate2::read::GzDecoder;
use modelgate::diagnostic::{Diagnostic, Severity};
use modelgate::engine::llama_cpp::kv_cache_bytes;
use modelgate::{Gate, ReadMode, Verdict, report};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// How many cases there are at least; those of the one base that may not be copied are not among them.
const CASES: usize = 6_700;
/// Of so many cases one is read in both ways.
const READ_TWICE: usize = 16;
/// Of 10,000 cases, how many must agree at least.
const VERDICTS: usize = 10_000;
const REASONS: usize = 9_950;
const NAMES: usize = 9_950;
const MODELS: usize = 10_000;

#[test]
fn the_engine_and_the_gate_agree() {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        println!("skipped: MODELGATE_CORPUS is not set");
        return;
    };
    let folder = PathBuf::from(root).join("corpus/llama-cpp-verdicts");
    let start = Instant::now();
    let cases = cases(&folder);
    let bases = Bases { folder: folder.join("bases"), loaded: Mutex::default() };
    let outcomes = judge_all(&cases, &bases);
    let table = Table::of(&outcomes);
    table.print();
    println!("{} cases in {:.1} s", outcomes.len(), start.elapsed().as_secs_f64());
    assert!(outcomes.len() >= CASES, "only {} cases were seen", outcomes.len());
    table.hold();
}

/// The engine logs 5.62 MiB for this model's 256 cells.
#[test]
fn the_cache_is_as_large_as_the_engine_logs() {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        println!("skipped: MODELGATE_CORPUS is not set");
        return;
    };
    let folder = PathBuf::from(root).join("corpus/llama-cpp-verdicts");
    let bases = Bases { folder: folder.join("bases"), loaded: Mutex::default() };
    let case = cases(&folder)
        .into_iter()
        .find(|case| case["files"][0]["base"] == "SmolLM2-135M-Instruct.Q4_1" && case["verdict"] == "accepted")
        .unwrap();
    let room = tempfile::tempdir().unwrap();
    let inspection =
        modelgate::inspect::inspect(materialize(&case, &bases, room.path()), &modelgate::Limits::default()).unwrap();
    let gguf = inspection.facts.gguf.as_ref().unwrap();
    let f16 = 1;
    assert_eq!(kv_cache_bytes(gguf, 64, f16, f16), Some(30 * 256 * (3 * 64 + 3 * 64) * 2));
    assert_eq!(kv_cache_bytes(gguf, 64, 999, f16), None);
}

/// The recipes of all kinds, those of the Gemma base left out.
fn cases(folder: &Path) -> Vec<Value> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("cases-")).collect();
    files.sort();
    let lines = files.iter().flat_map(|path| BufReader::new(GzDecoder::new(File::open(path).unwrap())).lines());
    let cases = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let gemma = gemma().is_file();
    cases.filter(|case| gemma || !case["files"].to_string().contains(GEMMA)).collect()
}

/// The base that may not be passed on: its cases are judged where `test-models/fetch` was run.
const GEMMA: &str = "gemma-3-270m-q4_k_m";

fn gemma() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("test-models/fetched").join(format!("{GEMMA}.gguf"))
}

/// Header bytes of the base models.
struct Bases {
    folder: PathBuf,
    loaded: Mutex<HashMap<String, Arc<Vec<u8>>>>,
}

impl Bases {
    fn header(&self, name: &str) -> Arc<Vec<u8>> {
        if let Some(header) = self.loaded.lock().unwrap().get(name) {
            return Arc::clone(header);
        }
        let header = Arc::new(if name == GEMMA { self.gemma() } else { self.stored(name) });
        self.loaded.lock().unwrap().insert(name.to_owned(), Arc::clone(&header));
        header
    }
}

impl Bases {
    fn stored(&self, name: &str) -> Vec<u8> {
        let file = File::open(self.folder.join(format!("{name}.hdr.gz"))).unwrap();
        let mut header = Vec::new();
        GzDecoder::new(file).read_to_end(&mut header).unwrap();
        header
    }

    fn gemma(&self) -> Vec<u8> {
        let index: Value = serde_json::from_slice(&fs::read(self.folder.join("index.json")).unwrap()).unwrap();
        let entry = index.as_array().unwrap().iter().find(|entry| entry["name"] == GEMMA).unwrap();
        let mut header = Vec::new();
        File::open(gemma()).unwrap().take(entry["header_bytes"].as_u64().unwrap()).read_to_end(&mut header).unwrap();
        header
    }
}

/// Writes a recipe's files: the base with splices, cut or extended with zeroes that take no room on disk.
fn materialize(case: &Value, bases: &Bases, folder: &Path) -> PathBuf {
    for file in case["files"].as_array().unwrap() {
        let base = bases.header(file["base"].as_str().unwrap());
        let bytes = spliced(&base, file["splices"].as_array().unwrap());
        let size = file["size"].as_u64().unwrap();
        let mut out = File::create(folder.join(file["name"].as_str().unwrap())).unwrap();
        out.write_all(&bytes[..bytes.len().min(usize::try_from(size).unwrap())]).unwrap();
        out.set_len(size).unwrap();
    }
    folder.join(case["load"].as_str().unwrap())
}

fn spliced(base: &[u8], splices: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    for splice in splices {
        let from = usize::try_from(splice[0].as_u64().unwrap()).unwrap();
        out.extend(&base[at..from]);
        out.extend(base64(splice[2].as_str().unwrap()));
        at = from + usize::try_from(splice[1].as_u64().unwrap()).unwrap();
    }
    out.extend(&base[at..]);
    out
}

fn base64(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        bits = bits << 6 | digit(byte);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xFF).unwrap());
        }
    }
    out
}

fn digit(byte: u8) -> u32 {
    u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    })
}

/// What came of one case.
struct Outcome {
    id: String,
    kind: String,
    engine: String,
    gate: &'static str,
    reason: bool,
    name: bool,
    model: Option<bool>,
    words: String,
}

fn judge_all(cases: &[Value], bases: &Bases) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let room = tempfile::tempdir().unwrap();
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(turn) else { return };
                    let folder = room.path().join("model");
                    fs::create_dir(&folder).unwrap();
                    let path = materialize(case, bases, &folder);
                    let outcome = judge(case, &path);
                    if turn.is_multiple_of(READ_TWICE) {
                        same_by_windows(&path);
                    }
                    outcomes.lock().unwrap().push(outcome);
                    fs::remove_dir_all(&folder).unwrap();
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap();
    outcomes.sort_by(|left, right| left.id.cmp(&right.id));
    outcomes
}

/// Files read by windows get the same report.
fn same_by_windows(path: &Path) {
    let gate = Gate::for_engine("llama-cpp").unwrap();
    let report = |mode| report::check_json(&gate.clone().read_mode(mode).check(path).unwrap());
    assert_eq!(report(ReadMode::Map), report(ReadMode::Windowed), "{}", path.display());
}

fn judge(case: &Value, path: &Path) -> Outcome {
    let verdict = Gate::for_engine("llama-cpp").unwrap().check(path).unwrap();
    let first = verdict.judgement().findings.first().filter(|finding| finding.severity == Severity::Error);
    let engine = case["verdict"].as_str().unwrap();
    let class = case["reason"].as_str().unwrap_or("");
    let error = case["error"][0].as_str().unwrap_or("");
    let rejected = engine != "accepted" && first.is_some();
    let model = (engine == "accepted" && verdict.is_accepted()).then(|| differing(&verdict, &case["model"]));
    Outcome {
        id: case["id"].as_str().unwrap().to_owned(),
        kind: case["kind"].as_str().unwrap().to_owned(),
        engine: engine.to_owned(),
        gate: if verdict.is_accepted() { "accepted" } else { "rejected" },
        reason: !rejected || first.is_some_and(|finding| classes(finding).contains(&class)),
        name: !rejected || named(error).is_none_or(|name| first.unwrap().origin.key.as_deref() == Some(name)),
        model: model.as_ref().map(Option::is_none),
        words: format!(
            "{class}: {error} | {} {}",
            first.map_or("-".to_owned(), shown),
            model.flatten().unwrap_or_default()
        ),
    }
}

fn shown(finding: &Diagnostic) -> String {
    format!("{} {} {:?}", finding.cause.code, finding.message, finding.origin.key)
}

/// The first field of the engine's description that the gate's has differently.
fn differing(verdict: &Verdict, expected: &Value) -> Option<String> {
    let judgement = verdict.judgement();
    let found = judgement.engine.describe.and_then(|describe| describe(&judgement.facts)).unwrap_or_default();
    let differs = |(key, value): &(&String, &Value)| found[key.as_str()] != **value;
    let fields = expected.as_object().unwrap();
    fields.iter().find(differs).map(|(key, value)| format!("{key}: engine {value}, gate {}", found[key.as_str()]))
}

/// The tensor or the key that the engine's line names.
fn named(error: &str) -> Option<&str> {
    if let Some((_, rest)) = error.split_once("key not found in model: ") {
        return Some(rest);
    }
    if let Some((_, rest)) = error.split_once("tensor '") {
        return rest
            .split_once('\'')
            .map(|(name, _)| name)
            .filter(|name| !name.is_empty() && !name.contains('\u{fffd}'));
    }
    let (_, rest) = error.split_once(": key ")?;
    let name = rest.split_once(" has wrong")?.0;
    Some(name)
}

/// The corpus' classes of reasons that a finding may stand for.
fn classes(finding: &Diagnostic) -> &'static [&'static str] {
    let split = finding.origin.key.as_deref().is_some_and(|key| key.starts_with("split."));
    match finding.cause.code.0 {
        "FILE001" | "FILE002" | "FILE003" | "FILE004" | "FILE005" | "FILE006" | "FILE007" | "GGUF001" => &["bad-magic"],
        "GGUF002" => &["bad-version"],
        "GGUF003" => &["header", "bad-kv", "string-too-long", "tensor-info", "data-seek", "bad-magic"],
        "GGUF004" => &["header", "string-too-long", "bad-kv", "tensor-info"],
        "GGUF005" => &["dup-key", "empty-key"],
        "GGUF006" => &["bad-kv-type", "bad-kv"],
        "GGUF007" => &["bad-alignment"],
        "GGUF008" => &["tensor-name", "dup-tensor"],
        "GGUF009" => &["bad-dims", "bad-ndims", "tensor-info"],
        "GGUF010" => &["bad-ggml-type", "bad-block", "bad-dims"],
        "GGUF011" => &["bad-offset"],
        "LCPP101" => &["unknown-arch"],
        "LCPP102" => &["unknown-arch", "unknown-pre"],
        "LCPP103" => &["unsupported-arch"],
        "LCPP104" => &["truncated-data"],
        "LCPP105" | "LCPP106" if split => &["split"],
        "LCPP105" => &["key-type"],
        "LCPP106" => &["missing-key"],
        "LCPP107" => &["array-length"],
        "LCPP108" => &["hparams"],
        "LCPP109" | "LCPP118" | "LCPP125" | "LCPP126" => &["assert"],
        "LCPP110" => &["sigfpe"],
        "LCPP111" => &["hang", "timeout"],
        "LCPP112" => &["unknown-tokenizer"],
        "LCPP113" => &["unknown-pre"],
        "LCPP114" => &["no-merges"],
        "LCPP115" => &["vocab-type"],
        "LCPP116" => &["vocab-bounds"],
        "LCPP117" => &["vocab", "vocab-bounds"],
        "LCPP120" => &["missing-tensor"],
        "LCPP121" => &["wrong-shape"],
        "LCPP122" | "LCPP123" => &["wrong-count"],
        "LCPP124" => &["hparams", "range-check", "other"],
        "LCPP130" | "LCPP131" | "LCPP132" | "LCPP133" | "LCPP135" => &["split", "dup-tensor"],
        "LCPP134" => &["count-corrupt"],
        _ => &[],
    }
}

/// Scores, all and by kind.
#[derive(Default)]
struct Table {
    rows: BTreeMap<String, Row>,
    all: Row,
    disagreements: Vec<String>,
    deadly: Vec<String>,
}

#[derive(Default, Clone, Copy)]
struct Row {
    cases: usize,
    verdicts: usize,
    rejected: usize,
    reasons: usize,
    names: usize,
    models: usize,
    same_models: usize,
}

impl Row {
    fn add(&mut self, outcome: &Outcome) {
        let agrees = (outcome.engine == "accepted") == (outcome.gate == "accepted");
        let rejected = outcome.engine != "accepted" && agrees;
        self.cases += 1;
        self.verdicts += usize::from(agrees);
        self.rejected += usize::from(rejected);
        self.reasons += usize::from(rejected && outcome.reason);
        self.names += usize::from(rejected && outcome.name);
        self.models += usize::from(outcome.model.is_some());
        self.same_models += usize::from(outcome.model == Some(true));
    }

    fn line(&self, name: &str) -> String {
        format!(
            "{name:10} {:6} {:>14} {:>14} {:>14} {:>14}",
            self.cases,
            score(self.verdicts, self.cases),
            score(self.reasons, self.rejected),
            score(self.names, self.rejected),
            score(self.same_models, self.models)
        )
    }
}

fn score(part: usize, whole: usize) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{part} {:.2} %", part as f64 / whole as f64 * 100.0) }
}

impl Table {
    fn of(outcomes: &[Outcome]) -> Self {
        let mut table = Self::default();
        for outcome in outcomes {
            table.rows.entry(outcome.kind.clone()).or_default().add(outcome);
            table.all.add(outcome);
            let agrees = (outcome.engine == "accepted") == (outcome.gate == "accepted");
            if !agrees || !outcome.reason || !outcome.name || outcome.model == Some(false) {
                let line = format!("{} engine {} gate {} {}", outcome.id, outcome.engine, outcome.gate, outcome.words);
                table.disagreements.push(line);
            }
            if outcome.engine == "crashed" && outcome.gate == "accepted" {
                table.deadly.push(outcome.id.clone());
            }
        }
        table
    }

    fn print(&self) {
        println!("{:10} {:>6} {:>14} {:>14} {:>14} {:>14}", "kind", "cases", "verdict", "reason", "named", "model");
        self.rows.iter().for_each(|(kind, row)| println!("{}", row.line(kind)));
        println!("{}", self.all.line("all"));
        let shown = std::env::var("MODELGATE_SHOWN").ok().and_then(|shown| shown.parse().ok()).unwrap_or(20);
        self.disagreements.iter().take(shown).for_each(|line| println!("  {line}"));
    }

    fn hold(&self) {
        assert!(self.deadly.is_empty(), "files that kill the engine were accepted: {:?}", self.deadly);
        let floors = [
            ("verdicts", self.all.verdicts, self.all.cases, VERDICTS),
            ("reasons", self.all.reasons, self.all.rejected, REASONS),
            ("names", self.all.names, self.all.rejected, NAMES),
            ("models", self.all.same_models, self.all.models, MODELS),
        ];
        for (what, part, whole, floor) in floors {
            assert!(part * 10_000 >= whole * floor, "{what}: {part} of {whole} agree, the floor is {floor} in 10,000");
        }
    }
}
