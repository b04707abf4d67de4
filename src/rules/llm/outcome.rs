//! What disagrees between the weights' headers and the config.

/// How many examples of one kind of disagreement are kept.
const EXAMPLES: usize = 8;

/// Disagreements of one kind: how many, and the first ones.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) count: u64,
    pub(super) first: Vec<Finding>,
}

/// One tensor that disagrees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) name: String,
    pub(super) file: String,
    /// What the config makes of it.
    pub(super) expected: String,
    /// What the header says.
    pub(super) found: String,
}

/// Everything that disagrees.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Promised and absent, where the layer is there otherwise.
    pub(super) missing: List,
    /// Layers of which nothing is there.
    pub(super) lost_layers: Vec<u64>,
    /// In layers, or of experts, that the config does not count.
    pub(super) beyond: List,
    /// The first and last such layer.
    pub(super) beyond_layers: Option<(u64, u64)>,
    /// Other than the config makes them.
    pub(super) shapes: List,
    /// Not promised.
    pub(super) unexpected: List,
    /// Not promised, and there in every layer: names with `#` for the layer.
    pub(super) everywhere: Vec<String>,
    /// Integers, or eight-bit floats without their scales, in place of floats.
    pub(super) dtypes: List,
    /// Names that lack the base model's prefix, or have it twice.
    pub(super) reprefixed: u64,
}

impl Outcome {
    /// A layer that the config does not count.
    pub(super) fn beyond_layer(&mut self, layer: u64) {
        let (least, most) = self.beyond_layers.unwrap_or((layer, layer));
        self.beyond_layers = Some((least.min(layer), most.max(layer)));
    }
}

impl List {
    /// Adds a disagreement.
    pub(super) fn note(&mut self, name: &str, file: &str, expected: &str, found: &str) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < EXAMPLES {
            let (name, file) = (name.to_owned(), file.to_owned());
            self.first.push(Finding { name, file, expected: expected.to_owned(), found: found.to_owned() });
        }
    }
}

/// A shape in words; unknown sizes are `?`.
pub(super) fn words(shape: impl Iterator<Item = Option<u64>>) -> String {
    let sizes: Vec<_> = shape.map(|size| size.map_or_else(|| "?".to_owned(), |size| size.to_string())).collect();
    format!("[{}]", sizes.join(", "))
}
