//! A chat template, and behind a zero byte the request that it renders: always a text or a typed error, the same twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::chat::{ChatTemplate, Conversation, Surroundings, review};
use modelgate::limits::TemplateLimits;

static REQUEST: &[u8] = br#"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "hi"},
    {"role": "assistant", "content": null, "tool_calls": [{"type": "function", "function": {"name": "f",
    "arguments": {"a": [1, 2.5, "b", null, true]}}}]}, {"role": "tool", "content": "x"}],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}],
    "add_generation_prompt": true}"#;

fuzz_target!(|bytes: &[u8]| {
    let (source, request) = match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, REQUEST),
    };
    let Ok(source) = std::str::from_utf8(source) else { return };
    let Ok(conversation) = Conversation::parse(request) else { return };
    let mut limits = TemplateLimits::default();
    (limits.steps, limits.steps_per_input_byte, limits.steps_most) = (50_000, 1, 100_000);
    let template = ChatTemplate::from_text_within(source, &limits);
    let first = template.render(&conversation).map(|prompt| prompt.text).map_err(|error| error.to_string());
    let second = template.render(&conversation).map(|prompt| prompt.text).map_err(|error| error.to_string());
    assert!(conversation_has_clock(source) || first == second, "{first:?} is not {second:?}");
    let _ = review(&template, &Surroundings::default());
});

/// What the clock says may differ from one rendering to the next.
fn conversation_has_clock(source: &str) -> bool {
    source.contains("strftime_now")
}
