//! The answer: an admission or a rejection. Only the gate can make one.

mod correct;
#[cfg(feature = "tokenizers")]
mod tokenizer;

#[cfg(feature = "tokenizers")]
pub use tokenizer::Tokenizer;

use crate::chat::{self, ChatTemplate};
use crate::config::{Config, ModelType};
use crate::derive::Derived;
use crate::diagnostic::{Diagnostic, Severity, Unknown};
use crate::engine::Profile;
use crate::error::Error;
use crate::facts::Facts;
use crate::limits::Limits;
use std::path::{Path, PathBuf};

/// What the gate answers.
#[derive(Debug)]
pub enum Verdict {
    /// The engine will load the model.
    Accepted(Box<Admission>),
    /// It will not, or it should not.
    Rejected(Box<Rejection>),
}

/// What both answers carry.
#[derive(Debug)]
pub struct Judgement {
    /// The profile that was judged for.
    pub engine: &'static Profile,
    /// What the engine is to load: the path as given, or the snapshot or file that it leads to.
    pub path: PathBuf,
    /// What the files say.
    pub facts: Facts,
    /// What was derived from it.
    pub derived: Derived,
    /// Worst first, then by place; never empty in a rejection.
    pub findings: Vec<Diagnostic>,
    /// What could not be told.
    pub unknown: Vec<Unknown>,
    /// The bounds that were kept.
    pub limits: Limits,
}

/// Proof that a model passed the gate.
#[derive(Debug)]
pub struct Admission {
    /// The derived config.
    pub config: Config,
    judgement: Judgement,
}

/// Why a model did not pass.
#[derive(Debug)]
pub struct Rejection {
    judgement: Judgement,
}

impl Verdict {
    /// Makes the verdict that the findings demand.
    pub(crate) fn new(mut judgement: Judgement) -> Self {
        match judgement.derived.config.clone() {
            Some(config) if !judgement.is_fatal() => Self::Accepted(Box::new(Admission { config, judgement })),
            _ => {
                judgement.ensure_reason();
                Self::Rejected(Box::new(Rejection { judgement }))
            }
        }
    }

    /// Whether the model passed.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// What the verdict rests on.
    pub fn judgement(&self) -> &Judgement {
        match self {
            Self::Accepted(admission) => &admission.judgement,
            Self::Rejected(rejection) => &rejection.judgement,
        }
    }

    /// The admission, or why there is none.
    ///
    /// # Errors
    ///
    /// The [`Rejection`], when the model did not pass.
    pub fn into_result(self) -> Result<Box<Admission>, Box<Rejection>> {
        match self {
            Self::Accepted(admission) => Ok(admission),
            Self::Rejected(rejection) => Err(rejection),
        }
    }
}

impl Admission {
    /// The path that the engine should load.
    pub fn path(&self) -> &Path {
        &self.judgement.path
    }

    /// The model's chat template, compiled: once for many prompts.
    ///
    /// # Errors
    ///
    /// [`Error::NoTemplate`] for a model without one, as base models are.
    pub fn chat_template(&self) -> Result<ChatTemplate, Error> {
        let template = chat::from_facts(&self.judgement.facts, &self.judgement.limits);
        template.ok_or_else(|| Error::NoTemplate { path: self.judgement.path.clone() })
    }

    /// What the verdict rests on.
    pub fn judgement(&self) -> &Judgement {
        &self.judgement
    }
}

impl Rejection {
    /// Why: worst first, never empty.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.judgement.findings
    }

    /// What the verdict rests on.
    pub fn judgement(&self) -> &Judgement {
        &self.judgement
    }
}

impl Judgement {
    /// The kind of model, where it could be told.
    pub fn model_type(&self) -> Option<ModelType> {
        self.derived.model_type()
    }

    fn is_fatal(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// A rejection always says why: here, that nothing could be derived.
    fn ensure_reason(&mut self) {
        if !self.is_fatal() {
            self.findings.insert(0, crate::rules::file::undetermined(&self.facts));
        }
    }
}
