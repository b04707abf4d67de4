//! The modules that an adapter changes, with numbers taken out of their names.

use super::super::listing::Listing;
use std::collections::HashMap;

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

/// One group of modules that differ only by numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Module {
    /// Inputs of the low-rank product, each once.
    pub(crate) inputs: Vec<u64>,
    /// Outputs of the low-rank product, each once.
    pub(crate) outputs: Vec<u64>,
    /// The highest number at each `#`, left to right.
    pub(crate) highest: Vec<u64>,
}

/// A LoKr factor that waits for its partner, and the rows of one of which only the first half was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Pending {
    factor: Option<(u64, u64)>,
    rows: Option<u64>,
}

impl Pending {
    /// Outputs and inputs of the product, once both factors are there.
    fn add(&mut self, side: Side, shape: &[u64]) -> Option<(u64, u64)> {
        let (rows, columns) = match (side, shape) {
            (Side::Factor, [rows, columns, ..]) => (*rows, *columns),
            (Side::FactorDown, [rows, ..]) => {
                self.rows = Some(*rows);
                return None;
            }
            (Side::FactorUp, [_, columns, ..]) => (self.rows.take()?, *columns),
            _ => return None,
        };
        let Some((first_rows, first_columns)) = self.factor.take() else {
            self.factor = Some((rows, columns));
            return None;
        };
        Some((rows.saturating_mul(first_rows), columns.saturating_mul(first_columns)))
    }
}

/// An adapter's modules, by name with every number replaced by `#`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Modules {
    /// The groups.
    pub(crate) groups: HashMap<String, Module>,
    /// How names are spelled.
    pub(crate) spelling: Spelling,
    /// The smallest rank seen.
    pub(crate) rank: Option<u64>,
    /// Whether a convolution larger than one pixel is adapted.
    pub(crate) convolutions: bool,
    /// How many tensors carry an adapter suffix.
    pub(crate) tensors: u64,
    suffixes: Vec<&'static str>,
    /// Halves of LoKr products, by the module's name.
    pending: HashMap<String, Pending>,
}

/// Which side of the product a suffix stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// `[rank, in, ..]`
    Down,
    /// A whole LoKr factor, `[rows, columns]`.
    Factor,
    /// The first half of a LoKr factor, `[rows, rank]`.
    FactorDown,
    /// The second half of a LoKr factor, `[rank, columns]`.
    FactorUp,
    /// The whole difference, `[out, in, ..]`
    Full,
    /// Says nothing about widths.
    Other,
    /// `[out, rank, ..]`
    Up,
}

/// Suffixes that only adapters have.
static SUFFIXES: &[(&str, Side)] = &[
    (".lora_down.weight", Side::Down),
    (".lora_up.weight", Side::Up),
    (".lora_A.weight", Side::Down),
    (".lora_B.weight", Side::Up),
    (".lora_A.default.weight", Side::Down),
    (".lora_B.default.weight", Side::Up),
    (".lora_A", Side::Down),
    (".lora_B", Side::Up),
    (".lora_B.bias", Side::Other),
    (".lora.down.weight", Side::Down),
    (".lora.up.weight", Side::Up),
    ("_lora.down.weight", Side::Down),
    ("_lora.up.weight", Side::Up),
    ("_lora1.down.weight", Side::Down),
    ("_lora1.up.weight", Side::Up),
    ("_lora2.down.weight", Side::Down),
    ("_lora2.up.weight", Side::Up),
    (".lora_linear_layer.down.weight", Side::Down),
    (".lora_linear_layer.up.weight", Side::Up),
    (".lora_mid.weight", Side::Other),
    (".hada_w1_a", Side::Up),
    (".hada_w1_b", Side::Down),
    (".hada_w2_a", Side::Up),
    (".hada_w2_b", Side::Down),
    (".hada_t1", Side::Other),
    (".hada_t2", Side::Other),
    (".lokr_w1", Side::Factor),
    (".lokr_w2", Side::Factor),
    (".lokr_w1_a", Side::FactorDown),
    (".lokr_w1_b", Side::FactorUp),
    (".lokr_w2_a", Side::FactorDown),
    (".lokr_w2_b", Side::FactorUp),
    (".lokr_t2", Side::Other),
    (".oft_blocks", Side::Other),
    (".oft_diag", Side::Other),
    (".boft_diag", Side::Other),
    (".oft_R.weight", Side::Other),
    (".a1.weight", Side::Other),
    (".a2.weight", Side::Other),
    (".b1.weight", Side::Other),
    (".b2.weight", Side::Other),
    (".diff", Side::Full),
    (".diff_b", Side::Other),
    (".dora_scale", Side::Other),
    (".lora_magnitude_vector", Side::Other),
    (".set_weight", Side::Other),
];

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

impl Modules {
    /// The modules of an adapter, unless no name has an adapter's suffix.
    pub(crate) fn of(listing: &Listing<'_>) -> Option<Self> {
        if !listing.marks().adapter {
            return None;
        }
        // Some IP adapters carry low-rank layers of their own.
        if listing.any_starts("image_proj.") && listing.any_starts("ip_adapter.") {
            return None;
        }
        let mut modules = Self::default();
        let mut pattern = String::new();
        for entry in listing.entries() {
            if let Some((stem, suffix, side)) = split(entry.name) {
                modules.add(stem, suffix, side, entry.shape, &mut pattern);
            }
        }
        (modules.tensors > 0).then_some(modules)
    }

    fn add(&mut self, name: &str, suffix: &'static str, side: Side, shape: &[u64], pattern: &mut String) {
        let (spelling, stem) = spelling(name);
        self.note_spelling(spelling);
        self.tensors = self.tensors.saturating_add(1);
        if !self.suffixes.contains(&suffix) {
            self.suffixes.push(suffix);
        }
        let numbers = collapse(stem, pattern);
        if !self.groups.contains_key(pattern.as_str()) {
            self.groups.insert(pattern.clone(), Module::default());
        }
        let Some(group) = self.groups.get_mut(pattern.as_str()) else { return };
        group.note_numbers(&numbers);
        group.note_shape(side, shape);
        if matches!(side, Side::Factor | Side::FactorDown | Side::FactorUp)
            && let Some((output, input)) = self.pending.entry(name.to_owned()).or_default().add(side, shape)
        {
            add_once(&mut group.outputs, output);
            add_once(&mut group.inputs, input);
        }
        if side == Side::Down {
            let rank = shape.first().copied();
            self.rank = self.rank.map_or(rank, |known| rank.map(|rank| rank.min(known)));
            self.convolutions |= shape.get(2..).is_some_and(|kernel| kernel.iter().any(|size| *size > 1));
        }
    }

    /// The backbone's spelling outweighs the text encoder's.
    fn note_spelling(&mut self, spelling: Spelling) {
        if self.spelling == Spelling::Bare || spelling == Spelling::OneTrainer {
            self.spelling = spelling;
        }
    }

    /// Whether a tensor ends so.
    pub(crate) fn has_suffix(&self, suffix: &str) -> bool {
        self.suffixes.contains(&suffix)
    }

    /// Whether a module's name, with `#` for numbers, begins so.
    pub(crate) fn any(&self, start: &str) -> bool {
        self.groups.keys().any(|name| name.starts_with(start))
    }

    /// Inputs of every module whose name begins so.
    pub(crate) fn widths(&self, start: &str) -> Vec<u64> {
        self.matching(start).flat_map(|module| module.inputs.iter().copied()).collect()
    }

    /// Outputs of every module whose name begins so.
    pub(crate) fn heights(&self, start: &str) -> Vec<u64> {
        self.matching(start).flat_map(|module| module.outputs.iter().copied()).collect()
    }

    /// The highest number at the `at`-th `#` of modules whose name begins so.
    pub(crate) fn highest(&self, start: &str, at: usize) -> Option<u64> {
        self.matching(start).filter_map(|module| module.highest.get(at).copied()).max()
    }

    fn matching<'s>(&'s self, start: &'s str) -> impl Iterator<Item = &'s Module> {
        self.groups.iter().filter(move |(name, _)| name.starts_with(start)).map(|(_, module)| module)
    }
}

impl Module {
    fn note_numbers(&mut self, numbers: &[u64]) {
        for (at, number) in numbers.iter().enumerate() {
            match self.highest.get_mut(at) {
                Some(highest) => *highest = (*highest).max(*number),
                None => self.highest.push(*number),
            }
        }
    }

    fn note_shape(&mut self, side: Side, shape: &[u64]) {
        match (side, shape) {
            (Side::Down, [_, input, ..]) => add_once(&mut self.inputs, *input),
            (Side::Up, [output, ..]) => add_once(&mut self.outputs, *output),
            (Side::Full, [output, input, ..]) => {
                add_once(&mut self.outputs, *output);
                add_once(&mut self.inputs, *input);
            }
            _ => {}
        }
    }
}

fn add_once(numbers: &mut Vec<u64>, number: u64) {
    if !numbers.contains(&number) {
        numbers.push(number);
    }
}

/// Whether a name ends as only adapters' do.
pub(in crate::derive::image) fn is_suffixed(name: &str) -> bool {
    split(name).is_some()
}

/// The module's name, the adapter suffix behind it and its side.
pub(super) fn split(name: &str) -> Option<(&str, &'static str, Side)> {
    // Most names are those of plain weights: the letters before their last word tell, without a search.
    let plain = match name.as_bytes() {
        [.., before, last, b'.', b'w', b'e', b'i', b'g', b'h', b't'] => !SIDE_ENDS.contains(&[*before, *last]),
        [.., last, b'.', b'b', b'i', b'a', b's'] => *last != b'B',
        _ => false,
    };
    if plain {
        return None;
    }
    let last = name.as_bytes().last();
    let alike = SUFFIXES.iter().filter(|(suffix, _)| suffix.as_bytes().last() == last);
    alike.filter_map(|(suffix, side)| name.strip_suffix(suffix).map(|stem| (stem, *suffix, *side))).next()
}

/// The last letters of what stands before `.weight` in [`SUFFIXES`].
const SIDE_ENDS: [[u8; 2]; 11] =
    [*b"_A", *b"_B", *b"_R", *b"a1", *b"a2", *b"b1", *b"b2", *b"id", *b"lt", *b"up", *b"wn"];

fn spelling(name: &str) -> (Spelling, &str) {
    let known = PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix));
    let Some((prefix, spelling)) = known else { return (Spelling::Bare, name) };
    // The text encoders keep their mark, which tells families apart.
    let keep = prefix.ends_with("te") || prefix.ends_with("encoder");
    let stem = if keep { name.strip_prefix("lora_").unwrap_or(name) } else { name.get(prefix.len()..).unwrap_or(name) };
    let stem = if *spelling == Spelling::Peft { stem.strip_prefix("transformer.").unwrap_or(stem) } else { stem };
    (*spelling, stem)
}

/// Writes `name` into `pattern` with `_` for dots and `#` for numbers between separators; gives the numbers.
fn collapse(name: &str, pattern: &mut String) -> Vec<u64> {
    pattern.clear();
    let mut numbers = Vec::new();
    for (at, part) in name.split(['.', '_']).enumerate() {
        if at > 0 {
            pattern.push('_');
        }
        match part.parse::<u64>() {
            Ok(number) => {
                numbers.push(number);
                pattern.push('#');
            }
            Err(_) => pattern.push_str(part),
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_look_rules_no_suffix_out() {
        for (suffix, side) in SUFFIXES {
            let name = ["a.module", suffix].concat();
            let found = split(&name).map(|(_, _, side)| side);
            assert_eq!(found, Some(*side), "{suffix}");
        }
        assert_eq!(split("a.module.norm1.weight").map(|(stem, ..)| stem), None);
    }
}
