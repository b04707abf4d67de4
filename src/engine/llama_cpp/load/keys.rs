//! Metadata as the engine reads it: types are exact, and every reading has its own way to fail.

use super::Stop;
use super::evaluate::Death;
use super::failure;
use super::state::State;
use crate::diagnostic::{Cause, Diagnostic};
use crate::engine::llama_cpp::code::{ARRAY_LENGTH, HYPERPARAMETERS, KEY_MISSING, KEY_TYPE, WOULD_ABORT, WOULD_CRASH};
use crate::engine::llama_cpp::language::{Action, Node, Pattern, Read, Reading, Step, Symbol, Target};
use crate::engine::llama_cpp::tables::base;
use crate::facts::gguf::{ArrayFacts, GgufFacts, KeyFacts, KeyValue};
use crate::format::gguf::ValueType;

/// Longest array that a reading of fixed size takes.
const LONGEST: u64 = 512;

impl State<'_> {
    /// Does the steps over keys, in order.
    pub(super) fn run_keys(&mut self, steps: &[Step]) -> Result<(), Stop> {
        for step in steps {
            if self.is_on(step)? {
                self.key_step(&step.action)?;
            }
        }
        Ok(())
    }

    /// Whether all of a step's conditions hold.
    pub(super) fn is_on(&self, step: &Step) -> Result<bool, Stop> {
        self.all_hold(step.when.iter().map(|condition| &**condition))
    }

    /// Whether all conditions hold, asked in order.
    pub(super) fn all_hold<'n>(&self, conditions: impl Iterator<Item = &'n Node>) -> Result<bool, Stop> {
        for condition in conditions {
            if !self.holds(condition).map_err(|death| self.died(death))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The value, or how the process dies over it.
    pub(super) fn number(&self, node: &Node) -> Result<i64, Stop> {
        self.evaluate(node).map_err(|death| self.died(death))
    }

    fn key_step(&mut self, action: &Action) -> Result<(), Stop> {
        match action {
            Action::For { variable, from, to, steps, .. } => {
                // Layers and heads are what is counted here, 512 at most; no page counts further.
                for value in self.number(from)?..self.number(to)?.min(4096) {
                    self.fill(*variable, value);
                    self.run_keys(steps)?;
                }
                Ok(())
            }
            Action::Read(read) => self.read(read),
            other => self.plain_step(other),
        }
    }

    /// Steps that are the same over keys and over tensors.
    pub(super) fn plain_step(&mut self, action: &Action) -> Result<(), Stop> {
        match action {
            Action::AbortUnless(condition) if self.number(condition)? == 0 => {
                return Err(self.aborts("an assertion over the hyper-parameters fails"));
            }
            Action::Copy { to, from } => self.copy(*to, *from),
            Action::Evaluate(node) => {
                self.number(node)?;
            }
            Action::Pattern { pattern, every, dense_first } => self.pattern(*pattern, every, *dense_first)?,
            Action::Refuse(words) => return Err(self.refuses(words)),
            Action::Set { target, value } => self.assign(target, value)?,
            _ => {}
        }
        Ok(())
    }

    fn assign(&mut self, target: &Target, value: &Node) -> Result<(), Stop> {
        let value = self.number(value)?;
        match target {
            Target::All(symbol) => self.fill(*symbol, value),
            Target::Layer(symbol, layer) => {
                let layer = self.number(layer)?;
                self.set(*symbol, layer, value);
            }
            Target::Listed(symbol, key) => {
                let listed = self.gguf.key(key).and_then(KeyFacts::array);
                for layer in listed.map(|array| array.numbers.clone()).unwrap_or_default() {
                    self.set(*symbol, layer, value);
                }
            }
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: Pattern, every: &Node, dense_first: bool) -> Result<(), Stop> {
        let mut every = self.number(every)?;
        if pattern == Pattern::LoadWindow {
            match self.gguf.key(&self.own_key("attention.sliding_window_pattern")) {
                Some(found) if found.array().is_some() => {
                    let values = self.fixed_array(found, "u32")?;
                    self.set_first(base::IS_SWA, values.into_iter());
                    return Ok(());
                }
                Some(found) => every = self.scalar(found, "u32")?,
                None => {}
            }
        }
        let symbol = if pattern == Pattern::Recurrent { base::IS_RECR } else { base::IS_SWA };
        self.spread(symbol, every, dense_first);
        Ok(())
    }

    /// Marks all layers, or all but every `every`th.
    fn spread(&mut self, symbol: Symbol, every: i64, dense_first: bool) {
        let (trunk, all) = (self.layers(), self.all_layers().min(512));
        let marked = |layer: i64| {
            let place = layer.checked_rem(every).unwrap_or(0);
            let marked = every == 0 || if dense_first { place != 0 } else { place < every.wrapping_sub(1) };
            i64::from(marked && layer < trunk)
        };
        self.set_first(symbol, (0..all).map(marked));
    }

    fn read(&mut self, read: &Read) -> Result<(), Stop> {
        let Some(key) = self.gguf.key(&read.key) else { return self.read_absent(read) };
        match read.kind {
            Reading::Fixed | Reading::Free => self.read_array(read, key),
            Reading::Layers => self.read_layers(read, key),
            Reading::Length => self.read_length(read, key),
            Reading::Text => self.read_text(read, key),
            Reading::Value => {
                let value = self.scalar(key, read.element)?;
                self.store(read, value);
                Ok(())
            }
        }
    }

    fn store(&mut self, read: &Read, value: i64) {
        if let Some(symbol) = read.to {
            self.fill(symbol, value);
        }
    }

    fn read_absent(&mut self, read: &Read) -> Result<(), Stop> {
        if read.required {
            return Err(self.missing(&read.key, if read.kind.is_array() { "array key" } else { "key" }));
        }
        if let (Some(symbol), Some(otherwise)) = (read.to, &read.otherwise) {
            let value = self.number(otherwise)?;
            self.fill(symbol, value);
        }
        Ok(())
    }

    fn missing(&self, name: &str, what: &str) -> Stop {
        self.failure(&KEY_MISSING, name, format!("{what} {name} is missing; {} needs it", self.release.label)).into()
    }

    fn read_text(&mut self, read: &Read, key: &KeyFacts) -> Result<(), Stop> {
        let Some(text) = key.text() else { return Err(self.wrong_type(key, "str")) };
        if read.texts.is_empty() {
            let number = self.program.texts.iter().position(|known| *known == text);
            let number = number.and_then(|at| i64::try_from(at).ok()).map_or(-1, |at| at.wrapping_add(1));
            self.store(read, number);
            return Ok(());
        }
        match read.texts.iter().find(|(known, _)| *known == text) {
            Some((_, number)) => {
                self.store(read, *number);
                Ok(())
            }
            None => {
                let known: Vec<_> = read.texts.iter().map(|(known, _)| *known).collect();
                let message = format!(
                    "{} is '{text}', known are {}; {} aborts over it",
                    key.name,
                    known.join(", "),
                    self.release.label
                );
                Err(self.failure(&WOULD_ABORT, &key.name, message).expected(known).found(text).into())
            }
        }
    }

    /// A scalar, or an array with one element for each layer.
    fn read_layers(&mut self, read: &Read, key: &KeyFacts) -> Result<(), Stop> {
        let length = read.length.as_ref().map_or(Ok(0), |length| self.number(length))?;
        let Some(array) = key.array() else {
            let value = self.scalar(key, read.element)?;
            if let Some(symbol) = read.to {
                self.fill_first(symbol, length, value);
            }
            return Ok(());
        };
        if i64::try_from(array.count) != Ok(length) {
            return Err(self.wrong_length(key, length, array.count));
        }
        let values = self.elements(key, array, read.element)?;
        if let Some(symbol) = read.to {
            self.set_first(symbol, values.into_iter());
        }
        Ok(())
    }

    /// An array of a fixed or a free number of elements.
    fn read_array(&mut self, read: &Read, key: &KeyFacts) -> Result<(), Stop> {
        // The engine takes a scalar for no array at all.
        if key.array().is_none() {
            return self.read_absent(read);
        }
        let longest = read.length.as_ref().map_or(Ok(512), |longest| self.number(longest))?;
        let values = if read.kind == Reading::Fixed {
            self.limited(key, longest)?;
            self.fixed_array(key, read.element)?
        } else {
            self.free_array(key, read.element)?
        };
        match read.to {
            Some(symbol) if read.counts => {
                let count = key.array().map_or(0, |array| i64::try_from(array.count).unwrap_or(i64::MAX));
                if count > 0 {
                    self.fill(symbol, count);
                }
            }
            Some(symbol) => self.set_first(symbol, values.into_iter()),
            None => {}
        }
        Ok(())
    }

    fn read_length(&mut self, read: &Read, key: &KeyFacts) -> Result<(), Stop> {
        let Some(array) = key.array() else { return Err(self.wrong_type(key, "arr")) };
        let count = i64::try_from(array.count).unwrap_or(i64::MAX);
        self.store(read, count);
        Ok(())
    }

    fn limited(&self, key: &KeyFacts, longest: i64) -> Result<(), Stop> {
        let count = key.array().map_or(0, |array| array.count);
        let fits = i64::try_from(count).is_ok_and(|count| count <= longest);
        if fits { Ok(()) } else { Err(self.wrong_length(key, longest, count)) }
    }

    fn fixed_array(&self, key: &KeyFacts, element: &str) -> Result<Vec<i64>, Stop> {
        let Some(array) = key.array() else { return Ok(Vec::new()) };
        if array.count > LONGEST {
            return Err(self.wrong_length(key, 512, array.count));
        }
        self.elements(key, array, element)
    }

    /// Arrays of any length take no truth values.
    fn free_array(&self, key: &KeyFacts, element: &str) -> Result<Vec<i64>, Stop> {
        let Some(array) = key.array() else { return Ok(Vec::new()) };
        if array.element == ValueType::Bool {
            return Err(self.wrong_element(key, array, element));
        }
        self.elements(key, array, element)
    }

    fn elements(&self, key: &KeyFacts, array: &ArrayFacts, element: &str) -> Result<Vec<i64>, Stop> {
        let fits = match array.element {
            ValueType::F32 => element == "f32",
            ValueType::String => element == "str",
            ValueType::U64 => element == "u64",
            ValueType::U32 | ValueType::I32 | ValueType::Bool => matches!(element, "u32" | "i32"),
            _ => false,
        };
        if !fits {
            return Err(self.wrong_element(key, array, element));
        }
        Ok(array.numbers.iter().map(|number| reinterpreted(*number, element)).collect())
    }

    fn wrong_element(&self, key: &KeyFacts, array: &ArrayFacts, element: &str) -> Stop {
        let found = array.element.name();
        let message = format!("{} is an array of {found}, expected an array of {element}", key.name);
        self.failure(&KEY_TYPE, &key.name, message).expected(element).found(found).into()
    }

    /// A single value of exactly this type. Floating-point numbers are known by their sign only.
    fn scalar(&self, key: &KeyFacts, kind: &str) -> Result<i64, Stop> {
        if key.kind.name() != kind {
            return Err(self.wrong_type(key, kind));
        }
        Ok(match key.value {
            KeyValue::Float(number) => sign(number),
            _ => key.integer().unwrap_or_default(),
        })
    }

    pub(super) fn wrong_type(&self, key: &KeyFacts, expected: &str) -> Stop {
        wrong_type(self.gguf, key, expected).into()
    }

    fn wrong_length(&self, key: &KeyFacts, expected: i64, found: u64) -> Stop {
        let message = format!("{} has {found} elements, expected {expected}", key.name);
        self.failure(&ARRAY_LENGTH, &key.name, message).expected(expected).found(found).into()
    }

    pub(super) fn failure(&self, cause: &'static Cause, key: &str, message: String) -> Diagnostic {
        failure::stop(self.gguf, cause, key, message)
    }

    fn aborts(&self, what: &str) -> Stop {
        let architecture = self.program.architecture;
        let message = format!("{what} of architecture '{architecture}': {} aborts over this file", self.release.label);
        self.failure(&WOULD_ABORT, "general.architecture", message).into()
    }

    fn refuses(&self, words: &str) -> Stop {
        let message = format!("{} refuses the hyper-parameters: {words}", self.release.label);
        self.failure(&HYPERPARAMETERS, "general.architecture", message).into()
    }

    /// The finding about a death over an expression.
    pub(super) fn died(&self, death: Death) -> Stop {
        let (label, architecture) = (self.release.label, self.program.architecture);
        match death {
            Death::DivisionByZero => {
                let message =
                    format!("{label} divides by zero over the hyper-parameters of architecture '{architecture}'");
                self.failure(&WOULD_CRASH, "general.architecture", message).into()
            }
            Death::NoSuchLayer(layer) => self.aborts(&format!("layer {layer} of {} is asked for", self.all_layers())),
        }
    }

    /// The first failure, and further keys that are missing whatever the others say.
    pub(super) fn with_further_keys(&self, first: Diagnostic) -> Vec<Diagnostic> {
        let mut failures = vec![first];
        for step in self.program.keys.iter().filter(|step| step.when.is_empty()) {
            let Action::Read(read) = &step.action else { continue };
            let known = failures.iter().any(|failure| failure.origin.key.as_deref() == Some(&read.key));
            if read.required && !known && self.gguf.key(&read.key).is_none() {
                failures.push(*self.missing(&read.key, "key"));
            }
        }
        failures
    }
}

/// What the engine sees where an array of other signedness is taken for its own.
fn reinterpreted(number: i64, element: &str) -> i64 {
    let [first, second, third, fourth, ..] = number.to_le_bytes();
    let low = [first, second, third, fourth];
    match element {
        "u32" => u32::from_le_bytes(low).into(),
        "i32" => i32::from_le_bytes(low).into(),
        _ => number,
    }
}

/// 1, -1 or 0; what is no number counts as 1: it differs from 0 and is not below it.
fn sign(number: f64) -> i64 {
    if number == 0.0 {
        0
    } else if number < 0.0 {
        -1
    } else {
        1
    }
}

/// A key of another type than the engine reads.
pub(super) fn wrong_type(gguf: &GgufFacts, key: &KeyFacts, expected: &str) -> Diagnostic {
    let found = key.kind.name();
    let message = format!("{} has type {found}, expected {expected}", key.name);
    failure::stop(gguf, &KEY_TYPE, &key.name, message).expected(expected).found(found)
}

/// The first key of all: a text, if it is there.
pub(super) fn general_name(gguf: &GgufFacts) -> Result<(), Stop> {
    typed(gguf, "general.name", ValueType::String).map(drop)
}

/// The key, if it is there; it must be of this type.
pub(super) fn typed<'a>(gguf: &'a GgufFacts, name: &str, kind: ValueType) -> Result<Option<&'a KeyFacts>, Stop> {
    match gguf.key(name) {
        Some(key) if key.kind != kind => Err(wrong_type(gguf, key, kind.name()).into()),
        found => Ok(found),
    }
}
