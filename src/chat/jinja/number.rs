//! Numbers as Python reads and writes them.

use super::error::{ErrorClass, Outcome, fail, value_error};
use super::unicode;
use super::value::Value;
use num_bigint::{BigInt, Sign};
use std::fmt::Write;

/// Longest integer that Python turns into a decimal text, in digits.
const DIGITS: usize = 4300;

#[allow(clippy::cast_precision_loss, reason = "Python's float() rounds the same way")]
pub(super) fn int_to_float(number: i64) -> f64 {
    number as f64
}

pub(super) fn big_to_float(number: &BigInt) -> Outcome<f64> {
    let float: f64 = number.to_string().parse().unwrap_or(f64::INFINITY);
    if float.is_infinite() {
        return fail(ErrorClass::Overflow, "int too large to convert to float");
    }
    Ok(float)
}

/// The quotient of two integers, of which the second is not zero, rounded once.
#[allow(clippy::arithmetic_side_effects, reason = "integers of any size do not overflow, and no divisor is zero here")]
pub(super) fn divide(left: &BigInt, right: &BigInt) -> Outcome<f64> {
    // Enough bits of the quotient that what is cut off can be told by one sticky bit.
    let shift = right.bits().saturating_add(66).saturating_sub(left.bits().min(right.bits().saturating_add(66)));
    let scaled = left << shift;
    let (quotient, rest) = (&scaled / right, &scaled % right);
    let sticky = if rest == BigInt::ZERO { BigInt::ZERO } else { BigInt::from(1) };
    let doubled = (quotient.magnitude() << 1_u32) | sticky.magnitude();
    let sign = if quotient < BigInt::ZERO { -1.0 } else { 1.0 };
    let exponent = i32::try_from(shift.saturating_add(1)).unwrap_or(i32::MAX);
    let float = big_to_float(&BigInt::from(doubled))? * sign;
    Ok(float * 2_f64.powi(exponent.saturating_neg()))
}

/// The integer part of a float; `None` where it has none.
pub(super) fn truncate(number: f64) -> Option<BigInt> {
    if !number.is_finite() {
        return None;
    }
    format!("{:.0}", number.trunc()).parse().ok()
}

/// A float without a fraction, as an integer.
pub(super) fn whole<'a>(number: f64) -> Option<Value<'a>> {
    if number.fract() != 0.0 { None } else { truncate(number).map(Value::integer) }
}

/// Python's `repr` of a float: the shortest digits that read back, in scientific notation from 1e16 and below 1e-4.
pub(super) fn float_repr(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

/// The decimal digits of an integer.
pub(super) fn big_repr(number: &BigInt, out: &mut impl Write) -> Outcome<()> {
    if number.bits() > 14_285 {
        return value_error(format!("Exceeds the limit ({DIGITS} digits) for integer string conversion"));
    }
    write!(out, "{number}").map_err(|_| super::budget::exceeded("the template holds too much memory"))
}

/// Python's `int(text, base)`; `None` where it raises a `ValueError`.
#[allow(clippy::arithmetic_side_effects, reason = "integers of any size do not overflow, and no divisor is zero here")]
pub(super) fn parse_int<'a>(text: &str, base: u32) -> Option<Value<'a>> {
    let text = unicode::trim(text);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (Sign::Minus, digits),
        None => (Sign::Plus, text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, digits) = prefixed(digits, base)?;
    let digits = plain_digits(digits)?;
    if digits.len() > DIGITS && !base.is_power_of_two() {
        return None;
    }
    let number = BigInt::parse_bytes(digits.as_bytes(), base)?;
    Some(Value::integer(if sign == Sign::Minus { -number } else { number }))
}

/// The base and the digits behind its prefix.
fn prefixed(digits: &str, base: u32) -> Option<(u32, &str)> {
    let prefix = digits.get(..2).map(str::to_ascii_lowercase);
    let named = match prefix.as_deref() {
        Some("0b") => 2,
        Some("0o") => 8,
        Some("0x") => 16,
        _ => 0,
    };
    if named != 0 && (base == 0 || base == named) {
        let rest = digits.get(2..).unwrap_or_default();
        return Some((named, rest.strip_prefix('_').unwrap_or(rest)));
    }
    if base != 0 {
        return Some((base, digits));
    }
    let leading_zero = digits.starts_with('0') && digits.chars().any(|c| !matches!(c, '0' | '_'));
    (!leading_zero).then_some((10, digits))
}

/// ASCII digits for any Unicode ones, without the single underscores between them.
fn plain_digits(digits: &str) -> Option<String> {
    let mut plain = String::new();
    let mut after_digit = false;
    for character in digits.chars() {
        if character == '_' {
            if !after_digit {
                return None;
            }
            after_digit = false;
            continue;
        }
        let digit = unicode::decimal(character).map_or(character, |value| char::from_digit(value, 10).unwrap_or('0'));
        if !digit.is_ascii_alphanumeric() {
            return None;
        }
        plain.push(digit);
        after_digit = true;
    }
    after_digit.then_some(plain)
}

/// Python's `float(text)`; `None` where it raises a `ValueError`.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    let text = unicode::trim(text);
    let mut plain = String::new();
    let mut previous = ' ';
    for character in text.chars() {
        let digit = unicode::decimal(character).and_then(|value| char::from_digit(value, 10)).unwrap_or(character);
        if digit == '_' {
            if !previous.is_ascii_digit() {
                return None;
            }
        } else {
            if previous == '_' && !digit.is_ascii_digit() {
                return None;
            }
            plain.push(digit);
        }
        previous = digit;
    }
    let unsigned = plain.trim_start_matches(['+', '-']);
    let known = matches!(unsigned.to_ascii_lowercase().as_str(), "inf" | "infinity" | "nan");
    if previous == '_' || !(known || unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')) {
        return None;
    }
    plain.parse().ok()
}

/// Python's `round(number, digits)` of a float.
pub(super) fn round(number: f64, digits: i64) -> f64 {
    if !number.is_finite() || digits > 323 {
        return number;
    }
    if digits < -308 {
        return 0.0_f64.copysign(number);
    }
    if let Ok(places) = usize::try_from(digits) {
        return format!("{number:.places$}").parse().unwrap_or(number);
    }
    // To the left of the point: halves go to the even side, exactly.
    let whole = truncate(number).unwrap_or_default();
    let unit = BigInt::from(10).pow(u32::try_from(digits.unsigned_abs()).unwrap_or(0));
    let exact = number.fract() == 0.0;
    let rounded = round_to(&whole, &unit, exact);
    let float: f64 = rounded.to_string().parse().unwrap_or(number);
    if float == 0.0 { 0.0_f64.copysign(number) } else { float }
}

/// The multiple of `unit` nearest to `number`, the even one of two; unless `exact`, the number is a little further
/// from zero than it seems.
#[allow(clippy::arithmetic_side_effects, reason = "integers of any size do not overflow, and no divisor is zero here")]
pub(super) fn round_to(number: &BigInt, unit: &BigInt, exact: bool) -> BigInt {
    let magnitude = number.magnitude().clone();
    let unit_size = unit.magnitude().clone();
    let quotient = &magnitude / &unit_size;
    let remainder = &magnitude % &unit_size;
    let twice = &remainder * 2_u32;
    let odd = quotient.bit(0);
    let up = twice > unit_size || (twice == unit_size && (odd || !exact));
    let quotient = if up { quotient + 1_u32 } else { quotient };
    BigInt::from_biguint(number.sign(), quotient * unit_size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_python_prints_them() {
        let cases = [
            (1.0, "1.0"),
            (1e16, "1e+16"),
            (1e-7, "1e-07"),
            (-0.0, "-0.0"),
            (123_456_789.123_456_79, "123456789.12345679"),
            (1e22, "1e+22"),
            (5e-324, "5e-324"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e300, "1.5e+300"),
        ];
        for (number, text) in cases {
            assert_eq!(float_repr(number), text);
        }
    }

    #[test]
    fn rounds_as_python_does() {
        assert_eq!(round(2.675, 2), 2.67);
        assert_eq!(round(2.5, 0), 2.0);
        assert_eq!(round(25.0, -1), 20.0);
        assert_eq!(round(25.1, -1), 30.0);
    }
}
