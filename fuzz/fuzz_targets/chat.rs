//! A chat template, and behind a zero byte the request that it renders: always a text or a typed error, the same twice.
#![no_main]

use cpu_time::ThreadTime;
use libfuzzer_sys::fuzz_target;
use modelgate::chat::{ChatTemplate, Clock, Conversation, Surroundings, lacks, review};
use modelgate::engine::{llama_cpp, mistralrs, tgi};
use modelgate::limits::TemplateLimits;
use std::time::Duration;

/// The processor's time for compiling and rendering within 100,000 steps; the checks that are built in for fuzzing take a
/// good part of it.
const MOST: Duration = Duration::from_secs(5);

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
    let Ok(mut conversation) = Conversation::parse(request) else { return };
    conversation.now = Clock::parse("2025-03-05T14:07:09");
    let mut limits = TemplateLimits::default();
    (limits.steps, limits.steps_per_input_byte, limits.steps_most) = (50_000, 1, 100_000);
    let begin = ThreadTime::now();
    let template = ChatTemplate::from_text_within(source, &limits);
    let first = template.render(&conversation).map(|prompt| prompt.text).map_err(|error| error.to_string());
    assert!(begin.elapsed() < MOST, "{:?}", begin.elapsed());
    let second = template.render(&conversation).map(|prompt| prompt.text).map_err(|error| error.to_string());
    assert_eq!(first, second);
    let _ = review(&template, &Surroundings::default());
    for dialect in [&llama_cpp::dialect::DIALECT, &mistralrs::dialect::DIALECT, &tgi::dialect::DIALECT] {
        let lacks = lacks(&template, dialect);
        assert!(lacks.iter().all(|lack| lack.line > 0 && lack.column > 0 && lack.uses > 0), "{lacks:?}");
    }
});
