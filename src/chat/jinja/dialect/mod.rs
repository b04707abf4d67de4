//! Finds what a template uses that an engine's dialect lacks: [`tags`] reads the tokens, for what an engine's parser
//! stumbles over; [`tree`] walks over the tree, for what fails later.

mod tags;
mod tree;

use super::ast::Span;
use super::{Program, place};
use crate::chat::dialect::{Construct, Dialect, Lack, Outcome};

/// Most different things that are noted of one template: each use is compared with them.
const MOST: usize = 32;

impl Program {
    /// What the template uses of what `dialect` lacks: each thing once, at its first use, in the order of their places.
    pub(in crate::chat) fn lacks(&self, dialect: &Dialect) -> Vec<Lack> {
        let mut found = Found { dialect, noted: Vec::new() };
        tags::read(self, &mut found);
        tree::walk(self, &mut found);
        found.noted.sort_by_key(|noted| noted.span.start);
        let lack = |Noted { what, outcome, span, uses }: Noted| {
            let (line, column) = place(&self.source, span);
            Lack { what, outcome, line, column, uses }
        };
        found.noted.into_iter().map(lack).collect()
    }
}

/// What has been found.
struct Found<'d> {
    dialect: &'d Dialect,
    noted: Vec<Noted>,
}

/// Something lacking, with its first use.
struct Noted {
    what: String,
    outcome: Outcome,
    span: Span,
    uses: usize,
}

impl Found<'_> {
    fn note(&mut self, what: String, outcome: Outcome, span: Span) {
        if let Some(known) = self.noted.iter_mut().find(|known| known.what == what) {
            known.uses = known.uses.saturating_add(1);
            if span.start < known.span.start {
                known.span = span;
            }
        } else if self.noted.len() < MOST {
            self.noted.push(Noted { what, outcome, span, uses: 1 });
        }
    }

    fn construct(&mut self, construct: Construct, span: Span) {
        if let Some((_, outcome)) = self.dialect.constructs.iter().find(|(known, _)| *known == construct) {
            self.note(construct.to_string(), *outcome, span);
        }
    }

    fn named(&mut self, kind: &str, name: &str, lacking: &[&str], outcome: Outcome, span: Span) {
        if lacking.contains(&name) {
            self.note(format!("the {kind} {name}"), outcome, span);
        }
    }
}
