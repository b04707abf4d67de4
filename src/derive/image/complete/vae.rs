//! The autoencoder that Stable Diffusion and Flux share, in its original names and in diffusers'.

use super::tally::Tally;

/// Channels of the levels.
const LEVELS: [u64; 4] = [128, 256, 512, 512];

/// Declares the autoencoder behind `prefix`, if one of this layout is there.
pub(super) fn check(tally: &mut Tally<'_, '_>, prefix: &str) {
    let scope = tally.listing.behind(prefix);
    let latent = scope.dim("decoder.conv_in.weight", 1).or_else(|| {
        // A decoder without its first layer is still told by the encoder's last one.
        scope.dim("encoder.conv_out.weight", 0).and_then(|both| both.checked_div(2))
    });
    let Some(latent @ (4 | 16)) = latent else { return };
    // Smaller autoencoders have a level less, others another width.
    let four = |levels: [&str; 2]| levels.iter().any(|level| scope.any_starts(level));
    if scope.dim("decoder.conv_out.weight", 1).is_some_and(|channels| channels != 128) {
        return;
    }
    if four(["encoder.down_blocks.3.", "decoder.up_blocks.3."]) {
        super::vae_diffusers::check(tally, prefix, latent);
        return;
    }
    if !four(["encoder.down.3.", "decoder.up.3."]) {
        return;
    }
    let quantized = scope.any_starts("quant_conv.") || scope.any_starts("post_quant_conv.");
    let both = latent.saturating_mul(2);
    if quantized || latent == 4 {
        tally.pair(prefix, "quant_conv", &[both, both, 1, 1]);
        tally.pair(prefix, "post_quant_conv", &[latent, latent, 1, 1]);
    }
    encoder(tally, &format!("{prefix}encoder."), both);
    decoder(tally, &format!("{prefix}decoder."), latent);
}

fn encoder(tally: &mut Tally<'_, '_>, stem: &str, both: u64) {
    tally.pair(stem, "conv_in", &[128, 3, 3, 3]);
    tally.pair(stem, "conv_out", &[both, 512, 3, 3]);
    let mut channels = 128;
    for (at, level) in LEVELS.iter().enumerate() {
        let block = format!("{stem}down.{at}.");
        tally.begin(&block);
        for number in 0..2 {
            residual(tally, &format!("{block}block.{number}."), channels, *level);
            channels = *level;
        }
        if at < 3 {
            tally.pair(&block, "downsample.conv", &[channels, channels, 3, 3]);
        }
    }
    middle(tally, stem);
    tally.pair(stem, "norm_out", &[512]);
}

fn decoder(tally: &mut Tally<'_, '_>, stem: &str, latent: u64) {
    tally.pair(stem, "conv_in", &[512, latent, 3, 3]);
    tally.pair(stem, "conv_out", &[3, 128, 3, 3]);
    middle(tally, stem);
    tally.pair(stem, "norm_out", &[128]);
    let mut channels = 512;
    for (at, level) in LEVELS.iter().enumerate().rev() {
        let block = format!("{stem}up.{at}.");
        tally.begin(&block);
        for number in 0..3 {
            residual(tally, &format!("{block}block.{number}."), channels, *level);
            channels = *level;
        }
        if at > 0 {
            tally.pair(&block, "upsample.conv", &[channels, channels, 3, 3]);
        }
    }
    tally.end();
}

fn middle(tally: &mut Tally<'_, '_>, stem: &str) {
    let block = format!("{stem}mid.");
    tally.begin(&block);
    tally.pair(&block, "attn_1.k", &[512, 512, 1, 1]);
    tally.pair(&block, "attn_1.norm", &[512]);
    for part in ["attn_1.proj_out", "attn_1.q", "attn_1.v"] {
        tally.pair(&block, part, &[512, 512, 1, 1]);
    }
    residual(tally, &format!("{block}block_1."), 512, 512);
    residual(tally, &format!("{block}block_2."), 512, 512);
    tally.end();
}

fn residual(tally: &mut Tally<'_, '_>, stem: &str, input: u64, output: u64) {
    tally.pair(stem, "conv1", &[output, input, 3, 3]);
    tally.pair(stem, "conv2", &[output, output, 3, 3]);
    if input != output {
        tally.pair(stem, "nin_shortcut", &[output, input, 1, 1]);
    }
    tally.pair(stem, "norm1", &[input]);
    tally.pair(stem, "norm2", &[output]);
}
