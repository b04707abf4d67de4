//! Inputs at the size of real headers, made up: the same bytes on every run and machine.

#![allow(dead_code, unreachable_pub, reason = "every bench takes what it needs of a module that is its own copy")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "inputs are made up here, nothing is read from strangers"
)]

pub mod folder;
pub mod gguf;
pub mod json;
pub mod measure;
pub mod pictures;
pub mod safetensors;

/// A stream of numbers without a seed from outside.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 16) % bound
    }
}

/// Text like a tokenizer's: mostly ASCII letters, a good part behind a byte-level blank, some in other scripts.
pub fn token(numbers: &mut Numbers, number: usize) -> String {
    let mut text = String::new();
    if numbers.below(100) < 45 {
        text.push('Ġ');
    }
    let script: &[char] = match numbers.below(100) {
        0..88 => &['a', 'e', 'i', 'n', 'o', 'r', 's', 't', 'l', 'c', 'd', 'u'],
        88..94 => &['Ð', '°', 'Ñ', 'µ', '¸', '¾'],
        94..97 => &['ä', '¸', 'Ģ', 'å', 'æ', '¯'],
        _ => &['(', ')', '_', '.', '=', '{', '\\', '"', '/'],
    };
    for _ in 0..1 + numbers.below(4) {
        text.push(script[numbers.below(script.len() as u64) as usize]);
    }
    // The number makes it unique, as a vocabulary wants.
    let mut rest = number;
    while rest > 0 {
        text.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    text
}
