//! `continue_final_message`: the prompt ends inside the final message, which the model goes on with.

use super::error::{Phase, RenderError};
use super::jinja::{ErrorClass, trim_end};
use super::prepare::{Message, REASONING, find};
use crate::format::json::{Json, Member};

/// Marks where the final message ends; the blank shows whether the template strips messages.
const TAG: &str = "CONTINUE_FINAL_MESSAGE_TAG ";

/// What is to be continued.
pub(super) struct Resume {
    /// The fields that carry the tag, with their tagged values.
    pub(super) tagged: Vec<(String, Json)>,
    /// The text before the tag.
    text: String,
}

fn refuse<T>(message: impl Into<String>) -> Result<T, Box<RenderError>> {
    Err(Box::new(RenderError::new(ErrorClass::Value, Phase::Continue, message)))
}

/// Tags the field of the final message that is to be continued.
pub(super) fn begin(message: &Message<'_>, field: &str, source: &str) -> Result<Resume, Box<RenderError>> {
    let Some(value) = find(message, field) else {
        return refuse(format!("continue_final_message is set but the final message has no \"{field}\" to continue!"));
    };
    let mut fields = vec![field];
    if REASONING.contains(&field) {
        fields = REASONING.into_iter().filter(|name| find(message, name) == Some(value)).collect();
    }
    if !fields.iter().any(|field| source.contains(field)) {
        return refuse(format!(
            "continue_final_message is set to \"{field}\" but this is not an accepted field in the chat_template"
        ));
    }
    match value {
        Json::Array(parts) => tag_parts(field, parts),
        Json::String(text) => {
            let tagged = Json::String([text.as_str(), TAG].concat());
            let tagged = fields.into_iter().map(|field| (field.to_owned(), tagged.clone())).collect();
            Ok(Resume { tagged, text: text.to_string() })
        }
        other => {
            let message = format!("unsupported operand type(s) for +: '{}' and 'str'", other.kind());
            Err(Box::new(RenderError::new(ErrorClass::Type, Phase::Continue, message)))
        }
    }
}

/// Tags the last part that has a text.
fn tag_parts(field: &str, parts: &[Json]) -> Result<Resume, Box<RenderError>> {
    let last = parts.iter().enumerate().rev().find_map(|(place, part)| Some((place, part.get("text")?)));
    let Some((place, Json::String(text))) = last else {
        return refuse(
            "continue_final_message is set but we could not find any text to continue in the final message!",
        );
    };
    let mut parts = parts.to_vec();
    if let Some(Json::Object(members)) = parts.get_mut(place) {
        for member in members.iter_mut() {
            tag_member(member);
        }
    }
    Ok(Resume { tagged: vec![(field.to_owned(), Json::Array(parts))], text: text.to_string() })
}

fn tag_member(member: &mut Member) {
    if &*member.key == "text"
        && let Json::String(text) = &member.value
    {
        member.value = Json::String([text.as_str(), TAG].concat());
    }
}

impl Resume {
    /// The prompt up to the end of the final message.
    pub(super) fn end(&self, rendered: &str) -> Result<String, Box<RenderError>> {
        let stripped = super::jinja::trim(&self.text);
        let tag = TAG.trim_ascii_end();
        let (Some(at), true) = (rendered.rfind(tag), rendered.contains(stripped)) else {
            return refuse(format!(
                "continue_final_message is set but the final message does not appear in the chat after applying the chat \
                 template! This can happen if the chat template deletes portions of the final message. Please verify the \
                 chat template and final message in your chat to ensure they are compatible.Final message to continue: \
                 {stripped}\nRendered chat:\n{rendered}"
            ));
        };
        let (kept, rest) = rendered.split_at_checked(at).unwrap_or((rendered, ""));
        Ok(if rest.starts_with(TAG) { kept } else { trim_end(kept) }.to_owned())
    }
}
