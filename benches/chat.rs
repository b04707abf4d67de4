//! What chat templates cost: compiling, rendering an ordinary conversation, a very long conversation.
//!
//! `MODELGATE_CORPUS=... cargo bench --bench chat` measures every real template of the corpus; the medians over the
//! templates are printed, in the processor's time.

use cpu_time::ThreadTime;
use modelgate::chat::{ChatTemplate, Clock, Conversation};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A template in the manner of Qwen 3: a backward search, a look at every message, reasoning cut out of old answers.
const QWEN: &str = include_str!("chat/qwen-like.jinja");

fn main() {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        println!("skipped: MODELGATE_CORPUS is not set");
        return;
    };
    let sources = sources(&Path::new(&root).join("corpus/chat-templates/templates"));
    let conversation = ordinary();
    let compile: Vec<Duration> = sources.iter().map(|source| time(|| drop(ChatTemplate::from_text(source)))).collect();
    let templates: Vec<ChatTemplate> = sources.iter().map(|source| ChatTemplate::from_text(source)).collect();
    let rendered: Vec<&ChatTemplate> = templates.iter().filter(|one| one.render(&conversation).is_ok()).collect();
    let render: Vec<Duration> =
        rendered.iter().map(|one| time(|| drop(black_box(one.render(&conversation))))).collect();
    println!("compile, {} templates: {}", compile.len(), spread(compile));
    println!("render,  {} templates: {}", render.len(), spread(render));
    let qwen = ChatTemplate::from_text(QWEN);
    let long = long(1001);
    let length = qwen.render(&long).map_or(0, |prompt| prompt.text.len());
    println!("1001 messages, {length} bytes: {:?}", time(|| drop(black_box(qwen.render(&long)))));
}

fn sources(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 100, "only {} templates", paths.len());
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// The processor time of one run: the least of many rounds, so that what else the machine does is left out.
fn time(mut run: impl FnMut()) -> Duration {
    let begin = ThreadTime::now();
    run();
    let once = begin.elapsed().max(Duration::from_nanos(100));
    let runs = u32::try_from((Duration::from_micros(500).as_nanos() / once.as_nanos()).clamp(1, 10_000)).unwrap();
    let round = |run: &mut dyn FnMut()| {
        let begin = ThreadTime::now();
        (0..runs).for_each(|_| run());
        begin.elapsed() / runs
    };
    (0..25).map(|_| round(&mut run)).min().unwrap()
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("median {:?}, 90 % within {:?}, slowest {:?}", at(50), at(90), at(100))
}

fn ordinary() -> Conversation {
    let request = r#"{"add_generation_prompt": true, "messages": [
        {"role": "user", "content": "What is the capital of France?"},
        {"role": "assistant", "content": "Paris."},
        {"role": "user", "content": "And of Italy? Please answer in one word."}],
        "tokens": {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}}"#;
    let mut conversation = Conversation::parse(request.as_bytes()).unwrap();
    conversation.now = Clock::parse("2025-03-05T14:07:09");
    conversation
}

fn long(messages: usize) -> Conversation {
    let turn = |at: usize| match at {
        0 => r#"{"role": "system", "content": "You are a helpful assistant."}"#.to_owned(),
        at if at % 2 == 1 => {
            format!(r#"{{"role": "user", "content": "Question {at}: how far is it from here to there?"}}"#)
        }
        at => {
            format!(r#"{{"role": "assistant", "content": "<think>\nLet me see, {at}.\n</think>\n\nAbout {at} km."}}"#)
        }
    };
    let messages: Vec<String> = (0..messages).map(turn).collect();
    let request = format!(r#"{{"add_generation_prompt": true, "messages": [{}]}}"#, messages.join(","));
    Conversation::parse(request.as_bytes()).unwrap()
}
