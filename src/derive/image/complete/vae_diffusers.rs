//! The same autoencoder in diffusers' names: blocks of the decoder are counted the other way round.

use super::tally::Tally;

/// Channels of the encoder's levels, and of the decoder's.
const DOWN: [u64; 4] = [128, 256, 512, 512];
const UP: [u64; 4] = [512, 512, 256, 128];

/// Declares the autoencoder.
pub(super) fn check(tally: &mut Tally<'_, '_>, latent: u64) {
    let scope = tally.scope();
    // Smoothing over time has blocks of its own.
    if scope.has("decoder.time_conv_out.weight") {
        return;
    }
    let quantized = scope.any_starts("quant_conv.") || scope.any_starts("post_quant_conv.");
    let both = latent.saturating_mul(2);
    if quantized || latent == 4 {
        tally.pair("quant_conv", &[both, both, 1, 1]);
        tally.pair("post_quant_conv", &[latent, latent, 1, 1]);
    }
    tally.within("encoder.", |tally| {
        tally.pair("conv_in", &[128, 3, 3, 3]);
        tally.within("down_blocks.", |tally| levels(tally, 2, "downsamplers.0.conv", &DOWN));
        ends(tally, 512, &[both, 512, 3, 3]);
    });
    tally.within("decoder.", |tally| {
        tally.pair("conv_in", &[512, latent, 3, 3]);
        tally.within("up_blocks.", |tally| levels(tally, 3, "upsamplers.0.conv", &UP));
        ends(tally, 128, &[3, 128, 3, 3]);
    });
}

fn levels(tally: &mut Tally<'_, '_>, residuals: u64, sampler: &str, levels: &[u64; 4]) {
    let mut channels = levels.first().copied().unwrap_or_default();
    for (at, level) in (0..).zip(levels) {
        tally.numbered(at, |tally| {
            tally.begin();
            for number in 0..residuals {
                residual(tally, number, channels, *level);
                channels = *level;
            }
            if at < 3 {
                tally.pair(sampler, &[channels, channels, 3, 3]);
            }
        });
    }
    tally.end();
}

/// The middle, the last norm and the last convolution.
fn ends(tally: &mut Tally<'_, '_>, channels: u64, last: &[u64]) {
    tally.within("mid_block.", |tally| {
        tally.begin();
        residual(tally, 0, 512, 512);
        residual(tally, 1, 512, 512);
        tally.within("attentions.0.", attention);
        tally.end();
    });
    tally.pair("conv_norm_out", &[channels]);
    tally.pair("conv_out", last);
}

fn attention(tally: &mut Tally<'_, '_>) {
    let old = tally.scope().any_starts("query.");
    let parts = if old { ["query", "key", "value", "proj_attn"] } else { ["to_q", "to_k", "to_v", "to_out.0"] };
    tally.pair("group_norm", &[512]);
    for part in parts {
        tally.pair(part, &[512, 512]);
    }
}

fn residual(tally: &mut Tally<'_, '_>, number: u64, input: u64, output: u64) {
    tally.within("resnets.", |tally| {
        tally.numbered(number, |tally| {
            tally.pair("norm1", &[input]);
            tally.pair("conv1", &[output, input, 3, 3]);
            tally.pair("norm2", &[output]);
            tally.pair("conv2", &[output, output, 3, 3]);
            if input != output {
                tally.pair("conv_shortcut", &[output, input, 1, 1]);
            }
        });
    });
}
