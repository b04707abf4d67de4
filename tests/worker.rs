//! The example that workers copy does what it says.

#[path = "../examples/worker.rs"]
#[allow(dead_code, unreachable_pub, reason = "another program's source")]
mod worker;

use modelgate::ModelEntry;

const REQUEST: &str = r#"{ "messages": [{ "role": "user", "content": "hi" }], "add_generation_prompt": true }"#;

fn entry(config: &str) -> ModelEntry {
    let text =
        r#"{ "id": "t", "name": "T", "path": "test-models/tiny-llama.gguf", "model_type": "llm", "config": CONFIG }"#;
    ModelEntry::from_json(&text.replace("CONFIG", config)).unwrap()
}

#[test]
fn an_admitted_model_comes_with_its_prompt() {
    let start = worker::start(&entry(r#"{ "context_length": 256 }"#), REQUEST).unwrap().unwrap();
    assert_eq!(start.context_length, Some(256));
    assert_eq!(start.prompt, "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n");
}

#[test]
fn a_lie_in_the_entry_keeps_the_model_out() {
    assert!(worker::start(&entry(r#"{ "context_length": 131072 }"#), REQUEST).unwrap().is_none());
}
