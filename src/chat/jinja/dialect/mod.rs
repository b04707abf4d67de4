//! Finds what a template uses that an engine's dialect lacks: [`tags`] reads the tokens, for what an engine's parser
//! stumbles over; [`tree`] walks over the tree, for what fails later.

mod tags;
mod tree;

use super::ast::Span;
use super::{Program, place};
use crate::chat::dialect::{Construct, Dialect, Lack, Outcome};

impl Program {
    /// Every use of what `dialect` lacks.
    pub(in crate::chat) fn lacks(&self, dialect: &Dialect) -> Vec<Lack> {
        let mut found = Found { dialect, uses: Vec::new() };
        tags::read(&self.source, &mut found);
        tree::walk(&self.source, &self.root.body, &mut found);
        found.uses.sort_by_key(|(.., span)| span.start);
        let lack = |(what, outcome, span): (String, Outcome, Span)| {
            let (line, column) = place(&self.source, span);
            Lack { what, outcome, line, column, uses: 1 }
        };
        found.uses.into_iter().map(lack).collect()
    }
}

/// What has been found.
struct Found<'d> {
    dialect: &'d Dialect,
    uses: Vec<(String, Outcome, Span)>,
}

impl Found<'_> {
    fn construct(&mut self, construct: Construct, span: Span) {
        if let Some((_, outcome)) = self.dialect.constructs.iter().find(|(known, _)| *known == construct) {
            self.uses.push((construct.to_string(), *outcome, span));
        }
    }

    fn named(&mut self, kind: &str, name: &str, lacking: &[&str], outcome: Outcome, span: Span) {
        if lacking.contains(&name) {
            self.uses.push((format!("the {kind} {name}"), outcome, span));
        }
    }
}
