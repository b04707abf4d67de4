//! Signatures of transformer backbones: one row an edition, the decisive one first.

use super::super::clue::Clue::{Dim, Has, Lacks, Last, Starts};
use super::super::identity::Media;
use super::Backbone;

const PLAIN: Backbone = Backbone::PLAIN;
const SQUARE: Option<(u32, u32)> = Some((1024, 1024));
const FLUX_NORM: &str = "double_blocks.0.img_attn.norm.key_norm.scale";
const FLUX_DEV: &[&str] = &["Flux.1 D", "Flux.1 Krea", "Flux.1 Kontext"];
const REFINER: &str = "txt_in.individual_token_refiner.blocks.0.norm1.weight";
const WAN_SIZE: Option<(u32, u32)> = Some((832, 480));

const FLUX: Backbone = Backbone {
    family: "flux",
    bases: &["Flux.1 D"],
    resolution: SQUARE,
    latent_channels: Some(16),
    blocks: &[("double_blocks.", 19), ("single_blocks.", 38)],
    ..PLAIN
};
const FLUX2: Backbone = Backbone { family: "flux2", resolution: SQUARE, latent_channels: Some(128), ..PLAIN };
const WAN: Backbone = Backbone {
    family: "wan",
    media: Media::Video,
    resolution: WAN_SIZE,
    latent_channels: Some(16),
    blocks: &[("blocks.", 40)],
    ..PLAIN
};
const WAN_SMALL: Backbone = Backbone { blocks: &[("blocks.", 30)], ..WAN };
const SD3: Backbone = Backbone { family: "sd3", resolution: SQUARE, latent_channels: Some(16), ..PLAIN };
const HUNYUAN_VIDEO: Backbone = Backbone {
    family: "hunyuan-video",
    bases: &["Hunyuan Video"],
    media: Media::Video,
    resolution: Some((1280, 720)),
    latent_channels: Some(16),
    ..PLAIN
};
const QWEN: Backbone = Backbone {
    family: "qwen-image",
    bases: &["Qwen"],
    resolution: Some((1328, 1328)),
    latent_channels: Some(16),
    blocks: &[("transformer_blocks.", 60)],
    ..PLAIN
};
const LTX: Backbone = Backbone {
    family: "ltxv",
    bases: &["LTXV"],
    media: Media::Video,
    resolution: Some((768, 512)),
    latent_channels: Some(128),
    ..PLAIN
};
const CASCADE: Backbone = Backbone {
    family: "cascade",
    bases: &["Stable Cascade"],
    resolution: SQUARE,
    prediction: Some("cascade"),
    ..PLAIN
};
const COSMOS: Backbone = Backbone { family: "cosmos", latent_channels: Some(16), ..PLAIN };
const PIXART: Backbone = Backbone {
    family: "pixart",
    resolution: SQUARE,
    latent_channels: Some(4),
    prediction: Some("epsilon"),
    blocks: &[("blocks.", 28)],
    ..PLAIN
};
const KANDINSKY: Backbone = Backbone { family: "kandinsky5", latent_channels: Some(16), ..PLAIN };

/// Every edition, the decisive one before the general one.
pub(super) static ROWS: &[Backbone] = &[
    // Flux.2: modulation is shared by all blocks.
    Backbone {
        clues: &[Has("double_stream_modulation_img.lin.weight"), Dim("img_in.weight", 0, 6144)],
        bases: &["Flux.2 D"],
        blocks: &[("double_blocks.", 8), ("single_blocks.", 48)],
        ..FLUX2
    },
    Backbone {
        clues: &[Has("double_stream_modulation_img.lin.weight"), Dim("img_in.weight", 0, 4096)],
        bases: &["Flux.2 Klein 9B", "Flux.2 Klein 9B-base"],
        blocks: &[("double_blocks.", 8), ("single_blocks.", 24)],
        ..FLUX2
    },
    Backbone {
        clues: &[Has("double_stream_modulation_img.lin.weight")],
        bases: &["Flux.2 Klein 4B", "Flux.2 Klein 4B-base"],
        blocks: &[("double_blocks.", 5), ("single_blocks.", 20)],
        ..FLUX2
    },
    // Relatives of Flux.1 that share its names.
    Backbone {
        family: "chroma",
        variant: Some("radiance"),
        clues: &[Has("distilled_guidance_layer.in_proj.weight"), Starts("nerf_blocks.0.")],
        bases: &["Chroma"],
        latent_channels: Some(3),
        ..FLUX
    },
    Backbone { family: "chroma", clues: &[Has("distilled_guidance_layer.in_proj.weight")], bases: &["Chroma"], ..FLUX },
    Backbone {
        family: "ovis",
        clues: &[Has("double_blocks.0.img_mlp.gate_proj.weight")],
        bases: &["Other"],
        blocks: &[("double_blocks.", 6), ("single_blocks.", 27)],
        resolution: SQUARE,
        ..FLUX
    },
    Backbone {
        family: "longcat",
        clues: &[Has(FLUX_NORM), Dim("txt_in.weight", 1, 3584), Lacks("vector_in.in_layer.weight")],
        bases: &["Other"],
        resolution: None,
        blocks: &[("double_blocks.", 10), ("single_blocks.", 20)],
        ..FLUX
    },
    // Hunyuan Video and Image: the text goes through a refiner.
    Backbone {
        variant: Some("1.5"),
        clues: &[Has(REFINER), Has("vision_in.proj.0.weight")],
        latent_channels: Some(32),
        blocks: &[("double_blocks.", 54)],
        ..HUNYUAN_VIDEO
    },
    Backbone {
        variant: Some("i2v"),
        clues: &[Has(REFINER), Has("vector_in.in_layer.weight"), Dim("img_in.proj.weight", 1, 32)],
        blocks: &[("double_blocks.", 20), ("single_blocks.", 40)],
        ..HUNYUAN_VIDEO
    },
    Backbone {
        variant: Some("i2v"),
        clues: &[Has(REFINER), Has("vector_in.in_layer.weight"), Dim("img_in.proj.weight", 1, 33)],
        blocks: &[("double_blocks.", 20), ("single_blocks.", 40)],
        ..HUNYUAN_VIDEO
    },
    Backbone {
        clues: &[Has(REFINER), Has("vector_in.in_layer.weight")],
        blocks: &[("double_blocks.", 20), ("single_blocks.", 40)],
        ..HUNYUAN_VIDEO
    },
    Backbone {
        family: "hunyuan-image",
        clues: &[Has(REFINER)],
        resolution: Some((2048, 2048)),
        latent_channels: Some(64),
        blocks: &[("double_blocks.", 20), ("single_blocks.", 40)],
        ..PLAIN
    },
    // Flux.1 by the width of its input.
    Backbone { variant: Some("fill"), clues: &[Has(FLUX_NORM), Dim("img_in.weight", 1, 384)], ..FLUX },
    Backbone { variant: Some("control (canny/depth)"), clues: &[Has(FLUX_NORM), Dim("img_in.weight", 1, 128)], ..FLUX },
    Backbone {
        variant: Some("Flex.2"),
        clues: &[Has(FLUX_NORM), Dim("img_in.weight", 1, 196)],
        bases: &["Other", "Flux.1 D", "Flux.1 S"],
        blocks: &[("double_blocks.", 8), ("single_blocks.", 38)],
        ..FLUX
    },
    Backbone {
        variant: Some("Flex.1"),
        clues: &[
            Has(FLUX_NORM),
            Has("img_in.weight"),
            Has("double_blocks.7.img_attn.qkv.weight"),
            Lacks("double_blocks.8.img_attn.qkv.weight"),
            Lacks("double_blocks.9.img_attn.qkv.weight"),
        ],
        bases: &["Other", "Flux.1 D", "Flux.1 S"],
        blocks: &[("double_blocks.", 8), ("single_blocks.", 38)],
        ..FLUX
    },
    Backbone {
        clues: &[Has(FLUX_NORM), Has("img_in.weight"), Has("guidance_in.in_layer.weight")],
        bases: FLUX_DEV,
        ..FLUX
    },
    Backbone { clues: &[Has(FLUX_NORM), Has("img_in.weight")], bases: &["Flux.1 S"], ..FLUX },
    // Stable Diffusion 3.
    Backbone {
        clues: &[Has("joint_blocks.0.context_block.attn.qkv.weight"), Dim("x_embedder.proj.weight", 0, 2432)],
        bases: &["SD 3.5 Large", "SD 3.5 Large Turbo"],
        blocks: &[("joint_blocks.", 38)],
        ..SD3
    },
    Backbone {
        clues: &[Has("joint_blocks.0.context_block.attn.qkv.weight"), Starts("joint_blocks.0.x_block.attn2.")],
        bases: &["SD 3.5 Medium"],
        blocks: &[("joint_blocks.", 24)],
        ..SD3
    },
    Backbone {
        clues: &[Has("joint_blocks.0.context_block.attn.qkv.weight")],
        bases: &["SD 3"],
        blocks: &[("joint_blocks.", 24)],
        ..SD3
    },
    // Lumina and its heirs.
    Backbone {
        family: "newbie",
        clues: &[Has("cap_embedder.1.weight"), Has("clip_text_pooled_proj.0.weight")],
        resolution: SQUARE,
        latent_channels: Some(16),
        ..PLAIN
    },
    Backbone {
        family: "z-image",
        clues: &[Dim("cap_embedder.1.weight", 0, 3840), Has("layers.0.adaLN_modulation.0.weight")],
        bases: &["ZImageTurbo", "ZImageBase"],
        resolution: SQUARE,
        latent_channels: Some(16),
        blocks: &[("layers.", 30), ("noise_refiner.", 2), ("context_refiner.", 2)],
        ..PLAIN
    },
    Backbone {
        family: "lumina2",
        clues: &[Has("cap_embedder.1.weight"), Has("noise_refiner.0.attention.k_norm.weight")],
        bases: &["Lumina"],
        resolution: SQUARE,
        latent_channels: Some(16),
        blocks: &[("layers.", 26), ("noise_refiner.", 2), ("context_refiner.", 2)],
        ..PLAIN
    },
    // Qwen-Image.
    Backbone { variant: Some("2.1"), clues: &[Has("txt_in.text_norm.weight")], bases: &["Qwen", "Qwen 2"], ..QWEN },
    Backbone {
        variant: Some("layered"),
        clues: &[Has("txt_norm.weight"), Has("time_text_embed.addition_t_embedding.weight")],
        ..QWEN
    },
    Backbone { variant: Some("edit-2511"), clues: &[Has("txt_norm.weight"), Has("__index_timestep_zero__")], ..QWEN },
    Backbone { clues: &[Dim("txt_norm.weight", 0, 3584), Has("transformer_blocks.0.img_mod.1.weight")], ..QWEN },
    // One of a kind.
    Backbone {
        family: "auraflow",
        clues: &[Has("double_layers.0.attn.w1q.weight")],
        bases: &["AuraFlow", "Pony V7"],
        resolution: SQUARE,
        latent_channels: Some(4),
        blocks: &[("double_layers.", 4), ("single_layers.", 32)],
        ..PLAIN
    },
    Backbone {
        family: "ace",
        clues: &[Has("genre_embedder.weight")],
        media: Media::Audio,
        latent_channels: Some(8),
        blocks: &[("transformer_blocks.", 24), ("lyric_encoder.encoders.", 6)],
        ..PLAIN
    },
    Backbone {
        family: "stable-audio",
        clues: &[Has("transformer.rotary_pos_emb.inv_freq")],
        media: Media::Audio,
        latent_channels: Some(64),
        prediction: Some("v_prediction"),
        ..PLAIN
    },
    Backbone {
        family: "stable-audio",
        clues: &[Has("rotary_pos_emb.inv_freq"), Starts("layers.0.")],
        media: Media::Audio,
        latent_channels: Some(64),
        prediction: Some("v_prediction"),
        ..PLAIN
    },
    Backbone {
        variant: Some("alpha"),
        clues: &[Has("t_block.1.weight"), Has("ar_embedder.mlp.0.weight")],
        bases: &["PixArt a"],
        ..PIXART
    },
    Backbone {
        variant: Some("sigma"),
        clues: &[Has("t_block.1.weight"), Has("y_embedder.y_proj.fc1.weight")],
        bases: &["PixArt E"],
        ..PIXART
    },
    Backbone {
        family: "hunyuandit",
        variant: Some("1.1"),
        clues: &[Has("mlp_t5.0.weight"), Dim("extra_embedder.0.weight", 1, 3968)],
        bases: &["Hunyuan 1"],
        resolution: SQUARE,
        latent_channels: Some(4),
        prediction: Some("v_prediction"),
        blocks: &[("blocks.", 40)],
        ..PLAIN
    },
    Backbone {
        family: "hunyuandit",
        clues: &[Has("mlp_t5.0.weight")],
        bases: &["Hunyuan 1"],
        resolution: SQUARE,
        latent_channels: Some(4),
        prediction: Some("v_prediction"),
        blocks: &[("blocks.", 40)],
        ..PLAIN
    },
    Backbone {
        family: "hidream",
        clues: &[Has("caption_projection.0.linear.weight"), Starts("double_stream_blocks.0.block.")],
        bases: &["HiDream"],
        resolution: SQUARE,
        latent_channels: Some(16),
        blocks: &[("double_stream_blocks.", 16), ("single_stream_blocks.", 32), ("caption_projection.", 49)],
        ..PLAIN
    },
    Backbone {
        family: "hidream-o1",
        clues: &[Has("t_embedder1.mlp.0.weight"), Has("x_embedder.proj1.weight")],
        bases: &["HiDream-O1"],
        ..PLAIN
    },
    Backbone {
        variant: Some("stage C lite"),
        clues: &[Has("clf.1.weight"), Dim("clip_txt_mapper.weight", 0, 1536)],
        latent_channels: Some(16),
        ..CASCADE
    },
    Backbone {
        variant: Some("stage C"),
        clues: &[Has("clf.1.weight"), Has("clip_txt_mapper.weight")],
        latent_channels: Some(16),
        ..CASCADE
    },
    Backbone {
        variant: Some("stage B lite"),
        clues: &[Has("clf.1.weight"), Has("clip_mapper.weight"), Last("down_blocks.1.0.channelwise.0.weight", 576)],
        latent_channels: Some(4),
        ..CASCADE
    },
    Backbone {
        variant: Some("stage B"),
        clues: &[Has("clf.1.weight"), Has("clip_mapper.weight")],
        latent_channels: Some(4),
        ..CASCADE
    },
    // Wan, by what is fed beside noise.
    Backbone {
        variant: Some("vace"),
        clues: &[Has("head.modulation"), Has("vace_patch_embedding.weight"), Last("head.modulation", 1536)],
        bases: &["Wan Video 1.3B t2v", "Wan Video"],
        ..WAN_SMALL
    },
    Backbone {
        variant: Some("vace"),
        clues: &[Has("head.modulation"), Has("vace_patch_embedding.weight")],
        bases: &["Wan Video 14B t2v", "Wan Video"],
        ..WAN
    },
    Backbone {
        variant: Some("s2v"),
        clues: &[Has("head.modulation"), Starts("casual_audio_encoder.")],
        bases: &["Wan Video", "Wan Video 14B t2v"],
        ..WAN
    },
    Backbone {
        variant: Some("animate"),
        clues: &[Has("head.modulation"), Starts("face_adapter.")],
        bases: &["Wan Video", "Wan Video 14B i2v 480p", "Wan Video 14B i2v 720p"],
        ..WAN
    },
    Backbone {
        variant: Some("infinitetalk"),
        clues: &[Has("head.modulation"), Starts("audio_proj.")],
        bases: &["Wan Video 14B i2v 480p", "Wan Video 14B i2v 720p", "Wan Video"],
        ..WAN
    },
    Backbone {
        variant: Some("camera"),
        clues: &[Has("head.modulation"), Starts("control_adapter."), Last("head.modulation", 1536)],
        bases: &["Wan Video 1.3B t2v", "Wan Video"],
        ..WAN_SMALL
    },
    Backbone {
        variant: Some("camera"),
        clues: &[Has("head.modulation"), Starts("control_adapter."), Starts("img_emb.")],
        bases: &["Wan Video 14B i2v 480p", "Wan Video 14B i2v 720p", "Wan Video"],
        ..WAN
    },
    Backbone {
        variant: Some("camera"),
        clues: &[Has("head.modulation"), Starts("control_adapter.")],
        bases: &["Wan Video 2.2 I2V-A14B", "Wan Video"],
        ..WAN
    },
    Backbone {
        clues: &[Has("head.modulation"), Last("head.modulation", 3072)],
        bases: &["Wan Video 2.2 TI2V-5B"],
        latent_channels: Some(48),
        ..WAN_SMALL
    },
    Backbone {
        variant: Some("fun"),
        clues: &[Has("head.modulation"), Last("head.modulation", 1536), Starts("img_emb.")],
        bases: &["Wan Video 1.3B t2v", "Wan Video"],
        ..WAN_SMALL
    },
    Backbone {
        clues: &[Has("head.modulation"), Last("head.modulation", 1536)],
        bases: &["Wan Video 1.3B t2v"],
        ..WAN_SMALL
    },
    Backbone {
        variant: Some("i2v"),
        clues: &[
            Has("head.modulation"),
            Has("patch_embedding.weight"),
            Dim("patch_embedding.weight", 1, 36),
            Starts("img_emb."),
        ],
        bases: &["Wan Video 14B i2v 480p", "Wan Video 14B i2v 720p"],
        ..WAN
    },
    Backbone {
        variant: Some("i2v"),
        clues: &[Has("head.modulation"), Dim("patch_embedding.weight", 1, 36)],
        bases: &["Wan Video 2.2 I2V-A14B"],
        ..WAN
    },
    Backbone {
        variant: Some("fun control"),
        clues: &[Has("head.modulation"), Dim("patch_embedding.weight", 1, 48), Starts("img_emb.")],
        bases: &["Wan Video 14B i2v 480p", "Wan Video 14B i2v 720p", "Wan Video"],
        ..WAN
    },
    Backbone {
        variant: Some("fun control"),
        clues: &[Has("head.modulation"), Dim("patch_embedding.weight", 1, 52)],
        bases: &["Wan Video 2.2 I2V-A14B", "Wan Video"],
        ..WAN
    },
    Backbone {
        clues: &[Has("head.modulation"), Starts("blocks.0.self_attn.")],
        bases: &["Wan Video 14B t2v", "Wan Video 2.2 T2V-A14B"],
        ..WAN
    },
    // Lightricks.
    Backbone {
        family: "ltx2",
        clues: &[Has("adaln_single.emb.timestep_embedder.linear_1.bias"), Starts("audio_adaln_single.")],
        bases: &["LTXV2", "LTXV 2.3"],
        blocks: &[("transformer_blocks.", 48)],
        ..LTX
    },
    Backbone {
        clues: &[
            Has("adaln_single.emb.timestep_embedder.linear_1.bias"),
            Has("patchify_proj.weight"),
            Dim("patchify_proj.weight", 0, 4096),
        ],
        blocks: &[("transformer_blocks.", 48)],
        ..LTX
    },
    Backbone {
        clues: &[Has("adaln_single.emb.timestep_embedder.linear_1.bias"), Has("patchify_proj.weight")],
        blocks: &[("transformer_blocks.", 28)],
        ..LTX
    },
    Backbone {
        family: "mochi",
        clues: &[Has("t5_yproj.weight")],
        bases: &["Mochi"],
        media: Media::Video,
        resolution: Some((848, 480)),
        latent_channels: Some(12),
        blocks: &[("blocks.", 48)],
        ..PLAIN
    },
    // Cosmos and Anima.
    Backbone {
        variant: Some("1.0"),
        media: Media::Video,
        clues: &[Has("blocks.block0.blocks.0.block.attn.to_q.0.weight")],
        prediction: Some("edm"),
        ..COSMOS
    },
    Backbone {
        family: "anima",
        clues: &[Has("blocks.0.mlp.layer1.weight"), Has("llm_adapter.blocks.0.cross_attn.q_proj.weight")],
        bases: &["Anima"],
        resolution: SQUARE,
        blocks: &[("blocks.", 28), ("llm_adapter.blocks.", 6)],
        ..COSMOS
    },
    // A frame to go on from is one more channel of each patch.
    Backbone {
        media: Media::Video,
        clues: &[Has("blocks.0.mlp.layer1.weight"), Dim("x_embedder.proj.1.weight", 1, 72)],
        ..COSMOS
    },
    Backbone {
        clues: &[
            Has("blocks.0.mlp.layer1.weight"),
            Has("blocks.0.cross_attn.q_proj.weight"),
            Dim("t_embedder.1.linear_1.weight", 0, 5120),
        ],
        blocks: &[("blocks.", 36)],
        ..COSMOS
    },
    Backbone {
        clues: &[Has("blocks.0.mlp.layer1.weight"), Has("blocks.0.cross_attn.q_proj.weight")],
        blocks: &[("blocks.", 28)],
        ..COSMOS
    },
    // The newest.
    Backbone {
        family: "krea2",
        clues: &[Has("txtfusion.projector.weight")],
        bases: &["Krea 2"],
        resolution: SQUARE,
        latent_channels: Some(16),
        ..PLAIN
    },
    Backbone {
        variant: Some("image"),
        clues: &[
            Has("visual_transformer_blocks.0.cross_attention.key_norm.weight"),
            Dim("visual_embeddings.in_layer.weight", 0, 2560),
        ],
        ..KANDINSKY
    },
    Backbone {
        media: Media::Video,
        clues: &[Has("visual_transformer_blocks.0.cross_attention.key_norm.weight")],
        ..KANDINSKY
    },
    Backbone {
        family: "omnigen2",
        clues: &[Has("time_caption_embed.timestep_embedder.linear_1.bias")],
        resolution: SQUARE,
        latent_channels: Some(16),
        ..PLAIN
    },
    Backbone {
        family: "ernie",
        clues: &[Has("layers.0.mlp.linear_fc2.weight"), Lacks("embed_tokens.weight")],
        bases: &["Ernie"],
        resolution: SQUARE,
        latent_channels: Some(128),
        ..PLAIN
    },
    Backbone {
        family: "cogvideox",
        clues: &[Has("blocks.0.norm1.linear.weight")],
        bases: &["CogVideoX"],
        media: Media::Video,
        resolution: Some((720, 480)),
        latent_channels: Some(16),
        prediction: Some("v_prediction"),
        ..PLAIN
    },
    Backbone {
        family: "cogvideox",
        clues: &[Has("transformer_blocks.0.norm1.linear.weight"), Has("patch_embed.text_proj.weight")],
        bases: &["CogVideoX"],
        media: Media::Video,
        resolution: Some((720, 480)),
        latent_channels: Some(16),
        prediction: Some("v_prediction"),
        format: "diffusers-dit",
        ..PLAIN
    },
    Backbone {
        family: "ideogram4",
        clues: &[Has("embed_image_indicator.weight")],
        bases: &["Ideogram 4.0"],
        resolution: SQUARE,
        latent_channels: Some(128),
        ..PLAIN
    },
    Backbone {
        family: "minimax-h3",
        clues: &[Has("video_patch_proj.weight"), Has("audio_patch_proj.weight")],
        bases: &["MiniMax H3"],
        media: Media::Video,
        ..PLAIN
    },
    // SVDQuant packs diffusers' layers together.
    Backbone {
        clues: &[
            Has("transformer_blocks.0.qkv_proj.qweight"),
            Starts("single_transformer_blocks."),
            Starts("time_text_embed.guidance_embedder."),
        ],
        bases: FLUX_DEV,
        format: "nunchaku",
        ..FLUX
    },
    Backbone {
        clues: &[Has("transformer_blocks.0.qkv_proj.qweight"), Starts("single_transformer_blocks.")],
        bases: &["Flux.1 S"],
        format: "nunchaku",
        ..FLUX
    },
    Backbone {
        clues: &[Has("txt_norm.weight"), Has("transformer_blocks.0.attn.to_qkv.qweight")],
        format: "nunchaku",
        ..QWEN
    },
    // Single files in diffusers' names.
    Backbone {
        clues: &[
            Has("transformer_blocks.0.attn.norm_added_k.weight"),
            Starts("single_transformer_blocks."),
            Dim("x_embedder.weight", 1, 384),
        ],
        variant: Some("fill"),
        blocks: &[("transformer_blocks.", 19), ("single_transformer_blocks.", 38)],
        format: "diffusers-dit",
        ..FLUX
    },
    Backbone {
        clues: &[
            Has("transformer_blocks.0.attn.norm_added_k.weight"),
            Starts("single_transformer_blocks."),
            Has("time_text_embed.guidance_embedder.linear_1.weight"),
        ],
        bases: FLUX_DEV,
        blocks: &[("transformer_blocks.", 19), ("single_transformer_blocks.", 38)],
        format: "diffusers-dit",
        ..FLUX
    },
    Backbone {
        clues: &[Has("transformer_blocks.0.attn.norm_added_k.weight"), Starts("single_transformer_blocks.")],
        bases: &["Flux.1 S"],
        blocks: &[("transformer_blocks.", 19), ("single_transformer_blocks.", 38)],
        format: "diffusers-dit",
        ..FLUX
    },
    Backbone {
        clues: &[
            Has("pos_embed.proj.weight"),
            Has("transformer_blocks.0.attn.add_q_proj.weight"),
            Dim("pos_embed.proj.weight", 0, 2432),
        ],
        bases: &["SD 3.5 Large", "SD 3.5 Large Turbo"],
        blocks: &[("transformer_blocks.", 38)],
        format: "diffusers-dit",
        ..SD3
    },
    Backbone {
        clues: &[
            Has("pos_embed.proj.weight"),
            Has("transformer_blocks.0.attn.add_q_proj.weight"),
            Has("transformer_blocks.0.attn2.to_q.weight"),
        ],
        bases: &["SD 3.5 Medium"],
        blocks: &[("transformer_blocks.", 24)],
        format: "diffusers-dit",
        ..SD3
    },
    Backbone {
        clues: &[Has("pos_embed.proj.weight"), Has("transformer_blocks.0.attn.add_q_proj.weight")],
        bases: &["SD 3"],
        blocks: &[("transformer_blocks.", 24)],
        format: "diffusers-dit",
        ..SD3
    },
    Backbone {
        family: "auraflow",
        clues: &[Has("joint_transformer_blocks.0.attn.to_q.weight")],
        bases: &["AuraFlow", "Pony V7"],
        resolution: SQUARE,
        latent_channels: Some(4),
        blocks: &[("joint_transformer_blocks.", 4), ("single_transformer_blocks.", 32)],
        format: "diffusers-dit",
        ..PLAIN
    },
    Backbone {
        family: "z-image",
        clues: &[Has("noise_refiner.0.attention.norm_k.weight"), Dim("noise_refiner.0.attention.to_q.weight", 0, 3840)],
        bases: &["ZImageTurbo", "ZImageBase"],
        resolution: SQUARE,
        latent_channels: Some(16),
        blocks: &[("layers.", 30)],
        format: "diffusers-dit",
        ..PLAIN
    },
    Backbone {
        family: "lumina2",
        clues: &[Has("noise_refiner.0.attn.norm_k.weight")],
        bases: &["Lumina"],
        resolution: SQUARE,
        latent_channels: Some(16),
        blocks: &[("layers.", 26)],
        format: "diffusers-dit",
        ..PLAIN
    },
    Backbone {
        family: "pixart",
        variant: Some("alpha"),
        clues: &[Has("adaln_single.emb.resolution_embedder.linear_1.weight"), Has("pos_embed.proj.weight")],
        bases: &["PixArt a"],
        format: "diffusers-dit",
        ..PIXART
    },
    Backbone {
        family: "pixart",
        variant: Some("sigma"),
        clues: &[Has("adaln_single.emb.timestep_embedder.linear_1.weight"), Has("pos_embed.proj.weight")],
        bases: &["PixArt E"],
        format: "diffusers-dit",
        ..PIXART
    },
    Backbone {
        clues: &[
            Has("condition_embedder.text_embedder.linear_1.weight"),
            Starts("blocks.0.attn1."),
            Dim("patch_embedding.weight", 0, 1536),
        ],
        bases: &["Wan Video 1.3B t2v"],
        format: "diffusers-dit",
        ..WAN_SMALL
    },
    Backbone {
        clues: &[
            Has("condition_embedder.text_embedder.linear_1.weight"),
            Starts("blocks.0.attn1."),
            Dim("patch_embedding.weight", 0, 3072),
        ],
        bases: &["Wan Video 2.2 TI2V-5B"],
        latent_channels: Some(48),
        format: "diffusers-dit",
        ..WAN_SMALL
    },
    Backbone {
        variant: Some("i2v"),
        clues: &[Has("condition_embedder.image_embedder.ff.net.0.proj.weight"), Starts("blocks.0.attn1.")],
        bases: &["Wan Video 14B i2v 480p", "Wan Video 14B i2v 720p"],
        format: "diffusers-dit",
        ..WAN
    },
    Backbone {
        clues: &[Has("condition_embedder.text_embedder.linear_1.weight"), Starts("blocks.0.attn1.")],
        bases: &["Wan Video 14B t2v", "Wan Video 2.2 T2V-A14B"],
        format: "diffusers-dit",
        ..WAN
    },
];
