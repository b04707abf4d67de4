//! Text encoders: CLIP in the names of transformers and of OpenCLIP, and T5.

use super::tally::Tally;
use super::template::{Template, number};

/// Text encoders inside a checkpoint.
pub(super) fn check_baked(tally: &mut Tally<'_, '_>) {
    for prefix in ["cond_stage_model.", "conditioner.embedders.0.", "text_encoders.clip_l.", "text_encoders.clip_g."] {
        transformers(tally, &format!("{prefix}transformer.text_model."));
    }
    for prefix in ["text_encoders.t5xxl.transformer.", "text_encoders.umt5xxl.transformer."] {
        t5(tally, prefix);
    }
    for prefix in ["cond_stage_model.model.", "conditioner.embedders.0.model.", "conditioner.embedders.1.model."] {
        open_clip(tally, prefix);
    }
}

/// A text encoder in a file of its own.
pub(super) fn check_alone(tally: &mut Tally<'_, '_>, prefix: &str) {
    transformers(tally, &format!("{prefix}text_model."));
    open_clip(tally, prefix);
    t5(tally, prefix);
}

/// CLIP as transformers names it; what it lacks of the layers that its width wants.
fn transformers(tally: &mut Tally<'_, '_>, prefix: &str) {
    let scope = tally.listing.behind(prefix);
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
    let wide = width.saturating_mul(4);
    tally.want(prefix, "embeddings.token_embedding.weight", &[49408, width]);
    tally.want(prefix, "embeddings.position_embedding.weight", &[77, width]);
    let layer = Template::new(|layer| {
        layer.pair("", "layer_norm1", &[width]);
        layer.pair("", "layer_norm2", &[width]);
        layer.pair("", "mlp.fc1", &[wide, width]);
        layer.pair("", "mlp.fc2", &[width, wide]);
        for part in ["k_proj", "out_proj", "q_proj", "v_proj"] {
            layer.pair("self_attn.", part, &[width, width]);
        }
    });
    repeat(tally, format!("{prefix}encoder.layers."), layers, |_| &layer);
    tally.pair(prefix, "final_layer_norm", &[width]);
}

/// CLIP as OpenCLIP names it; the last layer of H is left out by some.
fn open_clip(tally: &mut Tally<'_, '_>, prefix: &str) {
    let scope = tally.listing.behind(prefix);
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
    let (wide, three) = (width.saturating_mul(4), width.saturating_mul(3));
    tally.want(prefix, "token_embedding.weight", &[49408, width]);
    tally.want(prefix, "positional_embedding", &[77, width]);
    let layer = Template::new(|layer| {
        layer.want("", "attn.in_proj_bias", &[three]);
        layer.want("", "attn.in_proj_weight", &[three, width]);
        layer.pair("", "attn.out_proj", &[width, width]);
        layer.pair("", "ln_1", &[width]);
        layer.pair("", "ln_2", &[width]);
        layer.pair("", "mlp.c_fc", &[wide, width]);
        layer.pair("", "mlp.c_proj", &[width, wide]);
    });
    repeat(tally, format!("{prefix}transformer.resblocks."), layers, |_| &layer);
    tally.pair(prefix, "ln_final", &[width]);
}

/// T5-XXL and UMT5-XXL; in the latter every block has its own table of relative positions.
fn t5(tally: &mut Tally<'_, '_>, prefix: &str) {
    let scope = tally.listing.behind(prefix);
    let wide = scope.dim("encoder.block.0.layer.1.DenseReluDense.wi_1.weight", 0);
    if wide != Some(10_240) {
        return;
    }
    let tables = scope.has("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight");
    tally.want(prefix, "encoder.final_layer_norm.weight", &[4096]);
    let (first, other) = (t5_block(true), t5_block(tables));
    repeat(tally, format!("{prefix}encoder.block."), 24, |block| if block == 0 { &first } else { &other });
}

fn t5_block(table: bool) -> Template {
    Template::new(|block| {
        for part in ["q.weight", "k.weight", "v.weight", "o.weight"] {
            block.want("layer.0.SelfAttention.", part, &[4096, 4096]);
        }
        if table {
            block.want("layer.0.SelfAttention.", "relative_attention_bias.weight", &[32, 64]);
        }
        block.want("layer.0.", "layer_norm.weight", &[4096]);
        block.want("layer.1.", "layer_norm.weight", &[4096]);
        block.want("layer.1.DenseReluDense.", "wi_0.weight", &[10_240, 4096]);
        block.want("layer.1.DenseReluDense.", "wi_1.weight", &[10_240, 4096]);
        block.want("layer.1.DenseReluDense.", "wo.weight", &[4096, 10_240]);
    })
}

/// Declares `count` blocks behind `stem`, each as `layout` has it.
fn repeat<'t>(tally: &mut Tally<'_, '_>, mut stem: String, count: u64, layout: impl Fn(u64) -> &'t Template) {
    let length = stem.len();
    for block in 0..count {
        number(&mut stem, length, block);
        tally.begin(&stem);
        tally.all(&stem, layout(block));
    }
    tally.end();
}
