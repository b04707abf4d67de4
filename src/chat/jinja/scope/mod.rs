//! Names to slots, with the scoping that Jinja's code generator gives them.
//!
//! A *frame* is a block with variables of its own (a loop's body, a macro, a `with`); a *function* is what becomes a
//! Python function there (the template, a macro, a call block, a recursive loop), whose variables are all locals of
//! one call. Every variable of every frame gets a slot of its function. What a variable holds when its frame is
//! entered follows from how the frame uses it: see [`Load`].

mod analyze;
mod known;
mod resolve;

use super::ast::{Body, Function, Load, Slot, Span, Tree};
use super::error::{ErrorClass, Outcome, fail};
use super::value::same;
use std::collections::HashMap;

/// Gives every name of a template its slot, and checks the names of filters and tests.
pub(super) fn resolve(source: &str, body: Body, tree: &mut Tree, unknown: bool, most: u16) -> Outcome<Function> {
    let (scopes, slots) = (Vec::new(), Vec::new());
    let mut resolver = Resolver { source, tree, unknown, most, scopes, slots, soft: false, loops: 0 };
    let mut root = Function { body, ..Function::default() };
    resolver.open_function();
    resolver.open_scope();
    resolver.analyze(&root.body)?;
    resolver.body(&mut root.body)?;
    root.frame = resolver.close_scope();
    root.slots = resolver.close_function();
    Ok(root)
}

struct Resolver<'s, 't> {
    source: &'s str,
    tree: &'t mut Tree,
    /// Whether there is any unknown filter or test.
    unknown: bool,
    /// Most variables of one function.
    most: u16,
    scopes: Vec<Scope<'s>>,
    /// How many slots each open function has given out.
    slots: Vec<u16>,
    /// Whether unknown filters and tests are only an error once reached: within an `if`.
    soft: bool,
    /// How many loops are open.
    loops: u32,
}

/// The variables of one frame.
#[derive(Default)]
struct Scope<'s> {
    function: usize,
    variables: Vec<Variable<'s>>,
    /// Where each name stands, once there are many.
    index: HashMap<&'s str, usize>,
    /// The names that the frame sets.
    stores: Vec<&'s str>,
}

struct Variable<'s> {
    name: &'s str,
    slot: u16,
    load: Load,
}

/// Scopes with at most this many variables are searched by comparing.
const SMALL: usize = 16;

impl<'s> Scope<'s> {
    fn position(&self, name: &str) -> Option<usize> {
        if self.variables.len() > SMALL {
            return self.index.get(name).copied();
        }
        self.variables.iter().position(|variable| same(variable.name, name))
    }

    fn find(&self, name: &str) -> Option<&Variable<'s>> {
        self.position(name).and_then(|place| self.variables.get(place))
    }

    fn push(&mut self, variable: Variable<'s>) {
        self.variables.push(variable);
        if self.variables.len() == SMALL.saturating_add(1) {
            self.index = self.variables.iter().enumerate().map(|(place, known)| (known.name, place)).collect();
        } else if self.variables.len() > SMALL {
            let place = self.variables.len().saturating_sub(1);
            self.index.extend(self.variables.last().map(|known| (known.name, place)));
        }
    }
}

impl<'s> Resolver<'s, '_> {
    fn text(&self, span: Span) -> &'s str {
        span.of(self.source)
    }

    fn open_function(&mut self) {
        self.slots.push(0);
    }

    fn close_function(&mut self) -> u16 {
        self.slots.pop().unwrap_or_default()
    }

    fn open_scope(&mut self) {
        self.scopes.push(Scope { function: self.slots.len(), ..Scope::default() });
    }

    fn close_scope(&mut self) -> super::ast::Frame {
        let variables = self.scopes.pop().map(|scope| scope.variables).unwrap_or_default();
        super::ast::Frame { loads: variables.into_iter().map(|variable| (variable.slot, variable.load)).collect() }
    }

    /// Where `name` lives, seen from the innermost function, looking through all scopes but the innermost `skip`.
    fn find(&self, name: &str, skip: usize) -> Option<Slot> {
        let outer = self.scopes.len().saturating_sub(skip);
        find(self.scopes.get(..outer).unwrap_or_default(), self.slots.len(), name)
    }

    fn define(&mut self, name: &'s str, load: Load, span: Span) -> Outcome<u16> {
        let Some(scope) = self.scopes.last_mut() else { return Ok(0) };
        if let Some(known) = scope.position(name).and_then(|place| scope.variables.get_mut(place)) {
            known.load = load;
            return Ok(known.slot);
        }
        let Some(next) = self.slots.last_mut() else { return Ok(0) };
        let slot = *next;
        let Some(after) = slot.checked_add(1).filter(|after| *after <= self.most) else {
            let message = format!("the template has more than {} variables", self.most);
            return fail(ErrorClass::Budget, message).map_err(|failure| failure.at(span));
        };
        *next = after;
        scope.push(Variable { name, slot, load });
        Ok(slot)
    }

    fn load(&mut self, span: Span) -> Outcome<()> {
        let name = self.text(span);
        if self.find(name, 0).is_none() {
            self.define(name, Load::Resolve(span), span)?;
        }
        Ok(())
    }

    fn store(&mut self, span: Span) -> Outcome<()> {
        let name = self.text(span);
        let Some(scope) = self.scopes.last_mut() else { return Ok(()) };
        if !scope.stores.contains(&name) {
            scope.stores.push(name);
        }
        if scope.find(name).is_none() {
            let load = self.find(name, 1).map_or(Load::Undefined, Load::Alias);
            self.define(name, load, span)?;
        }
        Ok(())
    }

    fn parameter(&mut self, name: &'s str, span: Span) -> Outcome<u16> {
        if let Some(scope) = self.scopes.last_mut()
            && !scope.stores.contains(&name)
        {
            scope.stores.push(name);
        }
        self.define(name, Load::Parameter, span)
    }
}

/// Where `name` lives, seen from the function `here`.
fn find(scopes: &[Scope<'_>], here: usize, name: &str) -> Option<Slot> {
    scopes.iter().rev().find_map(|scope| {
        let variable = scope.find(name)?;
        let hops = u16::try_from(here.saturating_sub(scope.function)).unwrap_or(u16::MAX);
        Some(Slot { hops, index: variable.slot })
    })
}
