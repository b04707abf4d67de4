//! Calls and their arguments.

use super::super::ast::{Arguments, Call, Kind};
use super::super::attribute;
use super::super::error::{Outcome, type_error};
use super::super::iterate;
use super::super::value::{Object, Text, Undefined, Value};
use super::super::{globals, methods};
use super::{Activation, Machine};
use std::rc::Rc;

/// Evaluated arguments.
#[derive(Default, Clone)]
pub(in super::super) struct Args<'a> {
    pub(in super::super) positional: Vec<Value<'a>>,
    pub(in super::super) named: Vec<(Text<'a>, Value<'a>)>,
}

impl<'a> Args<'a> {
    /// Puts the arguments in the order of `names`, of which the first `required` must be given.
    pub(in super::super) fn bind<const N: usize>(
        self,
        function: &str,
        names: [&str; N],
        required: usize,
    ) -> Outcome<[Option<Value<'a>>; N]> {
        let mut bound = [const { None }; N];
        let given = self.positional.len();
        if given > N {
            return type_error(format!("{function}() takes at most {N} arguments ({given} given)"));
        }
        for (place, value) in bound.iter_mut().zip(self.positional) {
            *place = Some(value);
        }
        for (name, value) in self.named {
            let place = names.iter().position(|known| **known == *name).and_then(|place| bound.get_mut(place));
            match place {
                Some(slot @ None) => *slot = Some(value),
                Some(Some(_)) => {
                    return type_error(format!("{function}() got multiple values for argument '{}'", &*name));
                }
                None => return type_error(format!("{function}() got an unexpected keyword argument '{}'", &*name)),
            }
        }
        let missing = bound.iter().zip(names).take(required).find(|(value, _)| value.is_none());
        match missing {
            Some((_, name)) => type_error(format!("{function}() missing required argument: '{name}'")),
            None => Ok(bound),
        }
    }

    /// Positional arguments only, between `least` and `most` of them.
    pub(in super::super) fn plain(self, function: &str, least: usize, most: usize) -> Outcome<Vec<Value<'a>>> {
        if !self.named.is_empty() {
            return type_error(format!("{function}() takes no keyword arguments"));
        }
        let given = self.positional.len();
        if given < least || given > most {
            return type_error(format!("{function}() expected {least} to {most} arguments, got {given}"));
        }
        Ok(self.positional)
    }
}

impl<'a> Machine<'a> {
    pub(super) fn args(&mut self, frame: &Rc<Activation<'a>>, arguments: &'a Arguments) -> Outcome<Args<'a>> {
        if arguments.is_empty() {
            return Ok(Args::default());
        }
        let mut args = Args { positional: self.all(frame, &arguments.positional)?, named: Vec::new() };
        for (name, value) in &arguments.named {
            let value = self.eval(frame, *value)?;
            args.named.push((Text::Borrowed(self.text(*name)), value));
        }
        if let Some(star) = arguments.star {
            let value = self.eval(frame, star)?;
            args.positional.extend(iterate::collect(self, &value)?);
        }
        if let Some(double_star) = arguments.double_star {
            let value = self.eval(frame, double_star)?;
            spread(&value, &mut args)?;
        }
        Ok(args)
    }

    pub(super) fn call(&mut self, frame: &Rc<Activation<'a>>, call: &'a Call) -> Outcome<Value<'a>> {
        if let Kind::Attribute(subject, name) = self.tree.kind(call.callee) {
            let subject = self.eval(frame, *subject)?;
            if let Some(method) = attribute::method(&subject, self.text(name.span)) {
                let args = self.args(frame, &call.arguments)?;
                return methods::call(self, &subject, method, args);
            }
            let callee = self.member(&subject, name)?;
            let args = self.args(frame, &call.arguments)?;
            return self.call_value(&callee, args);
        }
        let callee = self.eval(frame, call.callee)?;
        let args = self.args(frame, &call.arguments)?;
        self.call_value(&callee, args)
    }

    pub(in super::super) fn call_value(&mut self, callee: &Value<'a>, args: Args<'a>) -> Outcome<Value<'a>> {
        match callee {
            Value::Builtin(builtin) => globals::call(self, *builtin, args),
            Value::Undefined(undefined) => Err(Undefined::failure(undefined)),
            Value::Object(object) => match &**object {
                Object::Block(block) => self.render_block(block),
                Object::Bound(receiver, method) => methods::call(self, receiver, method, args),
                Object::Joiner(joiner) => globals::join(joiner, args),
                Object::Loop(state) => self.call_loop(state, args),
                Object::Macro(called) => self.call_macro(called, args),
                _ => not_callable(callee),
            },
            _ => not_callable(callee),
        }
    }
}

fn not_callable<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    type_error(format!("'{}' object is not callable", value.type_name()))
}

/// Adds the members of a `**` argument.
fn spread<'a>(value: &Value<'a>, args: &mut Args<'a>) -> Outcome<()> {
    let Value::Dict(dict) = value else {
        return type_error(format!("argument after ** must be a mapping, not {}", value.type_name()));
    };
    for (key, value) in dict.entries() {
        let Some(name) = key.as_text() else { return type_error("keywords must be strings") };
        if args.named.iter().any(|(known, _)| **known == **name) {
            return type_error(format!("got multiple values for keyword argument '{}'", &**name));
        }
        args.named.push((name.clone(), value.clone()));
    }
    Ok(())
}
