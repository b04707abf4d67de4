//! Quantized layers have other tensors than plain ones: which plain tensor a packed one stands for.

use std::borrow::Cow;

/// What a plain tensor ends in.
const WEIGHT: &str = ".weight";

/// Endings that quantizers put in place of, or behind, `weight`. What is longer stands first.
static ENDINGS: [&str; 36] = [
    ".weight.quant_state.bitsandbytes__fp4",
    ".weight.quant_state.bitsandbytes__nf4",
    ".weight.nested_quant_map",
    ".weight.nested_absmax",
    ".weight.quant_map",
    ".weight.absmax",
    ".weight_zero_point",
    ".weight_global_scale",
    ".input_global_scale",
    ".weight_scale_inv",
    ".activation_scale",
    ".input_zero_point",
    ".output_scale",
    ".weight_format",
    ".weight_packed",
    ".weight_g_idx",
    ".weight_scale_2",
    ".weight_scale",
    ".weight_shape",
    ".input_scale",
    ".scale_inv",
    ".codebooks",
    ".qscales",
    ".qweight",
    ".biases",
    ".g_idx",
    ".qzeros",
    ".scales",
    ".codes",
    ".scale",
    ".SCB",
    ".k_scale",
    ".v_scale",
    ".q_scale",
    ".W_q",
    ".meta",
];

/// Endings on fused experts, whose plain name has no `weight`.
static FUSED: [&str; 5] = ["_weight_scale_inv", "_weight_scale", "_blocks", "_scales", "_scale"];

/// What the names that end in one last segment may be parts of.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Endings of theirs that stand for `weight`.
    weights: Vec<&'static str>,
    /// An ending of theirs that fused experts have.
    fused: Option<&'static str>,
}

impl Part {
    /// What a name whose last segment is `ending` may be a part of.
    pub(super) fn of(ending: &str) -> Self {
        let weights = ENDINGS.iter().filter(|text| super::name::ending(text) == ending).copied().collect();
        Self { weights, fused: FUSED.iter().find(|text| ending.ends_with(**text)).copied() }
    }

    /// The plain tensor that `name` is a part of.
    pub(super) fn plain<'n>(&self, name: &'n str) -> Option<Cow<'n, str>> {
        let weight = self.weights.iter().find_map(|ending| name.strip_suffix(ending)).map(|stem| weight_of(name, stem));
        weight.or_else(|| name.strip_suffix(self.fused?).map(Cow::Borrowed))
    }
}

/// `stem.weight`, which most names hold already.
fn weight_of<'n>(name: &'n str, stem: &str) -> Cow<'n, str> {
    let end = stem.len().saturating_add(WEIGHT.len());
    let held = name.get(..end).filter(|held| held.ends_with(WEIGHT));
    held.map_or_else(|| Cow::Owned([stem, WEIGHT].concat()), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(name: &str) -> Option<Cow<'_, str>> {
        Part::of(crate::rules::llm::name::ending(name)).plain(name)
    }

    #[test]
    fn packed_names_lead_to_plain_ones() {
        for (name, expected) in [
            ("a.q_proj.qweight", "a.q_proj.weight"),
            ("a.q_proj.weight.quant_state.bitsandbytes__nf4", "a.q_proj.weight"),
            ("a.q_proj.weight_scale_inv", "a.q_proj.weight"),
            ("mlp.experts.gate_up_proj_blocks", "mlp.experts.gate_up_proj"),
        ] {
            assert_eq!(plain(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(plain("absmax"), None);
        assert_eq!(plain("a.q_proj.weight"), None);
        assert_eq!(plain("a.q_proj.bias"), None);
    }
}
