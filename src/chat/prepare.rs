//! What transformers does to a conversation before the template sees it.

use super::conversation::Conversation;
use super::error::{Phase, RenderError};
use super::jinja::ErrorClass;
use crate::format::json::Json;

/// One message: keys in order, values borrowed.
pub(super) type Message<'a> = Vec<(&'a str, &'a Json)>;

/// Names under which reasoning is passed; the first is the standard one.
pub(super) const REASONING: [&str; 3] = ["reasoning_content", "thinking", "reasoning"];

/// Checks what `apply_chat_template` checks first.
pub(super) fn check(conversation: &Conversation) -> Result<(), RenderError> {
    let refuse = |class, message: &str| Err(RenderError::new(class, Phase::Input, message));
    if conversation.messages.is_empty() {
        let message = "Cannot apply chat template to an empty conversation. Provide at least one message.";
        return refuse(ErrorClass::Value, message);
    }
    if conversation.continue_final_message.is_some() && conversation.add_generation_prompt {
        return refuse(
            ErrorClass::Value,
            "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you want \
             the model to continue the final message, and add_generation_prompt when you want to add a header that will \
             prompt it to start a new assistant message instead.",
        );
    }
    for message in &conversation.messages {
        if !matches!(message, Json::Object(_)) {
            return refuse(ErrorClass::Attribute, &format!("a message should be an object, not {}", message.a_kind()));
        }
    }
    for document in conversation.documents.iter().flatten() {
        if !matches!(document, Json::Object(_)) {
            return refuse(ErrorClass::Type, "Documents should be a list of dicts with 'title' and 'text' keys!");
        }
    }
    for tool in conversation.tools.iter().flatten() {
        if !matches!(tool, Json::Object(_)) {
            return refuse(
                ErrorClass::Value,
                "Tools should either be a JSON schema, or a callable function with type hints and a docstring suitable \
                 for auto-conversion to a schema.",
            );
        }
    }
    Ok(())
}

/// Whether a message is handed on as it came.
pub(super) fn is_plain(json: &Json) -> bool {
    json.members().iter().all(|member| !member.value.is_null() && !REASONING.contains(&member.key.as_ref()))
}

/// A message without the keys that are `null`, its reasoning under every name that templates read.
pub(super) fn message(json: &Json) -> Message<'_> {
    let mut members: Message<'_> = Vec::new();
    for member in json.members() {
        if !member.value.is_null() {
            members.push((member.key.as_ref(), &member.value));
        }
    }
    let reasoning = REASONING.iter().find_map(|name| find(&members, name));
    if let Some(reasoning) = reasoning {
        if find(&members, "thinking").is_none() {
            members.insert(0, ("thinking", reasoning));
        } else if let Some(place) = members.iter().position(|(key, _)| *key == "thinking") {
            // transformers rebuilds the message with `thinking` first.
            let thinking = members.remove(place);
            members.insert(0, thinking);
        }
        match members.iter_mut().find(|(key, _)| *key == "reasoning_content") {
            Some((_, value)) => *value = reasoning,
            None => members.push(("reasoning_content", reasoning)),
        }
    }
    members
}

/// The value under `key`.
pub(super) fn find<'a>(message: &Message<'a>, key: &str) -> Option<&'a Json> {
    message.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
}
