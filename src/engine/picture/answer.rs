//! What an engine for pictures says of a file, and how it is written down.

use crate::derive::image::Kind;
use crate::diagnostic::{Cause, Diagnostic, Findings, Origin, cause};
use crate::rules::Case;

cause! {
    /// The file is no checkpoint but goes beside one. The note says where.
    COMPANION = ("IMG120", "companion", Note, "load it together with a base model of its family");
    /// The file is sound but makes no picture alone. The note lists every companion that the family wants.
    NEEDS = ("IMG121", "needs-companions", Note, "give the engine the companions that are listed");
    /// Without these companions the load call itself fails.
    NEEDS_AT_LOAD = ("IMG122", "needs-at-load", Note, "give the engine these companions in the same call");
    /// How the engine wants to be told of the file.
    LOAD_AS = ("IMG123", "load-as", Note, "load the file in this way");
}

/// How an engine is told of a backbone.
pub type Way = Option<&'static str>;

/// What an engine says of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It goes beside a base, at this place.
    Companion {
        /// Where it goes.
        place: &'static str,
        /// What it needs beside the base.
        needs: Vec<&'static str>,
    },
    /// It is loaded.
    Model {
        /// What a picture needs beside it.
        needs: Vec<&'static str>,
        /// What the load call needs beside it.
        at_load: Vec<&'static str>,
        /// How the engine is told of it.
        way: Way,
    },
    /// It is refused.
    Refused(&'static Cause, String),
}

impl Answer {
    /// A checkpoint that needs nothing.
    pub fn alone() -> Self {
        Self::Model { needs: Vec::new(), at_load: Vec::new(), way: None }
    }

    /// A companion that needs nothing but its base.
    pub fn beside(place: &'static str) -> Self {
        Self::Companion { place, needs: Vec::new() }
    }

    /// Writes the answer down.
    pub fn push(self, case: &Case<'_>, findings: &mut Findings) {
        let file = case.facts.files.first().map_or("", |file| file.name.as_str());
        let origin = Origin::file(file);
        match self {
            Self::Refused(cause, reason) => findings.push(Diagnostic::new(cause, reason).at(origin)),
            Self::Companion { place, needs } => {
                let kind = kind(case);
                let message = format!("{file} is a {kind}: it goes beside a base model, as {place}");
                findings.push(Diagnostic::new(&COMPANION, message).expected(place).found(kind).at(origin.clone()));
                push_needs(&NEEDS, &needs, &origin, findings);
            }
            Self::Model { needs, at_load, way } => {
                push_needs(&NEEDS, &needs, &origin, findings);
                push_needs(&NEEDS_AT_LOAD, &at_load, &origin, findings);
                if let Some(way) = way {
                    findings
                        .push(Diagnostic::new(&LOAD_AS, format!("load {file} with {way}")).expected(way).at(origin));
                }
            }
        }
    }
}

fn kind(case: &Case<'_>) -> &'static str {
    case.derived.image.as_ref().map_or(Kind::Unknown, |identity| identity.kind).name()
}

fn push_needs(cause: &'static Cause, needs: &[&'static str], origin: &Origin, findings: &mut Findings) {
    if needs.is_empty() {
        return;
    }
    let when = if cause.code == NEEDS_AT_LOAD.code { "to load at all, it needs" } else { "for a picture it needs" };
    let message = format!("{when} {}", needs.join(", "));
    findings.push(Diagnostic::new(cause, message).expected(needs.to_vec()).at(origin.clone()));
}
