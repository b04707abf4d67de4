//! Quantized layers have other tensors than plain ones: which plain tensor a packed one stands for.

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

/// The plain tensor that `name` is a part of.
pub(super) fn plain(name: &str) -> Option<String> {
    let weight = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).map(|stem| format!("{stem}.weight"));
    weight.or_else(|| FUSED.iter().find_map(|ending| name.strip_suffix(ending)).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::plain;

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
        assert_eq!(plain("a.q_proj.weight"), None);
        assert_eq!(plain("a.q_proj.bias"), None);
    }
}
