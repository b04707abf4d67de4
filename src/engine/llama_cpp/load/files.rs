//! Before anything else: the file's own data, and the set it may belong to.

use super::Stop;
use super::failure;
use super::keys::typed;
use crate::diagnostic::{Cause, Diagnostic, Origin};
use crate::engine::llama_cpp::code::{
    DATA_TRUNCATED, MISALIGNED, SPLIT_DUPLICATE, SPLIT_MISSING, SPLIT_NAME, SPLIT_NOT_FIRST, SPLIT_NUMBER,
    SPLIT_TENSORS, WOULD_ABORT,
};
use crate::facts::gguf::{GgufFacts, KeyFacts, Layout};
use crate::format::gguf::ValueType;
use crate::rules::bundle::download::words;
use crate::source::{Resolved, split_name};
use std::collections::HashSet;

/// What the engine's buffers must be aligned to, in bytes.
const BUFFER_ALIGNMENT: u64 = 32;

/// Checks the files and gives the architecture's name; empty where the file has none.
pub(super) fn check(gguf: &GgufFacts) -> Result<&str, Stop> {
    let architecture = typed(gguf, "general.architecture", ValueType::String)?;
    within_bounds(gguf)?;
    splits(gguf)?;
    typed(gguf, "general.file_type", ValueType::U32)?;
    Ok(architecture.and_then(KeyFacts::text).unwrap_or_default())
}

/// Every tensor's data ends before the file does. Padding after the last one may be missing.
fn within_bounds(gguf: &GgufFacts) -> Result<(), Stop> {
    let end = |layout: &Layout| layout.offset.saturating_add(layout.size_bytes);
    let layouts = gguf.tensors.layouts();
    if layouts.iter().map(end).max().is_none_or(|last| last <= gguf.file_bytes) {
        return Ok(());
    }
    let Some(at) = layouts.iter().position(|layout| end(layout) > gguf.file_bytes) else { return Ok(()) };
    let Some(tensor) = gguf.tensors.iter().nth(at) else { return Ok(()) };
    let end = end(tensor.layout);
    let message = format!(
        "{}: the data of tensor '{}' ends at byte {end}, the file ends at byte {}",
        gguf.file, tensor.name, gguf.file_bytes
    );
    let failure = failure::of_tensor(&gguf.file, &DATA_TRUNCATED, tensor.name, Some(tensor), message);
    Err(failure.expected(end).found(gguf.file_bytes).into())
}

fn splits(gguf: &GgufFacts) -> Result<(), Stop> {
    let count = typed(gguf, "split.count", ValueType::U16)?.and_then(KeyFacts::integer).unwrap_or_default();
    if count <= 1 {
        return Ok(());
    }
    let Some(number) = typed(gguf, "split.no", ValueType::U16)?.and_then(KeyFacts::integer) else {
        return Err(missing_number(gguf));
    };
    if number != 0 {
        let message = format!(
            "{} is file {} of a set of {count}: sets are opened by their first file",
            gguf.file,
            number.saturating_add(1)
        );
        return Err(failure::stop(gguf, &SPLIT_NOT_FIRST, "split.no", message).expected(0).found(number).into());
    }
    if split_name(&gguf.file).map(|(_, named)| i64::from(named)) != Some(count) {
        let message =
            format!("{} does not end in -00001-of-{count:05}.gguf, as the first of {count} files must", gguf.file);
        return Err(failure::stop(gguf, &SPLIT_NAME, "split.count", message).found(gguf.file.clone()).into());
    }
    parts(gguf, count)?;
    total(gguf)
}

fn missing_number(gguf: &GgufFacts) -> Stop {
    let message = format!("{}: split.no is missing beside split.count", gguf.file);
    failure::stop(gguf, &SPLIT_NUMBER, "split.no", message).into()
}

fn parts(gguf: &GgufFacts, count: i64) -> Result<(), Stop> {
    let mut names: HashSet<&str> = gguf.tensors.iter().map(|tensor| tensor.name).collect();
    for number in 1..count {
        let part = usize::try_from(number).ok().and_then(|number| gguf.parts.get(number.saturating_sub(1)));
        let Some(part) = part else { return Err(missing_part(gguf, number, count)) };
        let part = part.header.as_deref().map_err(Clone::clone)?;
        numbered(part, number)?;
        for tensor in part.tensors.iter() {
            if !names.insert(tensor.name) {
                let message = format!("tensor '{}' of {} is in another file of the set too", tensor.name, part.file);
                return Err(failure::of_tensor(&part.file, &SPLIT_DUPLICATE, tensor.name, Some(tensor), message).into());
            }
        }
        within_bounds(part)?;
    }
    Ok(())
}

fn missing_part(gguf: &GgufFacts, number: i64, count: i64) -> Stop {
    let stem = split_name(&gguf.file).map_or("", |(stem, _)| stem);
    let name = format!("{stem}-{:05}-of-{count:05}.gguf", number.saturating_add(1));
    let message = format!("{name} is missing: {} is the first of {count} files", gguf.file);
    Diagnostic::new(&SPLIT_MISSING, message).expected(count).at(Origin::file(name)).into()
}

/// Says what stands where a part is missing. Of one that leads out of the folder another rule says so: gives where.
pub(super) fn refuse_odd(diagnostics: &mut Vec<Diagnostic>, odd: &[(String, Resolved)]) -> Option<Origin> {
    let is_missing = |diagnostic: &Diagnostic| std::ptr::eq(diagnostic.cause, &raw const SPLIT_MISSING);
    let at = diagnostics.iter().position(is_missing)?;
    let missing = diagnostics.get_mut(at)?;
    let (name, resolved) = odd.iter().find(|(name, _)| Origin::file(name) == missing.origin)?;
    if matches!(resolved, Resolved::Outside(_)) {
        return Some(diagnostics.remove(at).origin);
    }
    missing.message = format!("{name}, a file of the set, {}", words(resolved));
    None
}

/// A part says which one it is.
fn numbered(part: &GgufFacts, number: i64) -> Result<(), Stop> {
    let fail =
        |cause: &'static Cause, message: String| -> Stop { failure::stop(part, cause, "split.no", message).into() };
    match part.key("split.no") {
        None => Err(missing_number(part)),
        Some(key) if key.kind != ValueType::U16 => {
            let message = format!(
                "{}: split.no has type {}, expected u16: the engine aborts over it",
                part.file,
                key.kind.name()
            );
            Err(fail(&WOULD_ABORT, message))
        }
        Some(key) if key.integer() != Some(number) => {
            let found = key.integer().unwrap_or_default();
            let message = format!("{}: split.no is {found}, expected {number}", part.file);
            Err(fail(&SPLIT_NUMBER, message))
        }
        Some(_) => Ok(()),
    }
}

fn total(gguf: &GgufFacts) -> Result<(), Stop> {
    let name = "split.tensors.count";
    let Some(stated) = typed(gguf, name, ValueType::I32)?.and_then(KeyFacts::integer) else {
        let message = format!("{}: split.tensors.count is missing beside split.count", gguf.file);
        return Err(failure::stop(gguf, &crate::engine::llama_cpp::code::KEY_MISSING, name, message).into());
    };
    let found = gguf.headers().fold(0_usize, |sum, header| sum.saturating_add(header.tensors.len()));
    if i64::try_from(found) == Ok(stated) {
        return Ok(());
    }
    let message = format!("the set should have {stated} tensors, its files have {found}");
    Err(failure::stop(gguf, &SPLIT_TENSORS, name, message).expected(stated).found(found).into())
}

/// Mapped data must lie where the engine's buffers may begin.
pub(super) fn check_alignment(gguf: &GgufFacts) -> Result<(), Stop> {
    let misaligned = |header: &&GgufFacts| {
        header.tensors.layouts().iter().any(|layout| layout.size_bytes > 0)
            && header.data_start.checked_rem(BUFFER_ALIGNMENT) != Some(0)
    };
    let Some(header) = gguf.headers().find(misaligned) else { return Ok(()) };
    let message = format!(
        "{}: tensor data begins at byte {}, which is no multiple of {BUFFER_ALIGNMENT}: the engine aborts over it",
        header.file, header.data_start
    );
    Err(failure::stop(header, &MISALIGNED, "general.alignment", message).found(header.data_start).into())
}
