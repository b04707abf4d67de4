//! `strftime` as glibc does it in the C locale.

use super::budget::Budget;
use super::error::Outcome;
use super::value::{Text, TextBuffer};
use crate::chat::Clock;

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// One directive: its flags and its width.
#[derive(Default)]
struct Directive {
    pad: Option<char>,
    upper: bool,
    swap: bool,
    width: Option<usize>,
    modified: bool,
}

/// Formats `clock`.
pub(super) fn strftime<'a>(clock: &Clock, format: &str, budget: &Budget) -> Outcome<Text<'a>> {
    let mut out = TextBuffer::new(budget);
    write(clock, format, &mut out)?;
    out.finish()
}

fn write(clock: &Clock, format: &str, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push(rest.get(..at).unwrap_or_default())?;
        let directive = rest.get(at..).unwrap_or_default();
        let length = one(clock, directive, out)?;
        rest = directive.get(length..).unwrap_or_default();
    }
    out.push(rest)
}

/// Writes one directive; how many bytes it takes.
fn one(clock: &Clock, text: &str, out: &mut TextBuffer<'_>) -> Outcome<usize> {
    let (directive, code, length) = parse(text);
    let Some(code) = code else {
        out.push(text)?;
        return Ok(text.len());
    };
    if !conversion(clock, &directive, code, out)? {
        out.push(text.get(..length).unwrap_or_default())?;
    }
    Ok(length)
}

fn parse(text: &str) -> (Directive, Option<char>, usize) {
    let mut directive = Directive::default();
    let mut digits = String::new();
    let mut flags = true;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '_' | '-' | '+' if flags => directive.pad = Some(character),
            '0' if flags => directive.pad = Some('0'),
            '^' if flags => directive.upper = true,
            '#' if flags => directive.swap = true,
            '0'..='9' if !directive.modified => {
                flags = false;
                digits.push(character);
            }
            'E' | 'O' if !directive.modified => {
                flags = false;
                directive.modified = true;
            }
            code => {
                directive.width = digits.parse().ok();
                return (directive, Some(code), at.saturating_add(code.len_utf8()));
            }
        }
    }
    (directive, None, text.len())
}

/// Writes a conversion; whether there is one of this name.
fn conversion(clock: &Clock, directive: &Directive, code: char, out: &mut TextBuffer<'_>) -> Outcome<bool> {
    let (value, width, pad) = match code {
        'C' => (clock.year.div_euclid(100), 2, '0'),
        'd' => (i64::from(clock.day), 2, '0'),
        'e' => (i64::from(clock.day), 2, '_'),
        'G' => (iso_week(clock).0, 4, '0'),
        'g' => (iso_week(clock).0.rem_euclid(100), 2, '0'),
        'H' => (i64::from(clock.hour), 2, '0'),
        'I' => (twelve(clock), 2, '0'),
        'j' => (day_of_year(clock), 3, '0'),
        'k' => (i64::from(clock.hour), 2, '_'),
        'l' => (twelve(clock), 2, '_'),
        'M' => (i64::from(clock.minute), 2, '0'),
        'm' => (i64::from(clock.month), 2, '0'),
        'S' => (i64::from(clock.second), 2, '0'),
        's' => (epoch(clock), 1, '0'),
        'U' => (week(clock, 0), 2, '0'),
        'u' => (if clock.weekday() == 0 { 7 } else { clock.weekday() }, 1, '0'),
        'V' => (iso_week(clock).1, 2, '0'),
        'W' => (week(clock, 1), 2, '0'),
        'w' => (clock.weekday(), 1, '0'),
        'Y' => (clock.year, 1, '0'),
        'y' => (clock.year.rem_euclid(100), 2, '0'),
        _ => return text_conversion(clock, directive, code, out),
    };
    number(directive, value, width, pad, out)?;
    Ok(true)
}

fn text_conversion(clock: &Clock, directive: &Directive, code: char, out: &mut TextBuffer<'_>) -> Outcome<bool> {
    let day = usize::try_from(clock.weekday()).ok().and_then(|day| DAYS.get(day)).copied().unwrap_or("?");
    let month = usize::from(clock.month).checked_sub(1).and_then(|month| MONTHS.get(month)).copied().unwrap_or("?");
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    let half = if clock.hour < 12 { "AM" } else { "PM" };
    let text = match code {
        '%' => "%",
        'A' => day,
        'a' => short(day),
        'B' => month,
        'b' | 'h' => short(month),
        'n' => "\n",
        'P' => return word(directive, &half.to_lowercase(), out).map(|()| true),
        'p' if directive.swap => return word(directive, &half.to_lowercase(), out).map(|()| true),
        'p' => half,
        't' => "\t",
        'Z' | 'z' => "",
        // Python puts the microseconds in before the C library sees the format.
        'f' if directive.width.is_none() && directive.pad.is_none() && !directive.modified => {
            return out.push(&format!("{:06}", clock.microsecond)).map(|()| true);
        }
        _ => return composed(clock, directive, code, out),
    };
    word(directive, text, out)?;
    Ok(true)
}

fn composed(clock: &Clock, directive: &Directive, code: char, out: &mut TextBuffer<'_>) -> Outcome<bool> {
    let format = match code {
        'c' => "%a %b %e %H:%M:%S %Y",
        'D' | 'x' => "%m/%d/%y",
        'F' => "%Y-%m-%d",
        'R' => "%H:%M",
        'r' => "%I:%M:%S %p",
        'T' | 'X' => "%H:%M:%S",
        _ => return Ok(false),
    };
    let mut inner = TextBuffer::new(out.budget());
    write(clock, format, &mut inner)?;
    word(directive, inner.as_str(), out)?;
    Ok(true)
}

/// A number, padded as its flags or its own habit say.
fn number(directive: &Directive, value: i64, width: usize, pad: char, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let pad = directive.pad.unwrap_or(pad);
    let digits = value.unsigned_abs().to_string();
    let sign = if value < 0 { "-" } else { "" };
    let width = directive.width.unwrap_or(width);
    let missing = width.saturating_sub(digits.len()).saturating_sub(sign.len());
    match pad {
        '-' => out.push(sign)?,
        '_' => {
            out.repeat(" ", missing)?;
            out.push(sign)?;
        }
        _ => {
            out.push(sign)?;
            out.repeat("0", missing)?;
        }
    }
    out.push(&digits)
}

fn word(directive: &Directive, text: &str, out: &mut TextBuffer<'_>) -> Outcome<()> {
    let missing = directive.width.unwrap_or(0).saturating_sub(text.chars().count());
    out.repeat(if directive.pad == Some('0') { "0" } else { " " }, missing)?;
    let lower = text.chars().all(|c| !c.is_uppercase());
    if directive.upper || (directive.swap && !lower) {
        return out.push(&text.to_uppercase());
    }
    out.push(text)
}

fn twelve(clock: &Clock) -> i64 {
    match clock.hour % 12 {
        0 => 12,
        hour => i64::from(hour),
    }
}

fn day_of_year(clock: &Clock) -> i64 {
    let first = Clock { month: 1, day: 1, ..*clock };
    clock.days().saturating_sub(first.days()).saturating_add(1)
}

fn epoch(clock: &Clock) -> i64 {
    let seconds = i64::from(clock.hour).saturating_mul(3600).saturating_add(i64::from(clock.minute).saturating_mul(60));
    clock.days().saturating_mul(86_400).saturating_add(seconds).saturating_add(i64::from(clock.second))
}

/// The week of the year, when weeks begin on weekday `first`.
fn week(clock: &Clock, first: i64) -> i64 {
    let weekday = clock.weekday().saturating_sub(first).rem_euclid(7);
    day_of_year(clock).saturating_sub(1).saturating_add(7).saturating_sub(weekday).div_euclid(7)
}

/// The year and the week of ISO 8601.
fn iso_week(clock: &Clock) -> (i64, i64) {
    let monday_based = clock.weekday().saturating_sub(1).rem_euclid(7);
    let thursday = clock.days().saturating_sub(monday_based).saturating_add(3);
    let year = Clock::from_days(thursday).year;
    let first = Clock { year, month: 1, day: 1, ..*clock };
    (year, thursday.saturating_sub(first.days()).div_euclid(7).saturating_add(1))
}
