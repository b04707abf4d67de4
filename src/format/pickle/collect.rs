//! The tensors below a value, nested names joined by dots.

use super::code::LIMIT;
use super::machine::{Machine, Tensor};
use super::value::{Id, Value};
use crate::format::Fault;
use crate::limits::Limits;
use std::fmt::Write;

/// Deepest nesting of dictionaries that tensors are looked for in: real files have three.
const DEPTH: usize = 8;
/// What a tensor takes beside its name and shape, in bytes.
const TENSOR_BYTES: usize = 64;
/// Names and shapes may take so many times the pickle's own bytes: each stands in it at least once, names of nested
/// dictionaries in front. A pickle that gives one long name or shape to many tensors goes beyond.
const SHARE: usize = 64;

/// A walk that values which are shared, or hold themselves, cannot make long.
pub(super) struct Walk<'m, 'a> {
    machine: &'m Machine<'a>,
    limits: &'m Limits,
    path: String,
    visits: u64,
    room: usize,
    tensors: Vec<Tensor>,
}

impl<'m, 'a> Walk<'m, 'a> {
    /// A walk over the values of a pickle of `bytes`.
    pub(super) fn new(machine: &'m Machine<'a>, limits: &'m Limits, bytes: usize) -> Self {
        let room = bytes.saturating_mul(SHARE);
        Self { machine, limits, path: String::new(), visits: limits.tensors, room, tensors: Vec::new() }
    }

    /// Lists the tensors below `root`.
    pub(super) fn collect(mut self, root: Id) -> Result<Vec<Tensor>, Fault> {
        self.visit(root, 0)?;
        Ok(self.tensors)
    }

    fn visit(&mut self, id: Id, depth: usize) -> Result<(), Fault> {
        if depth > DEPTH {
            return Ok(());
        }
        let left = self.visits.checked_sub(1);
        self.visits = left.ok_or_else(|| beyond(format!("more than {} values to look at", self.limits.tensors)))?;
        let machine = self.machine;
        match machine.value(id) {
            Value::Tensor(dtype, shape) => self.tensor(*dtype, *shape)?,
            Value::Dict(members) => {
                for (key, value) in members {
                    self.member(*value, depth, |path| write_key(path, machine.value(*key), !path.is_empty()))?;
                }
            }
            Value::List(items) if depth > 0 => {
                for (at, item) in items.iter().enumerate() {
                    self.member(*item, depth, |path| write!(path, ".{at}").unwrap_or_default())?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn member(&mut self, value: Id, depth: usize, name: impl FnOnce(&mut String)) -> Result<(), Fault> {
        if !matches!(self.machine.value(value), Value::Dict(_) | Value::List(_) | Value::Tensor(..)) {
            return Ok(());
        }
        let length = self.path.len();
        name(&mut self.path);
        if self.path.len() > self.limits.pickle_name_bytes {
            let most = self.limits.pickle_name_bytes;
            return Err(beyond(format!("a tensor's name has {} bytes, more than {most}", self.path.len())));
        }
        self.visit(value, depth.saturating_add(1))?;
        self.path.truncate(length);
        Ok(())
    }

    fn tensor(&mut self, dtype: crate::format::safetensors::Dtype, shape: Id) -> Result<(), Fault> {
        let sizes = self.machine.items(shape);
        let bytes = sizes.len().saturating_mul(8).saturating_add(self.path.len()).saturating_add(TENSOR_BYTES);
        let room = self.room.checked_sub(bytes);
        self.room = room.ok_or_else(|| beyond("names and shapes are many times longer than the pickle".to_owned()))?;
        let size = |id: &Id| match self.machine.value(*id) {
            Value::Int(size) => u64::try_from(*size).ok(),
            _ => None,
        };
        if let Some(shape) = sizes.iter().map(size).collect() {
            self.tensors.push(Tensor { name: self.path.clone(), dtype, shape });
        }
        Ok(())
    }
}

fn write_key(path: &mut String, key: &Value<'_>, dot: bool) {
    if dot {
        path.push('.');
    }
    match key {
        Value::Int(number) => write!(path, "{number}").unwrap_or_default(),
        Value::Text(text) => path.push_str(text),
        _ => {}
    }
}

fn beyond(message: String) -> Fault {
    Fault::new(&LIMIT, 0, message)
}

#[cfg(test)]
mod tests {
    use crate::format::pickle::parse;
    use crate::limits::Limits;

    fn text(text: &str) -> Vec<u8> {
        [b"X".as_slice(), &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
    }

    /// A dictionary of `count` tensors that share one shape of `dimensions` ones, each under the name `name`.
    fn shared(name: &str, dimensions: usize, count: usize) -> Vec<u8> {
        let mut bytes = [b"\x80\x02(".as_slice(), &b"K\x01".repeat(dimensions), b"tq\x010"].concat();
        bytes.extend(b"ctorch._utils\n_rebuild_tensor_v2\n(");
        bytes.extend([b"(".as_slice(), &text("storage"), b"ctorch\nFloatStorage\ntQK\0h\x01tRq\x020"].concat());
        bytes.extend([text(name), b"q\x030}(".to_vec(), b"h\x03h\x02".repeat(count), b"u.".to_vec()].concat());
        bytes
    }

    fn listed(bytes: &[u8]) -> Result<usize, &'static str> {
        let limits = Limits::default();
        parse(bytes, &limits).map(|document| document.tensors.len()).map_err(|fault| fault.cause().name)
    }

    #[test]
    fn names_and_shapes_are_not_multiplied() {
        assert_eq!(listed(&shared("weight", 2, 3)), Ok(3));
        assert_eq!(listed(&shared("weight", 100_000, 50_000)), Err("pickle-limit"));
        assert_eq!(listed(&shared(&"a".repeat(1000), 2, 50_000)), Err("pickle-limit"));
        assert_eq!(listed(&shared(&"a".repeat(1_000_000), 2, 3)), Err("pickle-limit"));
    }

    /// Eight dictionaries of a thousand members, each member the next dictionary: 10^24 paths.
    #[test]
    fn shared_dictionaries_end() {
        let mut bytes = b"}q\0".to_vec();
        for level in 0..8_u8 {
            let pair = [b"K\x01h".as_slice(), &[level]].concat();
            bytes.extend([b"}(".as_slice(), &pair.repeat(1000), b"uq", &[level + 1]].concat());
        }
        bytes.push(b'.');
        assert_eq!(listed(&bytes), Err("pickle-limit"));
    }
}
