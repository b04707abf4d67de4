//! A model's chat templates, compiled.

use super::conversation::Conversation;
use super::error::{Phase, RenderError};
use super::jinja::{ErrorClass, Input, Program, Watch, normalize, quoted};
use super::prepare::{self, Message};
use super::prompt::Prompt;
use super::{resume, sanitize};
use crate::format::json::Json;
use crate::limits::TemplateLimits;
use std::rc::Rc;

/// A model's chat templates, compiled once and rendered as often as needed, from any thread.
#[derive(Debug)]
pub struct ChatTemplate {
    variants: Vec<Variant>,
    /// Whether the model has one template without a name, so that none is chosen by name.
    plain: bool,
    tokens: Vec<(String, String)>,
    limits: TemplateLimits,
}

#[derive(Debug)]
struct Variant {
    name: String,
    /// The text as it was written, where the program does not have it so.
    written: Option<String>,
    program: Result<Program, Box<RenderError>>,
}

impl Variant {
    fn compile(name: &str, source: &str, limits: &TemplateLimits) -> Self {
        let program = Program::compile(source, limits)
            .map_err(|failure| RenderError::place(*failure, Phase::Compile, name, &normalize(source)));
        let kept = program.as_ref().is_ok_and(|program| program.source() == source);
        Self { name: name.to_owned(), written: (!kept).then(|| source.to_owned()), program }
    }

    /// The text as it was written.
    fn source(&self) -> &str {
        let program = self.program.as_ref().map_or("", |program| program.source());
        self.written.as_deref().unwrap_or(program)
    }
}

impl ChatTemplate {
    /// A template's text, under the default limits.
    pub fn from_text(source: &str) -> Self {
        Self::from_text_within(source, &TemplateLimits::default())
    }

    /// A template's text.
    pub fn from_text_within(source: &str, limits: &TemplateLimits) -> Self {
        let variants = vec![Variant::compile("default", source, limits)];
        Self { variants, plain: true, tokens: Vec::new(), limits: limits.clone() }
    }

    /// Named templates: those of a GGUF (`tokenizer.chat_template` is `default`, `tokenizer.chat_template.NAME` is `NAME`),
    /// or of a folder. The last of one name wins; a single one that is called `default` has no name.
    pub fn from_named<'n>(templates: impl IntoIterator<Item = (&'n str, &'n str)>, limits: &TemplateLimits) -> Self {
        let mut last: Vec<(&str, &str)> = Vec::new();
        for (name, source) in templates {
            match last.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = source,
                None => last.push((name, source)),
            }
        }
        let plain = matches!(last.as_slice(), [("default", _)]);
        let variants = last.iter().map(|(name, source)| Variant::compile(name, source, limits)).collect();
        Self { variants, plain, tokens: Vec::new(), limits: limits.clone() }
    }

    /// The same with the model's special tokens, by name: `bos_token`, `eos_token`, ... A token that is not set must be
    /// left out: templates can tell.
    #[must_use]
    pub fn with_tokens(mut self, tokens: impl IntoIterator<Item = (String, String)>) -> Self {
        self.tokens = tokens.into_iter().collect();
        self
    }

    /// The special token of this name, where the model has one.
    pub(super) fn token(&self, name: &str) -> Option<&str> {
        self.tokens.iter().find(|(known, _)| known == name).map(|(_, token)| token.as_str())
    }

    /// The templates' names, in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().map(|variant| variant.name.as_str())
    }

    /// The source of the template of this name.
    pub fn source(&self, name: &str) -> Option<&str> {
        self.variants.iter().find(|variant| variant.name == name).map(Variant::source)
    }

    /// Why templates do not compile, for those that do not.
    pub fn faults(&self) -> impl Iterator<Item = &RenderError> {
        self.variants.iter().filter_map(|variant| variant.program.as_ref().err()).map(|error| &**error)
    }

    /// The compiled templates.
    pub(super) fn programs(&self) -> impl Iterator<Item = &Program> {
        self.variants.iter().filter_map(|variant| variant.program.as_ref().ok())
    }

    /// The compiled template that a conversation is rendered with.
    pub(super) fn program<'t>(&'t self, conversation: &'t Conversation) -> Option<&'t Program> {
        match self.choose(conversation) {
            Ok(Choice::Known(variant)) => variant.program.as_ref().ok(),
            _ => None,
        }
    }

    /// Renders a conversation.
    ///
    /// # Errors
    ///
    /// What transformers would have raised, with its place in the template.
    pub fn render(&self, conversation: &Conversation) -> Result<Prompt, Box<RenderError>> {
        if conversation.control_tokens.is_empty() {
            return self.render_plain(conversation, None);
        }
        let prompt = self.render_plain(&sanitize::mark(conversation), None)?;
        Ok(sanitize::unmark(prompt, &conversation.control_tokens))
    }

    /// The same under a watch.
    pub(super) fn render_watched(
        &self,
        conversation: &Conversation,
        watch: &Rc<Watch>,
    ) -> Result<Prompt, Box<RenderError>> {
        self.render_plain(conversation, Some(watch))
    }

    fn render_plain(&self, conversation: &Conversation, watch: Option<&Rc<Watch>>) -> Result<Prompt, Box<RenderError>> {
        let compiled;
        let variant = match self.choose(conversation)? {
            Choice::Known(variant) => variant,
            Choice::Text(source) => {
                compiled = Variant::compile("default", source, &self.limits);
                &compiled
            }
        };
        prepare::check(conversation)?;
        let program = variant.program.as_ref().map_err(Clone::clone)?;
        if conversation.continue_final_message.is_none() && conversation.messages.iter().all(prepare::is_plain) {
            return self.run(variant, program, conversation, Input::List(&conversation.messages), watch);
        }
        let mut messages: Vec<Message<'_>> = conversation.messages.iter().map(prepare::message).collect();
        let resumed;
        if let (Some(field), Some(last)) = (&conversation.continue_final_message, messages.last_mut()) {
            resumed = resume::begin(last, field, variant.source())?;
            for (key, value) in last.iter_mut() {
                if let Some((_, tagged)) = resumed.tagged.iter().find(|(field, _)| field == key) {
                    *value = tagged;
                }
            }
            let prompt = self.run(variant, program, conversation, Input::Messages(&messages), watch)?;
            return Ok(Prompt { text: resumed.end(&prompt.text)?, ..prompt });
        }
        self.run(variant, program, conversation, Input::Messages(&messages), watch)
    }

    fn run(
        &self,
        variant: &Variant,
        program: &Program,
        conversation: &Conversation,
        messages: Input<'_>,
        watch: Option<&Rc<Watch>>,
    ) -> Result<Prompt, Box<RenderError>> {
        let list = |values: &Option<Vec<Json>>| values.is_some();
        let tools = conversation.tools.as_deref().unwrap_or_default();
        let documents = conversation.documents.as_deref().unwrap_or_default();
        let arguments = [
            ("messages", messages),
            ("tools", if list(&conversation.tools) { Input::List(tools) } else { Input::None }),
            ("documents", if list(&conversation.documents) { Input::List(documents) } else { Input::None }),
            ("add_generation_prompt", Input::Bool(conversation.add_generation_prompt)),
        ];
        let further = conversation.variables.iter().map(|(name, value)| (name.as_str(), Input::Json(value)));
        let tokens = conversation.tokens.as_ref().unwrap_or(&self.tokens);
        let tokens = tokens.iter().map(|(name, token)| (name.as_str(), Input::Text(token)));
        let variables = arguments.into_iter().chain(further).chain(tokens);
        let rendered = program
            .render(variables, conversation.now.as_ref(), &self.limits, watch)
            .map_err(|failure| RenderError::place(*failure, Phase::Render, &variant.name, program.source()))?;
        let generation = rendered.generation.into_iter().map(|(start, end)| start..end).collect();
        Ok(Prompt { text: rendered.text, generation, ..Prompt::default() })
    }

    /// Which template a conversation is rendered with.
    fn choose<'t>(&'t self, conversation: &'t Conversation) -> Result<Choice<'t>, RenderError> {
        let named = |name: &str| self.variants.iter().find(|variant| variant.name == name);
        if let Some(argument) = &conversation.template {
            let known = if self.plain { None } else { named(argument) };
            return Ok(known.map_or(Choice::Text(argument), Choice::Known));
        }
        if self.variants.is_empty() {
            return Err(RenderError::new(
                ErrorClass::Value,
                Phase::Input,
                "Cannot use chat template functions because tokenizer.chat_template is not set and no template argument was \
                 passed! For information about writing templates and setting the tokenizer.chat_template attribute, please \
                 see the documentation at https://huggingface.co/docs/transformers/main/en/chat_templating",
            ));
        }
        let tool_use = conversation.tools.as_ref().and_then(|_| named("tool_use"));
        if let Some(variant) = tool_use.or_else(|| named("default")) {
            return Ok(Choice::Known(variant));
        }
        let mut names: Vec<&str> = self.names().collect();
        names.sort_unstable();
        let names: Vec<String> = names.into_iter().map(quoted).collect();
        let message = format!(
            "This model has multiple chat templates with no default specified! Please either pass a chat template or the \
             name of the template you wish to use to the `chat_template` argument. Available template names are [{}].",
            names.join(", ")
        );
        Err(RenderError::new(ErrorClass::Value, Phase::Input, message))
    }
}

enum Choice<'t> {
    Known(&'t Variant),
    Text(&'t str),
}
