//! Expressions.

use super::super::arithmetic;
use super::super::ast::{
    Chain, Comparison, Conditional, Constant, Expr, FilterCall, Kind, Member, Node, Operator, Slice, Span,
};
use super::super::attribute;
use super::super::compare;
use super::super::error::{ErrorClass, Outcome, fail, spelled};
use super::super::subscript;
use super::super::value::{Dict, Text, TextBuffer, Value};
use super::super::{filters, repr};
use super::{Activation, Machine};
use std::rc::Rc;

type Frame<'a> = Rc<Activation<'a>>;

impl<'a> Machine<'a> {
    pub(in super::super) fn eval(&mut self, frame: &Frame<'a>, expr: Expr) -> Outcome<Value<'a>> {
        let node = self.tree.node(expr);
        match &node.kind {
            Kind::Constant(constant) => Ok(self.constant(constant)),
            Kind::Name(name) => Ok(self.load(frame, name)),
            _ => self.compound(frame, expr, node),
        }
    }

    // Apart, so that constants and names need no room on the stack for the rest; and so are most of the kinds it tells
    // apart, for each other's sake.
    #[inline(never)]
    fn compound(&mut self, frame: &Frame<'a>, expr: Expr, node: &'a Node) -> Outcome<Value<'a>> {
        self.level(node.span, |machine| machine.node(frame, expr, node))
    }

    pub(super) fn constant(&self, constant: &Constant) -> Value<'a> {
        match constant {
            Constant::Big(number) => Value::integer((**number).clone()),
            Constant::Bool(truth) => Value::Bool(*truth),
            Constant::Float(number) => Value::Float(*number),
            Constant::Int(number) => Value::Int(*number),
            Constant::None => Value::None,
            Constant::Str(text) => Value::text(self.literal(*text)),
        }
    }

    #[inline]
    fn node(&mut self, frame: &Frame<'a>, expr: Expr, node: &'a Node) -> Outcome<Value<'a>> {
        match &node.kind {
            Kind::And(left, right) => self.and(frame, *left, *right),
            Kind::Attribute(subject, name) => self.attribute(frame, expr, *subject, name),
            Kind::Binary(operator, left, right) => self.binary(frame, *operator, *left, *right),
            Kind::Call(call) => self.call(frame, call),
            Kind::Chain(chain) => self.chain(frame, chain),
            Kind::Compare(..) | Kind::Not(_) | Kind::Test(_) => {
                self.truth_inside(frame, &node.kind).map(|truth| Value::Bool(truth.holds()))
            }
            Kind::Concat(parts) => self.concat(frame, parts),
            Kind::Conditional(conditional) => self.conditional(frame, node.span, conditional),
            Kind::Constant(constant) => Ok(self.constant(constant)),
            Kind::Dict(pairs) => self.dict(frame, pairs),
            Kind::Filter(call) => self.filter(frame, call),
            Kind::Item(subject, key) => self.item(frame, expr, *subject, *key),
            Kind::List(items) => self.list(frame, items),
            Kind::Name(name) => Ok(self.load(frame, name)),
            Kind::Negative(inner) => self.negative(frame, *inner),
            Kind::Or(left, right) => self.or(frame, *left, *right),
            Kind::Positive(inner) => self.positive(frame, *inner),
            Kind::Slice(slice) => self.slice(frame, slice),
            Kind::Tuple(items) => self.tuple(frame, items),
        }
    }

    #[inline(never)]
    fn binary(&mut self, frame: &Frame<'a>, operator: Operator, left: Expr, right: Expr) -> Outcome<Value<'a>> {
        let left = self.eval(frame, left)?;
        let right = self.eval(frame, right)?;
        match (operator, left, right) {
            (Operator::Add, Value::Str(left), Value::Str(right)) => left.append(&right, &self.budget).map(Value::Str),
            (operator, left, right) => arithmetic::binary(operator, left, right, self),
        }
    }

    #[inline(never)]
    fn negative(&mut self, frame: &Frame<'a>, inner: Expr) -> Outcome<Value<'a>> {
        let value = self.eval(frame, inner)?;
        arithmetic::negative(&value)
    }

    #[inline(never)]
    fn positive(&mut self, frame: &Frame<'a>, inner: Expr) -> Outcome<Value<'a>> {
        let value = self.eval(frame, inner)?;
        arithmetic::positive(&value)
    }

    #[inline(never)]
    fn list(&mut self, frame: &Frame<'a>, items: &'a [Expr]) -> Outcome<Value<'a>> {
        let items = self.all(frame, items)?;
        Value::list(items, &self.budget)
    }

    #[inline(never)]
    fn tuple(&mut self, frame: &Frame<'a>, items: &'a [Expr]) -> Outcome<Value<'a>> {
        let items = self.all(frame, items)?;
        Value::tuple(items, &self.budget)
    }

    #[inline(never)]
    fn and(&mut self, frame: &Frame<'a>, left: Expr, right: Expr) -> Outcome<Value<'a>> {
        let left = self.eval(frame, left)?;
        if left.truth() { self.eval(frame, right) } else { Ok(left) }
    }

    #[inline(never)]
    fn or(&mut self, frame: &Frame<'a>, left: Expr, right: Expr) -> Outcome<Value<'a>> {
        let left = self.eval(frame, left)?;
        if left.truth() { Ok(left) } else { self.eval(frame, right) }
    }

    #[inline(never)]
    fn attribute(&mut self, frame: &Frame<'a>, expr: Expr, subject: Expr, name: &Member) -> Outcome<Value<'a>> {
        if let Some(found) = self.peek(&frame.variables(), expr).filter(|found| !found.is_undefined()) {
            return Ok(found.clone());
        }
        let subject = self.eval(frame, subject)?;
        self.member(&subject, name)
    }

    pub(super) fn member(&mut self, subject: &Value<'a>, name: &Member) -> Outcome<Value<'a>> {
        let text = self.text(name.span);
        match subject {
            Value::Dict(dict) if name.plain => Ok(attribute::member(dict, subject, &Text::Borrowed(text))),
            _ => attribute::attribute(self, subject, &Text::Borrowed(text)),
        }
    }

    #[inline(never)]
    fn item(&mut self, frame: &Frame<'a>, expr: Expr, subject: Expr, key: Expr) -> Outcome<Value<'a>> {
        if let Some(found) = self.peek(&frame.variables(), expr).filter(|found| !found.is_undefined()) {
            return Ok(found.clone());
        }
        let subject = self.eval(frame, subject)?;
        let key = self.eval(frame, key)?;
        attribute::item(self, &subject, &key)
    }

    #[inline(never)]
    fn slice(&mut self, frame: &Frame<'a>, slice: &'a Slice) -> Outcome<Value<'a>> {
        let subject = self.eval(frame, slice.subject)?;
        let mut bounds = [const { Value::None }; 3];
        for (bound, expr) in bounds.iter_mut().zip([slice.start, slice.stop, slice.step]) {
            if let Some(expr) = expr {
                *bound = self.eval(frame, expr)?;
            }
        }
        match subscript::slice(&subject, &bounds, &self.budget) {
            Err(failure) if slice.constant && failure.class == ErrorClass::Type => Ok(Value::hint("")),
            result => result,
        }
    }

    pub(super) fn all(&mut self, frame: &Frame<'a>, items: &'a [Expr]) -> Outcome<Vec<Value<'a>>> {
        let mut values = Vec::new();
        values.reserve_exact(items.len());
        for item in items {
            values.push(self.eval(frame, *item)?);
        }
        Ok(values)
    }

    #[inline(never)]
    fn dict(&mut self, frame: &Frame<'a>, pairs: &'a [(Expr, Expr)]) -> Outcome<Value<'a>> {
        let mut dict = Dict::default();
        for (key, value) in pairs {
            let key = self.eval(frame, *key)?;
            let value = self.eval(frame, *value)?;
            dict.insert(key, value, &self.budget)?;
        }
        Ok(dict.value())
    }

    #[inline(never)]
    fn concat(&mut self, frame: &Frame<'a>, parts: &'a [Expr]) -> Outcome<Value<'a>> {
        let values = self.all(frame, parts)?;
        let mut text = TextBuffer::new(&self.budget);
        for value in &values {
            repr::print(value, &mut text)?;
        }
        text.value()
    }

    #[inline(never)]
    fn conditional(&mut self, frame: &Frame<'a>, span: Span, conditional: &'a Conditional) -> Outcome<Value<'a>> {
        if self.truth(frame, conditional.test)?.holds() {
            return self.eval(frame, conditional.then);
        }
        match conditional.otherwise {
            Some(otherwise) => self.eval(frame, otherwise),
            None => {
                let (line, _) = super::super::place(self.source, span);
                Ok(Value::hint(format!(
                    "the inline if-expression on line {line} evaluated to false and no else section was defined."
                )))
            }
        }
    }

    #[inline(never)]
    fn chain(&mut self, frame: &Frame<'a>, chain: &'a Chain) -> Outcome<Value<'a>> {
        let mut left = self.eval(frame, chain.first)?;
        for (comparison, operand) in &chain.rest {
            let right = self.eval(frame, *operand)?;
            if !self.holds(*comparison, &left, &right)? {
                return Ok(Value::Bool(false));
            }
            left = right;
        }
        Ok(Value::Bool(true))
    }

    pub(super) fn holds(&mut self, comparison: Comparison, left: &Value<'a>, right: &Value<'a>) -> Outcome<bool> {
        match comparison {
            Comparison::Equal => compare::equal(left, right, &self.budget),
            Comparison::NotEqual => compare::equal(left, right, &self.budget).map(|equal| !equal),
            Comparison::In => subscript::contains(self, right, left),
            Comparison::NotIn => subscript::contains(self, right, left).map(|contains| !contains),
            ordering => compare::ordered(ordering, left, right, &self.budget),
        }
    }

    #[inline(never)]
    fn filter(&mut self, frame: &Frame<'a>, call: &'a FilterCall) -> Outcome<Value<'a>> {
        let Some(id) = call.filter.id else {
            return self.unknown("filter", call.filter.span);
        };
        let subject = self.eval(frame, call.subject)?;
        let args = self.args(frame, &call.arguments)?;
        filters::apply(self, id, subject, args)
    }

    /// A filter or a test without which Jinja compiles a template, as it may not be reached.
    pub(super) fn unknown<T>(&self, kind: &str, name: Span) -> Outcome<T> {
        fail(ErrorClass::TemplateRuntime, format!("No {kind} named '{}' found.", spelled(self.text(name))))
    }
}
