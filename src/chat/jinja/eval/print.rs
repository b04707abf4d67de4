//! Printing. The texts of a sum are written one by one, without the sum.

use super::super::arithmetic;
use super::super::ast::{Expr, Kind, Operator};
use super::super::error::Outcome;
use super::super::repr;
use super::super::value::{Text, Value};
use super::{Activation, Machine};
use std::rc::Rc;

type Frame<'a> = Rc<Activation<'a>>;

impl<'a> Machine<'a> {
    pub(super) fn print(&mut self, frame: &Frame<'a>, expr: Expr) -> Outcome<()> {
        let node = self.tree.node(expr);
        let value = if matches!(node.kind, Kind::Binary(Operator::Add, ..)) {
            self.output.begin();
            let rest = self.texts(frame, expr)?;
            self.output.settle();
            let Some(value) = rest else { return Ok(()) };
            value
        } else {
            self.eval(frame, expr)?
        };
        self.write(&value).map_err(|failure| failure.at(node.span))
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

    /// Writes a text or a sum of texts; what is neither is given back.
    fn texts(&mut self, frame: &Frame<'a>, expr: Expr) -> Outcome<Option<Value<'a>>> {
        let node = self.tree.node(expr);
        if let Kind::Binary(Operator::Add, left, right) = node.kind {
            return self.level(node.span, |machine| machine.sum(frame, left, right));
        }
        match self.eval(frame, expr)? {
            Value::Str(text) => self.output.push(&text, &self.budget).map(|()| None),
            other => Ok(Some(other)),
        }
    }

    fn sum(&mut self, frame: &Frame<'a>, left: Expr, right: Expr) -> Outcome<Option<Value<'a>>> {
        let start = self.output.end();
        let left = self.texts(frame, left)?;
        let right = self.eval(frame, right)?;
        let left = match (left, &right) {
            (None, Value::Str(right)) => return self.output.push(right, &self.budget).map(|()| None),
            (None, _) => Value::Str(Text::owned(self.output.take_back(start), &self.budget)?),
            (Some(left), _) => left,
        };
        arithmetic::binary(Operator::Add, left, right, self).map(Some)
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
