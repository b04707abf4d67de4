//! The UNet of Stable Diffusion 1, 2 and XL, tensor by tensor.

use super::super::backbone::Found;
use super::tally::Tally;
use super::template::{Template, Widths, input, just, output, side};

/// What makes one UNet differ from another.
struct Plan {
    /// Channels of the first level.
    model: u64,
    input: u64,
    output: u64,
    /// Channels of each level, in units of `model`.
    levels: &'static [u64],
    /// Transformers in each block of a level.
    depth: &'static [u64],
    middle: u64,
    context: u64,
    label: Option<u64>,
}

/// Declares the UNet; editions that leave blocks out are not declared here.
pub(super) fn check(tally: &mut Tally<'_, '_>, found: &Found) {
    const LEAN: [&str; 7] =
        ["KOALA 1B", "KOALA 700M", "Segmind SSD-1B", "Segmind Vega", "tiny", "x4-upscaler", "zero123"];
    let variant = found.backbone.variant.unwrap_or_default();
    if LEAN.contains(&variant) {
        return;
    }
    let family = if variant == "refiner" { variant } else { found.backbone.family };
    if let Some(plan) = plan(tally, family) {
        declare(tally, &plan);
    }
}

fn plan(tally: &Tally<'_, '_>, family: &str) -> Option<Plan> {
    let scope = tally.scope();
    let first = Plan {
        model: 320,
        input: scope.dim("input_blocks.0.0.weight", 1).unwrap_or(4),
        output: 4,
        levels: &[1, 2, 4, 4],
        depth: &[1, 1, 1, 0],
        middle: 1,
        context: 768,
        label: None,
    };
    match family {
        "sd1" => Some(first),
        "sd2" => Some(Plan { context: 1024, label: scope.dim("label_emb.0.0.weight", 1), ..first }),
        "refiner" => {
            Some(Plan { model: 384, depth: &[0, 4, 4, 0], middle: 4, context: 1280, label: Some(2560), ..first })
        }
        "sdxl" => {
            Some(Plan { levels: &[1, 2, 4], depth: &[0, 2, 10], middle: 10, context: 2048, label: Some(2816), ..first })
        }
        _ => None,
    }
}

/// Convolutions that bring the picture that steers down to the latent's size: number, outputs, inputs.
const HINT: [(u64, u64, u64); 8] =
    [(0, 16, 3), (2, 16, 16), (4, 32, 16), (6, 32, 32), (8, 96, 32), (10, 96, 96), (12, 256, 96), (14, 320, 256)];

/// Declares a ControlNet: the UNet's way down and its middle, each with a way out that starts at zero.
pub(super) fn check_control(tally: &mut Tally<'_, '_>, family: &str) {
    let Some(plan) = plan(tally, family) else { return };
    let skips = halfway(tally, &plan);
    tally.end();
    let last = skips.last().copied().unwrap_or_default();
    for (at, channels) in skips.into_iter().enumerate() {
        tally.pair(&format!("zero_convs.{at}.0"), &[channels, channels, 1, 1]);
    }
    tally.pair("middle_block_out.0", &[last, last, 1, 1]);
    let hint = tally.scope().dim("input_hint_block.0.weight", 1);
    for (number, output, input) in HINT {
        let input = if number == 0 { hint.unwrap_or(input) } else { input };
        tally.pair(&format!("input_hint_block.{number}"), &[output, input, 3, 3]);
    }
}

/// Everything before the way up; gives the channels that each block hands across.
fn halfway(tally: &mut Tally<'_, '_>, plan: &Plan) -> Vec<u64> {
    let time = plan.model.saturating_mul(4);
    tally.pair("time_embed.0", &[time, plan.model]);
    tally.pair("time_embed.2", &[time, time]);
    if let Some(label) = plan.label {
        tally.pair("label_emb.0.0", &[time, label]);
        tally.pair("label_emb.0.2", &[time, time]);
    }
    tally.pair("input_blocks.0.0", &[plan.model, plan.input, 3, 3]);
    let mut skips = vec![plan.model];
    tally.within("input_blocks.", |tally| down(tally, plan, &mut skips));
    tally.within("middle_block.", |tally| middle(tally, plan));
    skips
}

fn declare(tally: &mut Tally<'_, '_>, plan: &Plan) {
    let skips = halfway(tally, plan);
    tally.within("output_blocks.", |tally| up(tally, plan, skips));
    tally.end();
    tally.pair("out.0", &[plan.model]);
    tally.pair("out.2", &[plan.output, plan.model, 3, 3]);
}

/// Blocks on the way down; notes the channels that each hands across.
fn down(tally: &mut Tally<'_, '_>, plan: &Plan, skips: &mut Vec<u64>) {
    let (mut channels, mut block) = (plan.model, 1_u64);
    let last = plan.levels.len().saturating_sub(1);
    for (at, (level, depth)) in plan.levels.iter().zip(plan.depth).enumerate() {
        let out = plan.model.saturating_mul(*level);
        for _ in 0..2 {
            tally.numbered(block, |tally| {
                tally.begin();
                residual(tally, "0.", channels, out, plan.model);
                transformer(tally, out, *depth, plan.context);
            });
            channels = out;
            skips.push(channels);
            block = block.saturating_add(1);
        }
        if at < last {
            tally.numbered(block, |tally| {
                tally.begin();
                tally.pair("0.op", &[channels, channels, 3, 3]);
            });
            skips.push(channels);
            block = block.saturating_add(1);
        }
    }
}

fn middle(tally: &mut Tally<'_, '_>, plan: &Plan) {
    let channels = plan.model.saturating_mul(plan.levels.last().copied().unwrap_or(1));
    tally.begin();
    residual(tally, "0.", channels, channels, plan.model);
    transformer(tally, channels, plan.middle, plan.context);
    residual(tally, "2.", channels, channels, plan.model);
}

/// Blocks on the way up, each fed by one on the way down.
fn up(tally: &mut Tally<'_, '_>, plan: &Plan, mut skips: Vec<u64>) {
    let mut channels = plan.model.saturating_mul(plan.levels.last().copied().unwrap_or(1));
    let mut block = 0_u64;
    for (at, (level, depth)) in plan.levels.iter().zip(plan.depth).enumerate().rev() {
        let out = plan.model.saturating_mul(*level);
        for number in 0..3 {
            let fed = channels.saturating_add(skips.pop().unwrap_or_default());
            tally.numbered(block, |tally| {
                tally.begin();
                residual(tally, "0.", fed, out, plan.model);
                transformer(tally, out, *depth, plan.context);
                if number == 2 && at > 0 {
                    let conv = if *depth > 0 { "2.conv" } else { "1.conv" };
                    tally.pair(conv, &[out, out, 3, 3]);
                }
            });
            channels = out;
            block = block.saturating_add(1);
        }
    }
}

/// Two convolutions; the time comes in by the side.
static RESIDUAL: Template = Template::new(&[
    ("emb_layers.1.bias", &[output(1)]),
    ("emb_layers.1.weight", &[output(1), side(4)]),
    ("in_layers.0.bias", &[input(1)]),
    ("in_layers.0.weight", &[input(1)]),
    ("in_layers.2.bias", &[output(1)]),
    ("in_layers.2.weight", &[output(1), input(1), just(3), just(3)]),
    ("out_layers.0.bias", &[output(1)]),
    ("out_layers.0.weight", &[output(1)]),
    ("out_layers.3.bias", &[output(1)]),
    ("out_layers.3.weight", &[output(1), output(1), just(3), just(3)]),
]);

/// Goes around a residual whose channels change.
static SKIP: Template = Template::new(&[
    ("skip_connection.bias", &[output(1)]),
    ("skip_connection.weight", &[output(1), input(1), just(1), just(1)]),
]);

fn residual(tally: &mut Tally<'_, '_>, step: &str, input: u64, output: u64, model: u64) {
    let widths = Widths { input, output, side: model };
    tally.within(step, |tally| {
        tally.all(RESIDUAL, widths);
        if input != output {
            tally.all(SKIP, widths);
        }
    });
}

/// The ends of a transformer.
static ENDS: Template = Template::new(&[
    ("norm.bias", &[output(1)]),
    ("norm.weight", &[output(1)]),
    ("proj_in.bias", &[output(1)]),
    ("proj_in.weight", &[output(1), output(1)]),
    ("proj_out.bias", &[output(1)]),
    ("proj_out.weight", &[output(1), output(1)]),
]);

/// A transformer's layer; the text comes in by the side.
static LAYER: Template = Template::new(&[
    ("attn1.to_k.weight", &[output(1), output(1)]),
    ("attn1.to_out.0.bias", &[output(1)]),
    ("attn1.to_out.0.weight", &[output(1), output(1)]),
    ("attn1.to_q.weight", &[output(1), output(1)]),
    ("attn1.to_v.weight", &[output(1), output(1)]),
    ("attn2.to_k.weight", &[output(1), side(1)]),
    ("attn2.to_out.0.bias", &[output(1)]),
    ("attn2.to_out.0.weight", &[output(1), output(1)]),
    ("attn2.to_q.weight", &[output(1), output(1)]),
    ("attn2.to_v.weight", &[output(1), side(1)]),
    ("ff.net.0.proj.bias", &[output(8)]),
    ("ff.net.0.proj.weight", &[output(8), output(1)]),
    ("ff.net.2.bias", &[output(1)]),
    ("ff.net.2.weight", &[output(1), output(4)]),
    ("norm1.bias", &[output(1)]),
    ("norm1.weight", &[output(1)]),
    ("norm2.bias", &[output(1)]),
    ("norm2.weight", &[output(1)]),
    ("norm3.bias", &[output(1)]),
    ("norm3.weight", &[output(1)]),
]);

/// The transformer behind a residual: its ends, and `depth` times its layer.
fn transformer(tally: &mut Tally<'_, '_>, output: u64, depth: u64, side: u64) {
    if depth == 0 {
        return;
    }
    let widths = Widths { output, side, ..Widths::default() };
    tally.within("1.", |tally| tally.all(ENDS, widths));
    tally.within("1.transformer_blocks.", |tally| {
        (0..depth).for_each(|layer| tally.numbered(layer, |tally| tally.all(LAYER, widths)));
    });
}

#[cfg(test)]
mod tests {
    use super::super::template::tests::check;
    use super::*;

    #[test]
    fn tables_stand_in_the_order_of_names() {
        [RESIDUAL, SKIP, ENDS, LAYER].into_iter().for_each(check);
    }
}
