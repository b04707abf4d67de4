//! Text encoders: CLIP in the names of transformers and of OpenCLIP, and T5.

use super::tally::Tally;
use super::template::{Row, Template, Widths, just, output};

/// Text encoders inside a checkpoint.
pub(super) fn check_baked(tally: &mut Tally<'_, '_>) {
    let all = tally.scope().surveyed();
    if !["cond_stage_model.", "conditioner.", "text_encoders."].iter().any(|start| all.any_starts(start)) {
        return;
    }
    for prefix in ["cond_stage_model.", "conditioner.embedders.0.", "text_encoders.clip_l.", "text_encoders.clip_g."] {
        tally.within(prefix, |tally| tally.within("transformer.text_model.", transformers));
    }
    for prefix in ["text_encoders.t5xxl.transformer.", "text_encoders.umt5xxl.transformer."] {
        tally.within(prefix, t5);
    }
    for prefix in ["cond_stage_model.model.", "conditioner.embedders.0.model.", "conditioner.embedders.1.model."] {
        tally.within(prefix, open_clip);
    }
}

/// A text encoder in a file of its own.
pub(super) fn check_alone(tally: &mut Tally<'_, '_>) {
    tally.within("text_model.", transformers);
    open_clip(tally);
    t5(tally);
}

/// CLIP as transformers names it; what it lacks of the layers that its width wants.
fn transformers(tally: &mut Tally<'_, '_>) {
    let scope = tally.scope();
    if !scope.any_starts("encoder.layers.0.") {
        return;
    }
    let Some(width) = scope.dim("final_layer_norm.weight", 0) else { return };
    let layers = match width {
        768 => 12,
        1024 => 23,
        1280 => 32,
        _ => return,
    };
    tally.want("embeddings.token_embedding.weight", &[49408, width]);
    tally.want("embeddings.position_embedding.weight", &[77, width]);
    tally.within("encoder.layers.", |tally| repeat(tally, layers, width, |_| LAYER));
    tally.pair("final_layer_norm", &[width]);
}

/// CLIP as OpenCLIP names it; the last layer of H is left out by some.
fn open_clip(tally: &mut Tally<'_, '_>) {
    let scope = tally.scope();
    if !scope.any_starts("transformer.resblocks.0.") {
        return;
    }
    let Some(width) = scope.dim("ln_final.weight", 0) else { return };
    let layers = match width {
        768 => 12,
        1024 => 23,
        1280 => 32,
        _ => return,
    };
    tally.want("token_embedding.weight", &[49408, width]);
    tally.want("positional_embedding", &[77, width]);
    tally.within("transformer.resblocks.", |tally| repeat(tally, layers, width, |_| RESBLOCK));
    tally.pair("ln_final", &[width]);
}

/// T5-XXL and UMT5-XXL; in the latter every block has its own table of relative positions.
fn t5(tally: &mut Tally<'_, '_>) {
    let scope = tally.scope();
    let wide = scope.dim("encoder.block.0.layer.1.DenseReluDense.wi_1.weight", 0);
    if wide != Some(10_240) {
        return;
    }
    let tables = scope.has("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight");
    tally.want("encoder.final_layer_norm.weight", &[4096]);
    let layout = |block| if block == 0 || tables { T5_TABLED } else { T5_PLAIN };
    tally.within("encoder.block.", |tally| repeat(tally, 24, 0, layout));
}

/// CLIP's layer in the names of transformers.
static LAYER: Template = Template::new(&[
    ("layer_norm1.bias", &[output(1)]),
    ("layer_norm1.weight", &[output(1)]),
    ("layer_norm2.bias", &[output(1)]),
    ("layer_norm2.weight", &[output(1)]),
    ("mlp.fc1.bias", &[output(4)]),
    ("mlp.fc1.weight", &[output(4), output(1)]),
    ("mlp.fc2.bias", &[output(1)]),
    ("mlp.fc2.weight", &[output(1), output(4)]),
    ("self_attn.k_proj.bias", &[output(1)]),
    ("self_attn.k_proj.weight", &[output(1), output(1)]),
    ("self_attn.out_proj.bias", &[output(1)]),
    ("self_attn.out_proj.weight", &[output(1), output(1)]),
    ("self_attn.q_proj.bias", &[output(1)]),
    ("self_attn.q_proj.weight", &[output(1), output(1)]),
    ("self_attn.v_proj.bias", &[output(1)]),
    ("self_attn.v_proj.weight", &[output(1), output(1)]),
]);

/// The same in the names of OpenCLIP.
static RESBLOCK: Template = Template::new(&[
    ("attn.in_proj_bias", &[output(3)]),
    ("attn.in_proj_weight", &[output(3), output(1)]),
    ("attn.out_proj.bias", &[output(1)]),
    ("attn.out_proj.weight", &[output(1), output(1)]),
    ("ln_1.bias", &[output(1)]),
    ("ln_1.weight", &[output(1)]),
    ("ln_2.bias", &[output(1)]),
    ("ln_2.weight", &[output(1)]),
    ("mlp.c_fc.bias", &[output(4)]),
    ("mlp.c_fc.weight", &[output(4), output(1)]),
    ("mlp.c_proj.bias", &[output(1)]),
    ("mlp.c_proj.weight", &[output(1), output(4)]),
]);

const KEY: Row = ("layer.0.SelfAttention.k.weight", &[just(4096), just(4096)]);
const OUTPUT: Row = ("layer.0.SelfAttention.o.weight", &[just(4096), just(4096)]);
const QUERY: Row = ("layer.0.SelfAttention.q.weight", &[just(4096), just(4096)]);
const TABLE: Row = ("layer.0.SelfAttention.relative_attention_bias.weight", &[just(32), just(64)]);
const VALUE: Row = ("layer.0.SelfAttention.v.weight", &[just(4096), just(4096)]);
const NORM: Row = ("layer.0.layer_norm.weight", &[just(4096)]);
const WI_0: Row = ("layer.1.DenseReluDense.wi_0.weight", &[just(10_240), just(4096)]);
const WI_1: Row = ("layer.1.DenseReluDense.wi_1.weight", &[just(10_240), just(4096)]);
const WO: Row = ("layer.1.DenseReluDense.wo.weight", &[just(4096), just(10_240)]);
const LAST_NORM: Row = ("layer.1.layer_norm.weight", &[just(4096)]);

/// T5's block with a table of relative positions.
static T5_TABLED: Template = Template {
    rows: &[KEY, OUTPUT, QUERY, TABLE, VALUE, NORM, WI_0, WI_1, WO, LAST_NORM],
    missed: &[2, 0, 4, 1, 3, 5, 9, 6, 7, 8],
};

/// T5's block without one.
static T5_PLAIN: Template = Template {
    rows: &[KEY, OUTPUT, QUERY, VALUE, NORM, WI_0, WI_1, WO, LAST_NORM],
    missed: &[2, 0, 3, 1, 4, 8, 5, 6, 7],
};

/// Declares `count` blocks of one width, each as `layout` has it.
fn repeat(tally: &mut Tally<'_, '_>, count: u64, output: u64, layout: impl Fn(u64) -> Template) {
    let widths = Widths { output, ..Widths::default() };
    for block in 0..count {
        tally.numbered(block, |tally| {
            tally.begin();
            tally.all(layout(block), widths);
        });
    }
    tally.end();
}

#[cfg(test)]
mod tests {
    use super::super::template::tests::check;
    use super::*;

    #[test]
    fn tables_stand_in_the_order_of_names() {
        [LAYER, RESBLOCK, T5_TABLED, T5_PLAIN].into_iter().for_each(check);
    }
}
