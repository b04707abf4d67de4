//! Expressions that pages use by name, because many use them or because they are too long to be read in place.

/// The expression that `name` is short for.
pub(in crate::engine::llama_cpp) fn named_expression(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, expression)| *expression)
}

static NAMES: &[(&str, &str)] = &[
    ("chunk_ff", "n_ff_chexp ? n_ff_chexp : n_embd_head_k"),
    ("draft_vocab", "has(d2t) ? dim(d2t, 0) : n_vocab"),
    ("expert_ff", "n_ff_exp ? n_ff_exp : n_ff / n_expert_used"),
    ("expert_ff_layer", "n_ff_exp[i] ? n_ff_exp[i] : n_ff[i] / n_expert_used[i]"),
    ("expert_ff_layer_used", "n_ff_exp[i] ? n_ff_exp[i] : n_ff / n_expert_used[i]"),
    ("expert_ff_or_ff", "n_ff_exp ? n_ff_exp : n_ff"),
    ("expert_ff_used_or_1", "n_ff_exp ? n_ff_exp : n_ff / (n_expert_used > 0 ? n_expert_used : 1)"),
    ("has_window", "key(attention.sliding_window) && n_swa > 0"),
    ("is_every_moe_layer", "moe_every_n_layers > 0 && i % moe_every_n_layers == 1"),
    ("is_moe_layer", "n_moe_layer_step > 0 && (i + 1) % n_moe_layer_step == 0"),
    ("kv_lora_width", "i >= n_layer || is_swa[i] ? n_lora_kv_swa : n_lora_kv"),
    ("latent_width", "n_expert_latent > 0 ? n_expert_latent : n_embd"),
    (
        "layer_absent",
        "i < n_layer ? n_layer_nextn > 0 && !has(blk.0.attn_norm.weight) : n_layer_nextn > 0 && !has(blk.{n_layer}.nextn.eh_proj.weight)",
    ),
    ("moe_width", "moe_latent_size > 0 ? moe_latent_size : n_embd"),
    ("nextn_absent", "n_layer_nextn > 0 && !has(blk.{n_layer}.nextn.eh_proj.weight)"),
    ("rope_half", "(max_over_layers(n_rot) == 0 ? n_rot : max_over_layers(n_rot)) / 2"),
    ("shared_ff_or_expert_ff", "n_ff_shexp > 0 ? n_ff_shexp : n_ff_exp"),
    (
        "shared_ff_or_expert_share",
        "n_ff_shexp ? n_ff_shexp : n_ff_exp ? n_ff_exp : n_ff / (n_expert_used > 0 ? n_expert_used : 1)",
    ),
    ("shared_ff_or_experts_together", "n_ff_shexp ? n_ff_shexp : (n_ff_exp ? n_ff_exp : n_ff) * n_expert_shared"),
    ("shared_ff_or_ff", "n_ff_shexp ? n_ff_shexp : n_ff"),
    ("shared_ff_or_ff_layer", "n_ff_shexp > 0 ? n_ff_shexp : n_ff[i]"),
    ("ssm_conv_channels", "ssm_d_inner + 2 * ssm_n_group * ssm_d_state"),
    ("ssm_qkv_width", "ssm_d_state * ssm_n_group * 2 + ssm_d_state * ssm_dt_rank"),
    ("trunk_absent", "n_layer_nextn > 0 && !has(blk.0.attn_norm.weight)"),
    // The engine subtracts in 32 bits without a sign.
    ("unrotated_width", "n_embd_head_k >= n_rot ? n_embd_head_k - n_rot : n_embd_head_k - n_rot + 4294967296"),
    ("trunk_layer_absent", "i < n_layer ? n_layer_nextn > 0 && !has(blk.0.attn_norm.weight) : 0"),
];
