//! The engine's walk over a model, step for step: what fails first there fails first here.

mod evaluate;
mod failure;
mod files;
mod keys;
mod name;
mod others;
mod places;
mod plan;
mod requests;
mod scales;
mod set;
mod state;
mod tensors;
mod vocabulary;
mod warnings;

pub(super) use state::State;
pub(super) use vocabulary::Model;

use super::Release;
use super::code::{CANNOT_TELL, ENGINE_TOO_OLD, NOT_A_MAIN_MODEL, UNKNOWN_ARCHITECTURE};
use super::tables::{self, Architecture};
use crate::diagnostic::{Diagnostic, Findings};
use crate::facts::gguf::GgufFacts;
use crate::source::Resolved;

/// What ends the load.
type Stop = Box<Diagnostic>;

/// Where the engine's walk ended.
pub(super) enum Outcome<'a> {
    /// The model is loaded; this is what the engine then knows of it.
    Loaded(Box<State<'a>>),
    /// It is not, for these reasons; the engine's own stands first.
    Refused(Vec<Diagnostic>),
    /// This profile's own tables are at fault.
    Unknown(String),
}

/// Walks.
pub(super) fn load<'a>(gguf: &'a GgufFacts, release: Release) -> Outcome<'a> {
    match walk(gguf, release) {
        Ok(outcome) => outcome,
        Err(stop) => Outcome::Refused(vec![*stop]),
    }
}

/// Walks, and says what was found. `odd` is what stands at names of the set and cannot be used as a file.
pub(super) fn report(gguf: &GgufFacts, odd: &[(String, Resolved)], release: Release, findings: &mut Findings) {
    match load(gguf, release) {
        Outcome::Loaded(state) => warnings::check(&state, findings),
        Outcome::Refused(mut diagnostics) => {
            if let Some(refused) = files::refuse_odd(&mut diagnostics, odd) {
                findings.cannot_tell(&CANNOT_TELL, "the set was read up to a file that may not be read", refused);
            }
            findings.diagnostics.extend(diagnostics);
        }
        Outcome::Unknown(why) => findings.cannot_tell(&CANNOT_TELL, why, gguf.origin("general.architecture")),
    }
}

fn walk<'a>(gguf: &'a GgufFacts, release: Release) -> Result<Outcome<'a>, Stop> {
    let name = files::check(gguf)?;
    let architecture = find(gguf, name, release)?;
    let program = match architecture.program() {
        Ok(program) => program,
        Err(error) => return Ok(Outcome::Unknown(format!("the page of '{name}' cannot be read: {}", error.0))),
    };
    if let Some(after) = program.traits.after.filter(|after| release.is_not_after(after)) {
        return Err(too_old(gguf, name, &format!("it came after {after}"), release));
    }
    let mut state = State::new(gguf, program, release);
    if let Err(stop) = state.run_keys(&program.keys) {
        return Ok(Outcome::Refused(state.with_further_keys(*stop)));
    }
    state.load_vocabulary()?;
    state.load_tensors()?;
    if !state.failures.is_empty() {
        return Ok(Outcome::Refused(state.failures));
    }
    files::check_alignment(gguf)?;
    Ok(Outcome::Loaded(Box::new(state)))
}

fn find(gguf: &GgufFacts, name: &str, release: Release) -> Result<&'static Architecture, Stop> {
    if let Some((_, words)) = tables::NEVER_LOADED.iter().find(|(known, _)| *known == name) {
        if name == "clip" {
            keys::general_name(gguf)?;
        }
        let message = format!("{} does not load architecture '{name}': {words}", release.label);
        return Err(failure::stop(gguf, &NOT_A_MAIN_MODEL, "general.architecture", message).found(name).into());
    }
    if let Some((_, since)) = tables::LATER.iter().find(|(later, _)| *later == name) {
        return Err(too_old(gguf, name, &format!("it came with {since}"), release));
    }
    tables::architecture(name).ok_or_else(|| {
        let message = format!("{} knows no architecture '{name}'", release.label);
        failure::stop(gguf, &UNKNOWN_ARCHITECTURE, "general.architecture", message).found(name).into()
    })
}

fn too_old(gguf: &GgufFacts, name: &str, when: &str, release: Release) -> Stop {
    let message = format!("{} does not know architecture '{name}': {when}", release.label);
    failure::stop(gguf, &ENGINE_TOO_OLD, "general.architecture", message).found(name).into()
}
