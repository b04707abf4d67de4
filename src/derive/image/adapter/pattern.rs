//! Names of modules with `_` for dots and `#` for numbers between separators.

use crate::format::bytes;

/// How an adapter spells the modules' names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum Spelling {
    /// The backbone's own names without a prefix.
    #[default]
    Bare,
    /// `unet.`, `transformer.`, `text_encoder.`.
    Diffusers,
    /// `diffusion_model.`
    DiffusionModel,
    /// `lora_unet_`, `lora_te_`: dots became underscores.
    Kohya,
    /// `lora_transformer_`
    OneTrainer,
    /// `base_model.model.`
    Peft,
}

/// Prefixes, the longest of each kind first.
static PREFIXES: &[(&str, Spelling)] = &[
    ("base_model.model.", Spelling::Peft),
    ("lora_unet_", Spelling::Kohya),
    ("lora_prior_unet_", Spelling::Kohya),
    ("lora_te", Spelling::Kohya),
    ("lycoris_", Spelling::Kohya),
    ("oft_unet_", Spelling::Kohya),
    ("lora_transformer_", Spelling::OneTrainer),
    ("diffusion_model.", Spelling::DiffusionModel),
    ("transformer.", Spelling::Diffusers),
    ("unet.", Spelling::Diffusers),
    ("text_encoder", Spelling::Diffusers),
];

/// The prefix of a name, its spelling, and the name without it.
fn spelling(name: &str) -> (&'static str, Spelling, &str) {
    let known = PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix));
    let Some((prefix, spelling)) = known else { return ("", Spelling::Bare, name) };
    // The text encoders keep their mark, which tells families apart.
    let keep = prefix.ends_with("te") || prefix.ends_with("encoder");
    let stem = if keep { name.strip_prefix("lora_").unwrap_or(name) } else { name.get(prefix.len()..).unwrap_or(name) };
    let stem = if *spelling == Spelling::Peft { stem.strip_prefix("transformer.").unwrap_or(stem) } else { stem };
    (prefix, *spelling, stem)
}

/// So many bytes at the front of a name decide on its spelling.
const DECISIVE: usize = 32;

/// Takes numbers out of names, each time from where the name before begins to differ.
#[derive(Default)]
pub(super) struct Patterns<'n> {
    name: &'n str,
    prefix: &'static str,
    spelling: Spelling,
    pattern: String,
    numbers: Vec<u64>,
    /// Behind each separator of the name: how long the pattern is, and how many numbers there are.
    cuts: Vec<Cut>,
}

#[derive(Clone, Copy, Default)]
struct Cut {
    name: usize,
    pattern: usize,
    numbers: usize,
}

impl<'n> Patterns<'n> {
    /// The name that was read last.
    pub(super) fn name(&self) -> &'n str {
        self.name
    }

    /// The known prefix that it has.
    pub(super) fn prefix(&self) -> &'static str {
        self.prefix
    }

    pub(super) fn spelling(&self) -> Spelling {
        self.spelling
    }

    pub(super) fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The numbers that were taken out.
    pub(super) fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// How many numbers stand before the word that begins at `start`.
    pub(super) fn numbers_before(&self, start: usize) -> Option<usize> {
        self.cuts.iter().find(|cut| cut.name == start).map(|cut| cut.numbers)
    }

    /// Reads `name`.
    pub(super) fn read(&mut self, name: &'n str) {
        let common = bytes::common(self.name.as_bytes(), name.as_bytes());
        self.name = name;
        if common >= DECISIVE {
            while self.cuts.last().is_some_and(|cut| cut.name > common) {
                self.cuts.pop();
            }
        } else {
            let (prefix, spelling, stem) = spelling(name);
            (self.prefix, self.spelling) = (prefix, spelling);
            self.cuts.clear();
            self.cuts.push(Cut { name: name.len().saturating_sub(stem.len()), ..Cut::default() });
        }
        let Cut { name: start, pattern, numbers } = self.cuts.last().copied().unwrap_or_default();
        self.pattern.truncate(pattern);
        self.numbers.truncate(numbers);
        self.go_on(start);
    }

    /// Reads the name from `start` on.
    fn go_on(&mut self, mut start: usize) {
        while let Some(rest) = self.name.get(start..) {
            let end = rest.bytes().position(|byte| matches!(byte, b'.' | b'_'));
            self.put(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
            let Some(end) = end else { return };
            self.pattern.push('_');
            start = start.saturating_add(end).saturating_add(1);
            self.cuts.push(Cut { name: start, pattern: self.pattern.len(), numbers: self.numbers.len() });
        }
    }

    fn put(&mut self, part: &str) {
        let number = Some(part).filter(|part| part.starts_with(|first: char| first.is_ascii_digit() || first == '+'));
        match number.and_then(|number| number.parse().ok()) {
            Some(number) => {
                self.numbers.push(number);
                self.pattern.push('#');
            }
            None => self.pattern.push_str(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same without what the name before left.
    fn collapse(name: &str) -> (String, Vec<u64>) {
        let (.., stem) = spelling(name);
        let parts: Vec<&str> = stem.split(['.', '_']).collect();
        let numbers = parts.iter().filter_map(|part| part.parse().ok()).collect();
        let parts: Vec<&str> = parts.into_iter().map(|part| part.parse::<u64>().map_or(part, |_| "#")).collect();
        (parts.join("_"), numbers)
    }

    #[test]
    fn numbers_are_taken_out() {
        let mut patterns = Patterns::default();
        patterns.read("lora_unet_down_blocks_1_attentions_0_proj.in");
        assert_eq!((patterns.pattern(), patterns.numbers()), ("down_blocks_#_attentions_#_proj_in", [1, 0].as_slice()));
        assert_eq!(patterns.spelling(), Spelling::Kohya);
    }

    proptest! {
        #[test]
        fn what_was_read_before_changes_nothing(names in proptest::collection::vec(
            "(lora_te1_|lora_unet_|transformer\\.|base_model\\.model\\.transformer\\.|)((blocks|long_name_of_a_module|\\+?[0-9]{1,21}|x)[._]){0,5}", 1..12
        )) {
            let mut patterns = Patterns::default();
            for name in &names {
                patterns.read(name);
                let (pattern, numbers) = collapse(name);
                prop_assert_eq!(patterns.pattern(), pattern);
                prop_assert_eq!(patterns.numbers(), numbers);
                prop_assert_eq!(patterns.spelling(), spelling(name).1);
            }
        }
    }
}
