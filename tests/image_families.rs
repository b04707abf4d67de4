//! Every family, adapter and companion of the tables, each by a small header of its deciding names and shapes.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests write files, and a fault of theirs fails the test"
)]

mod image_support;

use image_support::{gguf, safetensors};
use modelgate::Gate;
use modelgate::verdict::Verdict;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// One small header and what it is.
#[derive(Default)]
struct Case {
    title: String,
    kind: String,
    family: String,
    base: String,
    /// Fields of the identification, `sd` and `comfy` for a cause, `sd-needs` and `comfy-needs` for companions.
    more: Vec<(String, String)>,
    tensors: Map<String, Value>,
    metadata: Map<String, Value>,
    container: String,
}

#[test]
fn backbones() {
    run("backbones.txt", 90);
}

#[test]
fn adapters() {
    run("adapters.txt", 65);
}

#[test]
fn companions() {
    run("companions.txt", 90);
}

fn run(name: &str, count: usize) {
    let text = fs::read_to_string(Path::new("tests/image_families").join(name)).expect("the cases");
    let cases = parse(&text);
    assert!(cases.len() >= count, "{name} has {} cases, expected {count} at least", cases.len());
    let root = tempfile::tempdir().expect("a folder");
    let wrong: Vec<String> = cases.iter().flat_map(|case| judge(case, root.path())).collect();
    for line in &wrong {
        println!("{line}");
    }
    assert!(wrong.is_empty(), "{} of {} cases of {name} are wrong", wrong.len(), cases.len());
}

/// `[title]`, `= type family | base | key=value ..`, `@ key text`, `! container`, then a tensor a line: name and shape.
fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(title) = line.strip_prefix('[') {
            cases.push(Case { title: title.trim_end_matches(']').to_owned(), ..Case::default() });
            continue;
        }
        let case = cases.last_mut().expect("a title first");
        match line.split_once(' ').unwrap_or((line, "")) {
            ("=", rest) => expect(case, rest),
            ("@", rest) => {
                let (key, text) = rest.split_once(' ').expect("a key and a text");
                case.metadata.insert(key.to_owned(), json!(text));
            }
            ("!", rest) => rest.clone_into(&mut case.container),
            (name, shape) => {
                for name in spread(name) {
                    case.tensors.insert(name, tensor(shape));
                }
            }
        }
    }
    cases
}

fn expect(case: &mut Case, line: &str) {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let (kind, family) = parts[0].split_once(' ').expect("a type and a family");
    (case.kind, case.family, case.base) = (kind.to_owned(), family.to_owned(), parts[1].to_owned());
    let pairs = parts.get(2).copied().unwrap_or_default().split(';').filter_map(|pair| pair.split_once('='));
    case.more = pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect();
}

/// Dimensions, with another element type than F16 in front.
fn tensor(shape: &str) -> Value {
    let mut dtype = "F16";
    let mut sizes: Vec<u64> = Vec::new();
    for word in shape.split_whitespace() {
        match word.parse() {
            Ok(size) => sizes.push(size),
            Err(_) => dtype = word,
        }
    }
    json!([dtype, sizes])
}

/// `a.{0..2}.b` is `a.0.b` to `a.2.b`.
fn spread(name: &str) -> Vec<String> {
    let Some((before, rest)) = name.split_once('{') else { return vec![name.to_owned()] };
    let (range, after) = rest.split_once('}').expect("a closed brace");
    let (first, last) = range.split_once("..").expect("a range");
    let range = first.parse::<u64>().expect("a number")..=last.parse().expect("a number");
    range.flat_map(|number| spread(&format!("{before}{number}{after}"))).collect()
}

fn write(case: &Case, root: &Path) -> PathBuf {
    let listing = json!({ "metadata": case.metadata, "tensors": case.tensors });
    let folder = root.join(case.title.replace([' ', '/'], "-"));
    fs::create_dir_all(&folder).expect("a folder");
    if case.container == "gguf" {
        let path = folder.join("model.gguf");
        gguf::write(&listing, &path);
        return path;
    }
    let name = if case.container.is_empty() { "model.safetensors" } else { &case.container };
    safetensors::write(&listing, &folder.join(name));
    folder.join(name)
}

fn judge(case: &Case, root: &Path) -> Vec<String> {
    let path = write(case, root);
    let verdict = |engine: &str| Gate::for_engine(engine).expect("a profile").check(&path).expect("a verdict");
    let engines = [("sd", verdict("stable-diffusion")), ("comfy", verdict("comfyui"))];
    let identity = engines[0].1.judgement().derived.image.as_deref().expect("an identification");
    let identity = serde_json::to_value(identity).expect("JSON");
    let mut wrong = Vec::new();
    let mut hold = |field: &str, expected: &str, found: String| {
        if expected != found && expected != "?" {
            wrong.push(format!("{}: {field} should be {expected}, is {found}", case.title));
        }
    };
    hold("type", &case.kind, word(&identity["type"]));
    hold("family", &case.family, word(&identity["family"]));
    hold("base", &case.base, word(&identity["base_model"]));
    for (key, expected) in &case.more {
        let found = match key.split_once('-') {
            Some((engine, "needs")) => needs(&engines, engine),
            _ if key == "sd" || key == "comfy" => cause(&engines, key, expected),
            _ if key == "candidate" => candidate(&identity, expected),
            _ => word(&identity[key.as_str()]),
        };
        hold(key, expected, found);
    }
    wrong
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn candidate(identity: &Value, expected: &str) -> String {
    let all = &identity["base_model_candidates"];
    if all.as_array().expect("candidates").iter().any(|base| base == expected) {
        expected.to_owned()
    } else {
        word(all)
    }
}

/// The engine's own cause among the findings, or the first that there is; `-` for none.
fn cause(engines: &[(&str, Verdict); 2], engine: &str, expected: &str) -> String {
    let verdict = &engines.iter().find(|(name, _)| *name == engine).expect("an engine").1;
    let own = ["SDIF", "CMFY", "IMG10"];
    let names = verdict.judgement().findings.iter().filter(|finding| {
        let code = finding.cause.code.to_string();
        finding.cause.name == expected || own[..2].iter().any(|start| code.starts_with(start))
    });
    let names: Vec<&str> = names.map(|finding| finding.cause.name).collect();
    let found = names.iter().find(|name| **name == expected).or_else(|| names.first());
    found.map_or("-", |name| name).to_owned()
}

fn needs(engines: &[(&str, Verdict); 2], engine: &str) -> String {
    let verdict = &engines.iter().find(|(name, _)| *name == engine).expect("an engine").1;
    let finding = verdict.judgement().findings.iter().find(|finding| finding.cause.name == "needs-companions");
    let needs = finding.and_then(|finding| finding.expected.as_ref()).and_then(Value::as_array);
    let words: Vec<String> = needs.into_iter().flatten().map(word).collect();
    if words.is_empty() { "-".to_owned() } else { words.join("+") }
}
