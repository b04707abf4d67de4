//! Printing. The texts of a sum are written one by one, without the sum.

use super::super::arithmetic;
use super::super::ast::{Constant, Expr, FilterCall, Kind, Operator, Span};
use super::super::error::Outcome;
use super::super::filters::Filter;
use super::super::value::{Text, TextBuffer, Value};
use super::super::{json, repr};
use super::{Activation, Machine};
use std::rc::Rc;

type Frame<'a> = Rc<Activation<'a>>;

impl<'a> Machine<'a> {
    pub(super) fn print(&mut self, frame: &Frame<'a>, expr: Expr) -> Outcome<()> {
        self.output.begin();
        let rest = self.texts(frame, expr)?;
        self.output.settle();
        match rest {
            Some(value) => self.write(&value).map_err(|failure| failure.at(self.tree.node(expr).span)),
            None => Ok(()),
        }
    }

    pub(super) fn write(&mut self, value: &Value<'a>) -> Outcome<()> {
        match value {
            Value::Str(text) | Value::Markup(text) => self.output.push(text, &self.budget),
            Value::Undefined(_) => Ok(()),
            other => {
                let text = repr::to_text(self, other)?;
                self.output.push(&text, &self.budget)
            }
        }
    }

    /// Writes a text, or a sum of texts; what is neither is given back.
    fn texts(&mut self, frame: &Frame<'a>, expr: Expr) -> Outcome<Option<Value<'a>>> {
        let node = self.tree.node(expr);
        match &node.kind {
            Kind::Binary(Operator::Add, left, right) => {
                self.level(node.span, |machine| machine.sum(frame, *left, *right))
            }
            Kind::Filter(call) if call.filter.id == Some(Filter::ToJson) && call.arguments.is_empty() => {
                self.level(node.span, |machine| machine.json(frame, call)).map(|()| None)
            }
            Kind::Constant(Constant::Str(text)) => self.put(self.literal(*text), node.span),
            _ => {
                if let Some(Value::Str(text)) = self.peek(&frame.variables(), expr) {
                    return self.put(text, node.span);
                }
                match self.eval(frame, expr)? {
                    Value::Str(text) => self.put(&text, node.span),
                    other => Ok(Some(other)),
                }
            }
        }
    }

    /// Writes a text that stands at a place; nothing is left of it.
    fn put(&mut self, text: &str, span: Span) -> Outcome<Option<Value<'a>>> {
        self.output.push(text, &self.budget).map_err(|failure| failure.at(span))?;
        Ok(None)
    }

    fn sum(&mut self, frame: &Frame<'a>, left: Expr, right: Expr) -> Outcome<Option<Value<'a>>> {
        let start = self.output.end();
        let (left, right) = match self.texts(frame, left)? {
            Some(left) => (left, self.eval(frame, right)?),
            None => match self.texts(frame, right)? {
                Some(right) => (self.take_back(start)?, right),
                None => return Ok(None),
            },
        };
        arithmetic::binary(Operator::Add, left, right, self).map(Some)
    }

    /// What was printed from a place on, which is then a value again.
    fn take_back(&mut self, start: usize) -> Outcome<Value<'a>> {
        if let Some(watch) = self.budget.watch() {
            watch.reach();
        }
        Text::owned(self.output.take_back(start), &self.budget).map(Value::Str)
    }

    fn json(&mut self, frame: &Frame<'a>, call: &'a FilterCall) -> Outcome<()> {
        let subject = self.eval(frame, call.subject)?;
        self.budget.spend(1)?;
        let top = self.output.is_top();
        let mut text = if top { TextBuffer::printed(&self.budget) } else { TextBuffer::new(&self.budget) };
        json::print(&subject, &mut text)?;
        self.output.push(text.as_str(), &self.budget)
    }
}

#[cfg(test)]
mod tests {
    use crate::chat::{ChatTemplate, Conversation, ErrorClass};

    fn render(source: &str) -> Result<(String, Option<std::ops::Range<usize>>), ErrorClass> {
        let conversation = Conversation::parse(br#"{"messages": [{"role": "user", "content": "hi"}]}"#).unwrap();
        let rendered = ChatTemplate::from_text(source).render(&conversation);
        rendered.map(|prompt| (prompt.text, prompt.generation.first().cloned())).map_err(|error| error.class)
    }

    fn text(source: &str) -> Result<String, ErrorClass> {
        render(source).map(|(text, _)| text)
    }

    #[test]
    fn a_sum_is_what_it_is_of() {
        assert_eq!(text("{{ 'a' + 'b' + 'c' }}"), Ok("abc".to_owned()));
        assert_eq!(text("{{ 1 + 2 + 3 }}"), Ok("6".to_owned()));
        assert_eq!(text("{{ [1] + [2] }}"), Ok("[1, 2]".to_owned()));
        assert_eq!(text("x{{ 'a' + '<' + '<'|e + '<' }}"), Ok("xa&lt;&lt;&lt;".to_owned()));
        assert_eq!(text("{{ 'a' + 'b' + 1 }}"), Err(ErrorClass::Type));
        assert_eq!(text("{{ 'a' + nope }}"), Err(ErrorClass::Undefined));
    }

    #[test]
    fn what_is_generated_within_a_sum_begins_before_it() {
        let source = "{% macro m() %}x{% generation %}é{% endgeneration %}{% endmacro %}ab{{ 'c' + m() }}";
        let apart = source.replace("'c' + m()", "('c' + m())|string");
        assert_eq!(render(source).unwrap().1, render(&apart).unwrap().1);
        assert_eq!(render(source), Ok(("abcxé".to_owned(), Some(2..3))));
    }
}
