//! The central directory.

use super::code::{DIRECTORY, DISAGREES, TRUNCATED};
use crate::format::{Fault, Input};
use crate::limits::Limits;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
/// The end record and the longest comment behind it, in bytes.
const END_SEARCH: usize = 22 + 0xFFFF;

/// A listed archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive<'a> {
    /// The members, in the directory's order.
    pub members: Vec<Member<'a>>,
}

/// One member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name; not necessarily UTF-8.
    pub name: &'a [u8],
    /// 0 for stored, 8 for deflated.
    pub method: u16,
    /// How many bytes it has in the file, compressed or not; `None` when they do not lie inside.
    pub size_bytes: Option<u64>,
    /// Where its data begins, in bytes from the start of the file.
    pub offset: u64,
}

/// Lists the archive that `input` is.
///
/// # Errors
///
/// A [`Fault`] where the directory is missing, damaged, or disagrees with the members' own headers.
pub fn parse<'a>(input: Input<'a>, limits: &Limits) -> Result<Archive<'a>, Fault> {
    let (start, count) = directory(input)?;
    if count > limits.tensors {
        let message = format!("the directory counts {count} members, more than the limit of {}", limits.tensors);
        return Err(Fault::new(&DIRECTORY, start, message).expected(limits.tensors).found(count));
    }
    let mut at = usize::try_from(start).unwrap_or(usize::MAX);
    // The directory is read from its beginning to its end, the members' headers here and there.
    let mut ahead = input;
    let mut members = Vec::new();
    let mut room = input.file_bytes();
    for _ in 0..count {
        let (member, next) = entry(&mut ahead, at)?;
        // Members that lie over one another would be read as often as they are named.
        let left = room.checked_sub(member.size_bytes.unwrap_or_default());
        room = left.ok_or_else(|| damaged(at, "the members overlap: together they are longer than the archive"))?;
        members.push(member);
        at = next;
    }
    Ok(Archive { members })
}

fn damaged(at: usize, message: &str) -> Fault {
    Fault::new(&DIRECTORY, at as u64, message)
}

/// Where the directory begins and how many members it has.
fn directory(input: Input<'_>) -> Result<(u64, u64), Fault> {
    let length = usize::try_from(input.file_bytes()).unwrap_or(usize::MAX);
    let from = length.saturating_sub(END_SEARCH);
    let (found, plain) = input.look(from, END_SEARCH, |tail| {
        let found = tail.windows(4).rposition(|window| window == END);
        let record = found.and_then(|at| tail.get(at..)).unwrap_or_default();
        (found, u16_at(record, 10).zip(u32_at(record, 16)))
    });
    let end = found.and_then(|at| from.checked_add(at)).ok_or_else(|| {
        let message = "truncated-data: the archive has no end record";
        Fault::new(&TRUNCATED, length as u64, message)
    })?;
    let (count, start) = plain.ok_or_else(|| damaged(end, "the end record is cut"))?;
    if count != u16::MAX && start != u32::MAX {
        return Ok((u64::from(start), u64::from(count)));
    }
    wide_directory(input, end)
}

/// The same for archives beyond 4 GB or 65,535 members.
fn wide_directory(mut input: Input<'_>, end: usize) -> Result<(u64, u64), Fault> {
    let locator = end.checked_sub(20).and_then(|at| input.bytes(at, 20));
    let at = locator.and_then(|locator| u64_at(locator, 8)).and_then(|at| usize::try_from(at).ok());
    let record = at.and_then(|at| input.bytes(at, 56)).filter(|record| record.starts_with(END_64));
    let fields = record.and_then(|record| u64_at(record, 48).zip(u64_at(record, 32)));
    fields.ok_or_else(|| damaged(end, "the 64-bit end record is missing"))
}

/// A directory entry's bytes before its name.
const ENTRY_BYTES: usize = 46;

fn entry<'a>(input: &mut Input<'a>, at: usize) -> Result<(Member<'a>, usize), Fault> {
    let is_entry = input.array(at).is_some_and(|mark: [u8; 4]| mark == CENTRAL);
    if !is_entry {
        return Err(damaged(at, "the directory ends before its count of members"));
    }
    let head = input.bytes(at, ENTRY_BYTES).unwrap_or_default();
    let field = |offset: usize| u16_at(head, offset).map(usize::from);
    let lengths = field(28).zip(field(30)).zip(field(32));
    let ((name, extra), comment) = lengths.ok_or_else(|| damaged(at, "a directory entry is cut"))?;
    let name_end = name.saturating_add(ENTRY_BYTES);
    let extra_end = name_end.saturating_add(extra);
    let next = at.saturating_add(extra_end).saturating_add(comment);
    let name = input.bytes(at.saturating_add(ENTRY_BYTES), name);
    let name = name.ok_or_else(|| damaged(at, "a member's name is cut"))?;
    let extra = input.bytes(at.saturating_add(name_end), extra).unwrap_or_default();
    let (size, offset) = sizes(head, extra).ok_or_else(|| damaged(at, "a directory entry is cut"))?;
    let method = u16_at(head, 10).unwrap_or_default();
    let data_start = local(input, offset, name)?;
    let end = data_start.checked_add(size);
    let size_bytes = end.filter(|end| *end <= input.file_bytes()).map(|_| size);
    Ok((Member { name, method, size_bytes, offset: data_start }, next))
}

/// The stored size and the place of the local header; 64-bit fields stand in the extra part, in a fixed order.
fn sizes(head: &[u8], extra: &[u8]) -> Option<(u64, u64)> {
    let (stored, plain, offset) = (u32_at(head, 20)?, u32_at(head, 24)?, u32_at(head, 42)?);
    let mut wide = wide_fields(extra);
    let mut field = |short: u32| if short == u32::MAX { wide.next().unwrap_or(u64::MAX) } else { u64::from(short) };
    let _unpacked = field(plain);
    let size = field(stored);
    Some((size, field(offset)))
}

fn wide_fields(extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut rest = extra;
    let mut found: &[u8] = &[];
    while let (Some(id), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        let end = usize::from(length).saturating_add(4);
        if id == 1 {
            found = rest.get(4..end).unwrap_or_default();
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    found.chunks_exact(8).filter_map(|chunk| u64_at(chunk, 0))
}

/// Where the member's data begins, by its own header, which must carry the same name.
fn local(input: &Input<'_>, offset: u64, name: &[u8]) -> Result<u64, Fault> {
    let at = usize::try_from(offset).unwrap_or(usize::MAX);
    input.look(at, name.len().saturating_add(30), |head| {
        if !head.starts_with(LOCAL) {
            return Err(damaged(at, "a member's own header is not where the directory says"));
        }
        let lengths = u16_at(head, 26).zip(u16_at(head, 28));
        let (own, extra) = lengths.ok_or_else(|| damaged(at, "a member's own header is cut"))?;
        let name_end = usize::from(own).saturating_add(30);
        if head.get(30..name_end) != Some(name) {
            let message =
                format!("the directory names '{}', the member's own header another", String::from_utf8_lossy(name));
            return Err(Fault::new(&DISAGREES, offset, message));
        }
        Ok(offset.saturating_add(name_end as u64).saturating_add(u64::from(extra)))
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|chunk| u16::from_le_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|chunk| u32::from_le_bytes(*chunk))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}
