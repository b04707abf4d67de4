//! Chat templates beside `hf-chat-template` and plain `minijinja`: correctness on the corpus, then compiling and rendering in
//! turns. `MODELGATE_CORPUS=... cargo run --release` prints the table.

use cpu_time::ThreadTime;
use hf_chat_template::FixedClock;
use modelgate::chat::{ChatTemplate, Clock, Conversation};
use modelgate::format::json::{self, Json};
use modelgate::limits::Limits;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// 2025-03-05 14:07:09, as the corpus has it.
const NOW: i64 = 1_741_183_629;
const ROUNDS: usize = 15;

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn raise(message: String) -> Result<String, minijinja::Error> {
    Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message))
}

/// minijinja as its documentation has it for chat templates: pycompat's methods, trimmed blocks.
fn minijinja() -> minijinja::Environment<'static> {
    let mut environment = minijinja::Environment::new();
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_function("raise_exception", raise);
    environment
}

fn peer(source: &str) -> Option<hf_chat_template::ChatTemplate> {
    let clock = FixedClock::from_unix_secs(NOW);
    hf_chat_template::ChatTemplate::builder(source).clock(clock).build().ok()
}

/// What transformers makes of a request before it renders: the peers leave that to their caller.
fn context(input: &Value, tokens: &Value) -> Value {
    let mut context = Map::new();
    let tokens = input.get("tokens").unwrap_or(tokens).as_object();
    context.extend(tokens.into_iter().flatten().map(|(name, token)| (name.clone(), token.clone())));
    let given = input.get("kwargs").and_then(Value::as_object);
    context.extend(given.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    let messages = input["messages"].as_array().into_iter().flatten().map(|message| match message.as_object() {
        Some(members) => members.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect(),
        None => message.clone(),
    });
    context.insert("messages".to_owned(), messages.collect());
    for name in ["tools", "documents"] {
        context.insert(name.to_owned(), input.get(name).cloned().unwrap_or(Value::Null));
    }
    let prompt = input.get("add_generation_prompt").and_then(Value::as_bool).unwrap_or(false);
    context.insert("add_generation_prompt".to_owned(), json!(prompt));
    Value::Object(context)
}

struct Template {
    source: String,
    tokens: Value,
    ours: ChatTemplate,
    hf: Option<hf_chat_template::ChatTemplate>,
}

fn texts(value: &Value) -> Vec<(String, String)> {
    let members = value.as_object().into_iter().flatten();
    members.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}

fn tree(text: &str) -> Json {
    json::parse(text.as_bytes(), &Limits::default()).unwrap_or_else(|fault| panic!("{fault:?}")).root
}

fn main() {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS").map(|root| PathBuf::from(root).join("corpus/chat-templates"))
    else {
        println!("skipped: MODELGATE_CORPUS is not set");
        return;
    };
    let index: Value = serde_json::from_str(&text(&root.join("index.json"))).unwrap();
    let mut templates = BTreeMap::new();
    for entry in index["templates"].as_array().unwrap() {
        let source = text(&root.join(entry["file"].as_str().unwrap()));
        let ours = ChatTemplate::from_text(&source).with_tokens(texts(&entry["tokens"]));
        let hf = peer(&source);
        let id = entry["id"].as_str().unwrap().to_owned();
        templates.insert(id, Template { source, tokens: entry["tokens"].clone(), ours, hf });
    }
    correctness(&root, &templates);
    speed(&templates);
}

fn correctness(root: &Path, templates: &BTreeMap<String, Template>) {
    let inputs: Value = serde_json::from_str(&text(&root.join("inputs.json"))).unwrap();
    let ours_inputs = tree(&text(&root.join("inputs.json")));
    let environment = minijinja();
    let (mut seen, mut right) = (0_usize, [0_usize; 3]);
    for line in text(&root.join("cases.jsonl")).lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let name = case["input"].as_str().unwrap();
        let input = &inputs[name];
        if input.get("continue_final_message").is_some_and(|field| !field.is_null() && *field != json!(false)) {
            continue;
        }
        seen += 1;
        let template = &templates[case["template"].as_str().unwrap()];
        let mut conversation = Conversation::from_json(ours_inputs.get(name).unwrap()).unwrap();
        conversation.now = Clock::parse("2025-03-05T14:07:09.123456");
        let context = context(input, &template.tokens);
        let found = [
            template.ours.render(&conversation).ok().map(|prompt| prompt.text),
            template.hf.as_ref().and_then(|hf| hf.render_context(&context).ok()),
            environment.template_from_str(&template.source).ok().and_then(|one| one.render(&context).ok()),
        ];
        for (right, found) in right.iter_mut().zip(found) {
            *right += usize::from(found.as_deref() == case["expected"].as_str());
        }
    }
    println!("right of {seen} cases without continue_final_message (text, or an error where transformers fails):");
    for (name, right) in ["modelgate", "hf-chat-template", "minijinja"].iter().zip(right) {
        println!("{name:<17} {right:>5}  {:.1} %", right as f64 * 100.0 / seen as f64);
    }
}

fn time<T>(work: impl Fn() -> T) -> Duration {
    let runs = 8;
    let begin = ThreadTime::now();
    (0..runs).for_each(|_| drop(black_box(work())));
    begin.elapsed() / runs
}

/// Compiling and rendering by turns; of each the least time of all rounds, and then the median over the templates.
fn speed(templates: &BTreeMap<String, Template>) {
    let request = r#"{"add_generation_prompt": true, "messages": [
        {"role": "user", "content": "What is the capital of France?"}, {"role": "assistant", "content": "Paris."},
        {"role": "user", "content": "And of Italy? Please answer in one word."}],
        "tokens": {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}}"#;
    let mut conversation = Conversation::parse(request.as_bytes()).unwrap();
    conversation.now = Clock::parse("2025-03-05T14:07:09");
    let context = context(&serde_json::from_str(request).unwrap(), &json!({}));
    let environment = minijinja();
    let both = templates.values().filter(|one| {
        let plain = environment.template_from_str(&one.source).is_ok_and(|plain| plain.render(&context).is_ok());
        plain && one.ours.render(&conversation).is_ok() && one.hf.as_ref().is_some_and(|hf| hf.render_context(&context).is_ok())
    });
    let both: Vec<&Template> = both.collect();
    let mut least = vec![[Duration::MAX; 6]; both.len()];
    for _ in 0..ROUNDS {
        for (one, least) in both.iter().zip(&mut least) {
            let plain = environment.template_from_str(&one.source).unwrap();
            let times = [
                time(|| ChatTemplate::from_text(&one.source)),
                time(|| peer(&one.source)),
                time(|| environment.template_from_str(&one.source).is_ok()),
                time(|| one.ours.render(&conversation).is_ok()),
                time(|| one.hf.as_ref().map(|hf| hf.render_context(&context).is_ok())),
                time(|| plain.render(&context).is_ok()),
            ];
            least.iter_mut().zip(times).for_each(|(least, time)| *least = time.min(*least));
        }
    }
    let median = |place: usize| {
        let mut times: Vec<Duration> = least.iter().map(|least| least[place]).collect();
        times.sort();
        times[times.len() / 2]
    };
    println!("median over {} templates that all three render, processor time:", both.len());
    for (at, name) in ["modelgate", "hf-chat-template", "minijinja"].iter().enumerate() {
        let (compile, render) = (median(at), median(at + 3));
        let ratio = |time: Duration, ours: Duration| time.as_secs_f64() / ours.as_secs_f64();
        let ratios = (ratio(compile, median(0)), ratio(render, median(3)));
        println!("{name:<17} compile {compile:>9.1?} ({:.1}x)  render {render:>9.1?} ({:.1}x)", ratios.0, ratios.1);
    }
}
