//! Operations and their arguments.

use super::code::{MALFORMED, SHORT};
use crate::format::{Fault, Input};

/// How an operation's argument is written behind its byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// No argument.
    None,
    /// So many bytes.
    Bytes(usize),
    /// A length of so many bytes, then as many bytes as it says.
    Counted(usize),
    /// Text up to the end of the line.
    Line,
    /// Two lines.
    Lines,
}

/// The argument of the operation `code`, unless there is no such operation.
pub(super) fn argument(code: u8) -> Option<Argument> {
    use Argument::{Bytes, Counted, Line, Lines, None as Nothing};
    Some(match code {
        b'('
        | b'.'
        | b'0'
        | b'1'
        | b'2'
        | b'N'
        | b'Q'
        | b'R'
        | b')'
        | b']'
        | b'}'
        | b'a'
        | b'b'
        | b'd'
        | b'e'
        | b'l'
        | b'o'
        | b's'
        | b't'
        | b'u'
        | 0x81
        | 0x85..=0x89
        | 0x8f..=0x94
        | 0x97
        | 0x98 => Nothing,
        b'F' | b'I' | b'L' | b'P' | b'S' | b'V' | b'g' | b'p' => Line,
        b'c' | b'i' => Lines,
        0x80 | b'K' | b'h' | b'q' | 0x82 => Bytes(1),
        b'M' | 0x83 => Bytes(2),
        b'J' | b'j' | b'r' | 0x84 => Bytes(4),
        b'G' | 0x95 => Bytes(8),
        b'C' | b'U' | 0x8a | 0x8c => Counted(1),
        b'B' | b'T' | b'X' | 0x8b => Counted(4),
        0x8d | 0x8e | 0x96 => Counted(8),
        _ => return None,
    })
}

/// Longest text that is looked at, in bytes: what is beyond it names no module and no tensor.
const TEXT_BYTES: usize = 1 << 20;
/// Longest integer that is looked at, in bytes, and one more: longer ones are none of ours.
const INTEGER_BYTES: usize = 9;
/// Bytes in which a line's end is looked for at once.
const LINE_BYTES: usize = 4096;

/// Reads operations one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    input: Input<'a>,
    /// Where the pickle begins in the file.
    start: usize,
    /// Where the bytes end that it may fill, from its beginning on.
    end: usize,
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: Input<'a>, start: u64, length: u64) -> Self {
        let [start, end] = [start, length].map(|place| usize::try_from(place).unwrap_or(usize::MAX));
        Self { input, start, end, at: 0 }
    }

    /// The next operation: its byte, its argument, and for two lines the second one.
    pub(super) fn next(&mut self) -> Result<(u8, &'a [u8], &'a [u8]), Fault> {
        let at = self.at;
        let [code] = *self.take(1)? else { return Err(self.short()) };
        let kind = argument(code).ok_or_else(|| {
            Fault::new(&MALFORMED, at as u64, format!("there is no pickle operation {code:#04x}")).found(code)
        })?;
        Ok(match kind {
            Argument::None => (code, &[], &[]),
            Argument::Bytes(count) => (code, self.take(count)?, &[]),
            Argument::Counted(width) => {
                let length = little_endian(self.take(width)?).and_then(|length| usize::try_from(length).ok());
                (code, self.front(length.unwrap_or(usize::MAX), looked_at(code))?, &[])
            }
            Argument::Line => (code, self.line()?, &[]),
            Argument::Lines => {
                let first = self.line()?;
                (code, first, self.line()?)
            }
        })
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        self.front(count, count)
    }

    /// Steps over `count` bytes and gives the first ones, `most` at most.
    fn front(&mut self, count: usize, most: usize) -> Result<&'a [u8], Fault> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.end).ok_or_else(|| self.short())?;
        let place = self.start.saturating_add(self.at);
        let bytes = self.input.bytes(place, count.min(most)).ok_or_else(|| self.short())?;
        self.at = end;
        Ok(bytes)
    }

    fn line(&mut self) -> Result<&'a [u8], Fault> {
        let mut length = 0_usize;
        loop {
            let passed = self.at.saturating_add(length);
            let window = self.end.saturating_sub(passed).min(LINE_BYTES);
            let place = self.start.saturating_add(passed);
            let (found, seen) =
                self.input.look(place, window, |bytes| (bytes.iter().position(|byte| *byte == b'\n'), bytes.len()));
            length = length.saturating_add(found.unwrap_or(seen));
            if found.is_some() {
                break;
            }
            if seen == 0 {
                return Err(self.short());
            }
        }
        let line = self.front(length, TEXT_BYTES)?;
        self.take(1)?;
        Ok(line)
    }

    fn short(&self) -> Fault {
        let message = "truncated-data: the pickle ends in the middle of an operation or before its stop mark";
        Fault::new(&SHORT, self.at as u64, message)
    }
}

/// How many bytes of a counted argument anybody looks at: none of plain bytes.
fn looked_at(code: u8) -> usize {
    match code {
        b'B' | b'C' | 0x8e | 0x96 => 0,
        0x8a | 0x8b => INTEGER_BYTES,
        _ => TEXT_BYTES,
    }
}

/// An unsigned number of up to eight bytes.
pub(super) fn little_endian(bytes: &[u8]) -> Option<u64> {
    let mut wide = [0_u8; 8];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(wide))
}
