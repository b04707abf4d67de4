//! The autoencoder that Stable Diffusion and Flux share, in its original names and in diffusers'.

use super::tally::Tally;
use super::template::{Template, Widths, input, just, output};

/// Channels of the levels.
const LEVELS: [u64; 4] = [128, 256, 512, 512];

/// Declares the autoencoder, if one of this layout is there.
pub(super) fn check(tally: &mut Tally<'_, '_>) {
    let scope = tally.scope();
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
        super::vae_diffusers::check(tally, latent);
        return;
    }
    if !four(["encoder.down.3.", "decoder.up.3."]) {
        return;
    }
    let quantized = scope.any_starts("quant_conv.") || scope.any_starts("post_quant_conv.");
    let both = latent.saturating_mul(2);
    if quantized || latent == 4 {
        tally.pair("quant_conv", &[both, both, 1, 1]);
        tally.pair("post_quant_conv", &[latent, latent, 1, 1]);
    }
    tally.within("encoder.", |tally| encoder(tally, both));
    tally.within("decoder.", |tally| decoder(tally, latent));
}

fn encoder(tally: &mut Tally<'_, '_>, both: u64) {
    tally.pair("conv_in", &[128, 3, 3, 3]);
    tally.pair("conv_out", &[both, 512, 3, 3]);
    tally.within("down.", |tally| {
        let mut channels = 128;
        for (at, level) in (0..).zip(LEVELS) {
            let sampler = (at < 3).then_some("downsample.conv");
            tally.numbered(at, |tally| residuals(tally, 2, channels, level, sampler));
            channels = level;
        }
    });
    tally.within("mid.", middle);
    tally.pair("norm_out", &[512]);
}

fn decoder(tally: &mut Tally<'_, '_>, latent: u64) {
    tally.pair("conv_in", &[512, latent, 3, 3]);
    tally.pair("conv_out", &[3, 128, 3, 3]);
    tally.within("mid.", middle);
    tally.pair("norm_out", &[128]);
    tally.within("up.", |tally| {
        let mut channels = 512;
        for (at, level) in (0..4_u32).zip(LEVELS).rev() {
            let sampler = (at > 0).then_some("upsample.conv");
            tally.numbered(at.into(), |tally| residuals(tally, 3, channels, level, sampler));
            channels = level;
        }
    });
    tally.end();
}

/// A level: `count` residuals, and what makes the picture smaller or larger.
fn residuals(tally: &mut Tally<'_, '_>, count: u64, mut input: u64, output: u64, sampler: Option<&str>) {
    tally.begin();
    tally.within("block.", |tally| {
        for number in 0..count {
            tally.numbered(number, |tally| residual(tally, input, output));
            input = output;
        }
    });
    if let Some(sampler) = sampler {
        tally.pair(sampler, &[output, output, 3, 3]);
    }
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

fn middle(tally: &mut Tally<'_, '_>) {
    tally.begin();
    tally.all(ATTENTION, Widths::default());
    tally.within("block_1.", |tally| residual(tally, 512, 512));
    tally.within("block_2.", |tally| residual(tally, 512, 512));
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

fn residual(tally: &mut Tally<'_, '_>, input: u64, output: u64) {
    let layout = if input == output { RESIDUAL } else { SHORTCUT };
    tally.all(layout, Widths { input, output, side: 0 });
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
