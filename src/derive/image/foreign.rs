//! Models of other kinds that get into an image worker's folder.

use super::clue::Clue::{Has, Starts};
use super::clue::{Clue, all_hold};
use super::identity::{Identity, Kind};
use super::listing::Listing;

/// A signature, its short word and what to call it.
static ROWS: &[(&[Clue], &str, &str)] = &[
    (
        &[Has("model.encoder.conv1.weight"), Has("model.decoder.embed_positions.weight")],
        "audio-asr",
        "a Whisper speech recognition model",
    ),
    (
        &[Has("encoder.conv1.weight"), Has("decoder.token_embedding.weight")],
        "audio-asr",
        "a Whisper speech recognition model",
    ),
    (&[Has("bert.embeddings.word_embeddings.weight")], "bert", "a BERT text model"),
    (&[Has("embeddings.word_embeddings.weight")], "bert", "a BERT text model"),
    (&[Has("roberta.embeddings.word_embeddings.weight")], "bert", "a RoBERTa text model"),
    (&[Has("wte.weight"), Has("h.0.attn.c_attn.weight")], "llm", "a GPT-2 language model"),
    (&[Has("transformer.wte.weight")], "llm", "a GPT language model"),
    (&[Has("token_embd.weight"), Starts("blk.0.")], "llm", "a language model"),
    (&[Has("image_encoder.patch_embed.proj.weight")], "segmentation", "a Segment Anything model"),
    (&[Starts("wav2vec2.")], "audio-asr", "a wav2vec 2.0 speech model"),
    (&[Starts("vit.embeddings.")], "vision", "a ViT picture classifier"),
    (&[Has("roi_heads.box_predictor.cls_score.weight")], "detection", "a detection model"),
    (&[Starts("model.0.conv."), Starts("model.1.conv.")], "detection", "a YOLO detection model"),
];

/// Names a foreign model, if the listing is one.
pub(super) fn find(listing: &Listing<'_>) -> Option<Identity> {
    let scope = listing.behind("").surveyed();
    let row = ROWS.iter().find(|(clues, ..)| all_hold(clues, &scope));
    row.map(|(_, format, what)| describe(format, (*what).to_owned()))
}

/// A model of another kind.
pub(super) fn describe(format: &'static str, what: String) -> Identity {
    Identity { kind: Kind::NotImage, format, what: Some(what), complete: true, ..Identity::default() }
}
