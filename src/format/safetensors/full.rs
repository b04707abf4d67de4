//! Any header at all, as the reference reader takes it.
//!
//! The reference (safetensors 0.8) parses every record into a tree before it looks at it, so it refuses more than a
//! typed reading would: numbers and strings in fields that nobody reads are checked too. Nothing here grows beyond the
//! header's own bytes, and a fault of JSON anywhere comes before any other but a limit.

use super::code::{DTYPE, HEADER, LIMIT};
use super::header::{Document, LENGTH_BYTES, Metadata, MetadataText};
use super::layout::put;
use super::shape::Shape;
use super::tensor::{Dtype, TensorInfo};
use crate::format::Fault;
use crate::format::json::{Cursor, Text};
use crate::format::names::Names;
use crate::limits::Limits;
use std::borrow::Cow;

/// Reads a header into `document`; ranges and layout are still to be checked.
pub(super) fn parse<'a>(text: &'a str, limits: &Limits, document: &mut Document<'a>) -> Result<(), Fault> {
    let mut cursor = Cursor::strict(text);
    let mut header = Header { document, names: Names::expecting(0), odd: None, metadata: false, repeated: 0, limits };
    header.read(&mut cursor).map_err(|fault| match std::ptr::eq(fault.cause(), &raw const LIMIT) {
        true => fault,
        false => fault.inside(&HEADER, "the header", LENGTH_BYTES),
    })?;
    header.odd.map_or(Ok(()), Err)
}

struct Header<'a, 'd> {
    document: &'d mut Document<'a>,
    names: Names,
    /// The first fault that is not one of JSON.
    odd: Option<Fault>,
    /// Whether `__metadata__` was seen.
    metadata: bool,
    /// How many tensors' names stood before.
    repeated: usize,
    limits: &'d Limits,
}

/// What a record said; of a field that is there but unsound, only that it is there.
#[derive(Default)]
struct Fields<'a> {
    dtype: Field<Cow<'a, str>>,
    shape: Field<Shape>,
    range: Field<(u64, u64)>,
}

/// One field: absent, unsound, sound.
#[derive(Default)]
struct Field<T> {
    seen: bool,
    value: Option<T>,
}

impl<T> Field<T> {
    /// Whether the field stood there before.
    fn set(&mut self, value: Option<T>) -> bool {
        self.value = value;
        std::mem::replace(&mut self.seen, true)
    }
}

impl<'a> Header<'a, '_> {
    fn read(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
        if cursor.peek() == Some(b'{') {
            cursor.object(|cursor, name| self.member(cursor, name))?;
        } else {
            self.odd("the header is not an object", 0);
            cursor.skip()?;
        }
        cursor.finish()
    }

    fn odd(&mut self, message: impl Into<String>, offset: u64) {
        self.fault(Fault::new(&HEADER, offset.saturating_add(LENGTH_BYTES), message));
    }

    fn fault(&mut self, fault: Fault) {
        self.odd.get_or_insert(fault);
    }

    fn limit(&self, what: &str, limit: usize, offset: u64) -> Fault {
        let message = format!("more {what} than the limit of {limit}");
        Fault::new(&LIMIT, offset.saturating_add(LENGTH_BYTES), message).expected(limit)
    }

    fn member(&mut self, cursor: &mut Cursor<'a>, name: Text<'a>) -> Result<(), Fault> {
        if name.is("__metadata__") {
            if std::mem::replace(&mut self.metadata, true) {
                self.odd("__metadata__ stands twice", name.offset);
            }
            self.metadata(cursor, name.offset)
        } else {
            self.record(cursor, name)
        }
    }

    fn metadata(&mut self, cursor: &mut Cursor<'a>, offset: u64) -> Result<(), Fault> {
        match cursor.peek() {
            Some(b'{') => {}
            // The reference takes null for no metadata.
            Some(b'n') => return cursor.skip(),
            _ => {
                self.odd("__metadata__ is not an object", offset);
                return cursor.skip();
            }
        }
        let (mut pairs, mut names): (Metadata<'a>, _) = (Vec::new(), Names::expecting(0));
        let mut seen = 0_usize;
        cursor.object(|cursor, key| {
            let Some(value) = cursor.text()? else {
                self.odd("__metadata__ holds a value that is not a string", key.offset);
                return Ok(());
            };
            if seen >= self.limits.metadata_keys {
                return Err(self.limit("pairs of metadata", self.limits.metadata_keys, key.offset));
            }
            seen = seen.saturating_add(1);
            let value = MetadataText::new(value.raw, value.escaped);
            put(&mut pairs, &mut names, (key.decode(), value), |pair| &pair.0);
            Ok(())
        })?;
        self.document.metadata = pairs;
        Ok(())
    }

    fn record(&mut self, cursor: &mut Cursor<'a>, name: Text<'a>) -> Result<(), Fault> {
        if self.document.tensors.len() as u64 >= self.limits.tensors {
            let limit = usize::try_from(self.limits.tensors).unwrap_or(usize::MAX);
            return Err(self.limit("tensors", limit, name.offset));
        }
        let mut fields = Fields::default();
        match cursor.peek() {
            Some(b'{') => cursor.object(|cursor, key| self.field(cursor, key, &mut fields))?,
            Some(b'[') => self.list(cursor, &mut fields, name.offset)?,
            _ => cursor.skip()?,
        }
        match tensor(name, fields) {
            Ok(tensor) => self.put(tensor, name.offset),
            Err(fault) => {
                self.fault(fault);
                Ok(())
            }
        }
    }

    fn put(&mut self, tensor: TensorInfo<'a>, offset: u64) -> Result<(), Fault> {
        if !put(&mut self.document.tensors, &mut self.names, tensor, |tensor| &tensor.name) {
            return Ok(());
        }
        self.repeated = self.repeated.saturating_add(1);
        match self.repeated > self.limits.repeated_tensors {
            true => Err(self.limit("tensors whose name stood before", self.limits.repeated_tensors, offset)),
            false => Ok(()),
        }
    }

    fn field(&mut self, cursor: &mut Cursor<'a>, key: Text<'a>, fields: &mut Fields<'a>) -> Result<(), Fault> {
        let twice = match &*key.decode() {
            "dtype" => fields.dtype.set(cursor.text()?.map(|text| text.decode())),
            "shape" => fields.shape.set(self.shape(cursor, key.offset)?),
            "data_offsets" => fields.range.set(range(cursor)?),
            _ => cursor.skip().map(|()| false)?,
        };
        if twice {
            self.odd(format!("a tensor's {} stands twice", key.decode()), key.offset);
        }
        Ok(())
    }

    /// A record may be written as a list of its three fields: nobody does, but the reference takes it.
    fn list(&mut self, cursor: &mut Cursor<'a>, fields: &mut Fields<'a>, offset: u64) -> Result<(), Fault> {
        let mut place = 0_u8;
        cursor.list(|cursor| {
            match place {
                0 => fields.dtype.set(cursor.text()?.map(|text| text.decode())),
                1 => fields.shape.set(self.shape(cursor, offset)?),
                2 => fields.range.set(range(cursor)?),
                _ => {
                    fields.range.value = None;
                    cursor.skip().map(|()| false)?
                }
            };
            place = place.saturating_add(1);
            Ok(())
        })
    }

    fn shape(&mut self, cursor: &mut Cursor<'a>, offset: u64) -> Result<Option<Shape>, Fault> {
        if cursor.peek() != Some(b'[') {
            return cursor.skip().map(|()| None);
        }
        let mut shape = Some(Shape::default());
        let mut dimensions = 0_usize;
        cursor.list(|cursor| {
            if dimensions >= self.limits.tensor_dimensions {
                return Err(self.limit("dimensions", self.limits.tensor_dimensions, offset));
            }
            dimensions = dimensions.saturating_add(1);
            match (cursor.whole()?, &mut shape) {
                (Some(size), Some(shape)) => shape.push(size),
                _ => shape = None,
            }
            Ok(())
        })?;
        Ok(shape)
    }
}

fn range(cursor: &mut Cursor<'_>) -> Result<Option<(u64, u64)>, Fault> {
    if cursor.peek() != Some(b'[') {
        return cursor.skip().map(|()| None);
    }
    let (mut ends, mut sound, mut place) = ([0; 2], true, 0_usize);
    cursor.list(|cursor| {
        match (cursor.whole()?, ends.get_mut(place)) {
            (Some(end), Some(slot)) => *slot = end,
            _ => sound = false,
        }
        place = place.saturating_add(1);
        Ok(())
    })?;
    Ok((sound && place == 2).then_some((ends[0], ends[1])))
}

fn tensor<'a>(name: Text<'a>, fields: Fields<'a>) -> Result<TensorInfo<'a>, Fault> {
    let fault = |cause, message: String| {
        Fault::new(cause, name.offset.saturating_add(LENGTH_BYTES), message).key(name.decode())
    };
    let lacks = |what: &str| fault(&HEADER, format!("'{}' has no sound {what}", name.decode()));
    let dtype = fields.dtype.value.ok_or_else(|| lacks("dtype"))?;
    let dtype = Dtype::from_name(&dtype)
        .ok_or_else(|| fault(&DTYPE, format!("'{}' has the unknown dtype {dtype}", name.decode())).found(&*dtype))?;
    let shape = fields.shape.value.ok_or_else(|| lacks("shape"))?;
    let (begin, end) = fields.range.value.ok_or_else(|| lacks("data_offsets"))?;
    Ok(TensorInfo { name: name.decode(), dtype, shape, begin, end })
}
