//! Whether an expression holds, and values that are only looked at: where they are, without handing them out.

use super::super::ast::{Comparison, Constant, Expr, Kind, TestCall};
use super::super::error::Outcome;
use super::super::value::{Undefined, Value};
use super::super::{compare, tests};
use super::{Activation, Machine};
use std::cell::Ref;
use std::ops::Deref;
use std::rc::Rc;

type Frame<'a> = Rc<Activation<'a>>;

/// A value to look at. While it is held nothing may be evaluated, which could set the variable that lends it.
pub(super) enum Seen<'f, 'a> {
    Lent(Ref<'f, Value<'a>>),
    Own(Value<'a>),
}

impl Seen<'_, '_> {
    /// What is undefined, whatever it is: what is only looked at does not say what it should have been.
    const NOTHING: Self = Self::Own(Value::Undefined(Undefined::Name("")));
}

impl<'a> Deref for Seen<'_, 'a> {
    type Target = Value<'a>;

    fn deref(&self) -> &Value<'a> {
        match self {
            Self::Lent(value) => value,
            Self::Own(value) => value,
        }
    }
}

impl<'a> Machine<'a> {
    /// Whether an expression's value is true.
    pub(super) fn truth(&mut self, frame: &Frame<'a>, expr: Expr) -> Outcome<bool> {
        let node = self.tree.node(expr);
        match &node.kind {
            Kind::And(..) | Kind::Compare(..) | Kind::Not(_) | Kind::Or(..) | Kind::Test(_) => {
                self.level(node.span, |machine| machine.holds_true(frame, &node.kind))
            }
            _ => match self.glance(frame, expr) {
                Some(seen) => Ok(seen.truth()),
                None => Ok(self.eval(frame, expr)?.truth()),
            },
        }
    }

    /// The same of what is inside of an expression whose value is nothing but true or false, or is asked for no more.
    #[inline(never)]
    pub(super) fn holds_true(&mut self, frame: &Frame<'a>, kind: &'a Kind) -> Outcome<bool> {
        match kind {
            Kind::And(left, right) => Ok(self.truth(frame, *left)? && self.truth(frame, *right)?),
            Kind::Compare(comparison, left, right) => self.compare(frame, *comparison, *left, *right),
            Kind::Not(inner) => self.truth(frame, *inner).map(|truth| !truth),
            Kind::Or(left, right) => Ok(self.truth(frame, *left)? || self.truth(frame, *right)?),
            Kind::Test(call) => self.test(frame, call),
            _ => Ok(false),
        }
    }

    /// A literal, or what a variable or a dictionary that is one's value has.
    fn glance<'f>(&self, frame: &'f Frame<'a>, expr: Expr) -> Option<Seen<'f, 'a>> {
        match self.tree.kind(expr) {
            Kind::Attribute(subject, name) if name.plain => {
                let found = self.entry(frame, *subject, self.text(name.span))?;
                Some(found.map_or(Seen::NOTHING, Seen::Lent))
            }
            Kind::Constant(constant) => Some(Seen::Own(self.constant(constant))),
            Kind::Item(subject, key) => match self.tree.kind(*key) {
                Kind::Constant(Constant::Str(key)) => self.entry(frame, *subject, self.literal(*key))?.map(Seen::Lent),
                _ => None,
            },
            Kind::Name(name) => Some(frame.look(name.slot).map_or(Seen::NOTHING, Seen::Lent)),
            _ => None,
        }
    }

    /// What a dictionary that is a variable's value has under a key, if anything, without handing out the dictionary.
    pub(super) fn entry<'f>(
        &self,
        frame: &'f Frame<'a>,
        subject: Expr,
        key: &str,
    ) -> Option<Option<Ref<'f, Value<'a>>>> {
        let Kind::Name(name) = self.tree.kind(subject) else { return None };
        let dict = Ref::filter_map(frame.look(name.slot)?, |value| match value {
            Value::Dict(dict) => Some(dict),
            _ => None,
        });
        Some(Ref::filter_map(dict.ok()?, |dict| dict.find_str(key)).ok())
    }

    fn compare(&mut self, frame: &Frame<'a>, comparison: Comparison, left: Expr, right: Expr) -> Outcome<bool> {
        let wanted = match comparison {
            Comparison::Equal => true,
            Comparison::NotEqual => false,
            _ => return self.compare_values(frame, comparison, left, right),
        };
        match (self.glance(frame, left), self.glance(frame, right)) {
            (Some(left), Some(right)) => compare::equal(&left, &right, &self.budget).map(|equal| equal == wanted),
            _ => self.compare_values(frame, comparison, left, right),
        }
    }

    #[inline(never)]
    fn compare_values(&mut self, frame: &Frame<'a>, comparison: Comparison, left: Expr, right: Expr) -> Outcome<bool> {
        let left = self.eval(frame, left)?;
        let right = self.eval(frame, right)?;
        self.holds(comparison, &left, &right)
    }

    fn test(&mut self, frame: &Frame<'a>, call: &'a TestCall) -> Outcome<bool> {
        let Some(id) = call.id else {
            return self.unknown("test", call.span);
        };
        if call.arguments.is_empty()
            && let Some(subject) = self.glance(frame, call.subject)
            && let Some(passes) = tests::of_kind(id, &subject)
        {
            return Ok(passes);
        }
        let subject = self.eval(frame, call.subject)?;
        let args = self.args(frame, &call.arguments)?;
        tests::apply(self, id, &subject, args)
    }
}
