//! Why a conversation could not be rendered.

use super::jinja::{ErrorClass, Failure, Program};

/// At which step rendering stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The template is not a program.
    Compile,
    /// The final message could not be continued.
    Continue,
    /// The conversation is not one, or no template fits it.
    Input,
    /// The template stopped.
    Render,
}

/// A stop, as transformers would have raised it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RenderError {
    /// The class of Python's exception.
    pub class: ErrorClass,
    /// At which step.
    pub phase: Phase,
    /// What Python's exception says.
    pub message: String,
    /// Whether the template itself raised it, with `raise_exception`.
    pub raised: bool,
    /// The template's name: `default` where it has no other.
    pub template: String,
    /// Line, from 1; 0 where the stop has no place in the template.
    pub line: usize,
    /// Column, in code points from 1; 0 where the stop has no place in the template.
    pub column: usize,
    /// The expression or the tag that stopped, as it stands in the template.
    pub expression: String,
}

/// Longest expression that an error's text shows, in characters.
const SHOWN: usize = 80;

impl RenderError {
    pub(super) fn new(class: ErrorClass, phase: Phase, message: impl Into<String>) -> Self {
        Self {
            class,
            phase,
            message: message.into(),
            raised: false,
            template: String::new(),
            line: 0,
            column: 0,
            expression: String::new(),
        }
    }

    /// The error of a failure in a template's source, which has been normalized.
    pub(super) fn place(failure: Failure, phase: Phase, template: &str, source: &str) -> Box<Self> {
        let place = failure.span.map(|span| Program::locate(source, span));
        let (line, column, expression) = place.unwrap_or_default();
        let template = template.to_owned();
        Box::new(Self {
            class: failure.class,
            phase,
            message: failure.message,
            raised: failure.raised,
            template,
            line,
            column,
            expression,
        })
    }
}

impl std::fmt::Display for RenderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "chat template '{}' line {} column {}: ", self.template, self.line, self.column)?;
        }
        write!(f, "{}: {}", self.class, self.message)?;
        if self.expression.is_empty() {
            return Ok(());
        }
        let shown: String = self.expression.chars().take(SHOWN).collect();
        let more = if shown.len() < self.expression.len() { "..." } else { "" };
        write!(f, " (in {}{more})", shown.replace('\n', "\\n"))
    }
}

impl std::error::Error for RenderError {}
