//! Variables that the engine's own arithmetic names, by their fixed places.

use crate::engine::llama_cpp::language::{Series, Symbol};

macro_rules! base {
    ($($place:literal $constant:ident $name:literal),+ $(,)?) => {
        /// Their names, by place.
        pub(in crate::engine::llama_cpp) static NAMES: &[&str] = &[$($name),+];
        $(pub(in crate::engine::llama_cpp) const $constant: Symbol = Symbol($place);)+
    };
}

base! {
    0 I "i",
    1 N_LAYER_ALL "n_layer_all",
    2 N_LAYER_NEXTN "n_layer_nextn",
    3 N_EMBD "n_embd",
    4 N_HEAD "n_head",
    5 N_HEAD_KV "n_head_kv",
    6 N_FF "n_ff",
    7 IS_SWA "is_swa",
    8 IS_RECR "is_recr",
    9 HEAD_K_FULL "n_embd_head_k_full",
    10 HEAD_K_SWA "n_embd_head_k_swa",
    11 HEAD_V_FULL "n_embd_head_v_full",
    12 HEAD_V_SWA "n_embd_head_v_swa",
    13 ROT_FULL "n_rot_full",
    14 ROT_SWA "n_rot_swa",
    15 HEAD_K_MLA "n_embd_head_k_mla_impl",
    16 HEAD_V_MLA "n_embd_head_v_mla_impl",
    17 KV_FROM_START "n_layer_kv_from_start",
    18 EMBD_OUT "n_embd_out_impl",
    19 EMBD_INP "n_embd_inp_impl",
    20 EMBD_INP_ENC "n_embd_inp_enc_impl",
    21 DEEPSTACK_LAYERS "n_deepstack_layers",
    22 DEEPSTACK "deepstack_mapping",
    23 PLE_HEADS "ple_n_heads",
    24 PLE_OFFSETS "ple_head_offsets",
    25 PLE_SIZES "ple_head_vocab_sizes",
    26 N_EXPERT "n_expert",
    27 N_EXPERT_USED "n_expert_used",
    28 N_FF_EXP "n_ff_exp",
    29 N_CTX_TRAIN "n_ctx_train",
    30 N_SWA "n_swa",
}

/// What a variable holds before anything is read; all others begin at 0.
pub(in crate::engine::llama_cpp) static DEFAULTS: &[(&str, i64)] = &[
    ("deepstack_mapping", -1),
    ("laurel_rank", 64),
    ("n_altup", 4),
    ("n_cls_out", 1),
    ("n_embd_altup", 256),
    ("n_layer_kv_from_start", -1),
    ("n_no_rope_layer_step", 4),
    ("rope_pattern", 1),
    ("router_layer", -1),
    ("token_shift_count", 2),
];

/// Variables of which each layer has its own: reading one beyond the last layer kills the process.
pub(in crate::engine::llama_cpp) const fn is_per_layer(symbol: Symbol) -> bool {
    matches!(symbol, N_HEAD | N_HEAD_KV | N_FF | IS_SWA | IS_RECR | N_EXPERT_USED | N_FF_EXP)
}

/// The layer count that the engine's arrays are made for.
pub(in crate::engine::llama_cpp) const LAYERS: usize = 512;

macro_rules! grouped {
    ($($place:literal $constant:ident $after:literal),+ $(,)?) => {
        /// What stands behind the layer in the names of tensors that are asked for in groups, by place.
        pub(in crate::engine::llama_cpp) static GROUPED: &[&str] = &[$($after),+];
        $(pub(in crate::engine::llama_cpp) const $constant: Series = Series($place);)+
    };
}

grouped! {
    0 ATTN_QKV ".attn_qkv.weight",
    1 ATTN_QKV_BIAS ".attn_qkv.bias",
    2 ATTN_Q ".attn_q.weight",
    3 ATTN_K ".attn_k.weight",
    4 ATTN_V ".attn_v.weight",
    5 ATTN_Q_BIAS ".attn_q.bias",
    6 ATTN_K_BIAS ".attn_k.bias",
    7 ATTN_V_BIAS ".attn_v.bias",
    8 FFN_GATE_UP_EXPS ".ffn_gate_up_exps.weight",
    9 FFN_GATE_EXPS ".ffn_gate_exps.weight",
    10 FFN_UP_EXPS ".ffn_up_exps.weight",
}
