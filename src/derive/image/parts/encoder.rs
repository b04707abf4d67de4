//! What reads the prompt or looks at a picture: CLIP in two spellings, T5 and its kin.

use super::super::clue::Clue::{Dim, Has, LacksStart, Last, Starts};
use super::super::identity::Kind;
use super::{PLAIN, Part};

const ENCODER: Part = Part { kind: Kind::TextEncoder, ..PLAIN };
const VISION: Part = Part { kind: Kind::CLIPVision, format: "clip-vision", ..PLAIN };
const TOKENS: &str = "text_model.embeddings.token_embedding.weight";

/// Text encoders.
pub(super) static ROWS: &[Part] = &[
    Part {
        format: "clip-l",
        encoder: Some("clip_l"),
        clues: &[Last(TOKENS, 768), LacksStart("vision_model.")],
        ..ENCODER
    },
    Part {
        format: "clip-h",
        encoder: Some("clip_h"),
        clues: &[Last(TOKENS, 1024), LacksStart("vision_model.")],
        ..ENCODER
    },
    Part {
        format: "clip-g",
        encoder: Some("clip_g"),
        clues: &[Last(TOKENS, 1280), LacksStart("vision_model.")],
        ..ENCODER
    },
    Part { format: "clip-l", encoder: Some("clip_l"), clues: &[Last(TOKENS, 768)], ..ENCODER },
    Part { format: "clip-g", encoder: Some("clip_g"), clues: &[Last(TOKENS, 1280)], ..ENCODER },
    Part { format: "clip-l", encoder: Some("clip_l"), prefix: "transformer.", clues: &[Last(TOKENS, 768)], ..ENCODER },
    Part {
        format: "clip-l",
        encoder: Some("clip_l"),
        prefix: "clip_l.transformer.",
        clues: &[Last(TOKENS, 768)],
        ..ENCODER
    },
    Part {
        format: "open-clip-bigg",
        encoder: Some("clip_g"),
        clues: &[Has("transformer.resblocks.31.ln_1.weight"), Last("token_embedding.weight", 1280)],
        ..ENCODER
    },
    Part {
        format: "open-clip-h",
        encoder: Some("clip_h"),
        clues: &[Has("transformer.resblocks.0.ln_1.weight"), Last("token_embedding.weight", 1024)],
        ..ENCODER
    },
    Part {
        format: "open-clip-l",
        encoder: Some("clip_l"),
        clues: &[Has("transformer.resblocks.0.ln_1.weight"), Last("token_embedding.weight", 768)],
        ..ENCODER
    },
    Part {
        format: "bert",
        encoder: Some("bert_clip"),
        clues: &[Dim("bert.embeddings.word_embeddings.weight", 0, 47_020)],
        ..ENCODER
    },
    // T5 and its kin.
    Part {
        format: "t5",
        encoder: Some("umt5xxl"),
        clues: &[
            Has("encoder.block.23.layer.1.DenseReluDense.wi_1.weight"),
            Dim("shared.weight", 0, 256_384),
            Dim("shared.weight", 1, 4096),
        ],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("umt5xxl"),
        clues: &[
            Has("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"),
            Dim("encoder.block.0.layer.1.DenseReluDense.wi_1.weight", 0, 10_240),
        ],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("umt5_base"),
        clues: &[
            Has("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"),
            Last("shared.weight", 768),
        ],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("t5xxl"),
        clues: &[Dim("encoder.block.23.layer.1.DenseReluDense.wi_1.weight", 0, 10_240)],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("mt5xl"),
        clues: &[Dim("encoder.block.23.layer.1.DenseReluDense.wi_1.weight", 0, 5120), Dim("shared.weight", 0, 250_112)],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("pile_t5xl"),
        clues: &[Dim("encoder.block.23.layer.1.DenseReluDense.wi_1.weight", 0, 5120)],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("oldt5xxl"),
        clues: &[Has("encoder.block.23.layer.1.DenseReluDense.wi.weight")],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("byt5"),
        clues: &[Has("encoder.block.0.layer.0.SelfAttention.k.weight"), Last("shared.weight", 1472)],
        ..ENCODER
    },
    Part {
        format: "t5",
        encoder: Some("t5_base"),
        clues: &[Has("encoder.block.0.layer.0.SelfAttention.k.weight")],
        ..ENCODER
    },
    Part {
        format: "gguf-t5",
        encoder: Some("umt5xxl"),
        clues: &[Dim("token_embd.weight", 0, 256_384), Has("enc.blk.0.attn_q.weight")],
        ..ENCODER
    },
    Part { format: "gguf-t5", encoder: Some("umt5xxl"), clues: &[Has("enc.blk.1.attn_rel_b.weight")], ..ENCODER },
    Part { format: "gguf-t5", encoder: Some("t5xxl"), clues: &[Dim("enc.blk.0.ffn_up.weight", 0, 10_240)], ..ENCODER },
    Part { format: "gguf-t5", encoder: Some("t5"), clues: &[Has("enc.blk.0.attn_q.weight")], ..ENCODER },
];

/// Vision towers without the text half.
pub(super) static VISION_ROWS: &[Part] = &[
    Part {
        variant: Some("siglip"),
        clues: &[
            Has("vision_model.embeddings.patch_embedding.weight"),
            Dim("vision_model.embeddings.patch_embedding.weight", 0, 1152),
        ],
        ..VISION
    },
    Part { clues: &[Starts("vision_model."), LacksStart("text_model.")], ..VISION },
    Part { clues: &[Starts("visual.transformer.resblocks."), LacksStart("transformer.resblocks.")], ..VISION },
];
