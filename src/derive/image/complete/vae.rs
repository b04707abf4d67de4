//! The autoencoder that Stable Diffusion and Flux share, in its original names and in diffusers'.

use super::tally::Tally;
use super::template::{Template, Widths, input, just, numbered, output};

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
    encoder(tally, &[prefix, "encoder."].concat(), both);
    decoder(tally, &[prefix, "decoder."].concat(), latent);
}

fn encoder(tally: &mut Tally<'_, '_>, stem: &str, both: u64) {
    tally.pair(stem, "conv_in", &[128, 3, 3, 3]);
    tally.pair(stem, "conv_out", &[both, 512, 3, 3]);
    let mut channels = 128;
    let levels = [stem, "down."].concat();
    for (at, level) in (0..).zip(&LEVELS) {
        let block = numbered(&levels, at);
        let residuals = [&block, "block."].concat();
        tally.begin(&block);
        for number in 0..2 {
            residual(tally, &numbered(&residuals, number), channels, *level);
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
    let levels = [stem, "up."].concat();
    for (at, level) in (0..4_u32).zip(&LEVELS).rev() {
        let block = numbered(&levels, at.into());
        let residuals = [&block, "block."].concat();
        tally.begin(&block);
        for number in 0..3 {
            residual(tally, &numbered(&residuals, number), channels, *level);
            channels = *level;
        }
        if at > 0 {
            tally.pair(&block, "upsample.conv", &[channels, channels, 3, 3]);
        }
    }
    tally.end();
}

static ATTENTION: Template = Template::new(&[
    ("attn_1.k.bias", &[just(512)]),
    ("attn_1.k.weight", &[just(512), just(512), just(1), just(1)]),
    ("attn_1.norm.bias", &[just(512)]),
    ("attn_1.norm.weight", &[just(512)]),
    ("attn_1.proj_out.bias", &[just(512)]),
    ("attn_1.proj_out.weight", &[just(512), just(512), just(1), just(1)]),
    ("attn_1.q.bias", &[just(512)]),
    ("attn_1.q.weight", &[just(512), just(512), just(1), just(1)]),
    ("attn_1.v.bias", &[just(512)]),
    ("attn_1.v.weight", &[just(512), just(512), just(1), just(1)]),
]);

fn middle(tally: &mut Tally<'_, '_>, stem: &str) {
    let block = [stem, "mid."].concat();
    tally.begin(&block);
    tally.all(&block, ATTENTION, Widths::default());
    residual(tally, &[&block, "block_1."].concat(), 512, 512);
    residual(tally, &[&block, "block_2."].concat(), 512, 512);
    tally.end();
}

/// Two convolutions of the same channels.
static RESIDUAL: Template = Template::new(&[
    ("conv1.bias", &[output(1)]),
    ("conv1.weight", &[output(1), input(1), just(3), just(3)]),
    ("conv2.bias", &[output(1)]),
    ("conv2.weight", &[output(1), output(1), just(3), just(3)]),
    ("norm1.bias", &[input(1)]),
    ("norm1.weight", &[input(1)]),
    ("norm2.bias", &[output(1)]),
    ("norm2.weight", &[output(1)]),
]);

/// Two convolutions, and a way around them where channels change.
static SHORTCUT: Template = Template::new(&[
    ("conv1.bias", &[output(1)]),
    ("conv1.weight", &[output(1), input(1), just(3), just(3)]),
    ("conv2.bias", &[output(1)]),
    ("conv2.weight", &[output(1), output(1), just(3), just(3)]),
    ("nin_shortcut.bias", &[output(1)]),
    ("nin_shortcut.weight", &[output(1), input(1), just(1), just(1)]),
    ("norm1.bias", &[input(1)]),
    ("norm1.weight", &[input(1)]),
    ("norm2.bias", &[output(1)]),
    ("norm2.weight", &[output(1)]),
]);

fn residual(tally: &mut Tally<'_, '_>, stem: &str, input: u64, output: u64) {
    let layout = if input == output { RESIDUAL } else { SHORTCUT };
    tally.all(stem, layout, Widths { input, output, side: 0 });
}

#[cfg(test)]
mod tests {
    use super::super::template::tests::check;
    use super::*;

    #[test]
    fn tables_stand_in_the_order_of_names() {
        [ATTENTION, RESIDUAL, SHORTCUT].into_iter().for_each(check);
    }
}
