//! Macros, call blocks, blocks, and recursive loops.

use super::super::ast::{Block, For, Function, Kind, Root, Signature, Slot};
use super::super::error::{ErrorClass, Outcome, fail, type_error};
use super::super::value::{Dict, LoopState, Macro, Object, Text, Value};
use super::{Activation, Args, Machine};
use std::rc::Rc;

impl<'a> Machine<'a> {
    /// A macro over `closure`, which is kept alive for it.
    pub(super) fn closure(
        &mut self,
        name: Option<&'a str>,
        signature: &'a Signature,
        function: &'a Function,
        closure: &Rc<Activation<'a>>,
    ) -> Outcome<Value<'a>> {
        let charge = self.budget.charge(size_of::<Object<'_>>())?;
        self.retain(closure);
        let closure = Rc::clone(closure);
        Ok(Value::object(Object::Macro(Macro { name, signature, function, closure, _charge: charge })))
    }

    pub(super) fn call_macro(&mut self, called: &Macro<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
        self.budget.enter()?;
        let activation = Activation::new(called.function.slots, Some(Rc::clone(&called.closure)), &self.budget)?;
        self.bind(called, &activation, args)?;
        self.enter(&activation, &called.function.frame.loads)?;
        self.defaults(called, &activation)?;
        let text = self.captured(&activation, called.function)?;
        self.budget.leave();
        Ok(Value::Str(text))
    }

    /// Renders a function's body into a text of its own.
    pub(super) fn captured(&mut self, activation: &Rc<Activation<'a>>, function: &'a Function) -> Outcome<Text<'a>> {
        self.output.open();
        self.body(activation, &function.body)?;
        let text = self.output.close()?;
        Text::owned(text, &self.budget)
    }

    /// Hands the arguments to the parameters, as Jinja's `Macro.__call__` does.
    fn bind(&mut self, called: &Macro<'a>, activation: &Rc<Activation<'a>>, mut args: Args<'a>) -> Outcome<()> {
        let signature = called.signature;
        let count = signature.parameters.len();
        let set = |index: u16, value: Value<'a>| activation.store(Slot { hops: 0, index }, Some(value));
        let rest = args.positional.split_off(count.min(args.positional.len()));
        let given = args.positional.len();
        for (parameter, value) in signature.parameters.iter().zip(args.positional) {
            set(parameter.slot.index, value);
        }
        let explicit = |machine: &Self| signature.parameters.iter().any(|name| machine.text(name.span) == "caller");
        for parameter in signature.parameters.iter().skip(given) {
            if let Some(value) = take(&mut args.named, self.text(parameter.span)) {
                set(parameter.slot.index, value);
            }
        }
        if let Some(slot) = signature.caller.filter(|_| !explicit(self)) {
            let caller = take(&mut args.named, "caller").filter(|caller| !caller.is_none());
            set(slot, caller.unwrap_or_else(|| Value::hint("No caller defined")));
        }
        match signature.kwargs {
            Some(slot) => {
                let mut kwargs = Dict::default();
                for (name, value) in args.named {
                    kwargs.insert(Value::Str(name), value, &self.budget)?;
                }
                set(slot, kwargs.value());
            }
            None => refuse_named(called.name, &args.named)?,
        }
        match signature.varargs {
            Some(slot) => set(slot, Value::tuple(rest, &self.budget)?),
            None if rest.is_empty() => {}
            None => {
                let name = shown(called.name);
                return type_error(format!("macro {name} takes not more than {count} argument(s)"));
            }
        }
        Ok(())
    }

    /// Parameters that were not given take their defaults, or are undefined.
    fn defaults(&mut self, called: &Macro<'a>, activation: &Rc<Activation<'a>>) -> Outcome<()> {
        let signature = called.signature;
        let first = signature.parameters.len().saturating_sub(signature.defaults.len());
        for (place, parameter) in signature.parameters.iter().enumerate() {
            let slot = Slot { hops: 0, index: parameter.slot.index };
            if activation.load(slot).is_some() {
                continue;
            }
            let default = place.checked_sub(first).and_then(|place| signature.defaults.get(place));
            let value = match default {
                Some(default) => self.eval(activation, default.top)?,
                None => Value::hint(format!("parameter '{}' was not provided", self.text(parameter.span))),
            };
            activation.store(slot, Some(value));
        }
        Ok(())
    }

    /// `{% call(..) f(..) %}`: the call, with the block as its `caller`.
    pub(super) fn call_with(
        &mut self,
        frame: &Rc<Activation<'a>>,
        call: Root,
        caller: Value<'a>,
    ) -> Outcome<Value<'a>> {
        let Kind::Call(call) = self.tree.kind(call.top) else {
            return fail(ErrorClass::TemplateSyntax, "expected call");
        };
        let callee = match self.tree.kind(call.callee) {
            Kind::Attribute(subject, name) => {
                let subject = self.eval(frame, *subject)?;
                self.member(&subject, name)?
            }
            _ => self.eval(frame, call.callee)?,
        };
        let mut args = self.args(frame, &call.arguments)?;
        args.named.push((Text::Borrowed("caller"), caller));
        self.call_value(&callee, args)
    }

    /// `self.name`: the block of this name, wherever it stands.
    pub(in super::super) fn block_named(&self, name: &str) -> Option<&'a Block> {
        self.blocks().iter().find(|block| *block.name == *name).copied()
    }

    pub(super) fn render_block(&mut self, block: &'a Block) -> Outcome<Value<'a>> {
        self.budget.enter()?;
        let activation = Activation::new(block.function.slots, self.root.clone(), &self.budget)?;
        self.enter(&activation, &block.function.frame.loads)?;
        let text = self.captured(&activation, &block.function)?;
        self.budget.leave();
        Ok(Value::Str(text))
    }

    /// `loop(items)`: the recursive loop's body over other items.
    pub(super) fn call_loop(&mut self, state: &LoopState<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
        let [items] = args.bind("__call__", ["iterable"], 1)?;
        let Some((looped, closure)) = &state.recurse else {
            return type_error("The loop must have the 'recursive' marker to be called recursively.");
        };
        let depth = state.depth0.saturating_add(1);
        self.recursive_loop(looped, closure, items.unwrap_or(Value::None), depth).map(Value::Str)
    }

    /// Renders a recursive loop, which is a function of its own.
    pub(super) fn recursive_loop(
        &mut self,
        looped: &'a For,
        closure: &Rc<Activation<'a>>,
        items: Value<'a>,
        depth0: i64,
    ) -> Outcome<Text<'a>> {
        self.budget.enter()?;
        let activation = Activation::new(looped.function.slots, Some(Rc::clone(closure)), &self.budget)?;
        self.retain(&activation);
        self.output.open();
        self.iterate(looped, &activation, closure, items, depth0)?;
        let text = self.output.close()?;
        self.budget.leave();
        Text::owned(text, &self.budget)
    }
}

fn take<'a>(named: &mut Vec<(Text<'a>, Value<'a>)>, name: &str) -> Option<Value<'a>> {
    let place = named.iter().position(|(known, _)| **known == *name)?;
    Some(named.remove(place).1)
}

fn shown(name: Option<&str>) -> String {
    name.map_or_else(|| "None".to_owned(), super::super::repr::quoted)
}

fn refuse_named(name: Option<&str>, named: &[(Text<'_>, Value<'_>)]) -> Outcome<()> {
    let Some((first, _)) = named.first() else { return Ok(()) };
    let name = shown(name);
    if named.iter().any(|(name, _)| &**name == "caller") {
        return type_error(format!(
            "macro {name} was invoked with two values for the special caller argument. This is most likely a bug."
        ));
    }
    type_error(format!("macro {name} takes no keyword argument {}", super::super::repr::quoted(first)))
}
