//! The walk from a path to a verdict.

use crate::catalog::ModelEntry;
use crate::derive::image::{Kind, Listing};
use crate::derive::{self, Derived};
use crate::diagnostic::{Code, Diagnostic, Findings, Severity};
use crate::engine::{self, Profile};
use crate::error::Error;
use crate::facts::{self, Facts, ModelFormat};
use crate::limits::{Limits, ReadMode};
use crate::rules::{self, Asked, Base, Case, LanguageBase, Role};
use crate::source;
use crate::verdict::{Judgement, Verdict};
use std::cell::OnceCell;
use std::path::Path;

/// A gate in front of one engine.
#[derive(Debug, Clone)]
pub struct Gate {
    profile: &'static Profile,
    entry: Option<ModelEntry>,
    limits: Limits,
    overrides: Vec<(Code, Severity)>,
    reject_unknown: bool,
    role: Option<Role>,
    base: Option<Base>,
}

impl Gate {
    /// The gate in front of the engine that `name` means: `llama-cpp`, `transformers@5.23`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownEngine`] with the known names.
    pub fn for_engine(name: &str) -> Result<Self, Error> {
        engine::find(name).map(Self::with_profile)
    }

    /// The gate in front of an engine of the caller's own.
    pub fn with_profile(profile: &'static Profile) -> Self {
        Self {
            profile,
            entry: None,
            limits: Limits::default(),
            overrides: Vec::new(),
            reject_unknown: false,
            role: None,
            base: None,
        }
    }

    /// Also holds the catalog's claims against the files.
    #[must_use]
    pub fn against(mut self, entry: &ModelEntry) -> Self {
        self.entry = Some(entry.clone());
        self
    }

    /// Reads within these bounds, and in the way that they state.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads files in this way: see [`ReadMode`].
    #[must_use]
    pub fn read_mode(mut self, mode: ReadMode) -> Self {
        self.limits.read_mode = mode;
        self
    }

    /// Counts findings of `code` as `severity`. A reader's fault (`0xx`) stays an error.
    #[must_use]
    pub fn severity(mut self, code: Code, severity: Severity) -> Self {
        self.overrides.push((code, severity));
        self
    }

    /// Whether to reject when something could not be told. By default it admits, and the verdict lists it.
    #[must_use]
    pub fn reject_unknown(mut self, reject: bool) -> Self {
        self.reject_unknown = reject;
        self
    }

    /// Judges the file for one place in a picture pipeline: a LoRA that is given as a checkpoint is refused.
    #[must_use]
    pub fn in_role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// Judges a companion against the base that it is to go with: the model at a path, or a family's short name
    /// (`flux`, `sdxl`, `wan`). For engines that read folders it is the language model that an adapter goes on.
    ///
    /// # Errors
    ///
    /// An [`Error`] where the base cannot be read, or is no model that companions go with.
    pub fn beside(mut self, base: impl AsRef<Path>) -> Result<Self, Error> {
        let path = base.as_ref();
        if self.profile.formats.contains(&ModelFormat::TransformersFolder) {
            self.base = Some(self.language_at(path)?);
            return Ok(self);
        }
        self.base = match path.to_str().and_then(Base::of_family) {
            Some(family) => Some(family),
            None => Some(self.base_at(path)?),
        };
        Ok(self)
    }

    fn base_at(&self, path: &Path) -> Result<Base, Error> {
        let facts = facts::learn(&source::locate(path, &self.limits)?, &self.limits)?;
        let derived = derive::derive(&facts);
        let identity = derived.image.filter(|identity| identity.kind == Kind::Checkpoint);
        let identity = identity.ok_or_else(|| Error::input("base", format!("{} is no checkpoint", path.display())))?;
        Ok(match Listing::of(&facts) {
            Some(listing) => Base::of_listing(*identity, &listing),
            None => Base { identity: *identity, names: None, language: None },
        })
    }

    fn language_at(&self, path: &Path) -> Result<Base, Error> {
        let facts = facts::learn(&source::locate(path, &self.limits)?, &self.limits)?;
        let derived = derive::derive(&facts);
        let packed = derived.folder.as_ref().is_some_and(|folder| folder.quantization.is_some());
        let whole = facts.faults.is_empty() && !facts.safetensors.is_empty();
        let config = derived.config.filter(|config| config.as_llm().is_some() && whole);
        let config = config.ok_or_else(|| {
            Error::input("base", format!("{} is no folder of a whole language model", path.display()))
        })?;
        Ok(Base::of_language(LanguageBase::new(config, &facts.safetensors, packed)))
    }

    /// An adapter says nothing of the model that it goes on; its base does.
    fn adopt(&self, facts: &Facts, derived: &mut Derived) {
        let base = self.base.as_ref().and_then(|base| base.language.as_ref());
        let is_adapter = facts.folder.as_ref().is_some_and(|folder| rules::bundle::adapter::alone(folder).is_some());
        if let Some(base) = base.filter(|_| is_adapter) {
            derived.config = Some(base.config.clone());
        }
    }

    /// Judges the model at `path`.
    ///
    /// # Errors
    ///
    /// An [`Error`] where no verdict can be reached: the path cannot be read, or the entry is not available.
    pub fn check(&self, path: impl AsRef<Path>) -> Result<Verdict, Error> {
        self.entry.as_ref().map_or(Ok(()), ModelEntry::require_available)?;
        let path = path.as_ref();
        let artifact = source::locate(path, &self.limits)?;
        let mut facts = facts::learn(&artifact, &self.limits)?;
        let mut derived = derive::derive(&facts);
        self.adopt(&facts, &mut derived);
        let mut findings = self.ask(&Case {
            facts: &facts,
            derived: &derived,
            entry: self.entry.as_ref(),
            accepts: self.profile.accepts(),
            asked: Asked { role: self.role, base: self.base.as_ref() },
            compiled: &OnceCell::new(),
        });
        findings.diagnostics.append(&mut facts.faults);
        if self.reject_unknown && !findings.unknown.is_empty() {
            findings.push(rules::file::not_told(&findings.unknown));
        }
        self.order(&mut findings.diagnostics);
        Ok(Verdict::new(Judgement {
            engine: self.profile,
            path: artifact.load_path().to_path_buf(),
            facts,
            derived,
            findings: findings.diagnostics,
            unknown: findings.unknown,
            limits: self.limits.clone(),
        }))
    }

    fn ask(&self, case: &Case<'_>) -> Findings {
        let mut findings = Findings::default();
        for rule in rules::COMMON.iter().chain(self.profile.rules) {
            (rule.check)(case, &mut findings);
        }
        findings
    }

    /// Applies overrides, then sorts: worst first, faults before rules, otherwise as found.
    fn order(&self, findings: &mut [Diagnostic]) {
        for finding in findings.iter_mut().filter(|finding| !finding.cause.code.is_fault()) {
            let overrides = self.profile.overrides.iter().chain(&self.overrides);
            if let Some((_, severity)) = overrides.rev().find(|(code, _)| *code == finding.cause.code) {
                finding.severity = *severity;
            }
        }
        findings.sort_by_key(|finding| (finding.severity, !finding.cause.code.is_fault()));
    }
}
