//! The rule book: what every engine wants, one file a rule. A profile adds its own.

pub mod asked;
pub mod bundle;
pub mod catalog;
pub mod chat;
pub mod file;
pub mod image;
pub mod llm;
pub mod pickle;
pub mod tokens;

pub use asked::{Asked, Base, LanguageBase, Role};

use crate::catalog::ModelEntry;
use crate::chat::ChatTemplate;
use crate::config::ModelType;
use crate::derive::Derived;
use crate::diagnostic::{Cause, Findings};
use crate::facts::{Facts, ModelFormat};
use std::cell::OnceCell;

/// One question, asked of a model.
#[derive(Debug)]
pub struct Rule {
    /// The rule's name, in kebab case.
    pub name: &'static str,
    /// What it can find.
    pub causes: &'static [&'static Cause],
    /// Asks.
    pub check: fn(&Case<'_>, &mut Findings),
}

/// What a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What the files say.
    pub facts: &'a Facts,
    /// What was derived from it.
    pub derived: &'a Derived,
    /// What the catalog claims, if it was asked.
    pub entry: Option<&'a ModelEntry>,
    /// What the engine takes.
    pub accepts: Accepts,
    /// The role and the base that the caller names.
    pub asked: Asked<'a>,
    /// Where the chat template is kept once a rule has asked for it.
    pub compiled: &'a OnceCell<ChatTemplate>,
}

impl<'a> Case<'a> {
    /// The model's chat template, compiled for the first rule that asks; nothing where the engine does not take such
    /// files.
    pub fn template(&self) -> Option<&'a ChatTemplate> {
        let config = self.derived.config.as_ref().and_then(|config| config.as_llm())?;
        let source = config.tokenizer.chat_template.as_ref()?;
        let compile = || ChatTemplate::from_text(source).with_tokens(chat::special_tokens(&config.tokenizer));
        self.accepts.formats.contains(&self.facts.format).then(|| self.compiled.get_or_init(compile))
    }
}

/// What an engine takes.
#[derive(Debug, Clone, Copy)]
pub struct Accepts {
    /// The engine's name and version, for messages: `llama-cpp@0.5.0`.
    pub engine: &'static str,
    /// The kinds of model.
    pub model_types: &'static [ModelType],
    /// The kinds of files.
    pub formats: &'static [ModelFormat],
}

/// Rules that hold for every engine.
pub static COMMON: &[&Rule] = &[
    &file::WRONG_KIND,
    &file::trailing::RULE,
    &bundle::BOUNDARY,
    &pickle::IMPORTS,
    &catalog::model_type::CLAIM,
    &catalog::malformed::CLAIM,
    &catalog::architecture::CLAIM,
    &catalog::context_length::CLAIM,
    &catalog::tokens::CLAIM,
    &catalog::template::CLAIM,
    &catalog::pictures::CLAIM,
    &catalog::base_model::CLAIM,
    &catalog::quantization::CLAIM,
    &catalog::size::CLAIM,
    &catalog::license::CLAIM,
    &catalog::files::CLAIM,
    &catalog::sampling::CLAIM,
    &catalog::missing::CLAIM,
];
