//! Entries of the rule book.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A stable name for one cause, such as `GGUF001`. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Code(pub &'static str);

impl Code {
    /// Whether a reader stopped here (`0xx`). Such findings are always errors: nothing behind them was examined.
    pub fn is_fault(self) -> bool {
        self.0.trim_start_matches(|c: char| c.is_ascii_uppercase()).starts_with('0')
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How bad a finding is. An error rejects; warnings and notes admit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The model is unfit for this engine.
    Error,
    /// It loads, but something will go wrong or mislead.
    Warning,
    /// Worth knowing.
    Note,
}

/// One entry of the rule book: what can be wrong, how bad it is, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Cause {
    /// The stable code: family of what is examined, then a number. `0xx` where a reader stopped.
    pub code: Code,
    /// What is wrong, in kebab case: `unknown-architecture`.
    pub name: &'static str,
    /// How bad it is unless a profile or the caller says otherwise.
    pub severity: Severity,
    /// What to do about it: one line in the imperative.
    pub help: &'static str,
    /// The page that `modelgate explain` shows: what is checked, why it matters, where the rule comes from.
    pub page: &'static str,
}

/// Declares entries of the rule book; their doc comments become their pages.
///
/// A module that declares causes lists them in a `CAUSES` slice, which the rule book collects.
macro_rules! cause {
    ($($(#[doc = $page:expr])+ $vis:vis $ident:ident = ($code:literal, $name:literal, $severity:ident, $help:literal $(,)?);)+) => {
        $(
            $(#[doc = $page])+
            $vis static $ident: $crate::diagnostic::Cause = $crate::diagnostic::Cause {
                code: $crate::diagnostic::Code($code),
                name: $name,
                severity: $crate::diagnostic::Severity::$severity,
                help: $help,
                page: concat!($($page, "\n"),+),
            };
        )+
        /// Every cause that this module declares.
        pub static CAUSES: &[&$crate::diagnostic::Cause] = &[$(&$ident),+];
    };
}
pub(crate) use cause;
