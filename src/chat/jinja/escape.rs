//! String literals: what their escapes stand for.

use super::error::{ErrorClass, Outcome, fail};

/// Adds the text of a literal to `out`, given what stands between its quotes in a normalized source.
pub(super) fn unescape(raw: &str, out: &mut String) -> Outcome<()> {
    let mut rest = raw;
    while let Some(at) = backslash(rest) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at.saturating_add(1)..).unwrap_or_default();
        rest = escape(after, out)?;
    }
    out.push_str(rest);
    Ok(())
}

/// Where the first backslash stands. Literals are short: looking for more than a byte at a time does not pay.
pub(super) fn backslash(text: &str) -> Option<usize> {
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        if *first == b'\\' {
            return Some(text.len().saturating_sub(rest.len()));
        }
        rest = more;
    }
    None
}

/// Reads one escape behind its backslash; what is left behind it.
fn escape<'t>(after: &'t str, out: &mut String) -> Outcome<&'t str> {
    let mut characters = after.chars();
    let Some(first) = characters.next() else { return syntax("\\ at end of string") };
    let rest = characters.as_str();
    match first {
        '\n' => {}
        '\\' | '\'' | '"' => out.push(first),
        'a' => out.push('\u{7}'),
        'b' => out.push('\u{8}'),
        'f' => out.push('\u{c}'),
        'n' => out.push('\n'),
        'r' => out.push('\r'),
        't' => out.push('\t'),
        'v' => out.push('\u{b}'),
        '0'..='7' => return Ok(octal(after, out)),
        'x' => return hexadecimal(rest, 2, "truncated \\xXX escape", out),
        'u' => return hexadecimal(rest, 4, "truncated \\uXXXX escape", out),
        'U' => return hexadecimal(rest, 8, "truncated \\UXXXXXXXX escape", out),
        'N' => return named(rest, out),
        _ => {
            out.push('\\');
            out.push(first);
        }
    }
    Ok(rest)
}

fn syntax<T>(message: &str) -> Outcome<T> {
    fail(ErrorClass::TemplateSyntax, message)
}

fn octal<'t>(after: &'t str, out: &mut String) -> &'t str {
    let length = after.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let (digits, rest) = after.split_at_checked(length).unwrap_or((after, ""));
    out.extend(u32::from_str_radix(digits, 8).ok().and_then(char::from_u32));
    rest
}

fn hexadecimal<'t>(rest: &'t str, length: usize, message: &str, out: &mut String) -> Outcome<&'t str> {
    let Some((digits, after)) = rest.split_at_checked(length) else { return syntax(message) };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return syntax(message);
    }
    let code = u32::from_str_radix(digits, 16).unwrap_or(u32::MAX);
    match char::from_u32(code) {
        Some(character) => out.push(character),
        None if code > 0x10_FFFF => return syntax("illegal Unicode character"),
        None => return fail(ErrorClass::Unsupported, format!("a lone surrogate \\u{code:04x} cannot be rendered")),
    }
    Ok(after)
}

/// `\N{NAME}`: only the names that need no table of all of Unicode.
fn named<'t>(rest: &'t str, out: &mut String) -> Outcome<&'t str> {
    let Some((name, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return syntax("malformed \\N character escape");
    };
    match super::unicode::by_name(name) {
        Some(character) => out.push(character),
        None => return fail(ErrorClass::Unsupported, format!("the character name \\N{{{name}}} is not known here")),
    }
    Ok(after)
}
