//! Which variables a frame has: a look at its statements, but not into the frames inside it.

use super::super::ast::{Body, If, Load, Part, Statement, StatementKind, Target};
use super::super::error::Outcome;
use super::Resolver;

/// An `if` has three branches for Jinja: its body, all its `elif`s, and its `else`.
const BRANCHES: usize = 3;

impl<'s> Resolver<'s, '_> {
    pub(super) fn analyze(&mut self, body: &Body) -> Outcome<()> {
        body.iter().try_for_each(|statement| self.analyze_statement(statement))
    }

    fn analyze_statement(&mut self, statement: &Statement) -> Outcome<()> {
        match &statement.kind {
            StatementKind::Block(_) | StatementKind::Break | StatementKind::Continue | StatementKind::Text(_) => Ok(()),
            StatementKind::CallBlock(block) => self.loads(block.call.part),
            StatementKind::FilterBlock(block) => self.loads(block.filters.part),
            StatementKind::For(looped) => self.loads(looped.iterable.part),
            StatementKind::Generation(_) => Ok(()),
            StatementKind::If(block) => self.analyze_if(block),
            StatementKind::Load(expr) | StatementKind::Print(expr) => self.loads(expr.part),
            StatementKind::Macro(block) => self.store(block.name.span),
            StatementKind::Set(set) => {
                self.loads(set.1.part)?;
                self.stores(&set.0)
            }
            StatementKind::SetBlock(block) => self.stores(&block.target),
            StatementKind::With(block) => block.values.iter().try_for_each(|value| self.loads(value.part)),
        }
    }

    /// The names that a part of the tree reads.
    pub(super) fn loads(&mut self, part: Part) -> Outcome<()> {
        let mut place = part;
        while let Some(span) = self.tree.next_name(&mut place) {
            self.load(span)?;
        }
        Ok(())
    }

    fn stores(&mut self, target: &Target) -> Outcome<()> {
        match target {
            Target::Attribute(name, _) => self.load(name.span),
            Target::Name(name) => self.store(name.span),
            Target::Tuple(targets) => targets.iter().try_for_each(|target| self.stores(target)),
        }
    }

    pub(super) fn parameters(&mut self, target: &Target) -> Outcome<()> {
        match target {
            Target::Attribute(name, _) => self.load(name.span),
            Target::Name(name) => self.parameter(self.text(name.span), name.span).map(drop),
            Target::Tuple(targets) => targets.iter().try_for_each(|target| self.parameters(target)),
        }
    }

    /// A variable that only some branches set holds its outer value before them; one that all set is set anew.
    fn analyze_if(&mut self, block: &If) -> Outcome<()> {
        let mut branches = block.branches.iter();
        let known = self.scopes.last().map_or(0, |scope| scope.variables.len());
        let Some((test, body)) = branches.next() else { return Ok(()) };
        self.loads(test.part)?;
        let first = self.branch(|resolver| resolver.analyze(body))?;
        let second = self.branch(|resolver| {
            branches.try_for_each(|(test, body)| {
                resolver.loads(test.part)?;
                let stored = resolver.branch(|resolver| resolver.analyze(body))?;
                resolver.merge(&[stored], usize::MAX);
                Ok(())
            })
        })?;
        let third = self.branch(|resolver| resolver.analyze(&block.otherwise))?;
        self.merge(&[first, second, third], known);
        Ok(())
    }

    /// The names that `inner` sets and that were not set before.
    fn branch(&mut self, inner: impl FnOnce(&mut Self) -> Outcome<()>) -> Outcome<Vec<&'s str>> {
        let before = self.scopes.last().map_or(0, |scope| scope.stores.len());
        inner(self)?;
        let Some(scope) = self.scopes.last_mut() else { return Ok(Vec::new()) };
        Ok(scope.stores.split_off(before.min(scope.stores.len())))
    }

    /// Joins what the branches set; variables up to `known` were there before.
    fn merge(&mut self, branches: &[Vec<&'s str>], known: usize) {
        for name in branches.iter().flatten() {
            let count = branches.iter().filter(|branch| branch.contains(name)).count();
            let outer = self.find(name, 1);
            let place_of = self.place_of(name);
            let Some(scope) = self.scopes.last_mut() else { return };
            if !scope.stores.contains(name) {
                scope.stores.push(name);
            }
            let Some(place) = scope.position(name) else { continue };
            let Some(variable) = scope.variables.get_mut(place) else { continue };
            if count == BRANCHES && place < known {
                continue;
            }
            variable.load = match outer {
                Some(slot) => Load::Alias(slot),
                None if count == BRANCHES => Load::Undefined,
                None => Load::Resolve(place_of),
            };
        }
    }

    /// Where a name that was cut from the source stands in it.
    fn place_of(&self, name: &str) -> super::Span {
        let start = (name.as_ptr() as usize).saturating_sub(self.source.as_ptr() as usize);
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        super::Span { start: clamp(start), end: clamp(start.saturating_add(name.len())) }
    }
}
