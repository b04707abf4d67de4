//! A worker's start, to copy: entry, gate, admitted model, prompt.
//!
//! `cargo run --example worker` takes the catalog entry of a model in `test-models`; an entry's path may be an argument.

use modelgate::chat::Conversation;
use modelgate::{Error, Gate, ModelEntry, Rejection};

/// What the engine is started with.
pub struct Start {
    /// The weights.
    pub path: std::path::PathBuf,
    /// The longest context, in tokens, where it is known.
    pub context_length: Option<u64>,
    /// The first prompt.
    pub prompt: String,
}

/// Judges the entry's model and prepares its first prompt; a model that is refused is reported, not loaded.
pub fn start(entry: &ModelEntry, request: &str) -> Result<Option<Start>, Error> {
    let gate = Gate::for_engine("llama-cpp")?.against(entry);
    let model = match gate.check(&entry.path)?.into_result() {
        Ok(admission) => admission,
        Err(rejection) => {
            report(&rejection);
            return Ok(None);
        }
    };
    let template = model.chat_template()?;
    let conversation = Conversation::parse(request.as_bytes())?;
    let prompt = template.render(&conversation).map_err(|error| Error::input("conversation", error))?;
    let context_length = model.config.context_length();
    Ok(Some(Start { path: model.path().to_path_buf(), context_length, prompt: prompt.text }))
}

/// Every cause, each with its cure.
fn report(rejection: &Rejection) {
    for finding in rejection.findings() {
        eprintln!("{} {}: {} ({})", finding.cause.code, finding.cause.name, finding.message, finding.help);
    }
}

const REQUEST: &str =
    r#"{ "messages": [{ "role": "user", "content": "hello world" }], "add_generation_prompt": true }"#;

const ENTRY: &str = r#"{
  "id": "tiny-llama",
  "name": "Tiny Llama",
  "path": "test-models/tiny-llama.gguf",
  "model_type": "llm",
  "config": { "context_length": 256, "quantization": "Q8_0" }
}"#;

fn main() -> Result<(), Error> {
    let entry = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(&path).map_err(|error| Error::io(path, error))?,
        None => ENTRY.to_owned(),
    };
    if let Some(start) = start(&ModelEntry::from_json(&entry)?, REQUEST)? {
        println!(
            "load {} with {:?} tokens of context, then send:\n{}",
            start.path.display(),
            start.context_length,
            start.prompt
        );
    }
    Ok(())
}
