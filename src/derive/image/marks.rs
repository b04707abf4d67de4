//! What the ends of names say, in one look at each: adapters and quantizers leave their own.

use super::adapter;
use super::listing::Listing;
use crate::format::repeats::Rows;

/// What was seen in all names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Whether any name has an adapter's suffix.
    pub(super) adapter: bool,
    /// The decisive one of the quantizers' marks, by its place in [`QUANTIZERS`].
    quantizer: Option<usize>,
    /// Whether SVDQuant's scales stand beside weights.
    pub(super) svdquant: bool,
}

/// What quantizers leave beside weights: ends of names, the decisive one first.
static QUANTIZERS: [(&str, &str); 6] = [
    (".quant_state.bitsandbytes__nf4", "bnb-nf4"),
    (".quant_state.bitsandbytes__fp4", "bnb-fp4"),
    (".comfy_quant", "comfy-quant"),
    (".wscales", "svdquant"),
    (".scale_weight", "fp8_scaled"),
    ("scaled_fp8", "fp8_scaled"),
];

impl Marks {
    pub(super) fn of(listing: &Listing<'_>) -> Self {
        let (mut marks, tensors) = (Self::default(), listing.tensors());
        // No end that is told here has a number of its own in it.
        for places in listing.unlike() {
            for (place, tail) in places.clone().zip(tensors.tails(places)) {
                if !tail.is_some_and(adapter::is_plain) {
                    marks.note(tensors.name_at(place).unwrap_or_default());
                }
            }
        }
        marks
    }

    fn note(&mut self, name: &[u8]) {
        self.adapter = self.adapter || adapter::is_suffixed(name);
        // No mark ends otherwise.
        if !matches!(name.last(), Some(b'4' | b'8' | b's' | b't')) || name.ends_with(b".weight") {
            return;
        }
        self.svdquant |= name.ends_with(b".wscales");
        let mark = QUANTIZERS.iter().position(|(suffix, _)| name.ends_with(suffix.as_bytes()));
        self.quantizer = self.quantizer.into_iter().chain(mark).min();
    }

    /// The precision that a quantizer leaves by its mark.
    pub(super) fn quantizer(&self) -> Option<&'static str> {
        QUANTIZERS.get(self.quantizer?).map(|(_, word)| *word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::safetensors::Tensors;
    use crate::format::safetensors::Dtype;

    /// Marks of blocks with such ends, without repeats and with.
    fn twice(ends: &[&str]) -> [Marks; 2] {
        let mut tensors = Tensors::default();
        for block in 0..3 {
            ends.iter().for_each(|end| tensors.push(&format!("blocks.{block}.{end}"), Dtype::F16, &[1]));
        }
        let [plain, known] = [(); 2].map(|()| Listing::of_tensors(&tensors));
        assert!(!known.repeats().is_empty());
        [Marks::of(&plain), Marks::of(&known)]
    }

    #[test]
    fn repeats_say_nothing_new() {
        for (end, _) in QUANTIZERS {
            let [plain, known] = twice(&["q.weight", &format!("q{end}")]);
            assert!(plain.quantizer.is_some() && plain == known, "{end}");
        }
        let [plain, known] = twice(&["q.lora_A.weight", "q.weight"]);
        assert!(plain.adapter && plain == known);
    }
}
