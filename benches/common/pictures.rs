//! Headers of picture models, tensor by tensor as their families have them: engines accept them.

use super::safetensors::{Header, Writer};

/// Names and shapes below a prefix.
struct Part<'w> {
    writer: &'w mut Writer,
    prefix: String,
    dtype: &'static str,
}

impl Part<'_> {
    fn within(&mut self, name: &str, fill: impl FnOnce(&mut Part<'_>)) {
        let prefix = format!("{}{name}.", self.prefix);
        fill(&mut Part { writer: self.writer, prefix, dtype: self.dtype });
    }

    fn tensor(&mut self, name: &str, shape: &[u64]) {
        self.writer.typed(format!("{}{name}", self.prefix), self.dtype, shape);
    }

    fn weights(&mut self, names: &[&str], shape: &[u64]) {
        names.iter().for_each(|name| self.tensor(&format!("{name}.weight"), shape));
    }

    /// Layers of a weight and a bias.
    fn layers(&mut self, names: &[&str], shape: &[u64]) {
        for name in names {
            self.tensor(&format!("{name}.weight"), shape);
            self.tensor(&format!("{name}.bias"), &shape[..1]);
        }
    }

    fn convolution(&mut self, name: &str, out: u64, input: u64, kernel: u64) {
        self.layers(&[name], &[out, input, kernel, kernel]);
    }
}

fn written(dtype: &'static str, fill: impl FnOnce(&mut Part<'_>)) -> Writer {
    let mut writer = Writer::new();
    fill(&mut Part { writer: &mut writer, prefix: String::new(), dtype });
    writer
}

/// A UNet of 320 channels: how much wider its levels are, how many transformer blocks each has and how wide the text is.
struct Unet {
    levels: &'static [(u64, u64)],
    middle: u64,
    text: u64,
    is_xl: bool,
}

static SD1: Unet = Unet { levels: &[(1, 1), (2, 1), (4, 1), (4, 0)], middle: 1, text: 768, is_xl: false };
static SDXL: Unet = Unet { levels: &[(1, 0), (2, 2), (4, 10)], middle: 10, text: 2048, is_xl: true };
const CHANNELS: u64 = 320;
const EMBEDDING: u64 = 1280;

/// One of the transformers of a UNet: its block's name, its width and its depth.
type Transformer = (String, u64, u64);

impl Unet {
    /// Writes all tensors; gives where the transformers are.
    fn write(&self, part: &mut Part<'_>) -> Vec<Transformer> {
        part.layers(&["time_embed.0"], &[EMBEDDING, CHANNELS]);
        part.layers(&["time_embed.2"], &[EMBEDDING, EMBEDDING]);
        if self.is_xl {
            part.layers(&["label_emb.0.0"], &[EMBEDDING, 2816]);
            part.layers(&["label_emb.0.2"], &[EMBEDDING, EMBEDDING]);
        }
        part.convolution("input_blocks.0.0", CHANNELS, 4, 3);
        let (mut width, mut widths, mut found) = (CHANNELS, vec![CHANNELS], Vec::new());
        for (level, (factor, depth)) in self.levels.iter().enumerate() {
            if level > 0 {
                part.convolution(&format!("input_blocks.{}.0.op", widths.len()), width, width, 3);
                widths.push(width);
            }
            for _ in 0..2 {
                let out = CHANNELS * factor;
                self.block(part, &format!("input_blocks.{}", widths.len()), width, out, *depth, &mut found);
                width = out;
                widths.push(width);
            }
        }
        self.block(part, "middle_block", width, width, self.middle, &mut found);
        part.within("middle_block.2", |part| residual(part, width, width));
        let mut number = 0;
        for (level, (factor, depth)) in self.levels.iter().enumerate().rev() {
            for turn in 0..3 {
                let (out, skipped) = (CHANNELS * factor, widths.pop().unwrap());
                let name = format!("output_blocks.{number}");
                self.block(part, &name, width + skipped, out, *depth, &mut found);
                if turn == 2 && level > 0 {
                    part.convolution(&format!("{name}.{}.conv", 1 + depth.min(&1)), out, out, 3);
                }
                (width, number) = (out, number + 1);
            }
        }
        part.layers(&["out.0"], &[CHANNELS]);
        part.convolution("out.2", 4, CHANNELS, 3);
        found
    }

    /// A residual block, and a transformer behind it if that has any depth.
    fn block(&self, part: &mut Part<'_>, name: &str, width: u64, out: u64, depth: u64, found: &mut Vec<Transformer>) {
        part.within(&format!("{name}.0"), |part| residual(part, width, out));
        if depth > 0 {
            part.within(&format!("{name}.1"), |part| self.transformer(part, out, depth));
            found.push((format!("{name}.1"), out, depth));
        }
    }

    fn transformer(&self, part: &mut Part<'_>, width: u64, depth: u64) {
        let square = [width, width, 1, 1];
        let square = if self.is_xl { &square[..2] } else { &square };
        part.layers(&["norm"], &[width]);
        part.layers(&["proj_in", "proj_out"], square);
        for number in 0..depth {
            part.within(&format!("transformer_blocks.{number}"), |part| {
                part.weights(&["attn1.to_q", "attn1.to_k", "attn1.to_v", "attn2.to_q"], &[width, width]);
                part.weights(&["attn2.to_k", "attn2.to_v"], &[width, self.text]);
                part.layers(&["attn1.to_out.0", "attn2.to_out.0"], &[width, width]);
                part.layers(&["ff.net.0.proj"], &[width * 8, width]);
                part.layers(&["ff.net.2"], &[width, width * 4]);
                part.layers(&["norm1", "norm2", "norm3"], &[width]);
            });
        }
    }
}

fn residual(part: &mut Part<'_>, width: u64, out: u64) {
    part.layers(&["in_layers.0"], &[width]);
    part.convolution("in_layers.2", out, width, 3);
    part.layers(&["emb_layers.1"], &[out, EMBEDDING]);
    part.layers(&["out_layers.0"], &[out]);
    part.convolution("out_layers.3", out, out, 3);
    if width != out {
        part.convolution("skip_connection", out, width, 1);
    }
}

/// An autoencoder with so many latent channels, 128 to 512 wide.
fn autoencoder(part: &mut Part<'_>, latents: u64) {
    const WIDTHS: [u64; 4] = [128, 256, 512, 512];
    part.within("encoder", |part| {
        part.convolution("conv_in", 128, 3, 3);
        let mut width = 128;
        for (level, out) in WIDTHS.into_iter().enumerate() {
            for number in 0..2 {
                part.within(&format!("down.{level}.block.{number}"), |part| convolutions(part, width, out));
                width = out;
            }
            if level < 3 {
                part.convolution(&format!("down.{level}.downsample.conv"), out, out, 3);
            }
        }
        middle(part);
        part.layers(&["norm_out"], &[512]);
        part.convolution("conv_out", latents * 2, 512, 3);
    });
    part.within("decoder", |part| {
        part.convolution("conv_in", 512, latents, 3);
        middle(part);
        let mut width = 512;
        for (level, out) in WIDTHS.into_iter().enumerate().rev() {
            for number in 0..3 {
                part.within(&format!("up.{level}.block.{number}"), |part| convolutions(part, width, out));
                width = out;
            }
            if level > 0 {
                part.convolution(&format!("up.{level}.upsample.conv"), out, out, 3);
            }
        }
        part.layers(&["norm_out"], &[128]);
        part.convolution("conv_out", 3, 128, 3);
    });
}

fn middle(part: &mut Part<'_>) {
    part.within("mid.block_1", |part| convolutions(part, 512, 512));
    part.layers(&["mid.attn_1.norm"], &[512]);
    part.layers(&["mid.attn_1.q", "mid.attn_1.k", "mid.attn_1.v", "mid.attn_1.proj_out"], &[512, 512, 1, 1]);
    part.within("mid.block_2", |part| convolutions(part, 512, 512));
}

fn convolutions(part: &mut Part<'_>, width: u64, out: u64) {
    part.layers(&["norm1"], &[width]);
    part.convolution("conv1", out, width, 3);
    part.layers(&["norm2"], &[out]);
    part.convolution("conv2", out, out, 3);
    if width != out {
        part.convolution("nin_shortcut", out, width, 1);
    }
}

/// The text encoder of 12 layers, as transformers names it.
fn text_encoder(part: &mut Part<'_>) {
    Part { dtype: "I64", prefix: part.prefix.clone(), writer: part.writer }.tensor("embeddings.position_ids", &[1, 77]);
    part.tensor("embeddings.token_embedding.weight", &[49_408, 768]);
    part.tensor("embeddings.position_embedding.weight", &[77, 768]);
    for number in 0..12 {
        part.within(&format!("encoder.layers.{number}"), |part| {
            part.layers(&["self_attn.k_proj", "self_attn.v_proj", "self_attn.q_proj"], &[768, 768]);
            part.layers(&["self_attn.out_proj"], &[768, 768]);
            part.layers(&["layer_norm1", "layer_norm2"], &[768]);
            part.layers(&["mlp.fc1"], &[3072, 768]);
            part.layers(&["mlp.fc2"], &[768, 3072]);
        });
    }
    part.layers(&["final_layer_norm"], &[768]);
}

/// The larger one of 32 layers, as OpenCLIP names it.
fn larger_text_encoder(part: &mut Part<'_>) {
    part.tensor("positional_embedding", &[77, 1280]);
    part.tensor("text_projection", &[1280, 1280]);
    part.tensor("logit_scale", &[]);
    part.tensor("token_embedding.weight", &[49_408, 1280]);
    part.layers(&["ln_final"], &[1280]);
    for number in 0..32 {
        part.within(&format!("transformer.resblocks.{number}"), |part| {
            part.tensor("attn.in_proj_weight", &[3840, 1280]);
            part.tensor("attn.in_proj_bias", &[3840]);
            part.layers(&["attn.out_proj"], &[1280, 1280]);
            part.layers(&["ln_1", "ln_2"], &[1280]);
            part.layers(&["mlp.c_fc"], &[5120, 1280]);
            part.layers(&["mlp.c_proj"], &[1280, 5120]);
        });
    }
}

/// UNet and autoencoder of a checkpoint in the original layout.
fn checkpoint(part: &mut Part<'_>, unet: &Unet) {
    part.within("model.diffusion_model", |part| drop(unet.write(part)));
    part.within("first_stage_model", |part| {
        autoencoder(part, 4);
        part.convolution("quant_conv", 8, 8, 1);
        part.convolution("post_quant_conv", 4, 4, 1);
    });
}

/// Stable Diffusion 1.5: 1,131 tensors, in the reference writer's order.
pub fn sd1() -> Header {
    let writer = written("F16", |part| {
        checkpoint(part, &SD1);
        part.within("cond_stage_model.transformer.text_model", text_encoder);
    });
    writer.finish()
}

/// SDXL: 2,515 tensors, in the same order.
pub fn sdxl() -> Header {
    let writer = written("F16", |part| {
        checkpoint(part, &SDXL);
        part.within("conditioner.embedders.0.transformer.text_model", text_encoder);
        part.within("conditioner.embedders.1.model", larger_text_encoder);
    });
    writer.finish()
}

/// Flux's autoencoder: 244 tensors, in the same order.
pub fn flux_autoencoder() -> Header {
    written("F32", |part| autoencoder(part, 16)).finish()
}

/// Flux: 780 tensors, in the order of its modules.
pub fn flux() -> Header {
    let writer = written("BF16", |part| {
        part.layers(&["img_in"], &[3072, 64]);
        for (name, width) in [("time_in", 256), ("vector_in", 768), ("guidance_in", 256)] {
            part.layers(&[&format!("{name}.in_layer")], &[3072, width]);
            part.layers(&[&format!("{name}.out_layer")], &[3072, 3072]);
        }
        part.layers(&["txt_in"], &[3072, 4096]);
        for (name, side) in
            (0..19).flat_map(|number| ["img", "txt"].map(|side| (format!("double_blocks.{number}"), side)))
        {
            part.within(&name, |part| {
                part.layers(&[&format!("{side}_mod.lin")], &[18_432, 3072]);
                part.layers(&[&format!("{side}_attn.qkv")], &[9216, 3072]);
                part.tensor(&format!("{side}_attn.norm.query_norm.scale"), &[128]);
                part.tensor(&format!("{side}_attn.norm.key_norm.scale"), &[128]);
                part.layers(&[&format!("{side}_attn.proj")], &[3072, 3072]);
                part.layers(&[&format!("{side}_mlp.0")], &[12_288, 3072]);
                part.layers(&[&format!("{side}_mlp.2")], &[3072, 12_288]);
            });
        }
        for number in 0..38 {
            part.within(&format!("single_blocks.{number}"), |part| {
                part.layers(&["linear1"], &[21_504, 3072]);
                part.layers(&["linear2"], &[3072, 15_360]);
                part.tensor("norm.query_norm.scale", &[128]);
                part.tensor("norm.key_norm.scale", &[128]);
                part.layers(&["modulation.lin"], &[9216, 3072]);
            });
        }
        part.layers(&["final_layer.linear"], &[64, 3072]);
        part.layers(&["final_layer.adaLN_modulation.1"], &[6144, 3072]);
    });
    writer.finish_as_given()
}

/// T5's encoder of 24 layers: 219 tensors, in the order of its modules.
pub fn t5() -> Header {
    let writer = written("F16", |part| {
        part.tensor("shared.weight", &[32_128, 4096]);
        for number in 0..24 {
            part.within(&format!("encoder.block.{number}"), |part| {
                part.weights(
                    &["q", "k", "v", "o"]
                        .map(|name| format!("layer.0.SelfAttention.{name}"))
                        .each_ref()
                        .map(String::as_str),
                    &[4096, 4096],
                );
                if number == 0 {
                    part.tensor("layer.0.SelfAttention.relative_attention_bias.weight", &[32, 64]);
                }
                part.weights(&["layer.0.layer_norm"], &[4096]);
                part.weights(&["layer.1.DenseReluDense.wi_0", "layer.1.DenseReluDense.wi_1"], &[10_240, 4096]);
                part.weights(&["layer.1.DenseReluDense.wo"], &[4096, 10_240]);
                part.weights(&["layer.1.layer_norm"], &[4096]);
            });
        }
        part.weights(&["encoder.final_layer_norm"], &[4096]);
    });
    writer.finish_as_given()
}

/// A LoRA of one rank for these layers, which are so wide at their end and at their begin.
fn lora(layers: impl IntoIterator<Item = (String, u64, u64)>, rank: u64) -> Writer {
    written("BF16", |part| {
        for (name, out, input) in layers {
            part.within(&name.replace('.', "_"), |part| {
                part.tensor("lora_down.weight", &[rank, input]);
                part.tensor("lora_up.weight", &[out, rank]);
                part.tensor("alpha", &[]);
            });
        }
    })
}

/// For SDXL and both of its text encoders: 2,958 tensors, in the order of its modules.
pub fn sdxl_lora() -> Header {
    let mut layers = Vec::new();
    let mut found = Vec::new();
    written("F16", |part| found = SDXL.write(part));
    for (block, width, depth) in found {
        let mut layer = |name: &str, out, input| layers.push((format!("lora_unet_{block}.{name}"), out, input));
        layer("proj_in", width, width);
        for number in 0..depth {
            let mut layer = |name: &str, out, input| layer(&format!("transformer_blocks.{number}.{name}"), out, input);
            for (attention, input) in [("attn1", width), ("attn2", 2048)] {
                layer(&format!("{attention}.to_k"), width, input);
                layer(&format!("{attention}.to_out.0"), width, width);
                layer(&format!("{attention}.to_q"), width, width);
                layer(&format!("{attention}.to_v"), width, input);
            }
            layer("ff.net.0.proj", width * 8, width);
            layer("ff.net.2", width, width * 4);
        }
        layer("proj_out", width, width);
    }
    for (encoder, count, width) in [("lora_te1", 12, 768), ("lora_te2", 32, 1280)] {
        for number in 0..count {
            let mut layer = |name: &str, out, input| {
                layers.push((format!("{encoder}_text_model.encoder.layers.{number}.{name}"), out, input));
            };
            layer("mlp.fc1", width * 4, width);
            layer("mlp.fc2", width, width * 4);
            for name in ["k_proj", "out_proj", "q_proj", "v_proj"] {
                layer(&format!("self_attn.{name}"), width, width);
            }
        }
    }
    lora(layers, 32).finish_as_given()
}

/// For Flux: 912 tensors, in the reference writer's order.
pub fn flux_lora() -> Header {
    let mut layers = Vec::new();
    for (number, side) in (0..19).flat_map(|number| ["img", "txt"].map(|side| (number, side))) {
        let parts = [
            ("mod.lin", 18_432, 3072),
            ("attn.qkv", 9216, 3072),
            ("attn.proj", 3072, 3072),
            ("mlp.0", 12_288, 3072),
            ("mlp.2", 3072, 12_288),
        ];
        let layer = |(name, out, input)| (format!("lora_unet_double_blocks.{number}.{side}_{name}"), out, input);
        layers.extend(parts.map(layer));
    }
    for number in 0..38 {
        let parts = [("linear1", 21_504, 3072), ("linear2", 3072, 15_360), ("modulation.lin", 9216, 3072)];
        layers.extend(parts.map(|(name, out, input)| (format!("lora_unet_single_blocks.{number}.{name}"), out, input)));
    }
    lora(layers, 16).finish()
}
