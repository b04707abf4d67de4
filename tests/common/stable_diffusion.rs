//! Names and shapes of a Stable Diffusion 1.5 checkpoint in the original layout, its VAE, and a LoRA for it.

use super::safetensors::Safetensors;

const F16: &str = "F16";
/// Width of the text encoder.
const CONTEXT: u64 = 768;
/// Width of the UNet at its widest resolution.
const CHANNELS: u64 = 320;

/// A whole checkpoint, 4 GB of holes: UNet, VAE and text encoder.
pub fn checkpoint() -> Safetensors {
    let mut names = Names { out: Safetensors { hollow: true, ..Safetensors::default() }, prefix: String::new() };
    names.within("model.diffusion_model", unet);
    names.within("first_stage_model", vae);
    names.within("cond_stage_model.transformer.text_model", text_model);
    names.out
}

/// The VAE by itself, under its bare names.
pub fn vae_alone() -> Safetensors {
    let mut names = Names { out: Safetensors { hollow: true, ..Safetensors::default() }, prefix: String::new() };
    vae(&mut names);
    names.out
}

/// A LoRA of rank 4 for two blocks' attention, in kohya's spelling.
pub fn lora() -> Safetensors {
    let mut out = Safetensors::default();
    let metadata = [
        ("ss_base_model_version", "sd_v1"),
        ("ss_network_module", "networks.lora"),
        ("ss_network_dim", "4"),
        ("ss_network_alpha", "4"),
        ("ss_clip_skip", "2"),
        ("ss_resolution", "(512, 512)"),
        ("modelspec.trigger_phrase", "tinystyle"),
    ];
    out.metadata = metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let rank = 4;
    for (block, width) in [("down_blocks_0_attentions_0", 320), ("up_blocks_3_attentions_1", 320)] {
        for (layer, inner) in [("attn1", width), ("attn2", CONTEXT)] {
            for part in ["to_q", "to_k", "to_v", "to_out_0"] {
                let stem = format!("lora_unet_{block}_transformer_blocks_0_{layer}_{part}");
                let input = if matches!(part, "to_k" | "to_v") { inner } else { width };
                out.tensor(format!("{stem}.alpha"), F16, &[]);
                out.tensor(format!("{stem}.lora_down.weight"), F16, &[rank, input]);
                out.tensor(format!("{stem}.lora_up.weight"), F16, &[width, rank]);
            }
        }
    }
    out
}

struct Names {
    out: Safetensors,
    prefix: String,
}

impl Names {
    fn within(&mut self, part: impl AsRef<str>, fill: impl FnOnce(&mut Self)) {
        let outer = self.prefix.clone();
        self.prefix = format!("{outer}{}.", part.as_ref());
        fill(self);
        self.prefix = outer;
    }

    fn tensor(&mut self, name: &str, shape: &[u64]) {
        self.out.tensor(format!("{}{name}", self.prefix), F16, shape);
    }

    /// A layer with weight and bias; the weight's shape is `[out, ..inner]`.
    fn layer(&mut self, name: &str, shape: &[u64]) {
        self.tensor(&format!("{name}.weight"), shape);
        self.tensor(&format!("{name}.bias"), &shape[..1]);
    }

    fn conv(&mut self, name: &str, out: u64, input: u64, kernel: u64) {
        self.layer(name, &[out, input, kernel, kernel]);
    }
}

fn unet(names: &mut Names) {
    let embedding = CHANNELS * 4;
    names.layer("time_embed.0", &[embedding, CHANNELS]);
    names.layer("time_embed.2", &[embedding, embedding]);
    names.conv("input_blocks.0.0", CHANNELS, 4, 3);
    let mut widths = vec![CHANNELS];
    let (mut block, mut width) = (1, CHANNELS);
    for (level, factor) in [1, 2, 4, 4].into_iter().enumerate() {
        for _ in 0..2 {
            let out = CHANNELS * factor;
            names.within(format!("input_blocks.{block}"), |names| {
                names.within("0", |names| residual(names, width, out));
                if level < 3 {
                    names.within("1", |names| transformer(names, out));
                }
            });
            width = out;
            widths.push(width);
            block += 1;
        }
        if level < 3 {
            names.conv(&format!("input_blocks.{block}.0.op"), width, width, 3);
            widths.push(width);
            block += 1;
        }
    }
    middle(names, width);
    output_blocks(names, width, widths);
    names.layer("out.0", &[CHANNELS]);
    names.conv("out.2", 4, CHANNELS, 3);
}

fn middle(names: &mut Names, width: u64) {
    names.within("middle_block.0", |names| residual(names, width, width));
    names.within("middle_block.1", |names| transformer(names, width));
    names.within("middle_block.2", |names| residual(names, width, width));
}

fn output_blocks(names: &mut Names, mut width: u64, mut widths: Vec<u64>) {
    let mut block = 0;
    for (level, factor) in [4, 4, 2, 1].into_iter().enumerate() {
        for step in 0..3 {
            let (skip, out) = (widths.pop().unwrap(), CHANNELS * factor);
            names.within(format!("output_blocks.{block}"), |names| {
                names.within("0", |names| residual(names, width + skip, out));
                if level > 0 {
                    names.within("1", |names| transformer(names, out));
                }
                if step == 2 && level < 3 {
                    names.conv(if level > 0 { "2.conv" } else { "1.conv" }, out, out, 3);
                }
            });
            width = out;
            block += 1;
        }
    }
}

fn residual(names: &mut Names, input: u64, out: u64) {
    names.layer("in_layers.0", &[input]);
    names.conv("in_layers.2", out, input, 3);
    names.layer("emb_layers.1", &[out, CHANNELS * 4]);
    names.layer("out_layers.0", &[out]);
    names.conv("out_layers.3", out, out, 3);
    if input != out {
        names.conv("skip_connection", out, input, 1);
    }
}

fn transformer(names: &mut Names, width: u64) {
    names.layer("norm", &[width]);
    names.conv("proj_in", width, width, 1);
    names.within("transformer_blocks.0", |names| {
        for (attention, inner) in [("attn1", width), ("attn2", CONTEXT)] {
            names.tensor(&format!("{attention}.to_q.weight"), &[width, width]);
            names.tensor(&format!("{attention}.to_k.weight"), &[width, inner]);
            names.tensor(&format!("{attention}.to_v.weight"), &[width, inner]);
            names.layer(&format!("{attention}.to_out.0"), &[width, width]);
        }
        names.layer("ff.net.0.proj", &[width * 8, width]);
        names.layer("ff.net.2", &[width, width * 4]);
        ["norm1", "norm2", "norm3"].iter().for_each(|norm| names.layer(norm, &[width]));
    });
    names.conv("proj_out", width, width, 1);
}

fn vae(names: &mut Names) {
    names.within("encoder", |names| {
        names.conv("conv_in", 128, 3, 3);
        let mut width = 128;
        for (level, out) in [128, 256, 512, 512].into_iter().enumerate() {
            for block in 0..2 {
                names.within(format!("down.{level}.block.{block}"), |names| vae_residual(names, width, out));
                width = out;
            }
            if level < 3 {
                names.conv(&format!("down.{level}.downsample.conv"), out, out, 3);
            }
        }
        vae_middle(names);
        names.layer("norm_out", &[512]);
        names.conv("conv_out", 8, 512, 3);
    });
    names.within("decoder", |names| {
        names.conv("conv_in", 512, 4, 3);
        vae_middle(names);
        for (level, input, out) in [(3, 512, 512), (2, 512, 512), (1, 512, 256), (0, 256, 128)] {
            for block in 0..3 {
                let input = if block == 0 { input } else { out };
                names.within(format!("up.{level}.block.{block}"), |names| vae_residual(names, input, out));
            }
            if level > 0 {
                names.conv(&format!("up.{level}.upsample.conv"), out, out, 3);
            }
        }
        names.layer("norm_out", &[128]);
        names.conv("conv_out", 3, 128, 3);
    });
    names.conv("quant_conv", 8, 8, 1);
    names.conv("post_quant_conv", 4, 4, 1);
}

fn vae_residual(names: &mut Names, input: u64, out: u64) {
    names.layer("norm1", &[input]);
    names.conv("conv1", out, input, 3);
    names.layer("norm2", &[out]);
    names.conv("conv2", out, out, 3);
    if input != out {
        names.conv("nin_shortcut", out, input, 1);
    }
}

fn vae_middle(names: &mut Names) {
    names.within("mid.block_1", |names| vae_residual(names, 512, 512));
    names.within("mid.attn_1", |names| {
        names.layer("norm", &[512]);
        ["q", "k", "v", "proj_out"].iter().for_each(|part| names.conv(part, 512, 512, 1));
    });
    names.within("mid.block_2", |names| vae_residual(names, 512, 512));
}

fn text_model(names: &mut Names) {
    names.tensor("embeddings.token_embedding.weight", &[49408, CONTEXT]);
    names.tensor("embeddings.position_embedding.weight", &[77, CONTEXT]);
    for layer in 0..12 {
        names.within(format!("encoder.layers.{layer}"), |names| {
            for part in ["k_proj", "v_proj", "q_proj", "out_proj"] {
                names.layer(&format!("self_attn.{part}"), &[CONTEXT, CONTEXT]);
            }
            names.layer("layer_norm1", &[CONTEXT]);
            names.layer("mlp.fc1", &[CONTEXT * 4, CONTEXT]);
            names.layer("mlp.fc2", &[CONTEXT, CONTEXT * 4]);
            names.layer("layer_norm2", &[CONTEXT]);
        });
    }
    names.layer("final_layer_norm", &[CONTEXT]);
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_unet_has_the_published_count_of_tensors() {
        let model = super::checkpoint();
        let count = |prefix: &str| model.tensors.iter().filter(|tensor| tensor.name.starts_with(prefix)).count();
        assert_eq!(count("model.diffusion_model."), 686);
        assert_eq!(count("first_stage_model."), 248);
        assert_eq!(count("cond_stage_model."), 196);
    }
}
