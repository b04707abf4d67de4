//! llama.cpp, on a CPU, with a memory map and default parameters.
//!
//! What the engine asks of a model is data: a page for each architecture in `architectures/`, tables beside it. `load`
//! walks over a model as the engine does and stops where it stops.

mod code;
mod describe;
pub mod dialect;
mod kv_cache;
mod language;
mod load;
mod tables;

pub use code::CAUSES;
pub use kv_cache::kv_cache_bytes;

use super::Profile;
use crate::config::ModelType;
use crate::diagnostic::{Code, Findings, Severity};
use crate::facts::ModelFormat;
use crate::rules::{Case, Rule, chat, tokens};

/// A release of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Release {
    /// Its number.
    version: [u32; 3],
    /// For messages: `llama-cpp@0.5.0`.
    label: &'static str,
}

impl Release {
    /// Whether it is `other` or an earlier one: then it does not have what came after `other`.
    fn is_not_after(self, other: &str) -> bool {
        let mut numbers = other.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
        let other = [numbers.next(), numbers.next(), numbers.next()].map(Option::unwrap_or_default);
        self.version <= other
    }
}

static RELEASE_0_5_0: Release = Release { version: [0, 5, 0], label: "llama-cpp@0.5.0" };

/// llama.cpp v0.5.0.
pub static V0_5_0: Profile = Profile {
    name: "llama-cpp",
    version: "0.5.0",
    label: "llama-cpp@0.5.0",
    worker_types: &["llama-cpp", "llama.cpp"],
    model_types: &[ModelType::Llm],
    formats: &[ModelFormat::Gguf],
    rules: &[&LOADS_0_5_0, &tokens::TEMPLATE, &chat::TEMPLATE, &dialect::RULE],
    // The engine loads such a model; chat requests fail.
    overrides: &[(Code("CHAT101"), Severity::Warning)],
    describe: Some(|facts| describe::describe(facts.gguf.as_ref()?, RELEASE_0_5_0)),
    runs: Some(|config| config.as_llm().is_none_or(tables::runs)),
};

/// The engine loads the model.
static LOADS_0_5_0: Rule = Rule { name: "llama-cpp-loads", causes: CAUSES, check: loads_0_5_0 };

fn loads_0_5_0(case: &Case<'_>, findings: &mut Findings) {
    if let Some(gguf) = &case.facts.gguf {
        load::report(gguf, &case.facts.odd, RELEASE_0_5_0, findings);
    }
}
