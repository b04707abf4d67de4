//! A prompt as JSON, and why there is none.

use super::SCHEMA_VERSION;
use crate::chat::{Phase, Prompt, RenderError};
use serde_json::{Value, json};
use std::ops::Range;

/// The report of `render`. Spans are `[start, end)` in code points of the text.
pub fn prompt_json(prompt: &Prompt) -> Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "text": prompt.text,
        "generation_spans": spans(&prompt.generation),
        "user_token_spans": spans(&prompt.user_tokens),
        "breaks": prompt.breaks,
    })
}

/// The report of `render` where the template or the conversation is at fault. Lines and columns count from 1.
pub fn render_error_json(error: &RenderError) -> Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "error": {
            "class": error.class.to_string(),
            "phase": phase(error.phase),
            "message": error.message,
            "kind": error.raised.then_some("raise_exception"),
            "template": error.template,
            "line": error.line,
            "column": error.column,
            "expression": error.expression,
        },
    })
}

fn spans(ranges: &[Range<usize>]) -> Vec<[usize; 2]> {
    ranges.iter().map(|range| [range.start, range.end]).collect()
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Compile => "compile",
        Phase::Continue => "continue",
        Phase::Input => "input",
        Phase::Render => "render",
    }
}
