//! Telling control tokens of the caller's data from those that the template writes.
//!
//! As transformers does it: every control token in the caller's texts is wrapped in two private-use characters before
//! rendering; afterwards the marks are taken out and their places noted.

use super::conversation::Conversation;
use super::prompt::Prompt;
use crate::format::json::Json;

const START: char = '\u{F0000}';
const END: char = '\u{F0001}';

/// The conversation with marked texts.
pub(super) fn mark(conversation: &Conversation) -> Conversation {
    let mut tokens: Vec<&str> = conversation.control_tokens.iter().map(String::as_str).collect();
    tokens.retain(|token| !token.is_empty());
    tokens.sort_by_key(|token| std::cmp::Reverse(token.chars().count()));
    let all = |values: &[Json]| values.iter().map(|value| mark_value(value, &tokens)).collect::<Vec<_>>();
    let variables = conversation.variables.iter().map(|(name, value)| (name.clone(), mark_value(value, &tokens)));
    Conversation {
        messages: all(&conversation.messages),
        tools: conversation.tools.as_deref().map(all),
        documents: conversation.documents.as_deref().map(all),
        variables: variables.collect(),
        ..conversation.clone()
    }
}

fn mark_value(value: &Json, tokens: &[&str]) -> Json {
    let mut value = value.clone();
    mark_in_place(&mut value, tokens);
    value
}

fn mark_in_place(value: &mut Json, tokens: &[&str]) {
    match value {
        Json::Array(elements) => elements.iter_mut().for_each(|element| mark_in_place(element, tokens)),
        Json::Object(members) => members.iter_mut().for_each(|member| mark_in_place(&mut member.value, tokens)),
        Json::String(text) => *text = mark_text(text, tokens),
        _ => {}
    }
}

fn mark_text(text: &str, tokens: &[&str]) -> String {
    let text = text.replace([START, END], "");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let token = tokens.iter().find(|token| rest.starts_with(**token));
        match token {
            Some(token) => {
                out.push(START);
                out.push_str(token);
                out.push(END);
                rest = rest.get(token.len()..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

/// Takes the marks out of a prompt and notes where they stood.
pub(super) fn unmark(prompt: Prompt, tokens: &[String]) -> Prompt {
    let mut out = Prompt { generation: prompt.generation, ..Prompt::default() };
    let mut count = 0_usize;
    let mut rest = prompt.text.as_str();
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = after;
        if first != START && first != END {
            out.text.push(first);
            count = count.saturating_add(1);
            continue;
        }
        let token = after.split_once(END).map(|(token, _)| token).filter(|_| first == START);
        match token.filter(|token| tokens.iter().any(|known| known == token)) {
            Some(token) => {
                let start = count;
                out.text.push_str(token);
                count = count.saturating_add(token.chars().count());
                out.user_tokens.push(start..count);
                rest = after.get(token.len().saturating_add(END.len_utf8())..).unwrap_or_default();
            }
            None => out.breaks.push(count),
        }
    }
    out
}
