//! What the chat template uses that an engine's own Jinja lacks. The engines bring their dialects and causes.

use crate::chat::{self, Dialect, Lack, Outcome};
use crate::diagnostic::{Cause, Diagnostic, Findings};
use crate::rules::Case;

/// Most findings of one template.
const MOST: usize = 8;

/// What an engine's rule finds, by what comes of it.
#[derive(Debug, Clone, Copy)]
pub struct Causes {
    /// The template is not compiled.
    pub not_compiled: &'static Cause,
    /// Rendering fails where the construct is reached.
    pub fails: &'static Cause,
    /// Another text is rendered.
    pub other_text: &'static Cause,
}

/// Holds the model's chat template against the dialect of an engine whose Jinja messages call `whose`.
pub fn check(case: &Case<'_>, whose: &str, dialect: &Dialect, causes: Causes, findings: &mut Findings) {
    let Some(template) = case.template() else { return };
    let lacks = chat::lacks(template, dialect);
    let origin = case.derived.origin("tokenizer.chat_template");
    let found = lacks.iter().take(MOST).map(|lack| finding(lack, whose, causes).at(origin.clone()));
    findings.diagnostics.extend(found);
}

fn finding(lack: &Lack, whose: &str, causes: Causes) -> Diagnostic {
    let Lack { what, line, column, .. } = lack;
    let (cause, does) = match lack.outcome {
        Outcome::NotCompiled => (causes.not_compiled, "does not read"),
        Outcome::Fails => (causes.fails, "has not"),
        Outcome::OtherText => (causes.other_text, "renders in another way"),
    };
    let more = match lack.uses {
        0 | 1 => String::new(),
        uses => format!(", the first of {uses}"),
    };
    Diagnostic::new(cause, format!("{whose} {does} {what} (line {line}, column {column} of the chat template{more})"))
}
