//! Engines as data: one folder an engine, with its own tables and rules.

pub mod candle;
pub mod comfyui;
pub mod diffusers;
pub mod llama_cpp;
mod minijinja;
pub mod mistralrs;
pub mod picture;
pub mod stable_diffusion;
pub mod tgi;
pub mod transformers;
pub mod vllm;

use crate::config::{Config, ModelType};
use crate::diagnostic::{Code, Severity};
use crate::error::Error;
use crate::facts::{Facts, ModelFormat};
use crate::rules::{Accepts, Rule};

/// One version of one engine: what it takes and what it wants.
#[derive(Debug)]
pub struct Profile {
    /// The engine's name: `llama-cpp`.
    pub name: &'static str,
    /// The engine's version that this mirrors.
    pub version: &'static str,
    /// Name and version, as verdicts print them: `llama-cpp@0.5.0`.
    pub label: &'static str,
    /// The catalog's worker types that mean this profile by default.
    pub worker_types: &'static [&'static str],
    /// The kinds of model that it runs.
    pub model_types: &'static [ModelType],
    /// The kinds of files that it loads.
    pub formats: &'static [ModelFormat],
    /// Its own rules, beside the common ones.
    pub rules: &'static [&'static Rule],
    /// Severities that differ from the rule book's. Never of a `0xx` code.
    pub overrides: &'static [(Code, Severity)],
    /// What the engine itself would say of a model that it loads: its own words for size, tokens and kind.
    pub describe: Option<fn(&Facts) -> Option<serde_json::Value>>,
    /// Whether the engine knows what a config names: its architecture, its base model. `None` where it asks for none.
    pub runs: Option<fn(&Config) -> bool>,
}

impl Profile {
    /// What the engine takes, for rules.
    pub fn accepts(&self) -> Accepts {
        Accepts { engine: self.label, model_types: self.model_types, formats: self.formats }
    }

    fn answers_to(&self, name: &str) -> bool {
        self.label == name || self.name == name || self.worker_types.contains(&name)
    }
}

/// Every profile that ships, the default of a name first.
pub static PROFILES: &[&Profile] = &[
    &llama_cpp::V0_5_0,
    &transformers::V5_23,
    &vllm::V0_33,
    &tgi::V3_3,
    &mistralrs::V0_9,
    &candle::V0_11,
    &stable_diffusion::CPP_97D2990,
    &comfyui::AUGUST_2026,
    &diffusers::V0_42,
];

/// What `by_class` says of a language model's class, or `by_family` of its model type where no class is named. A config
/// that names neither, or is no language model's, rules nothing out.
fn by_class_or_family(config: &Config, by_class: fn(&str) -> bool, by_family: fn(&str) -> bool) -> bool {
    let Some(config) = config.as_llm() else { return true };
    let class = config.architecture.as_deref().map(by_class);
    class.or_else(|| config.model_family.as_deref().map(by_family)).unwrap_or(true)
}

/// What the first engine that loads the model says of it.
pub fn describe(facts: &Facts) -> Option<serde_json::Value> {
    let takes = |profile: &&&Profile| profile.formats.contains(&facts.format);
    PROFILES.iter().filter(takes).find_map(|profile| profile.describe.and_then(|describe| describe(facts)))
}

/// The profile that `name` means: a worker type, an engine's name, or `name@version`.
///
/// # Errors
///
/// [`Error::UnknownEngine`] with the known names.
pub fn find(name: &str) -> Result<&'static Profile, Error> {
    let known = || PROFILES.iter().map(|profile| profile.label).collect::<Vec<_>>().join(", ");
    let profile = PROFILES.iter().find(|profile| profile.answers_to(name));
    profile.copied().ok_or_else(|| Error::UnknownEngine { name: name.to_owned(), known: known() })
}
