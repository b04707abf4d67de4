//! Chat templates against transformers: real templates with real conversations, one-line probes, folders.

use modelgate::chat::{self, ChatTemplate, Clock, Conversation, Phase, RenderError};
use modelgate::format::json::{self, Json};
use modelgate::limits::Limits;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How many disagreements are shown.
const SHOWN: usize = 30;

fn corpus() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        println!("skipped: MODELGATE_CORPUS is not set");
        return None;
    };
    Some(Path::new(&root).join("corpus/chat-templates"))
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn tree(text: &str) -> Json {
    json::parse(text.as_bytes(), &Limits::default()).unwrap_or_else(|fault| panic!("{fault:?}")).root
}

fn lines(path: &Path) -> Vec<Json> {
    text(path).lines().map(tree).collect()
}

fn word<'j>(json: &'j Json, key: &str) -> &'j str {
    json.get(key).and_then(Json::as_str).unwrap_or_else(|| panic!("{key} is missing"))
}

fn frozen() -> Option<Clock> {
    Clock::parse("2025-03-05T14:07:09.123456")
}

fn tokens(json: Option<&Json>) -> Vec<(String, String)> {
    let members = json.map(Json::members).unwrap_or_default().iter();
    members.filter_map(|member| Some((member.key.to_string(), member.value.as_str()?.to_owned()))).collect()
}

/// What a group of cases came to.
#[derive(Default)]
struct Score {
    seen: usize,
    right: usize,
    errors: usize,
    classes: usize,
    wrong: Vec<String>,
}

impl Score {
    fn add(&mut self, id: &str, case: &Json, result: &Result<chat::Prompt, Box<RenderError>>) {
        self.seen += 1;
        let verdict = judge(case, result);
        if let Some(expected) = case.get("error") {
            self.errors += 1;
            self.classes += usize::from(same_class(expected, result));
            if !same_class(expected, result) {
                self.wrong.push(format!("{id}: class: {result:?} for {expected:?}").chars().take(900).collect());
            }
        }
        match verdict {
            Ok(()) => self.right += 1,
            Err(why) => self.wrong.push(format!("{id}: {why}")),
        }
    }

    fn print(&self, group: &str) {
        let (seen, right, errors, classes) = (self.seen, self.right, self.errors, self.classes);
        println!("{group:<14} {right:>5} of {seen:>5} right; error class {classes:>4} of {errors:>4}");
    }
}

fn judge(case: &Json, result: &Result<chat::Prompt, Box<RenderError>>) -> Result<(), String> {
    match (case.get("expected").and_then(Json::as_str), result) {
        (Some(expected), Ok(prompt)) if prompt.text == expected => spans(case, prompt),
        (Some(expected), Ok(prompt)) => Err(difference(expected, &prompt.text)),
        (Some(_), Err(error)) => Err(format!("should render, but: {error}")),
        (None, Ok(prompt)) => Err(format!("should fail with {:?}, gives {:?}", case.get("error"), prompt.text)),
        (None, Err(_)) => Ok(()),
    }
}

fn spans(case: &Json, prompt: &chat::Prompt) -> Result<(), String> {
    let Some(expected) = case.get("generation_spans") else { return Ok(()) };
    let number = |json: Option<&Json>| json.and_then(Json::as_u64).unwrap_or(u64::MAX) as usize;
    let pair = |span: &Json| number(span.elements().first())..number(span.elements().get(1));
    let expected: Vec<_> = expected.elements().iter().map(pair).collect();
    if expected == prompt.generation { Ok(()) } else { Err(format!("spans {:?}, not {expected:?}", prompt.generation)) }
}

fn difference(expected: &str, found: &str) -> String {
    let same = expected.bytes().zip(found.bytes()).take_while(|(left, right)| left == right).count();
    let from =
        (0..=same.saturating_sub(20)).rev().find(|at| expected.is_char_boundary(*at) && found.is_char_boundary(*at));
    let from = from.unwrap_or(0);
    let cut = |text: &str| text.get(from..).unwrap_or("").chars().take(80).collect::<String>();
    format!("at byte {same}: expected {:?}, found {:?}", cut(expected), cut(found))
}

fn same_class(expected: &Json, result: &Result<chat::Prompt, Box<RenderError>>) -> bool {
    let Err(error) = result else { return false };
    let phase = match error.phase {
        Phase::Compile => "compile",
        Phase::Continue => "continue",
        _ => "render",
    };
    let raised = expected.get("kind").is_some();
    let same_phase = expected.get("phase").is_none_or(|expected| expected.as_str() == Some(phase));
    error.class.python_name() == word(expected, "class")
        && same_phase
        && error.raised == raised
        && (!raised || error.message == word(expected, "message"))
}

fn report(scores: &BTreeMap<String, Score>) {
    for (group, score) in scores {
        score.print(group);
    }
    let wrong: Vec<&String> = scores.values().flat_map(|score| &score.wrong).collect();
    println!("{} disagreements", wrong.len());
    for line in wrong.iter().take(SHOWN) {
        println!("  {line}");
    }
}

fn total(scores: &BTreeMap<String, Score>) -> Score {
    let mut total = Score::default();
    for score in scores.values() {
        total.seen += score.seen;
        total.right += score.right;
        total.errors += score.errors;
        total.classes += score.classes;
    }
    total
}

#[test]
fn cases() {
    let Some(root) = corpus() else { return };
    let index = tree(&text(&root.join("index.json")));
    let inputs = tree(&text(&root.join("inputs.json")));
    let mut templates = BTreeMap::new();
    for entry in index.get("templates").unwrap().elements() {
        let source = text(&root.join(word(entry, "file")));
        let compiled = ChatTemplate::from_text(&source).with_tokens(tokens(entry.get("tokens")));
        templates.insert(word(entry, "id").to_owned(), compiled);
    }
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for case in lines(&root.join("cases.jsonl")) {
        let input = word(&case, "input");
        let mut conversation = Conversation::from_json(inputs.get(input).unwrap()).unwrap();
        conversation.now = frozen();
        let result = templates[word(&case, "template")].render(&conversation);
        let group = if conversation.continue_final_message.is_some() {
            "continue"
        } else if case.get("generation_spans").is_some() {
            "generation"
        } else {
            "plain"
        };
        scores.entry(group.to_owned()).or_default().add(word(&case, "id"), &case, &result);
    }
    report(&scores);
    let total = total(&scores);
    assert_eq!((templates.len(), total.seen), (198, 7152));
    assert_eq!(total.right, total.seen, "every case renders byte for byte");
    assert!(total.classes * 1000 >= total.errors * 999, "{} of {} error classes", total.classes, total.errors);
}

#[test]
fn probes() {
    let Some(root) = corpus() else { return };
    let messages = r#"[{"role":"user","content":" Hi <b> "},{"role":"assistant","content":"yo"}]"#;
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for case in lines(&root.join("probes.jsonl")) {
        let request = format!(r#"{{"messages":{messages},"tokens":{{"bos_token":"<s>","eos_token":"</s>"}}}}"#);
        let mut conversation = Conversation::parse(request.as_bytes()).unwrap();
        conversation.now = frozen();
        let members = case.get("kwargs").map(Json::members).unwrap_or_default().iter();
        conversation.variables = members.map(|member| (member.key.to_string(), member.value.clone())).collect();
        let result = ChatTemplate::from_text(word(&case, "template_source")).render(&conversation);
        scores.entry(word(&case, "group").to_owned()).or_default().add(word(&case, "id"), &case, &result);
    }
    report(&scores);
    let total = total(&scores);
    println!("{} of {} probes, {} of {} error classes", total.right, total.seen, total.classes, total.errors);
    assert_eq!(total.seen, 440);
    assert!(total.right >= 440, "{} of 440 probes", total.right);
    assert!(total.classes * 1000 >= total.errors * 999, "{} of {} error classes", total.classes, total.errors);
}

#[test]
fn loading() {
    let Some(root) = corpus() else { return };
    let mut score = Score::default();
    for case in lines(&root.join("loading.jsonl")) {
        let files: Vec<(&str, &str)> = case
            .get("files")
            .unwrap()
            .members()
            .iter()
            .map(|file| (&*file.key, file.value.as_str().unwrap()))
            .collect();
        let folder = chat::from_folder(&files, &Limits::default()).unwrap();
        let mut conversation = Conversation::parse(br#"{"messages":[{"role":"user","content":"hi"}]}"#).unwrap();
        conversation.tools = match case.get("tools") {
            Some(Json::Array(tools)) => Some(tools.clone()),
            _ => None,
        };
        conversation.template = case.get("chat_template_arg").and_then(Json::as_str).map(str::to_owned);
        score.add(word(&case, "id"), &case, &folder.render(&conversation));
    }
    let scores = BTreeMap::from([("loading".to_owned(), score)]);
    report(&scores);
    let total = total(&scores);
    assert_eq!((total.seen, total.right, total.classes), (18, 18, total.errors));
}
