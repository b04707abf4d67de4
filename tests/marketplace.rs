//! Entries fetched over real HTTP, from a server on this machine that answers as the hubs do.

#![cfg(feature = "marketplace")]

use modelgate::config::ModelType;
use modelgate::marketplace::{Client, FetchError, Settings};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// One answer of the server: the head after the protocol's name, and the body.
struct Answer(&'static str, Vec<u8>);

impl Answer {
    fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self("200 OK", body.into())
    }
}

/// Answers one connection after the other, and gives what was asked: the request's head.
fn serve(answers: Vec<Answer>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = mpsc::channel();
    thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let _ = sender.send(head(&stream));
            // A client that has heard enough may hang up.
            let _ = reply(&stream, &answer);
        }
    });
    (base, asked)
}

fn head(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream).lines().map(|line| line.unwrap());
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn reply(mut stream: &TcpStream, Answer(head, body): &Answer) -> std::io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?;
    stream.write_all(body)
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/catalog").join(name)).unwrap()
}

fn hasty() -> Settings {
    Settings { pause: Duration::from_millis(1), timeout: Duration::from_secs(5), ..Settings::default() }
}

#[test]
fn a_repository_is_fetched_with_its_sizes_and_the_token() {
    let (base, asked) = serve(vec![Answer::ok(fixture("huggingface-llm.json"))]);
    let settings = Settings { token: Some("hf_secret".to_owned()), ..hasty() };
    assert!(!format!("{settings:?}").contains("secret"));
    let entry = Client::new(format!("{base}/"), settings).huggingface("workshop/Small Talker").unwrap();
    assert_eq!((entry.id.as_str(), entry.size), ("workshop/Small-Talker-1B-GPTQ", Some(12_345)));
    let asked = asked.recv().unwrap().to_lowercase();
    assert!(asked.starts_with("get /api/models/workshop/small%20talker?blobs=true http/1.1"), "{asked}");
    assert!(asked.contains("authorization: bearer hf_secret") && asked.contains("user-agent: modelgate/"), "{asked}");
}

#[test]
fn models_and_versions_are_fetched_from_civitai() {
    let model = fixture("civitai-model.json");
    let version =
        br#"{"id": 5, "modelId": 4, "name": "v", "baseModel": "SD 1.5", "model": {"name": "M", "type": "LORA"},
                       "files": [{"name": "m.safetensors", "sizeKB": 2, "primary": true}]}"#;
    let (base, asked) = serve(vec![Answer::ok(model), Answer::ok(version)]);
    let client = Client::new(base, hasty());
    assert_eq!(client.civitai(77).unwrap().id, "civitai:77@701");
    let version = client.civitai_version(5).unwrap();
    assert_eq!((version.id.as_str(), version.size, version.model_type), ("civitai:4@5", Some(2048), ModelType::Image));
    let asked: Vec<_> = asked.iter().map(|head| head.lines().next().unwrap().to_owned()).collect();
    assert_eq!(asked, ["GET /api/v1/models/77 HTTP/1.1", "GET /api/v1/model-versions/5 HTTP/1.1"]);
}

#[test]
fn recorded_answers_are_fetched() {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        return eprintln!("skipped: MODELGATE_CORPUS is not set");
    };
    let read = |path: &str| Answer::ok(std::fs::read(Path::new(&root).join("corpus").join(path)).unwrap());
    let (base, _) = serve(vec![
        read("huggingface-api/google-bert__bert-base-uncased.json"),
        read("huggingface-api/stabilityai__stable-diffusion-2-1.json"),
        read("civitai/models-4384-dreamshaper-lcm-inpainting.json"),
    ]);
    let client = Client::new(base, hasty());
    assert_eq!(client.huggingface("google-bert/bert-base-uncased").unwrap().model_type, ModelType::Llm);
    assert_eq!(client.huggingface("stabilityai/stable-diffusion-2-1").unwrap().model_type, ModelType::Image);
    assert_eq!(client.civitai(4384).unwrap().id, "civitai:4384@128713");
}

#[test]
fn a_hub_that_is_not_well_is_asked_again() {
    let (base, asked) = serve(vec![
        Answer("429 Too Many Requests\r\nRetry-After: 0", Vec::new()),
        Answer("503 Service Unavailable", b"<html>down</html>".to_vec()),
        Answer::ok(fixture("civitai-model.json")),
    ]);
    assert_eq!(Client::new(base, hasty()).civitai(77).unwrap().id, "civitai:77@701");
    assert_eq!(asked.iter().count(), 3);
}

#[test]
fn pauses_grow_and_are_bounded() {
    let busy = || Answer("429 Too Many Requests\r\nRetry-After: 3600", Vec::new());
    let (base, _) = serve(vec![busy(), busy(), busy()]);
    let start = Instant::now();
    let settings = Settings { retries: 2, longest_pause: Duration::from_millis(40), ..hasty() };
    let error = Client::new(base, settings).civitai(1).unwrap_err();
    assert!(matches!(error, FetchError::Status { status: 429, .. }), "{error}");
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(80) && waited < Duration::from_secs(3), "{waited:?}");
}

#[test]
fn refusals_are_said_in_the_hub_s_words_and_not_repeated() {
    let (base, asked) = serve(vec![
        Answer("404 Not Found", br#"{"error": "No model with id 9"}"#.to_vec()),
        Answer("403 Forbidden", b"<!doctype html><title>Log in</title>".to_vec()),
        Answer("401 Unauthorized", b"Invalid credentials".to_vec()),
    ]);
    let client = Client::new(&base, hasty());
    let words = [(); 3].map(|()| client.civitai(9).unwrap_err().to_string());
    let wanted = [
        "404 (it does not know this model): No model with id 9",
        "403 (this token may not see the model: its owner asks for consent first)",
        "401 (it asks for a token, or does not know this model): Invalid credentials",
    ];
    for (words, wanted) in words.iter().zip(wanted) {
        assert_eq!(*words, format!("{base}/api/v1/models/9: the hub answered {wanted}"));
    }
    assert_eq!(asked.iter().count(), 3);
}

#[test]
fn answers_are_bounded_in_size() {
    let (base, _) = serve(vec![Answer::ok(vec![b' '; 100_000])]);
    let error = Client::new(base, Settings { max_bytes: 1000, ..hasty() }).civitai(1).unwrap_err();
    assert!(error.to_string().ends_with("the answer is longer than 1000 bytes"), "{error}");
}

#[test]
fn answers_are_bounded_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let start = Instant::now();
    let settings = Settings { timeout: Duration::from_millis(100), retries: 1, ..hasty() };
    let error = Client::new(base, settings).civitai(1).unwrap_err();
    assert!(matches!(error, FetchError::NoAnswer { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn what_is_no_model_is_said_so() {
    let (base, _) = serve(vec![Answer::ok("<html>proxy</html>"), Answer::ok(r#"{"error": "gone"}"#), Answer::ok("[]")]);
    let client = Client::new(base, hasty());
    let words = [(); 3].map(|()| client.huggingface("a/b").unwrap_err().to_string());
    assert!(words[0].contains("the answer is no JSON"), "{words:?}");
    assert_eq!(words[1], "Hugging Face response: it is an error: gone");
    assert_eq!(words[2], "Hugging Face response: it is a list, one model was expected");
}

#[test]
fn nobody_at_home_is_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = Client::new(base, hasty()).civitai(1).unwrap_err();
    assert!(matches!(error, FetchError::NoAnswer { .. }), "{error}");
}
