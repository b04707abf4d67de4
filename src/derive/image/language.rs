//! Language models that serve as text encoders, and those that are merely language models.

use super::foreign;
use super::identity::{Components, Identity, Kind};
use super::listing::{Listing, Wrapping};
use super::scope::leading_number;
use crate::facts::gguf::{GgufFacts, Layout, TensorFacts};

/// Editions by hidden width, layers and key width: the widths that image pipelines use.
struct Row {
    word: &'static str,
    hidden: u64,
    /// Output width of the first layer's key projection.
    keys: u64,
    /// Whether the key projection has a bias, as Qwen 2 has.
    biased: bool,
    layers: u64,
}

const fn row(word: &'static str, hidden: u64, keys: u64, biased: bool, layers: u64) -> Row {
    Row { word, hidden, keys, biased, layers }
}

static ROWS: &[Row] = &[
    row("gemma2_2b", 2304, 1024, false, 26),
    row("gemma3_4b", 2560, 1024, false, 34),
    row("gemma3_12b", 3840, 2048, false, 48),
    row("llama3.1_8b", 4096, 1024, false, 32),
    row("mistral3_24b", 5120, 1024, false, 30),
    row("mistral3_24b", 5120, 1024, false, 40),
    row("qwen2.5_vl_3b", 2048, 256, true, 36),
    row("qwen2.5_vl_7b", 3584, 512, true, 28),
    row("qwen3_0.6b", 1024, 1024, false, 28),
    row("qwen3_2b", 2048, 1024, false, 28),
    row("qwen3_4b", 2560, 1024, false, 36),
    row("qwen3_8b", 4096, 1024, false, 36),
];

/// Describes the language model in the listing, if it is one.
pub(super) fn find(listing: &Listing<'_>) -> Option<Identity> {
    match listing.wrapping {
        Wrapping::Gguf => gguf(listing),
        _ => safetensors(listing),
    }
}

fn safetensors(listing: &Listing<'_>) -> Option<Identity> {
    let prefixes = ["", "model.", "model.language_model.", "language_model.model.", "language_model."];
    let prefix = prefixes.iter().find(|prefix| listing.has(&format!("{prefix}layers.0.self_attn.k_proj.weight")))?;
    let scope = listing.behind(prefix);
    let hidden = scope.dim("embed_tokens.weight", 1).or_else(|| scope.dim("layers.0.input_layernorm.weight", 0));
    let keys = scope.dim("layers.0.self_attn.k_proj.weight", 0);
    let biased = scope.has("layers.0.self_attn.k_proj.bias");
    Some(describe(hidden, keys, biased, scope.blocks("layers."), "llm-encoder", None))
}

fn gguf(listing: &Listing<'_>) -> Option<Identity> {
    let scope = listing.behind("");
    let hidden = scope.dim("token_embd.weight", 1)?;
    let keys = scope.dim("blk.0.attn_k.weight", 0);
    let biased = scope.has("blk.0.attn_k.bias");
    let architecture = listing.text("general.architecture");
    scope
        .any_starts("blk.")
        .then(|| describe(Some(hidden), keys, biased, scope.blocks("blk."), "gguf-llm", architecture))
}

/// A language model in llama.cpp's names that no pipeline takes for an encoder, told without a listing: it is what nearly
/// every GGUF is.
pub(in crate::derive) fn plain(gguf: &GgufFacts) -> Option<Identity> {
    let mut seen = Seen::default();
    for header in gguf.headers() {
        for block in header.tensors.blocks() {
            let tensors = header.tensors.range(block.places.clone());
            let is_later = |first: TensorFacts<'_>| block.is_numbered && !first.name.starts_with("blk.0.");
            // Of a later block only the number matters.
            let most = if tensors.clone().next().is_some_and(is_later) { 1 } else { usize::MAX };
            tensors.take(most).for_each(|tensor| seen.take(tensor.name, tensor.layout));
        }
    }
    let layers = seen.layers();
    if layers == 0 {
        return None;
    }
    let architecture = gguf.text("general.architecture");
    let identity = describe(Some(seen.hidden?), seen.keys, seen.biased, layers, "gguf-llm", architecture);
    identity.is_foreign().then_some(identity)
}

/// What tells language models apart, as far as it was met.
#[derive(Default)]
struct Seen {
    hidden: Option<u64>,
    keys: Option<u64>,
    biased: bool,
    blocks: Vec<u64>,
}

impl Seen {
    fn take(&mut self, name: &str, layout: &Layout) {
        let [width, rows, ..] = layout.dimensions;
        let Some(rest) = name.strip_prefix("blk.") else {
            if name == "token_embd.weight" {
                self.hidden = Some(width);
            }
            return;
        };
        match rest {
            "0.attn_k.weight" => self.keys = Some(rows),
            "0.attn_k.bias" => self.biased = true,
            _ => {}
        }
        let Some(number) = leading_number(rest) else { return };
        if self.blocks.last() != Some(&number) {
            self.blocks.push(number);
        }
    }

    /// How many blocks there are without a gap.
    fn layers(&mut self) -> u64 {
        self.blocks.sort_unstable();
        self.blocks.dedup();
        self.blocks.iter().zip(0_u64..).take_while(|(number, at)| **number == *at).count() as u64
    }
}

fn describe(
    hidden: Option<u64>,
    keys: Option<u64>,
    biased: bool,
    layers: u64,
    format: &'static str,
    architecture: Option<&str>,
) -> Identity {
    let fits = |row: &&Row| {
        Some(row.hidden) == hidden && Some(row.keys) == keys && row.biased == biased && row.layers == layers
    };
    let named = architecture.map(|word| format!("a language model of the architecture {word}"));
    let Some(row) = ROWS.iter().find(fits) else {
        return foreign::describe("llm", named.unwrap_or_else(|| "a language model".to_owned()));
    };
    Identity {
        kind: Kind::TextEncoder,
        format,
        text_encoder: Some(row.word),
        components: Components { text_encoder: true, ..Components::default() },
        complete: true,
        what: named,
        ..Identity::default()
    }
}
