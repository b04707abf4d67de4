//! Operations and their arguments.

use super::code::{MALFORMED, SHORT};
use crate::format::Fault;

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

/// Reads operations one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
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
                (code, self.take(length.unwrap_or(usize::MAX))?, &[])
            }
            Argument::Line => (code, self.line()?, &[]),
            Argument::Lines => {
                let first = self.line()?;
                (code, first, self.line()?)
            }
        })
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let end = self.at.checked_add(count);
        let bytes = end.and_then(|end| self.bytes.get(self.at..end)).ok_or_else(|| self.short())?;
        self.at = end.unwrap_or(self.at);
        Ok(bytes)
    }

    fn line(&mut self) -> Result<&'a [u8], Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n').ok_or_else(|| self.short())?;
        let line = self.take(length)?;
        self.take(1)?;
        Ok(line)
    }

    fn short(&self) -> Fault {
        let message = "truncated-data: the pickle ends in the middle of an operation or before its stop mark";
        Fault::new(&SHORT, self.at as u64, message)
    }
}

/// An unsigned number of up to eight bytes.
pub(super) fn little_endian(bytes: &[u8]) -> Option<u64> {
    let mut wide = [0_u8; 8];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(wide))
}
