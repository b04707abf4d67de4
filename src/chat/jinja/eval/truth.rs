//! Whether an expression holds, and values that are only looked at, where they are.

use super::super::ast::{Comparison, Constant, Expr, Kind, TestCall};
use super::super::error::Outcome;
use super::super::tests::{apply, of_kind};
use super::super::value::Value;
use super::activation::Variables;
use super::{Activation, Machine};
use std::rc::Rc;

type Frame<'a> = Rc<Activation<'a>>;

/// How many names and keys a look goes through at most. Where it leads nowhere the subject is looked at again while it is
/// evaluated, and so on: without an end a long chain would take time in the square of its length.
const LOOKUPS: u8 = 5;

/// Whether something holds, in a whole word: so it is handed back in a register, and not written to be read again.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Truth {
    No,
    Yes,
}

impl Truth {
    pub(super) fn holds(self) -> bool {
        self == Self::Yes
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl<'a> Machine<'a> {
    /// Whether an expression's value is true.
    pub(super) fn truth(&mut self, frame: &Frame<'a>, expr: Expr) -> Outcome<Truth> {
        let node = self.tree.node(expr);
        match &node.kind {
            Kind::And(..) | Kind::Compare(..) | Kind::Not(_) | Kind::Or(..) | Kind::Test(_) => {
                self.level(node.span, |machine| machine.truth_inside(frame, &node.kind))
            }
            _ => {
                if let Some(seen) = self.peek(&frame.variables(), expr) {
                    return Ok(seen.truth().into());
                }
                Ok(self.eval(frame, expr)?.truth().into())
            }
        }
    }

    /// The same of an expression whose value is nothing but true or false, or is asked for no more.
    #[inline(never)]
    pub(super) fn truth_inside(&mut self, frame: &Frame<'a>, kind: &'a Kind) -> Outcome<Truth> {
        match kind {
            Kind::And(left, right) => match self.truth(frame, *left)? {
                Truth::Yes => self.truth(frame, *right),
                Truth::No => Ok(Truth::No),
            },
            Kind::Compare(comparison, left, right) => self.compare(frame, *comparison, *left, *right),
            Kind::Not(inner) => self.truth(frame, *inner).map(|truth| (!truth.holds()).into()),
            Kind::Or(left, right) => match self.truth(frame, *left)? {
                Truth::Yes => Ok(Truth::Yes),
                Truth::No => self.truth(frame, *right),
            },
            Kind::Test(call) => self.test(frame, call),
            _ => Ok(Truth::No),
        }
    }

    /// A variable's value, or what stands in one under keys and attributes' names, without handing it out; nothing where
    /// that is more than a look. What is undefined is not told apart.
    pub(super) fn peek<'v>(&self, variables: &'v Variables<'a>, expr: Expr) -> Option<&'v Value<'a>> {
        self.peek_through(variables, expr, LOOKUPS)
    }

    fn peek_through<'v>(&self, variables: &'v Variables<'a>, expr: Expr, lookups: u8) -> Option<&'v Value<'a>> {
        let left = lookups.checked_sub(1)?;
        match self.tree.kind(expr) {
            Kind::Attribute(subject, name) if name.plain => {
                let Value::Dict(dict) = self.peek_through(variables, *subject, left)? else { return None };
                Some(dict.find_str(self.text(name.span)).unwrap_or(Value::NOTHING))
            }
            Kind::Item(subject, key) => match (self.peek_through(variables, *subject, left)?, self.tree.kind(*key)) {
                (Value::Dict(dict), Kind::Constant(Constant::Str(key))) => dict.find_str(self.literal(*key)),
                (Value::List(items), Kind::Constant(Constant::Int(place))) => items.get(usize::try_from(*place).ok()?),
                _ => None,
            },
            Kind::Name(name) if name.slot.hops == 0 => {
                let variable = variables.get(usize::from(name.slot.index))?;
                Some(variable.as_ref().unwrap_or(Value::NOTHING))
            }
            _ => None,
        }
    }

    fn compare(&mut self, frame: &Frame<'a>, comparison: Comparison, left: Expr, right: Expr) -> Outcome<Truth> {
        let variables = frame.variables();
        let literal = match self.tree.kind(right) {
            Kind::Constant(constant) => Some(self.constant(constant)),
            _ => None,
        };
        if let Some(left) = self.peek(&variables, left)
            && let Some(right) = literal.as_ref().or_else(|| self.peek(&variables, right))
            && is_quiet(comparison, left, right)
        {
            return self.holds(comparison, left, right).map(Truth::from);
        }
        drop(variables);
        self.compare_values(frame, comparison, left, right)
    }

    #[inline(never)]
    fn compare_values(&mut self, frame: &Frame<'a>, comparison: Comparison, left: Expr, right: Expr) -> Outcome<Truth> {
        let left = self.eval(frame, left)?;
        let right = self.eval(frame, right)?;
        self.holds(comparison, &left, &right).map(Truth::from)
    }

    fn test(&mut self, frame: &Frame<'a>, call: &'a TestCall) -> Outcome<Truth> {
        let Some(id) = call.id else {
            return self.unknown("test", call.span);
        };
        if call.arguments.is_empty()
            && let Some(passes) = self.peek(&frame.variables(), call.subject).and_then(|value| of_kind(id, value))
        {
            return Ok(passes.into());
        }
        let subject = self.eval(frame, call.subject)?;
        let args = self.args(frame, &call.arguments)?;
        apply(self, id, &subject, args).map(Truth::from)
    }
}

/// Whether to compare two values evaluates nothing, and says nothing of what is undefined.
fn is_quiet(comparison: Comparison, left: &Value<'_>, right: &Value<'_>) -> bool {
    matches!(comparison, Comparison::Equal | Comparison::NotEqual)
        || !(left.is_undefined() || right.is_undefined() || matches!(right, Value::Object(_)))
}

#[cfg(test)]
mod tests {
    use crate::chat::{ChatTemplate, Conversation};

    fn render(inner: &str) -> Result<String, String> {
        let request = br#"{"messages": [{"role": "user", "content": "hi", "more": {"deep": ["x", ""]}}]}"#;
        let source = format!("{{% for m in messages %}}{inner}{{% endfor %}}");
        let rendered = ChatTemplate::from_text(&source).render(&Conversation::parse(request).unwrap());
        rendered.map(|prompt| prompt.text).map_err(|error| error.message)
    }

    #[test]
    fn what_is_looked_at_holds_as_what_is_handed_out() {
        for (expression, holds) in [
            ("m", true),
            ("m.role", true),
            ("m.nope", false),
            ("nope", false),
            ("m.more.deep[0]", true),
            ("m.more.deep[1]", false),
            ("m['more']['deep'][0] == 'x'", true),
            ("m.items", true),
            ("m.role == 'user' and not m.nope", true),
            ("m.role != 'user' or m.content == 'hi'", true),
            ("m.nope == nope", true),
            ("m.nope != 1", true),
            ("m.content < 'i'", true),
            ("'role' in m and 'x' in m.more.deep and 'h' in m.content", true),
            ("m.role in ['system', 'user']", true),
            ("m.role in (messages|map(attribute='role'))", true),
            ("m.role not in (messages|map(attribute='role'))", false),
            ("m.role is string and m is mapping and m.nope is undefined and nope is not defined", true),
            ("m.more.deep is iterable and m.more.deep[7] is undefined", true),
            ("messages[0].role == m.role", true),
        ] {
            let expected = if holds { "yes" } else { "no" };
            for inner in [
                format!("{{% if {expression} %}}yes{{% else %}}no{{% endif %}}"),
                format!("{{{{ 'yes' if {expression} else 'no' }}}}"),
                format!("{{% set found = [{expression}] %}}{{{{ 'yes' if found|first else 'no' }}}}"),
                format!("{{% for n in [m] if {expression} %}}yes{{% else %}}no{{% endfor %}}"),
            ] {
                assert_eq!(render(&inner).as_deref(), Ok(expected), "{inner}");
            }
        }
    }

    #[test]
    fn what_is_undefined_says_what_it_should_have_been() {
        for (inner, message) in [
            ("{% if m.nope < 1 %}{% endif %}", "'dict object' has no attribute 'nope'"),
            ("{% if nope > 'a' %}{% endif %}", "'nope' is undefined"),
            ("{% if m.nope.more %}{% endif %}", "'dict object' has no attribute 'nope'"),
            ("{{ m.more.nope.more }}", "'dict object' has no attribute 'nope'"),
            ("{{ 'a' + m.nope }}", "'dict object' has no attribute 'nope'"),
        ] {
            assert_eq!(render(inner), Err(message.to_owned()), "{inner}");
        }
    }
}
