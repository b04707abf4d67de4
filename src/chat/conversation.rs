//! What a prompt is rendered from.

use super::Clock;
use crate::error::Error;
use crate::format::json::{self, Json};
use crate::limits::Limits;

/// A request to render: the arguments of transformers' `apply_chat_template`.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Conversation {
    /// The messages, as they came.
    pub messages: Vec<Json>,
    /// The tools' JSON schemas. An empty list is not the same as none.
    pub tools: Option<Vec<Json>>,
    /// Documents to answer from.
    pub documents: Option<Vec<Json>>,
    /// Whether to end with the header of the assistant's answer.
    pub add_generation_prompt: bool,
    /// The field of the final message that the model is to continue.
    pub continue_final_message: Option<String>,
    /// Further variables of the template.
    pub variables: Vec<(String, Json)>,
    /// Special tokens by name, in place of the model's own.
    pub tokens: Option<Vec<(String, String)>>,
    /// The name of one of the model's templates, or a template's text.
    pub template: Option<String>,
    /// What `strftime_now` tells.
    pub now: Option<Clock>,
    /// Tokens that only the template may write: where they stand in the caller's data, the prompt says so.
    pub control_tokens: Vec<String>,
}

impl Conversation {
    /// Reads the request object `{messages, tools?, documents?, add_generation_prompt?, continue_final_message?, kwargs?,
    /// tokens?, chat_template?}`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the bytes are not JSON, or a member is not what it should be.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let document =
            json::parse(bytes, &Limits::default()).map_err(|fault| wrong(&fault.in_file("request").message))?;
        Self::from_json(&document.root)
    }

    /// The same of a parsed object.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where a member is not what it should be.
    pub fn from_json(request: &Json) -> Result<Self, Error> {
        if !matches!(request, Json::Object(_)) {
            return Err(wrong(&format!("an object was expected, not {}", request.a_kind())));
        }
        let mut conversation = Self::default();
        for member in request.members() {
            conversation.take(member.key.as_ref(), &member.value)?;
        }
        Ok(conversation)
    }

    fn take(&mut self, key: &str, value: &Json) -> Result<(), Error> {
        match key {
            "messages" => self.messages = list(key, value)?.unwrap_or_default(),
            "tools" => self.tools = list(key, value)?,
            "documents" => self.documents = list(key, value)?,
            "add_generation_prompt" => self.add_generation_prompt = truth(key, value)?,
            "continue_final_message" => self.continue_final_message = field(key, value)?,
            "kwargs" => {
                let members = value.members().iter();
                self.variables = members.map(|member| (member.key.to_string(), member.value.clone())).collect();
            }
            "tokens" if !value.is_null() => self.tokens = Some(texts(key, value)?),
            "chat_template" => self.template = value.as_str().map(str::to_owned),
            _ => {}
        }
        Ok(())
    }
}

fn wrong(detail: &str) -> Error {
    Error::input("chat request", detail)
}

fn mismatch(key: &str, wanted: &str, value: &Json) -> Error {
    wrong(&format!("{key} should be {wanted}, not {}", value.a_kind()))
}

fn list(key: &str, value: &Json) -> Result<Option<Vec<Json>>, Error> {
    match value {
        Json::Null => Ok(None),
        Json::Array(elements) => Ok(Some(elements.clone())),
        _ => Err(mismatch(key, "a list", value)),
    }
}

fn truth(key: &str, value: &Json) -> Result<bool, Error> {
    match value {
        Json::Null => Ok(false),
        Json::Bool(truth) => Ok(*truth),
        _ => Err(mismatch(key, "true or false", value)),
    }
}

fn field(key: &str, value: &Json) -> Result<Option<String>, Error> {
    match value {
        Json::Null | Json::Bool(false) => Ok(None),
        Json::Bool(true) => Ok(Some("content".to_owned())),
        Json::String(field) => Ok((!field.is_empty()).then(|| field.to_string())),
        _ => Err(mismatch(key, "true, false or the name of a field", value)),
    }
}

fn texts(key: &str, value: &Json) -> Result<Vec<(String, String)>, Error> {
    let members = value.members().iter();
    members
        .map(|member| match member.value.as_str() {
            Some(text) => Ok((member.key.to_string(), text.to_owned())),
            None => Err(mismatch(&format!("{key}/{}", &*member.key), "a string", &member.value)),
        })
        .collect()
}
