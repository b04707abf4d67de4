//! `modelgate render`

use super::{Format, Outcome, Reading, Result, output};
use modelgate::chat::{ChatTemplate, Clock, Conversation, Prompt, RenderError};
use modelgate::{Error, Limits, inspect, report};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(clap::Args)]
pub(super) struct Render {
    /// The model's file or folder
    #[arg(required_unless_present = "template", conflicts_with = "template")]
    model: Option<PathBuf>,
    /// A chat template's file in place of a model
    #[arg(long)]
    template: Option<PathBuf>,
    /// The conversation, a JSON object: messages, and as wanted tools, documents, add_generation_prompt,
    /// continue_final_message, kwargs, tokens
    #[arg(long)]
    request: PathBuf,
    /// What strftime_now tells: 2025-03-05T14:07:09 [default: the current time, in UTC]
    #[arg(long)]
    now: Option<String>,
    /// text: the prompt and not a byte more; json: with its spans
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

impl Render {
    pub(super) fn run(&self) -> Result<Outcome> {
        let mut conversation = Conversation::parse(output::read(&self.request)?.as_bytes())?;
        conversation.now = Some(self.clock()?);
        match self.chat_template()?.render(&conversation) {
            Ok(prompt) => self.print(&prompt),
            Err(error) => self.fail(&error),
        }
    }

    fn chat_template(&self) -> Result<ChatTemplate> {
        match (&self.template, &self.model) {
            (Some(path), _) => Ok(ChatTemplate::from_text(&output::read(path)?)),
            (None, Some(path)) => of_model(path, &self.reading.limits()),
            (None, None) => Err(Error::input("arguments", "neither a model nor a template")),
        }
    }

    fn clock(&self) -> Result<Clock> {
        let Some(text) = &self.now else { return Ok(current_time()) };
        Clock::parse(text)
            .ok_or_else(|| Error::input("--now", format!("'{text}' is not a time such as 2025-03-05T14:07:09")))
    }

    fn print(&self, prompt: &Prompt) -> Result<Outcome> {
        match self.format {
            Format::Json => output::print_json(&report::prompt_json(prompt))?,
            Format::Text => output::print(&prompt.text)?,
        }
        Ok(Outcome::Fine)
    }

    /// The template or the conversation is at fault: the error's text goes to standard error.
    fn fail(&self, error: &RenderError) -> Result<Outcome> {
        if self.format == Format::Json {
            output::print_json(&report::render_error_json(error))?;
        }
        output::complain(error);
        Ok(Outcome::Unfit)
    }
}

fn of_model(path: &Path, limits: &Limits) -> Result<ChatTemplate> {
    let inspection = inspect::inspect(path, limits)?;
    inspection.chat_template(limits).ok_or_else(|| {
        let faults = inspection.facts.faults.first().map(|fault| format!(": {}", fault.message));
        Error::input(path.display().to_string(), format!("no chat template{}", faults.unwrap_or_default()))
    })
}

fn current_time() -> Clock {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Clock::from_unix(since.as_secs(), since.subsec_micros())
}
