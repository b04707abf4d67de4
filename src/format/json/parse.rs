//! The parser: recursive, with its depth bounded before it recurses.

use super::code::{LIMIT, SYNTAX};
use super::members::Members;
use super::value::{Document, Json, Member, Note, NoteKind};
use crate::format::Fault;
use crate::limits::Limits;

/// Most notes that are kept: a document of nothing but `NaN` must not grow tenfold in memory.
pub(super) const NOTES: usize = 4096;

/// Reads one JSON document.
///
/// # Errors
///
/// A [`Fault`] with line and column where Python's `json.load` would refuse, or where a limit is met.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, Fault> {
    if bytes.len() as u64 > limits.json_bytes {
        let message = format!("{} bytes of JSON exceed the limit of {} bytes", bytes.len(), limits.json_bytes);
        return Err(Fault::new(&LIMIT, 0, message).expected(limits.json_bytes).found(bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let mut parser = Parser { text, bytes, at: 0, limits, depth_left: limits.json_depth, values: 0, notes: Vec::new() };
    if text.starts_with('\u{feff}') {
        return Err(parser.syntax("a byte-order mark, which Python's json refuses"));
    }
    parser.blanks();
    let root = parser.value()?;
    parser.blanks();
    if parser.at < bytes.len() {
        return Err(parser.syntax("more text after the end of the document"));
    }
    Ok(Document { root, notes: parser.notes })
}

pub(super) fn not_utf8(bytes: &[u8], at: usize) -> Fault {
    let (line, column) = place(bytes, at);
    let what =
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) { "UTF-16" } else { "not UTF-8" };
    Fault::new(&SYNTAX, at as u64, format!("line {line} column {column}: the text is {what}"))
}

/// The fault of a document that is not JSON at byte `at`.
pub(super) fn syntax(bytes: &[u8], at: usize, what: &str) -> Fault {
    let (line, column) = place(bytes, at);
    Fault::new(&SYNTAX, at as u64, format!("line {line} column {column}: {what}"))
}

/// Line and column, both from 1, of byte `at`; the column counts code points.
fn place(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = before.iter().filter(|&&byte| byte == b'\n').count().saturating_add(1);
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline.saturating_add(1));
    let continuation = |byte: &&u8| **byte & 0xC0 == 0x80;
    let rest = before.get(start..).unwrap_or_default();
    let column = rest.len().saturating_sub(rest.iter().filter(continuation).count()).saturating_add(1);
    (line, column)
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    limits: &'a Limits,
    depth_left: usize,
    values: usize,
    notes: Vec<Note>,
}

impl Parser<'_> {
    fn syntax(&self, what: &str) -> Fault {
        syntax(self.bytes, self.at, what)
    }

    fn note(&mut self, note: Note) {
        if self.notes.len() < NOTES {
            self.notes.push(note);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.step();
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if found {
            self.at = self.at.saturating_add(word.len());
        }
        found
    }

    /// Keeps the tree's memory within a bound: its smallest values take many times their text.
    fn count(&mut self) -> Result<(), Fault> {
        self.values = self.values.saturating_add(1);
        if self.values <= self.limits.json_values {
            return Ok(());
        }
        let most = self.limits.json_values;
        Err(Fault::new(&LIMIT, self.at as u64, format!("more values than the limit of {most}")).expected(most))
    }

    fn value(&mut self) -> Result<Json, Fault> {
        self.count()?;
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') if self.take("true") => Ok(Json::Bool(true)),
            Some(b'f') if self.take("false") => Ok(Json::Bool(false)),
            Some(b'n') if self.take("null") => Ok(Json::Null),
            Some(b'N') if self.take("NaN") => Ok(self.non_finite(f64::NAN, 3)),
            Some(b'I') if self.take("Infinity") => Ok(self.non_finite(f64::INFINITY, 8)),
            None => Err(self.syntax("the document ends where a value should be")),
            _ => Err(self.syntax("a value was expected")),
        }
    }

    fn non_finite(&mut self, number: f64, length: usize) -> Json {
        let offset = self.at.saturating_sub(length) as u64;
        self.note(Note { kind: NoteKind::NonFinite, key: None, offset });
        Json::Float(number)
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Json, Fault>) -> Result<Json, Fault> {
        let Some(left) = self.depth_left.checked_sub(1) else {
            let depth = self.limits.json_depth;
            let message = format!("nested deeper than the limit of {depth} levels");
            return Err(Fault::new(&LIMIT, self.at as u64, message).expected(depth));
        };
        self.depth_left = left;
        self.step();
        self.blanks();
        let value = inner(self)?;
        self.depth_left = left.saturating_add(1);
        Ok(value)
    }

    fn array(&mut self) -> Result<Json, Fault> {
        let mut elements = Vec::new();
        if self.take("]") {
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value()?);
            self.blanks();
            if self.take("]") {
                return Ok(Json::Array(elements));
            }
            if !self.take(",") {
                return Err(self.syntax("',' or ']' was expected"));
            }
            self.blanks();
        }
    }

    fn object(&mut self) -> Result<Json, Fault> {
        let mut members = Members::default();
        if self.take("}") {
            return Ok(Json::Object(members.into_list()));
        }
        loop {
            let member = self.member()?;
            if let Some(note) = members.insert(member) {
                self.note(note);
            }
            self.blanks();
            if self.take("}") {
                return Ok(Json::Object(members.into_list()));
            }
            if !self.take(",") {
                return Err(self.syntax("',' or '}' was expected"));
            }
            self.blanks();
        }
    }

    fn member(&mut self) -> Result<Member, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.syntax("a key in double quotes was expected"));
        }
        let offset = self.at as u64;
        let key = self.string()?;
        self.blanks();
        if !self.take(":") {
            return Err(self.syntax("':' was expected"));
        }
        self.blanks();
        Ok(Member { key, offset, value: self.value()? })
    }

    fn number(&mut self) -> Result<Json, Fault> {
        let start = self.at;
        if self.take("-Infinity") {
            return Ok(self.non_finite(f64::NEG_INFINITY, 9));
        }
        self.take("-");
        if !self.take("0") && !self.digits() {
            return Err(self.syntax("a digit was expected"));
        }
        let mut integer = true;
        let mark = self.at;
        if self.take(".") {
            integer = !self.digits();
            if integer {
                self.at = mark;
                return Err(self.syntax("a digit was expected after the point"));
            }
        }
        integer &= !self.exponent()?;
        let written = self.text.get(start..self.at).unwrap_or_default();
        Ok(match (integer, written.parse()) {
            (true, Ok(number)) => Json::Int(number),
            (true, Err(_)) => Json::BigInt(written.to_owned()),
            (false, _) => Json::Float(written.parse().unwrap_or(f64::NAN)),
        })
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.step();
        }
        self.at > start
    }

    fn exponent(&mut self) -> Result<bool, Fault> {
        if !self.take("e") && !self.take("E") {
            return Ok(false);
        }
        if !self.take("+") {
            self.take("-");
        }
        if self.digits() { Ok(true) } else { Err(self.syntax("a digit was expected in the exponent")) }
    }

    fn string(&mut self) -> Result<String, Fault> {
        self.step();
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1F)) {
                self.step();
            }
            out.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.step();
                    return Ok(out);
                }
                Some(b'\\') => self.escape(&mut out)?,
                None => return Err(self.syntax("the document ends inside a string")),
                Some(_) => return Err(self.syntax("a control character stands in a string")),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), Fault> {
        self.step();
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(out),
            _ => return Err(self.syntax("an unknown escape stands in a string")),
        };
        self.step();
        out.push(plain);
        Ok(())
    }

    fn unicode(&mut self, out: &mut String) -> Result<(), Fault> {
        let offset = self.at.saturating_sub(1) as u64;
        let mut unit = self.hex4()?;
        if (0xD800..0xDC00).contains(&unit) && self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b"\\u")) {
            let mark = self.at;
            self.step();
            let low = self.hex4()?;
            if (0xDC00..0xE000).contains(&low) {
                unit = ((unit & 0x3FF) << 10 | (low & 0x3FF)).saturating_add(0x1_0000);
            } else {
                self.at = mark;
            }
        }
        let character = char::from_u32(unit).unwrap_or_else(|| {
            self.note(Note { kind: NoteKind::LoneSurrogate, key: None, offset });
            '\u{FFFD}'
        });
        out.push(character);
        Ok(())
    }

    /// Reads `uXXXX`, standing on the `u`.
    fn hex4(&mut self) -> Result<u32, Fault> {
        self.step();
        let digits =
            self.text.get(self.at..self.at.saturating_add(4)).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let unit = unit.ok_or_else(|| self.syntax("four hexadecimal digits were expected"))?;
        self.at = self.at.saturating_add(4);
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> Json {
        parse(text.as_bytes(), &Limits::default()).unwrap().root
    }

    #[test]
    fn takes_what_python_takes() {
        assert_eq!(
            root(" [1, -0, 1.5, 1e2] "),
            Json::Array(vec![Json::Int(1), Json::Int(0), Json::Float(1.5), Json::Float(100.0)])
        );
        assert_eq!(root("123456789012345678901234567890"), Json::BigInt("123456789012345678901234567890".into()));
        assert_eq!(root("-Infinity"), Json::Float(f64::NEG_INFINITY));
        assert_eq!(root("1e400"), Json::Float(f64::INFINITY));
        assert_eq!(root(r#""\ud83d\ude00\u00e9""#), Json::String("😀é".into()));
        assert_eq!(root(r#""\ud83dx""#), Json::String("\u{FFFD}x".into()));
    }

    #[test]
    fn last_duplicate_wins_with_a_note() {
        let document = parse(br#"{"a":1,"b":2,"a":3}"#, &Limits::default()).unwrap();
        assert_eq!(document.root.get("a"), Some(&Json::Int(3)));
        assert_eq!(document.root.members().len(), 2);
        assert_eq!(document.notes, [Note { kind: NoteKind::DuplicateKey, key: Some("a".into()), offset: 13 }]);
    }

    #[test]
    fn refuses_what_python_refuses() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            "-",
            "// x\n1",
            "'a'",
            "\u{feff}1",
            "\"\n\"",
            "\"\\x\"",
            "1 2",
            "+1",
            "nul",
        ] {
            assert!(parse(text.as_bytes(), &Limits::default()).is_err(), "{text:?}");
        }
        let fault = parse(b"{\n  \"a\": tru\n}", &Limits::default()).unwrap_err();
        assert_eq!(fault.in_file("config.json").message, "config.json: line 2 column 8: a value was expected");
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(1_000_000);
        let fault = parse(deep.as_bytes(), &Limits::default()).unwrap_err();
        assert_eq!(fault.cause().name, "json-limit");
    }

    #[test]
    fn values_and_notes_are_bounded() {
        let limits = Limits { json_values: 10, ..Limits::default() };
        assert!(parse(format!("[{}1]", "1,".repeat(8)).as_bytes(), &limits).is_ok());
        let fault = parse(format!("[{}1]", "1,".repeat(9)).as_bytes(), &limits).unwrap_err();
        assert_eq!(fault.in_file("a").message, "a: more values than the limit of 10");
        let halves = format!("[{}1]", "NaN,".repeat(5000));
        assert_eq!(parse(halves.as_bytes(), &Limits::default()).unwrap().notes.len(), NOTES);
    }
}
