//! What a finding is made of: its cause, its evidence, its place.

mod cause;
mod clip;
mod fix;
mod origin;

pub(crate) use cause::cause;
pub use cause::{Cause, Code, Severity};
pub use fix::{Fix, camel_case};
pub use origin::Origin;

use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// One thing found in a model, with its evidence and its cure.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Which entry of the rule book this is.
    pub cause: &'static Cause,
    /// How bad it is here: the cause's own severity unless a profile or the caller overrode it.
    pub severity: Severity,
    /// One line: both compared values, units and place; lower case, no full stop. Long names of the file are cut in it.
    pub message: String,
    /// What should have been there.
    pub expected: Option<Value>,
    /// What was there.
    pub found: Option<Value>,
    /// Where it stands.
    pub origin: Origin,
    /// What to do about it: the cause's own help unless this case has a better one.
    pub help: Cow<'static, str>,
    /// What to write where in the catalog's entry, when the entry is what is wrong.
    pub fix: Option<Box<Fix>>,
}

impl Diagnostic {
    /// A finding of `cause` that says `message`.
    pub fn new(cause: &'static Cause, message: impl Into<String>) -> Self {
        Self {
            cause,
            severity: cause.severity,
            message: clip::text(message.into()),
            expected: None,
            found: None,
            origin: Origin::default(),
            help: Cow::Borrowed(cause.help),
            fix: None,
        }
    }

    /// States what should have been there.
    #[must_use]
    pub fn expected(mut self, value: impl Into<Value>) -> Self {
        self.expected = Some(clip::value(value.into()));
        self
    }

    /// States what was there.
    #[must_use]
    pub fn found(mut self, value: impl Into<Value>) -> Self {
        self.found = Some(clip::value(value.into()));
        self
    }

    /// States where.
    #[must_use]
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Replaces the cause's cure by one that fits this case.
    #[must_use]
    pub fn help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = match help.into() {
            Cow::Owned(help) => Cow::Owned(clip::text(help)),
            help => help,
        };
        self
    }

    /// States what the catalog's entry should say at the JSON pointer `pointer`.
    #[must_use]
    pub fn fix(mut self, pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fix = Some(Box::new(Fix { pointer: pointer.into(), value: value.into() }));
        self
    }

    /// The same finding, as bad as `severity` says.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// A question that the files alone do not answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unknown {
    /// The code of the rule that could not tell.
    pub code: Code,
    /// What could not be told, and why: one line.
    pub message: String,
    /// Where the missing fact would have stood.
    pub origin: Origin,
}

/// What one rule has to say of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// What was found, in the order in which it was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What could not be told.
    pub unknown: Vec<Unknown>,
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Says that `cause` could not be decided, and why.
    pub fn cannot_tell(&mut self, cause: &'static Cause, message: impl Into<String>, origin: Origin) {
        self.unknown.push(Unknown { code: cause.code, message: clip::text(message.into()), origin });
    }
}
