//! The machine that builds plain data and runs nothing.

use super::code::{LIMIT, MALFORMED};
use super::collect::Walk;
use super::operation::{Reader, little_endian};
use super::value::{Id, Value, dtype};
use crate::format::safetensors::Dtype;
use crate::format::{Fault, Input};
use crate::limits::Limits;
use std::collections::{HashMap, HashSet};

/// What one pickle holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document<'a> {
    /// Every import that a loader would make, each once, in order.
    pub imports: Vec<Import<'a>>,
    /// The tensors that torch would rebuild, nested names joined by dots.
    pub tensors: Vec<Tensor>,
    /// Where the pickle ends, one past its stop mark.
    pub end: usize,
    /// How many operations it has.
    pub operations: u64,
}

/// One import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import<'a> {
    /// The module.
    pub module: &'a str,
    /// The name in it.
    pub name: &'a str,
    /// The operation's byte offset in the pickle.
    pub offset: u64,
}

/// One tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// The name.
    pub name: String,
    /// The element type.
    pub dtype: Dtype,
    /// The dimensions, slowest-varying first.
    pub shape: Vec<u64>,
}

/// Reads the pickle at the front of `bytes`.
///
/// # Errors
///
/// A [`Fault`] where the pickle is cut, malformed, or beyond a limit.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, Fault> {
    read(Input::whole(bytes), 0, bytes.len() as u64, limits)
}

/// Reads the pickle that begins at byte `start` of a file and fills `length` bytes at most. Offsets are counted from its
/// beginning.
///
/// # Errors
///
/// As [`parse`].
pub fn read<'a>(input: Input<'a>, start: u64, length: u64, limits: &Limits) -> Result<Document<'a>, Fault> {
    let mut machine = Machine::new(limits);
    let mut reader = Reader::new(input, start, length);
    let root = machine.run(&mut reader)?;
    let tensors = Walk::new(&machine, limits, usize::try_from(length).unwrap_or(usize::MAX)).collect(root)?;
    Ok(Document { imports: machine.imports, tensors, end: reader.at, operations: machine.operations })
}

pub(super) struct Machine<'a> {
    store: Vec<Value<'a>>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
    imports: Vec<Import<'a>>,
    imported: HashSet<(&'a str, &'a str)>,
    operations: u64,
    limits: Limits,
}

impl<'a> Machine<'a> {
    fn new(limits: &Limits) -> Self {
        Self {
            store: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
            imports: Vec::new(),
            imported: HashSet::new(),
            operations: 0,
            limits: limits.clone(),
        }
    }

    fn run(&mut self, reader: &mut Reader<'a>) -> Result<Id, Fault> {
        loop {
            let at = reader.at;
            let (code, argument, second) = reader.next()?;
            self.operations = self.operations.saturating_add(1);
            if self.operations > self.limits.pickle_operations {
                return Err(beyond(at, format!("more than {} operations", self.limits.pickle_operations)));
            }
            if code == b'.' {
                return self.pop(at);
            }
            self.step(code, argument, second, at)?;
        }
    }

    fn step(&mut self, code: u8, argument: &'a [u8], second: &'a [u8], at: usize) -> Result<(), Fault> {
        match code {
            0x80 | 0x95 | 0x97 | 0x98 => {}
            b'(' => self.marks.push(self.stack.len()),
            b'0' => self.discard(at)?,
            b'1' => drop(self.pop_mark(at)?),
            b'2' => {
                let top = self.pop(at)?;
                self.stack.extend([top, top]);
            }
            b'J' | b'K' | b'M' | b'I' | b'L' | 0x8a | 0x8b => self.push(integer(code, argument)),
            b'S' | b'T' | b'U' | b'V' | b'X' | 0x8c | 0x8d => self.push(text(code, argument)),
            b']' | b')' | 0x8f => self.push(Value::List(Vec::new())),
            b'}' => self.push(Value::Dict(Vec::new())),
            b'l' | b't' | 0x91 => {
                let items = self.pop_mark(at)?;
                self.push(Value::List(items));
            }
            0x85..=0x87 => self.tuple(usize::from(code & 3), at)?,
            b'd' => {
                let items = self.pop_mark(at)?;
                self.push(Value::Dict(pairs(&items)));
            }
            b'a' => {
                let item = self.pop(at)?;
                self.extend(&[item], at)?;
            }
            b'e' | 0x90 => {
                let items = self.pop_mark(at)?;
                self.extend(&items, at)?;
            }
            b's' => {
                let value = self.pop(at)?;
                let key = self.pop(at)?;
                self.set(&[key, value], at)?;
            }
            b'u' => {
                let items = self.pop_mark(at)?;
                self.set(&items, at)?;
            }
            _ => return self.call(code, argument, second, at),
        }
        Ok(())
    }

    /// Operations that a loader would run code for, and the memo.
    fn call(&mut self, code: u8, argument: &'a [u8], second: &'a [u8], at: usize) -> Result<(), Fault> {
        match code {
            b'c' => self.import(utf8(argument), utf8(second), at)?,
            0x93 => {
                let (name, module) = (self.pop(at)?, self.pop(at)?);
                let (module, name) = (self.text(module), self.text(name));
                self.import(module, name, at)?;
            }
            b'i' => {
                drop(self.pop_mark(at)?);
                self.import(utf8(argument), utf8(second), at)?;
                self.discard(at)?;
                self.push(Value::Opaque);
            }
            b'o' => {
                drop(self.pop_mark(at)?);
                self.push(Value::Opaque);
            }
            // Extensions stand for imports that only the loading host knows.
            0x82..=0x84 => self.import("copyreg", "_extension_registry", at)?,
            b'R' | 0x81 => {
                let (arguments, callee) = (self.pop(at)?, self.pop(at)?);
                self.reduce(callee, arguments);
            }
            0x92 => {
                self.discard(at)?;
                self.discard(at)?;
                self.discard(at)?;
                self.push(Value::Opaque);
            }
            b'b' => self.discard(at)?,
            b'Q' => {
                let id = self.pop(at)?;
                let value = self.persistent(id);
                self.push(value);
            }
            b'p' | b'q' | b'r' => self.remember(key(code, argument), at)?,
            0x94 => self.remember(self.memo.len() as u64, at)?,
            b'g' | b'h' | b'j' => self.recall(key(code, argument), at)?,
            _ => self.push(Value::Opaque),
        }
        Ok(())
    }

    fn push(&mut self, value: Value<'a>) {
        self.stack.push(self.store.len());
        self.store.push(value);
    }

    fn pop(&mut self, at: usize) -> Result<Id, Fault> {
        self.stack.pop().ok_or_else(|| malformed(at, "an operation takes more from the stack than is there"))
    }

    fn discard(&mut self, at: usize) -> Result<(), Fault> {
        // A mark on top is what Python's POP takes first.
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop(at).map(drop)
    }

    fn pop_mark(&mut self, at: usize) -> Result<Vec<Id>, Fault> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        let mark = mark.ok_or_else(|| malformed(at, "an operation looks for a mark that is not there"))?;
        Ok(self.stack.split_off(mark))
    }

    fn tuple(&mut self, count: usize, at: usize) -> Result<(), Fault> {
        let start = self.stack.len().checked_sub(count);
        let start = start.ok_or_else(|| malformed(at, "a tuple takes more from the stack than is there"))?;
        let items = self.stack.split_off(start);
        self.push(Value::List(items));
        Ok(())
    }

    fn top(&mut self, at: usize) -> Result<Option<&mut Value<'a>>, Fault> {
        let top = self.stack.last().copied();
        let top = top.ok_or_else(|| malformed(at, "an operation looks at an empty stack"))?;
        Ok(self.store.get_mut(top))
    }

    fn extend(&mut self, items: &[Id], at: usize) -> Result<(), Fault> {
        if let Some(Value::List(list)) = self.top(at)? {
            list.extend_from_slice(items);
        }
        Ok(())
    }

    fn set(&mut self, items: &[Id], at: usize) -> Result<(), Fault> {
        if let Some(Value::Dict(dict)) = self.top(at)? {
            dict.extend(pairs(items));
        }
        Ok(())
    }

    fn remember(&mut self, key: u64, at: usize) -> Result<(), Fault> {
        let top = self.stack.last().copied();
        let top = top.ok_or_else(|| malformed(at, "the memo is given an empty stack"))?;
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, key: u64, at: usize) -> Result<(), Fault> {
        let value = self.memo.get(&key).copied();
        self.stack.push(value.ok_or_else(|| malformed(at, "the memo is asked for what it does not hold"))?);
        Ok(())
    }

    fn import(&mut self, module: &'a str, name: &'a str, at: usize) -> Result<(), Fault> {
        let longest = module.len().max(name.len());
        if longest > self.limits.pickle_name_bytes {
            let most = self.limits.pickle_name_bytes;
            return Err(beyond(at, format!("an import's name has {longest} bytes, more than {most}")));
        }
        if self.imported.insert((module, name)) {
            if self.imports.len() >= self.limits.pickle_imports {
                return Err(beyond(at, format!("more than {} imports", self.limits.pickle_imports)));
            }
            self.imports.push(Import { module, name, offset: at as u64 });
        }
        self.push(Value::Global(module, name));
        Ok(())
    }

    pub(super) fn value(&self, id: Id) -> &Value<'a> {
        self.store.get(id).unwrap_or(&Value::Opaque)
    }

    fn text(&self, id: Id) -> &'a str {
        if let Value::Text(text) = self.value(id) { text } else { "" }
    }

    pub(super) fn items(&self, id: Id) -> &[Id] {
        if let Value::List(items) = self.value(id) { items } else { &[] }
    }

    /// Pushes what a call would give, for calls that only build data. Nothing is copied that a stranger could make long.
    fn reduce(&mut self, callee: Id, arguments: Id) {
        let Value::Global(module, name) = *self.value(callee) else { return self.push(Value::Opaque) };
        let argument = |at: usize| self.items(arguments).get(at).copied().unwrap_or(usize::MAX);
        match (module, name) {
            ("collections", "OrderedDict" | "defaultdict") => self.push(Value::Dict(Vec::new())),
            ("torch._utils", "_rebuild_tensor_v2" | "_rebuild_tensor" | "_rebuild_tensor_v3") => {
                let value = self.tensor(argument(0), argument(2));
                self.push(value);
            }
            ("torch._utils", "_rebuild_parameter") | ("torch", "Size") => self.stack.push(argument(0)),
            _ => self.push(Value::Opaque),
        }
    }

    fn tensor(&self, storage: Id, shape: Id) -> Value<'a> {
        if let Value::Storage(dtype) = self.value(storage) { Value::Tensor(*dtype, shape) } else { Value::Opaque }
    }

    /// `('storage', torch.FloatStorage, key, device, elements)`
    fn persistent(&self, id: Id) -> Value<'a> {
        let class = self.items(id).get(1).copied().unwrap_or(usize::MAX);
        let Value::Global(module, name) = self.value(class) else { return Value::Opaque };
        dtype(module, name).map_or(Value::Opaque, Value::Storage)
    }
}

fn beyond(at: usize, message: String) -> Fault {
    Fault::new(&LIMIT, at as u64, message)
}

fn malformed(at: usize, message: &str) -> Fault {
    Fault::new(&MALFORMED, at as u64, message)
}

fn pairs(items: &[Id]) -> Vec<(Id, Id)> {
    items.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect()
}

fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn key(code: u8, argument: &[u8]) -> u64 {
    match code {
        b'p' | b'g' => utf8(argument).trim().parse().unwrap_or(u64::MAX),
        _ => little_endian(argument).unwrap_or(u64::MAX),
    }
}

fn integer(code: u8, argument: &[u8]) -> Value<'_> {
    let number = match code {
        b'I' | b'L' => utf8(argument).trim_end_matches('L').parse().ok(),
        b'J' => argument.first_chunk::<4>().map(|chunk| i64::from(i32::from_le_bytes(*chunk))),
        _ => little_endian(argument).and_then(|number| i64::try_from(number).ok()),
    };
    number.map_or(Value::Opaque, Value::Int)
}

fn text(code: u8, argument: &[u8]) -> Value<'_> {
    let text = utf8(argument);
    Value::Text(if code == b'S' { text.trim_matches(['\'', '"']) } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_noted_and_not_run() {
        let bytes = b"cos\nsystem\n(S'echo'\ntR.";
        let document = parse(bytes, &Limits::default()).expect("a whole pickle");
        assert_eq!(document.imports, [Import { module: "os", name: "system", offset: 0 }]);
        assert!(document.tensors.is_empty());
    }

    #[test]
    fn a_dictionary_that_holds_itself_ends() {
        let bytes = b"\x80\x02}q\x00(X\x01\x00\x00\x00ah\x00u.";
        assert!(parse(bytes, &Limits::default()).is_ok());
    }

    #[test]
    fn every_cut_is_a_fault() {
        let bytes = b"\x80\x02}q\x00(X\x01\x00\x00\x00aK\x01u.";
        for length in 0..bytes.len() {
            assert!(parse(&bytes[..length], &Limits::default()).is_err(), "{length}");
        }
    }

    fn names(bytes: &[u8]) -> Result<usize, &'static str> {
        let limits = Limits::default();
        parse(bytes, &limits).map(|document| document.imports.len()).map_err(|fault| fault.cause().name)
    }

    /// Each import is looked up among those before it, so without a bound a few megabytes take hours.
    #[test]
    fn imports_without_end_are_refused() {
        let many: Vec<u8> = (0..200_000).flat_map(|number| format!("c{number}\na\n0").into_bytes()).collect();
        assert_eq!(names(&[&many, b"N.".as_slice()].concat()), Err("pickle-limit"));
        assert_eq!(names(&[b"cos\na\n0".repeat(200_000).as_slice(), b"N."].concat()), Ok(1));
        assert_eq!(names(&["c".repeat(2000).as_bytes(), b"\na\n."].concat()), Err("pickle-limit"));
    }

    #[test]
    fn operations_without_end_are_refused() {
        assert_eq!(names(&[b"N0".repeat(3_000_000).as_slice(), b"N."].concat()), Err("pickle-limit"));
    }
}
