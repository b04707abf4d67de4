//! Where tensors lie in the file.

use super::code::{LAYOUT, RANGE, TRAILING, TRUNCATED};
use super::header::Document;
use super::tensor::TensorInfo;
use crate::format::names::Names;
use crate::format::{Fault, ascents, order, repeats};
use std::borrow::Cow;

/// Whether every name stands once and the tensors lie in the header's order, without gap or overlap, to the file's end.
/// Their ranges are known to fit their shapes.
pub(super) fn is_plain(document: &mut Document<'_>) -> bool {
    let mut at = 0;
    let in_order = document.tensors.iter().all(|tensor| std::mem::replace(&mut at, tensor.end) == tensor.begin);
    in_order && document.data_start.checked_add(at) == Some(document.file_bytes) && arrange(document)
}

/// How many of the first names are each greater than the one before.
fn ascending(tensors: &[TensorInfo<'_>]) -> usize {
    let pairs = tensors.iter().zip(tensors.iter().skip(1));
    let ascents = pairs.take_while(|(left, right)| left.name < right.name).count();
    ascents.saturating_add(1).min(tensors.len())
}

/// Names that repeat nothing, beyond a quarter of all: so many are in every model.
const ALONE: usize = 256;

/// Looks for the order of names, and tells whether every name stands once: where an order shows, it does. The reference
/// writer sorts by element type and name, and models are blocks that repeat one another; of any others a table tells.
pub(super) fn arrange(document: &mut Document<'_>) -> bool {
    let tensors = document.tensors.as_slice();
    document.ascending = ascending(tensors);
    (document.order, document.repeats) = (None, None);
    if document.ascending == tensors.len() {
        return true;
    }
    document.order = ascents::order(tensors, document.ascending);
    if document.order.is_none() {
        document.repeats = repeats::few(tensors, ALONE.saturating_add(tensors.len() / 4));
        document.order = document.repeats.as_ref().and_then(|repeats| order::by_repeats(tensors, repeats));
    }
    document.order.is_some() || unique(tensors)
}

/// Whether every name stands once, told by a table.
fn unique(tensors: &[TensorInfo<'_>]) -> bool {
    let mut names = Names::expecting(tensors.len());
    let known = |number: u32| tensors.get(usize::try_from(number).ok()?).map(|tensor| tensor.name.as_bytes());
    (0_u32..).zip(tensors).all(|(number, tensor)| names.insert(tensor.name.as_bytes(), number, known).is_none())
}

/// Lets the last one of several tensors of one name count, at the first one's place; gives how many went. Where some did, what
/// is noted of the order of names is to be looked for again.
pub(super) fn settle(document: &mut Document<'_>) -> usize {
    if arrange(document) {
        return 0;
    }
    let all = std::mem::take(&mut document.tensors);
    let mut names = Names::expecting(all.len());
    let replaced = |tensor| put(&mut document.tensors, &mut names, tensor, |tensor| &tensor.name);
    all.into_iter().map(replaced).filter(|replaced| *replaced).count()
}

/// Adds `item`, or puts it in the place of the one of the same name: of duplicates the last one counts. Tells whether
/// there was one.
pub(super) fn put<T>(list: &mut Vec<T>, names: &mut Names, item: T, name: impl Fn(&T) -> &Cow<'_, str>) -> bool {
    let number = u32::try_from(list.len()).unwrap_or(u32::MAX);
    let known = |other: u32| list.get(usize::try_from(other).ok()?).map(|other| name(other).as_bytes());
    let twin = names.insert(name(&item).as_bytes(), number, known);
    match twin.and_then(|twin| list.get_mut(usize::try_from(twin).ok()?)) {
        Some(twin) => {
            *twin = item;
            true
        }
        None => {
            list.push(item);
            false
        }
    }
}

/// Tensor data must fit shapes and fill the rest of the file without gap or overlap.
pub(super) fn check(document: &Document<'_>) -> Result<(), Fault> {
    document.tensors.iter().try_for_each(check_range)?;
    let mut order: Vec<&TensorInfo<'_>> = document.tensors.iter().collect();
    if !order.is_sorted_by_key(|tensor| (tensor.begin, tensor.end)) {
        order.sort_by_key(|tensor| (tensor.begin, tensor.end));
    }
    let mut at = 0;
    for tensor in order {
        if tensor.begin != at {
            return Err(misplaced(tensor, at, document.data_start));
        }
        at = tensor.end;
    }
    check_end(document, at)
}

fn check_range(tensor: &TensorInfo<'_>) -> Result<(), Fault> {
    let TensorInfo { name, dtype, shape, begin, end } = tensor;
    let elements = shape.iter().try_fold(1_u64, |product, &size| product.checked_mul(size));
    let size = elements.and_then(|elements| dtype.size_bytes(elements));
    if size.is_some() && end.checked_sub(*begin) == size {
        return Ok(());
    }
    let needed = size.map_or("a size that is no whole number of 64 bits".to_owned(), |size| format!("{size} bytes"));
    let message =
        format!("'{name}' spans bytes {begin} to {end}, its shape {shape:?} of {} needs {needed}", dtype.name());
    Err(Fault::new(&RANGE, 0, message).expected(size).found(end.wrapping_sub(*begin)).key(name.clone()))
}

fn misplaced(tensor: &TensorInfo<'_>, expected: u64, data_start: u64) -> Fault {
    let TensorInfo { name, begin, .. } = tensor;
    let what = if *begin < expected { "overlaps the tensor before it" } else { "leaves a gap before it" };
    let message = format!("'{name}' begins at {begin}, expected {expected}: it {what}");
    let offset = data_start.saturating_add(*begin);
    Fault::new(&LAYOUT, offset, message).expected(expected).found(*begin).key(name.clone())
}

fn check_end(document: &Document<'_>, end: u64) -> Result<(), Fault> {
    let (expected, found) = (document.data_start.saturating_add(end), document.file_bytes);
    let fault = |cause, what: &str| {
        let message = format!("the file {what}: the header describes {expected} bytes, the file has {found}");
        Err(Fault::new(cause, found.min(expected), message).expected(expected).found(found))
    };
    match found.cmp(&expected) {
        std::cmp::Ordering::Less => fault(&TRUNCATED, "is cut short"),
        std::cmp::Ordering::Greater => fault(&TRAILING, "holds more than its tensors"),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

/// Where the last tensor ends, when `fault` is about bytes behind it and about nothing else.
pub(super) fn end_before_trailing(fault: &Fault) -> Option<u64> {
    fault.stated().filter(|_| fault.cause() == &TRAILING).and_then(serde_json::Value::as_u64)
}
