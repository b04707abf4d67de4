//! Bytes to words: what every entry of the header is made of.

use super::code::{COUNT, KEY, LIMIT, MAGIC, SHORT, VALUE_TYPE, VERSION};
use super::header::Key;
use super::hop::{self, Checkpoint};
use super::text::Kept;
use super::value::{Array, Value, ValueType};
use crate::format::names::Names;
use crate::format::{Fault, Input};
use crate::limits::Limits;

/// Longer texts than this stand in few headers: a claim beyond the file is a lie rather than a cut.
const PLAUSIBLE_BYTES: u64 = 1 << 16;

/// Fewest bytes of an entry: a key's lengths and type, or a tensor's.
const ENTRY_BYTES: usize = 13;

/// Entries that room is made for at once: most files have fewer keys, and fewer tensors.
const USUAL_ENTRIES: usize = 512;

/// Most bytes of a name that a message shows.
const SHOWN_BYTES: usize = 512;

/// A name for messages: one that is too long for the engine may be as long as the file.
pub(super) fn lossy(name: &[u8]) -> String {
    let shown = String::from_utf8_lossy(name.get(..SHOWN_BYTES).unwrap_or(name)).into_owned();
    if name.len() > SHOWN_BYTES { format!("{shown}… ({} bytes)", name.len()) } else { shown }
}

/// A place in the header.
pub(super) struct Reader<'a, 'l> {
    pub(super) input: Input<'a>,
    pub(super) at: usize,
    pub(super) limits: &'l Limits,
    pub(super) checkpoints: Vec<Checkpoint>,
    /// Whether long names and a fifth dimension are taken, as readers of picture models do.
    pub(super) wide: bool,
    /// How arrays of strings are stepped over: by [`hop::strings`], but for tests.
    pub(super) step: Step,
    /// How much of each text is kept where the file is read by windows.
    pub(super) kept: Kept,
}

/// Steps over strings as [`hop::strings`] does.
pub(super) type Step = fn(&Input<'_>, usize, u64, u64, &mut Vec<Checkpoint>) -> Result<usize, usize>;

/// Longest array whose elements are kept where the file is read by windows, in bytes.
const KEPT_BYTES: usize = 32 << 10;

impl<'a, 'l> Reader<'a, 'l> {
    pub(super) fn new(input: Input<'a>, limits: &'l Limits) -> Self {
        Self { input, at: 0, limits, checkpoints: Vec::new(), wide: false, step: hop::strings, kept: Kept::new(limits) }
    }

    fn left(&self) -> u64 {
        self.input.file_bytes().saturating_sub(self.at as u64)
    }

    #[inline]
    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let Some(taken) = self.input.bytes(self.at, length) else { return Err(self.short(length)) };
        self.at = self.at.wrapping_add(length);
        Ok(taken)
    }

    #[cold]
    fn short(&self, length: usize) -> Fault {
        let (at, end) = (self.at, self.input.file_bytes());
        let message = format!("the header needs {length} bytes at byte {at}, the file ends at byte {end}");
        Fault::new(&SHORT, at as u64, message).expected(length).found(self.left())
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let Some(taken) = self.input.array(self.at) else { return Err(self.short(N)) };
        self.at = self.at.wrapping_add(N);
        Ok(taken)
    }

    #[inline]
    pub(super) fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    #[inline]
    pub(super) fn u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn preamble(&mut self) -> Result<u32, Fault> {
        if self.input.bytes(0, 4) != Some(b"GGUF") {
            let found = self.input.look(0, 4, lossy);
            return Err(Fault::new(&MAGIC, 0, format!("the file begins with {found:?}, expected \"GGUF\""))
                .expected("GGUF")
                .found(found));
        }
        self.take(4)?;
        match self.u32()? {
            version @ 2..=3 => Ok(version),
            other => {
                let swapped = other & 0xFFFF == 0 && other != 0;
                let hint = if swapped { ": the file is big-endian" } else { "" };
                let message = format!("version {other}, expected 2 or 3{hint}");
                Err(Fault::new(&VERSION, 4, message).expected("2 or 3").found(other))
            }
        }
    }

    pub(super) fn count(&mut self, what: &str) -> Result<u64, Fault> {
        let at = self.at as u64;
        let count = self.u64()?;
        // ggml's bound: the count times its own entry struct must fit memory; any such count is negative or absurd.
        if count > i64::MAX as u64 / 1024 {
            return Err(Fault::new(&COUNT, at, format!("the {what} count {count} is impossible")).found(count));
        }
        Ok(count)
    }

    pub(super) fn within(&self, what: &str, count: u64, limit: u64) -> Result<(), Fault> {
        // Every entry takes at least 12 bytes, so a count beyond what is left fails as a short read anyway.
        if count <= limit || count > self.left() {
            return Ok(());
        }
        let message = format!("{count} {what} exceed the limit of {limit}");
        Err(Fault::new(&LIMIT, self.at as u64, message).expected(limit).found(count))
    }

    /// The name of a key or of a tensor.
    pub(super) fn name(&mut self, what: &str) -> Result<&'a [u8], Fault> {
        let (at, limit) = (self.at as u64, self.limits.gguf_name_bytes);
        let length = self.length(what)?;
        if length > limit {
            let message = format!("{what} has {length} bytes, more than the limit of {limit}");
            return Err(Fault::new(&LIMIT, at, message).expected(limit).found(length));
        }
        self.take(length)
    }

    /// Steps over a text; gives its first `most` bytes at the least, and of a file at hand all of it.
    fn text(&mut self, most: usize) -> Result<&'a [u8], Fault> {
        let length = self.length("a string")?;
        if self.input.windows().is_none() || length <= most {
            return self.take(length);
        }
        let end = self.at.saturating_add(length);
        let text = self.take(most)?;
        self.at = end;
        self.input.forget();
        Ok(text)
    }

    /// The length of a string, which follows.
    fn length(&mut self, what: &str) -> Result<usize, Fault> {
        let at = self.at as u64;
        let length = self.u64()?;
        if length > self.limits.gguf_string_bytes || length > self.left() {
            let message = format!("{what} claims {length} bytes, {} are left", self.left());
            // A length that a name or a text can have is true: what is missing is the rest of the file.
            let cause = if length > self.left() && length <= PLAUSIBLE_BYTES { &SHORT } else { &COUNT };
            return Err(Fault::new(cause, at, message).expected(self.left()).found(length));
        }
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// `count` entries, if there can be so many: never more than what is left can fill.
    fn possible(&self, count: u64) -> usize {
        let most = usize::try_from(count).unwrap_or(usize::MAX);
        most.min(usize::try_from(self.left()).unwrap_or(usize::MAX) / ENTRY_BYTES)
    }

    /// Names of `count` entries.
    pub(super) fn names(&self, count: u64) -> Names {
        Names::expecting(self.possible(count))
    }

    /// Room for `count` entries of a usual file: a larger one makes more as it goes.
    pub(super) fn room<T>(&self, count: u64) -> Vec<T> {
        let mut room = Vec::new();
        room.reserve_exact(self.possible(count).min(USUAL_ENTRIES));
        room
    }

    pub(super) fn keys(&mut self, count: u64) -> Result<Vec<Key<'a>>, Fault> {
        let mut names = self.names(count);
        let mut keys = self.room(count);
        for number in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            let key = self.key(number, &mut names, &keys)?;
            keys.push(key);
        }
        Ok(keys)
    }

    fn key(&mut self, number: u32, names: &mut Names, keys: &[Key<'a>]) -> Result<Key<'a>, Fault> {
        let offset = self.at as u64;
        let name = self.name("a key's name")?;
        let known = |other: u32| keys.get(usize::try_from(other).ok()?).map(|key| key.name);
        if name.is_empty() || names.insert(name, number, known).is_some() {
            let what = if name.is_empty() { "is empty" } else { "stands twice" };
            return Err(Fault::new(&KEY, offset, format!("the key '{}' {what}", lossy(name))).key(lossy(name)));
        }
        let most = self.kept.next_bytes(name);
        let value = self.value(most).map_err(|fault| fault.key(lossy(name)))?;
        Ok(Key { name, value, offset })
    }

    fn value(&mut self, most: usize) -> Result<Value<'a>, Fault> {
        match self.value_type()? {
            ValueType::String => self.text(most).map(Value::String),
            ValueType::Array => self.stepped_over().map(Value::Array),
            kind => {
                let at = self.at as u64;
                let size = usize::try_from(kind.size_bytes().unwrap_or_default()).unwrap_or_default();
                let bytes = self.take(size)?;
                Value::scalar(kind, bytes).ok_or_else(|| Fault::new(&SHORT, at, "the file ends inside a value"))
            }
        }
    }

    fn value_type(&mut self) -> Result<ValueType, Fault> {
        let at = self.at as u64;
        let id = self.u32()?;
        ValueType::from_id(id)
            .ok_or_else(|| Fault::new(&VALUE_TYPE, at, format!("value type {id}, expected 0 to 12")).found(id))
    }

    fn stepped_over(&mut self) -> Result<Array<'a>, Fault> {
        let at = self.at as u64;
        let element = self.value_type()?;
        let count = self.u64()?;
        if element == ValueType::Array {
            return Err(Fault::new(&VALUE_TYPE, at, "an array of arrays").found("arr"));
        }
        let least = count.checked_mul(element.size_bytes().unwrap_or(8));
        if count > self.limits.gguf_array_elements || least.is_none_or(|least| least > self.left()) {
            let message =
                format!("an array claims {count} elements of type {}, {} bytes are left", element.name(), self.left());
            return Err(Fault::new(&COUNT, at, message).found(count));
        }
        let start = self.at;
        match element.size_bytes() {
            // That they are there was just checked.
            Some(_) => self.at = start.saturating_add(usize::try_from(least.unwrap_or(u64::MAX)).unwrap_or(usize::MAX)),
            None => self.strings(count)?,
        }
        let size_bytes = self.at.saturating_sub(start);
        let array = Array { element, count, size_bytes: size_bytes as u64, bytes: &[], offset: start as u64 };
        let is_kept = self.input.windows().is_none() || size_bytes <= KEPT_BYTES;
        if is_kept { array.held(&mut self.input).ok_or_else(|| self.short(size_bytes)) } else { Ok(array) }
    }

    fn strings(&mut self, count: u64) -> Result<(), Fault> {
        match (self.step)(&self.input, self.at, count, self.limits.gguf_string_bytes, &mut self.checkpoints) {
            Ok(end) => {
                self.at = end;
                Ok(())
            }
            Err(bad) => {
                self.at = bad;
                // Where its length is sound, the file was cut meanwhile.
                let length = self.length("an array's string")?;
                Err(self.short(length))
            }
        }
    }
}
