//! Statements.

use super::super::ast::{
    Arguments, Block, CallBlock, FilterBlock, FilterName, For, If, Macro, Name, SetBlock, Statement, StatementKind,
    Target, With,
};
use super::super::error::{ErrorClass, Outcome, fail, type_error, value_error};
use super::super::filters;
use super::super::iterate::{self, Iter};
use super::super::loops;
use super::super::value::{Object, Text, Value};
use super::truth::Truth;
use super::{Activation, Machine};
use std::rc::Rc;

type Frame<'a> = Rc<Activation<'a>>;

/// Where to go on after a statement, in a whole word, as [`Truth`] is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Flow {
    Break,
    Continue,
    Next,
}

impl<'a> Machine<'a> {
    pub(super) fn body(&mut self, frame: &Frame<'a>, body: &'a [Statement]) -> Outcome<Flow> {
        for statement in body {
            let flow = self.statement(frame, statement)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, frame: &Frame<'a>, statement: &'a Statement) -> Outcome<Flow> {
        match &statement.kind {
            StatementKind::Text(text) => {
                self.output.push(self.text(*text), &self.budget)?;
                return Ok(Flow::Next);
            }
            StatementKind::Print(expr) => {
                self.print(frame, expr.top)?;
                return Ok(Flow::Next);
            }
            _ => {}
        }
        self.level(statement.span, |machine| machine.block_statement(frame, statement))
    }

    fn block_statement(&mut self, frame: &Frame<'a>, statement: &'a Statement) -> Outcome<Flow> {
        match &statement.kind {
            StatementKind::If(block) => return self.if_block(frame, block),
            StatementKind::Break => return Ok(Flow::Break),
            StatementKind::Continue => return Ok(Flow::Continue),
            StatementKind::Block(block) => self.block(block)?,
            StatementKind::CallBlock(block) => self.call_block(frame, block)?,
            StatementKind::FilterBlock(block) => return self.filter_block(frame, block),
            StatementKind::For(looped) => self.for_loop(frame, looped)?,
            StatementKind::Generation(block) => {
                let activation = Activation::new(block.function.slots, Some(Rc::clone(frame)), &self.budget)?;
                self.enter(&activation, &block.function.frame.loads)?;
                let text = self.captured(&activation, &block.function)?;
                self.output.generated(&text);
                self.output.push(&text, &self.budget)?;
            }
            StatementKind::Load(expr) => {
                self.eval(frame, expr.top)?;
                return type_error("no loader for this environment specified");
            }
            StatementKind::Macro(block) => self.macro_block(frame, block)?,
            StatementKind::Print(expr) => self.print(frame, expr.top)?,
            StatementKind::Set(set) => {
                self.check_target(frame, &set.0)?;
                let value = self.eval(frame, set.1.top)?;
                self.assign(frame, &set.0, value)?;
            }
            StatementKind::SetBlock(block) => return self.set_block(frame, block),
            StatementKind::Text(text) => self.output.push(self.text(*text), &self.budget)?,
            StatementKind::With(block) => return self.with_block(frame, block),
        }
        Ok(Flow::Next)
    }

    fn if_block(&mut self, frame: &Frame<'a>, block: &'a If) -> Outcome<Flow> {
        for (test, body) in &block.branches {
            if self.truth(frame, test.top)?.holds() {
                return self.body(frame, body);
            }
        }
        self.body(frame, &block.otherwise)
    }

    fn for_loop(&mut self, frame: &Frame<'a>, looped: &'a For) -> Outcome<()> {
        let items = self.eval(frame, looped.iterable.top)?;
        if looped.recursive {
            let text = self.recursive_loop(looped, frame, items, 0)?;
            return self.output.push(&text, &self.budget);
        }
        self.iterate(looped, frame, frame, items, 0)
    }

    /// Runs a loop in `frame`; its filter's variables live in `outer`.
    pub(super) fn iterate(
        &mut self,
        looped: &'a For,
        frame: &Frame<'a>,
        outer: &Frame<'a>,
        items: Value<'a>,
        depth0: i64,
    ) -> Outcome<()> {
        let mut iter = Iter::of(&items)?;
        let mut length = if looped.filter.is_some() { None } else { iterate::length(&items) };
        if let Some(filter) = &looped.filter {
            self.enter(outer, &filter.frame.loads)?;
            self.retain(outer);
            iter = Iter::Filtered(Box::new(iter), filter, Rc::clone(outer));
            length = None;
        }
        let ran = match looped.loop_slot {
            Some(slot) => {
                let recurse = looped.recursive.then(|| (looped, Rc::clone(outer)));
                let state = loops::state(self, iter, length, items.depth(), depth0, recurse)?;
                self.run_observed(looped, frame, slot, state)?
            }
            None => self.run_plain(looped, frame, iter)?,
        };
        if !ran && !looped.otherwise.is_empty() {
            self.enter(frame, &looped.else_frame.loads)?;
            self.body(frame, &looped.otherwise)?;
            self.leave(frame, &looped.else_frame.loads);
        }
        Ok(())
    }

    /// Runs a loop whose body does not look at `loop`; whether the body ran.
    fn run_plain(&mut self, looped: &'a For, frame: &Frame<'a>, mut iter: Iter<'a>) -> Outcome<bool> {
        let mut ran = false;
        while let Some(item) = iter.next(self)? {
            self.assign(frame, &looped.target, item)?;
            let flow = self.turn(looped, frame)?;
            // Jinja notes at the end of the body that it ran: a `break` or `continue` skips that.
            ran |= flow == Flow::Next;
            if flow == Flow::Break {
                break;
            }
        }
        self.leave(frame, &looped.function.frame.loads);
        Ok(ran)
    }

    fn run_observed(&mut self, looped: &'a For, frame: &Frame<'a>, slot: u16, state: Rc<Object<'a>>) -> Outcome<bool> {
        let mut ran = false;
        let slot = super::Slot { hops: 0, index: slot };
        while let Some(item) = loops::advance(self, &state)? {
            self.assign(frame, &looped.target, item)?;
            frame.store(slot, Some(Value::Object(Rc::clone(&state))));
            let flow = self.turn(looped, frame)?;
            ran |= flow == Flow::Next;
            if flow == Flow::Break {
                break;
            }
        }
        self.leave(frame, &looped.function.frame.loads);
        Ok(ran)
    }

    fn turn(&mut self, looped: &'a For, frame: &Frame<'a>) -> Outcome<Flow> {
        self.budget.spend(1)?;
        self.enter(frame, &looped.function.frame.loads)?;
        self.body(frame, &looped.function.body)
    }

    /// Whether a loop's filter takes `item`.
    pub(in super::super) fn admits(
        &mut self,
        filter: &'a super::super::ast::LoopFilter,
        frame: &Frame<'a>,
        item: &Value<'a>,
    ) -> Outcome<bool> {
        self.budget.spend(1)?;
        self.assign(frame, &filter.target, item.clone())?;
        self.truth(frame, filter.test.top).map(Truth::holds)
    }

    fn assign(&mut self, frame: &Frame<'a>, target: &'a Target, value: Value<'a>) -> Outcome<()> {
        match target {
            Target::Attribute(name, attribute) => self.assign_attribute(frame, name, self.text(*attribute), value),
            Target::Name(name) => {
                frame.store(name.slot, Some(value));
                Ok(())
            }
            Target::Tuple(targets) => {
                let values = unpack(self, &value, targets.len())?;
                targets.iter().zip(values).try_for_each(|(target, value)| self.assign(frame, target, value))
            }
        }
    }

    /// Whether the attributes that a `set` assigns to are those of namespaces, which is asked before its value is.
    fn check_target(&self, frame: &Frame<'a>, target: &'a Target) -> Outcome<()> {
        match target {
            Target::Attribute(name, _) if !is_namespace(&self.load(frame, name)) => {
                fail(ErrorClass::TemplateRuntime, "cannot assign attribute on non-namespace object")
            }
            Target::Tuple(targets) => targets.iter().try_for_each(|target| self.check_target(frame, target)),
            Target::Attribute(..) | Target::Name(_) => Ok(()),
        }
    }

    fn assign_attribute(
        &mut self,
        frame: &Frame<'a>,
        name: &Name,
        attribute: &'a str,
        value: Value<'a>,
    ) -> Outcome<()> {
        let target = self.load(frame, name);
        if let Value::Object(object) = &target
            && let Object::Namespace(namespace) = &**object
        {
            super::super::globals::check_name(attribute)?;
            return namespace.attributes.borrow_mut().insert(Value::text(attribute), value, &self.budget);
        }
        if matches!(target, Value::Dict(_)) {
            return fail(ErrorClass::Unsupported, "a dict is not changed by a block 'set' here");
        }
        type_error(format!("'{}' object does not support item assignment", target.type_name()))
    }

    fn macro_block(&mut self, frame: &Frame<'a>, block: &'a Macro) -> Outcome<()> {
        let value = self.closure(Some(self.text(block.name.span)), &block.signature, &block.function, frame)?;
        frame.store(block.name.slot, Some(value));
        Ok(())
    }

    fn call_block(&mut self, frame: &Frame<'a>, block: &'a CallBlock) -> Outcome<()> {
        let caller = self.closure(None, &block.signature, &block.function, frame)?;
        let value = self.call_with(frame, block.call, caller)?;
        self.write_joined(&value)
    }

    fn block(&mut self, block: &'a Block) -> Outcome<()> {
        let activation = Activation::new(block.function.slots, self.root.clone(), &self.budget)?;
        self.enter(&activation, &block.function.frame.loads)?;
        self.body(&activation, &block.function.body).map(drop)
    }

    fn filter_block(&mut self, frame: &Frame<'a>, block: &'a FilterBlock) -> Outcome<Flow> {
        self.enter(frame, &block.frame.loads)?;
        let (text, flow) = self.capture(frame, &block.body)?;
        if flow == Flow::Next {
            let value = self.filtered(frame, Value::Str(text), &block.filters.list)?;
            self.leave(frame, &block.frame.loads);
            self.write_joined(&value)?;
        }
        Ok(flow)
    }

    /// Writes what Jinja hands to Python's `join` as it is: anything but text fails once the text around it is whole.
    fn write_joined(&mut self, value: &Value<'a>) -> Outcome<()> {
        if value.as_text().is_some() {
            return self.write(value);
        }
        self.output.mar(value.type_name());
        Ok(())
    }

    fn set_block(&mut self, frame: &Frame<'a>, block: &'a SetBlock) -> Outcome<Flow> {
        self.enter(frame, &block.frame.loads)?;
        let (text, flow) = self.capture(frame, &block.body)?;
        if flow == Flow::Next {
            let value = self.filtered(frame, Value::Str(text), &block.filters.list)?;
            self.leave(frame, &block.frame.loads);
            self.assign(frame, &block.target, value)?;
        }
        Ok(flow)
    }

    /// Renders `body` into a text of its own, within the frame's function.
    fn capture(&mut self, frame: &Frame<'a>, body: &'a [Statement]) -> Outcome<(Text<'a>, Flow)> {
        self.output.open();
        let flow = self.body(frame, body)?;
        let text = self.output.close()?;
        Ok((Text::owned(text, &self.budget)?, flow))
    }

    fn filtered(
        &mut self,
        frame: &Frame<'a>,
        mut value: Value<'a>,
        filters: &'a [(FilterName, Arguments)],
    ) -> Outcome<Value<'a>> {
        for (filter, arguments) in filters {
            let Some(id) = filter.id else {
                return self.unknown("filter", filter.span);
            };
            let args = self.args(frame, arguments)?;
            value = filters::apply(self, id, value, args).map_err(|failure| failure.at(filter.span))?;
        }
        Ok(value)
    }

    fn with_block(&mut self, frame: &Frame<'a>, block: &'a With) -> Outcome<Flow> {
        self.enter(frame, &block.frame.loads)?;
        for (target, value) in block.targets.iter().zip(&block.values) {
            let value = self.eval(frame, value.top)?;
            self.assign(frame, target, value)?;
        }
        let flow = self.body(frame, &block.body)?;
        self.leave(frame, &block.frame.loads);
        Ok(flow)
    }
}

fn is_namespace(value: &Value<'_>) -> bool {
    matches!(value, Value::Object(object) if matches!(**object, Object::Namespace(_)))
}

/// Exactly `count` elements of `value`.
fn unpack<'a>(machine: &mut Machine<'a>, value: &Value<'a>, count: usize) -> Outcome<Vec<Value<'a>>> {
    let Ok(mut iter) = Iter::of(value) else {
        return type_error(format!("cannot unpack non-iterable {} object", value.type_name()));
    };
    let mut values = Vec::new();
    while let Some(item) = iter.next(machine)? {
        if values.len() == count {
            return value_error(format!("too many values to unpack (expected {count})"));
        }
        values.push(item);
    }
    if values.len() < count {
        return value_error(format!("not enough values to unpack (expected {count}, got {})", values.len()));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use crate::chat::{ChatTemplate, Conversation, ErrorClass};

    fn render(source: &str) -> Result<String, ErrorClass> {
        let conversation = Conversation::parse(br#"{"messages": [{"role": "user", "content": "hi"}]}"#).unwrap();
        let rendered = ChatTemplate::from_text(source).render(&conversation);
        rendered.map(|prompt| prompt.text).map_err(|error| error.class)
    }

    #[test]
    fn a_target_is_looked_at_before_its_value() {
        assert_eq!(render("{% set x = 1 %}{% set x.a = nope.b %}"), Err(ErrorClass::TemplateRuntime));
        assert_eq!(render("{% set x = namespace() %}{% set x.a = nope.b %}"), Err(ErrorClass::Undefined));
        assert_eq!(render("{% set x = namespace() %}{% set x.a = 1 %}{{ x.a }}"), Ok("1".to_owned()));
    }

    #[test]
    fn only_texts_are_joined() {
        assert_eq!(render("{% filter length %}abc{% endfilter %}"), Err(ErrorClass::Type));
        assert_eq!(render("{% filter upper %}abc{% endfilter %}"), Ok("ABC".to_owned()));
        assert_eq!(render("{% filter length %}abc{% endfilter %}{{ nope.a }}"), Err(ErrorClass::Undefined));
    }

    #[test]
    fn python_errors_come_after_those_of_jinja() {
        assert_eq!(render("{% break %}"), Err(ErrorClass::Syntax));
        assert_eq!(render("{% break %}{{ % }}"), Err(ErrorClass::TemplateSyntax));
    }

    #[test]
    fn nothing_undefined_is_left_over_in_a_format() {
        assert_eq!(render("{{ 'a' % nope }}"), Ok("a".to_owned()));
        assert_eq!(render("{{ 'a' % 1 }}"), Err(ErrorClass::Type));
    }
}
