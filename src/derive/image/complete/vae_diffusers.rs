//! The same autoencoder in diffusers' names: blocks of the decoder are counted the other way round.

use super::tally::Tally;

/// Channels of the encoder's levels, and of the decoder's.
const DOWN: [u64; 4] = [128, 256, 512, 512];
const UP: [u64; 4] = [512, 512, 256, 128];

/// Declares the autoencoder behind `prefix`.
pub(super) fn check(tally: &mut Tally<'_, '_>, prefix: &str, latent: u64) {
    let scope = tally.listing.behind(prefix);
    // Smoothing over time has blocks of its own.
    if scope.has("decoder.time_conv_out.weight") {
        return;
    }
    let quantized = scope.any_starts("quant_conv.") || scope.any_starts("post_quant_conv.");
    let both = latent.saturating_mul(2);
    if quantized || latent == 4 {
        tally.pair(prefix, "quant_conv", &[both, both, 1, 1]);
        tally.pair(prefix, "post_quant_conv", &[latent, latent, 1, 1]);
    }
    let (encoder, decoder) = (format!("{prefix}encoder."), format!("{prefix}decoder."));
    tally.pair(&encoder, "conv_in", &[128, 3, 3, 3]);
    levels(tally, &encoder, "down_blocks", 2, "downsamplers", &DOWN);
    ends(tally, &encoder, 512, &[both, 512, 3, 3]);
    tally.pair(&decoder, "conv_in", &[512, latent, 3, 3]);
    levels(tally, &decoder, "up_blocks", 3, "upsamplers", &UP);
    ends(tally, &decoder, 128, &[3, 128, 3, 3]);
}

fn levels(tally: &mut Tally<'_, '_>, stem: &str, kind: &str, residuals: u64, samplers: &str, levels: &[u64; 4]) {
    let mut channels = levels.first().copied().unwrap_or_default();
    for (at, level) in levels.iter().enumerate() {
        let block = format!("{stem}{kind}.{at}.");
        tally.begin(&block);
        for number in 0..residuals {
            residual(tally, &format!("{block}resnets.{number}."), channels, *level);
            channels = *level;
        }
        if at < 3 {
            tally.pair(&block, &format!("{samplers}.0.conv"), &[channels, channels, 3, 3]);
        }
    }
    tally.end();
}

/// The middle, the last norm and the last convolution.
fn ends(tally: &mut Tally<'_, '_>, stem: &str, channels: u64, last: &[u64]) {
    let middle = format!("{stem}mid_block.");
    tally.begin(&middle);
    residual(tally, &format!("{middle}resnets.0."), 512, 512);
    residual(tally, &format!("{middle}resnets.1."), 512, 512);
    let attention = format!("{middle}attentions.0.");
    let old = tally.listing.any_starts(&format!("{attention}query."));
    let parts = if old { ["query", "key", "value", "proj_attn"] } else { ["to_q", "to_k", "to_v", "to_out.0"] };
    tally.pair(&attention, "group_norm", &[512]);
    for part in parts {
        tally.pair(&attention, part, &[512, 512]);
    }
    tally.end();
    tally.pair(stem, "conv_norm_out", &[channels]);
    tally.pair(stem, "conv_out", last);
}

fn residual(tally: &mut Tally<'_, '_>, stem: &str, input: u64, output: u64) {
    tally.pair(stem, "norm1", &[input]);
    tally.pair(stem, "conv1", &[output, input, 3, 3]);
    tally.pair(stem, "norm2", &[output]);
    tally.pair(stem, "conv2", &[output, output, 3, 3]);
    if input != output {
        tally.pair(stem, "conv_shortcut", &[output, input, 1, 1]);
    }
}
