//! The house keeps its direction: a room uses rooms above it, never below.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, top-down. `ARCHITECTURE.md` says what each is for.
const ROOMS: [&str; 19] = [
    "error",
    "limits",
    "diagnostic",
    "source",
    "format",
    "facts",
    "config",
    "catalog",
    "marketplace",
    "derive",
    "chat",
    "rules",
    "engine",
    "model_config",
    "verdict",
    "gate",
    "inspect",
    "report",
    "main",
];

/// One use of another room.
struct Use {
    file: PathBuf,
    line: usize,
    from: String,
    to: String,
}

#[test]
fn rooms_use_rooms_above_them_only() {
    let uses = uses();
    assert!(uses.len() > 100, "only {} uses between rooms were found: is the walk broken?", uses.len());
    let wrong: Vec<_> = uses.iter().filter(|used| rank(&used.to) > rank(&used.from)).map(words).collect();
    assert!(wrong.is_empty(), "rooms used from above them:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_is_in_the_plan() {
    let plan = fs::read_to_string("ARCHITECTURE.md").unwrap();
    for entry in fs::read_dir("src").unwrap() {
        let path = entry.unwrap().path();
        let room = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["lib", "cli"].contains(&room.as_str()) {
            continue;
        }
        assert!(ROOMS.contains(&room.as_str()), "src/{room} has no place in the order of rooms");
        assert!(plan.contains(&format!("`{room}`")), "ARCHITECTURE.md does not name the room `{room}`");
    }
}

fn words(used: &Use) -> String {
    format!("{}:{}: `{}` uses `{}`", used.file.display(), used.line, used.from, used.to)
}

fn rank(room: &str) -> usize {
    ROOMS.iter().position(|known| *known == room).unwrap_or_else(|| panic!("unknown room {room}"))
}

fn uses() -> Vec<Use> {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    assert!(files.len() > 40, "only {} source files", files.len());
    // A room's own tests may look at the whole house.
    let counts = |file: &&PathBuf| !file.ends_with("lib.rs") && !file.ends_with("tests.rs");
    files.iter().filter(counts).flat_map(|file| uses_of(file)).collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// The module path of a file: `src/a/b.rs` and `src/a/b/mod.rs` are `[a, b]`.
fn module(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix("src").unwrap().with_extension("");
    let mut parts: Vec<_> = inside.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

fn uses_of(file: &Path) -> Vec<Use> {
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<_> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let module = module(file);
    let room = if module[0] == "cli" { "main".to_owned() } else { module[0].clone() };
    let mut depth = module.len();
    let mut found = Vec::new();
    for (at, code) in lines.iter().enumerate() {
        if code.trim_start().starts_with("mod ") && code.contains('{') {
            depth += 1;
        }
        // A group may go on over the following lines.
        let statement = if code.contains("crate::{") { lines[at..].join(" ") } else { (*code).to_owned() };
        let statement = statement.split(';').next().unwrap_or_default();
        let targets = named_after(statement, "crate::").into_iter().chain(above(code, depth));
        let targets = targets.filter(|target| ROOMS.contains(&target.as_str()));
        found.extend(targets.map(|to| Use { file: file.to_owned(), line: at + 1, from: room.clone(), to }));
    }
    found
}

/// The names that follow each `prefix`: one, or the first of each path in a group.
fn named_after(code: &str, prefix: &str) -> Vec<String> {
    let rests = code.match_indices(prefix).map(|(at, _)| &code[at + prefix.len()..]);
    rests.flat_map(|rest| rest.strip_prefix('{').map_or_else(|| vec![identifier(rest)], group)).collect()
}

fn group(rest: &str) -> Vec<String> {
    let mut nesting = 0;
    let split = rest.split(|c| {
        nesting += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && nesting == 0
    });
    split.map(|part| identifier(part.trim())).collect()
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Names reached by climbing out of the room with `super::`.
fn above(code: &str, depth: usize) -> Vec<String> {
    let chain = "super::".repeat(depth);
    if depth == 0 { Vec::new() } else { named_after(code, &chain) }
}

#[test]
fn the_walk_sees_what_it_should() {
    assert_eq!(named_after("use crate::format::gguf;", "crate::"), ["format"]);
    assert_eq!(named_after("use crate::{facts::{a, b}, format};", "crate::"), ["facts", "format"]);
    assert_eq!(above("use super::super::engine::X;", 2), ["engine"]);
    assert_eq!(module(Path::new("src/a/b/mod.rs")), ["a", "b"]);
}
