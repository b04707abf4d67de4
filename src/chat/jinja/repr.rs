//! Printing: Python's `str` and `repr`.

use super::error::Outcome;
use super::eval::Machine;
use super::number;
use super::unicode;
use super::value::{Builtin, Dict, Object, Text, TextBuffer, Value, View};
use std::rc::Rc;

/// The `repr` of a text.
pub(in crate::chat) fn quoted(text: &str) -> String {
    let mut out = String::new();
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        push_escaped(character, quote, &mut out);
    }
    out.push(quote);
    out
}

fn push_escaped(character: char, quote: char, out: &mut String) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\\' => out.push_str("\\\\"),
        c if c == quote => {
            out.push('\\');
            out.push(c);
        }
        ' '..='~' => out.push(character),
        c if unicode::is_printable(c) => out.push(c),
        c => {
            let code = u32::from(c);
            out.push_str(&match code {
                0..=0xFF => format!("\\x{code:02x}"),
                0x100..=0xFFFF => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            });
        }
    }
}

/// `str(value)`
pub(super) fn print(value: &Value<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    match value {
        Value::Str(text) | Value::Markup(text) => out.push(text),
        Value::Undefined(_) => Ok(()),
        other => repr(other, out),
    }
}

/// `str(value)`, without a copy of what is a text already.
pub(super) fn to_text<'a>(machine: &Machine<'a>, value: &Value<'a>) -> Outcome<Text<'a>> {
    match value {
        Value::Str(text) | Value::Markup(text) => Ok(text.clone()),
        Value::Undefined(_) => Ok(Text::Borrowed("")),
        Value::None => Ok(Text::Borrowed("None")),
        Value::Bool(true) => Ok(Text::Borrowed("True")),
        Value::Bool(false) => Ok(Text::Borrowed("False")),
        other => {
            let mut out = TextBuffer::new(&machine.budget);
            repr(other, &mut out)?;
            out.finish()
        }
    }
}

/// `repr(value)`
pub(super) fn repr(value: &Value<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    out.budget().spend(1)?;
    match value {
        Value::Big(number) => number::big_repr(number, out),
        Value::Bool(truth) => out.push(if *truth { "True" } else { "False" }),
        Value::Builtin(builtin) => out.push(&shown(*builtin)),
        Value::Bytes(blob) => bytes(&blob.bytes, out),
        Value::Dict(dict) => nested(out, |out| members(dict, out)),
        Value::Float(float) => out.push(&number::float_repr(*float)),
        Value::Int(number) => out.push(&number.to_string()),
        Value::List(items) => nested(out, |out| {
            out.push("[")?;
            elements(items.iter(), out)?;
            out.push("]")
        }),
        Value::Markup(text) => {
            out.push("Markup(")?;
            out.push(&quoted(text))?;
            out.push(")")
        }
        Value::None => out.push("None"),
        Value::Object(value) => nested(out, |out| object(value, out)),
        Value::Str(text) => {
            out.budget().room(text.len())?;
            out.push(&quoted(text))
        }
        Value::Tuple(items) => nested(out, |out| {
            out.push("(")?;
            elements(items.iter(), out)?;
            out.push(if items.len() == 1 { ",)" } else { ")" })
        }),
        Value::Undefined(_) => out.push("Undefined"),
    }
}

fn nested(out: &mut TextBuffer<'_>, inner: impl FnOnce(&mut TextBuffer<'_>) -> Outcome<()>) -> Outcome<()> {
    out.budget().enter()?;
    let result = inner(out);
    out.budget().leave();
    result
}

fn elements<'v, 'a: 'v>(items: impl Iterator<Item = &'v Value<'a>>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    for (place, item) in items.enumerate() {
        if place > 0 {
            out.push(", ")?;
        }
        repr(item, out)?;
    }
    Ok(())
}

fn members(dict: &Dict<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    out.push("{")?;
    for (place, (key, value)) in dict.entries().iter().enumerate() {
        if place > 0 {
            out.push(", ")?;
        }
        repr(key, out)?;
        out.push(": ")?;
        repr(value, out)?;
    }
    out.push("}")
}

fn bytes(bytes: &[u8], out: &mut TextBuffer<'_>) -> Outcome<()> {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    out.push("b")?;
    out.push_char(quote)?;
    for byte in bytes {
        match byte {
            b'\n' => out.push("\\n")?,
            b'\r' => out.push("\\r")?,
            b'\t' => out.push("\\t")?,
            b'\\' => out.push("\\\\")?,
            byte if char::from(*byte) == quote => {
                out.push("\\")?;
                out.push_char(quote)?;
            }
            b' '..=b'~' => out.push_char(char::from(*byte))?,
            byte => out.push(&format!("\\x{byte:02x}"))?,
        }
    }
    out.push_char(quote)
}

fn shown(builtin: Builtin) -> String {
    let name = match builtin {
        Builtin::Cycler => return "<class 'jinja2.utils.Cycler'>".to_owned(),
        Builtin::Joiner => return "<class 'jinja2.utils.Joiner'>".to_owned(),
        Builtin::Namespace => "TemplateNamespace",
        Builtin::Template => return "<TemplateReference None>".to_owned(),
        Builtin::Dict => "dict",
        Builtin::DictFromKeys => "fromkeys",
        Builtin::Lipsum => "generate_lorem_ipsum",
        Builtin::RaiseException => "raise_exception",
        Builtin::Range => "safe_range",
        Builtin::StrftimeNow => "strftime_now",
    };
    format!("<function {name}>")
}

fn object(object: &Rc<Object<'_>>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    match &**object {
        Object::Namespace(namespace) => match namespace.attributes.try_borrow_mut() {
            // Held while it prints, so that a namespace that holds itself shows as Python shows it.
            Ok(attributes) => {
                let attributes = attributes;
                out.push("<Namespace ")?;
                members(&attributes, out)?;
                out.push(">")
            }
            Err(_) => out.push("<Namespace {...}>"),
        },
        Object::Range(range) => {
            out.push(&format!("range({}, {}", range.start, range.stop))?;
            if range.step != 1 {
                out.push(&format!(", {}", range.step))?;
            }
            out.push(")")
        }
        Object::View(view, dict) => {
            out.push(object.type_name())?;
            out.push("([")?;
            match view {
                View::Keys => elements(dict.keys(), out)?,
                View::Values => elements(dict.values(), out)?,
                View::Items => items(dict, out)?,
            }
            out.push("])")
        }
        Object::Loop(state) => {
            let length = state.source.try_borrow().ok().and_then(|source| source.known_length());
            let index = state.index0.get().saturating_add(1);
            out.push(&format!("<LoopContext {index}/{}>", length.map_or_else(|| "?".to_owned(), |n| n.to_string())))
        }
        Object::Macro(called) => {
            let name = called.name.map_or_else(|| "anonymous".to_owned(), quoted);
            out.push(&format!("<Macro {name}>"))
        }
        Object::Bound(receiver, name) => {
            out.push(&format!("<built-in method {name} of {} object>", receiver.type_name()))
        }
        other => out.push(&format!("<{} object>", other.type_name())),
    }
}

fn items(dict: &Dict<'_>, out: &mut TextBuffer<'_>) -> Outcome<()> {
    for (place, (key, value)) in dict.entries().iter().enumerate() {
        out.push(if place > 0 { ", (" } else { "(" })?;
        repr(key, out)?;
        out.push(", ")?;
        repr(value, out)?;
        out.push(")")?;
    }
    Ok(())
}
