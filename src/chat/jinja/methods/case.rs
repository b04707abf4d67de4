//! Case, and what kind of characters a text has.

use super::super::error::{ErrorClass, Outcome, fail};
use super::super::eval::{Args, Machine};
use super::super::unicode;
use super::super::value::{Text, Value};
use super::wrap;

pub(super) fn call<'a>(
    machine: &mut Machine<'a>,
    value: &Value<'a>,
    text: &Text<'a>,
    name: &str,
    args: Args<'a>,
) -> Outcome<Value<'a>> {
    if matches!(name, "maketrans" | "translate") {
        return fail(ErrorClass::Unsupported, format!("str.{name}() is not rendered here"));
    }
    args.plain(name, 0, 0)?;
    if let Some(answer) = question(text, name) {
        return Ok(Value::Bool(answer));
    }
    machine.budget.room(text.len().saturating_mul(3))?;
    let changed = match name {
        "capitalize" => unicode::capitalize(text),
        "casefold" => unicode::fold(text),
        "lower" => text.to_lowercase(),
        "swapcase" => unicode::swap_case(text),
        "title" => unicode::title(text),
        "upper" => text.to_uppercase(),
        _ => return super::attribute::missing_method("str", name),
    };
    Ok(wrap(value, Text::owned(changed, &machine.budget)?))
}

fn question(text: &str, name: &str) -> Option<bool> {
    let all = |test: fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    Some(match name {
        "isalnum" => all(unicode::is_alphanumeric),
        "isalpha" => all(unicode::is_alpha),
        "isascii" => text.is_ascii(),
        "isdecimal" => all(|c| unicode::decimal(c).is_some()),
        "isdigit" => all(unicode::is_digit),
        "isidentifier" => {
            text.starts_with(|c: char| c == '_' || unicode::is_alpha(c))
                && text.chars().all(|c| c == '_' || c.is_alphanumeric())
        }
        "islower" => is_lower(text),
        "isnumeric" => all(unicode::is_numeric),
        "isprintable" => text.chars().all(unicode::is_printable),
        "isspace" => all(unicode::is_blank),
        "istitle" => is_title(text),
        "isupper" => is_upper(text),
        _ => return None,
    })
}

/// `str.islower`
pub(in super::super) fn is_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase) && !text.chars().any(|c| c.is_uppercase() || unicode::is_title(c))
}

/// `str.isupper`
pub(in super::super) fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(|c| c.is_lowercase() || unicode::is_title(c))
}

fn is_title(text: &str) -> bool {
    let mut inside = false;
    let mut cased = false;
    for character in text.chars() {
        let begins = character.is_uppercase() || unicode::is_title(character);
        if begins && inside || character.is_lowercase() && !inside {
            return false;
        }
        inside = begins || character.is_lowercase();
        cased |= inside;
    }
    cased
}
