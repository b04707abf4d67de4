//! What the caller asks of a model beside whether the engine takes it: a role, and the base that it goes with.

use crate::config::Config;
use crate::derive::image::{Identity, Listing, ListingNames};
use crate::facts::safetensors::SafetensorsFacts;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The place of a file in a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// CLIP bigG.
    ClipG,
    /// CLIP L.
    ClipL,
    /// The part of CLIP that looks at pictures.
    ClipVision,
    /// A network that steers the backbone.
    Control,
    /// A backbone without its companions.
    Diffusion,
    /// A learned word.
    Embedding,
    /// A hypernetwork.
    Hypernetwork,
    /// An adapter for a picture as prompt.
    IpAdapter,
    /// A language model as text encoder.
    Llm,
    /// A low-rank adapter.
    Lora,
    /// A checkpoint.
    Model,
    /// T5 or one of its kin.
    T5,
    /// Any text encoder.
    TextEncoder,
    /// Makes pictures larger.
    Upscaler,
    /// An autoencoder.
    Vae,
}

/// Every word for a role; several mean the same.
static WORDS: &[(&str, Role)] = &[
    ("model", Role::Model),
    ("checkpoint", Role::Model),
    ("diffusion", Role::Diffusion),
    ("diffusion-model", Role::Diffusion),
    ("vae", Role::Vae),
    ("lora", Role::Lora),
    ("controlnet", Role::Control),
    ("control", Role::Control),
    ("text-encoder", Role::TextEncoder),
    ("clip-l", Role::ClipL),
    ("clip-g", Role::ClipG),
    ("t5", Role::T5),
    ("llm", Role::Llm),
    ("ip-adapter", Role::IpAdapter),
    ("clip-vision", Role::ClipVision),
    ("embedding", Role::Embedding),
    ("hypernetwork", Role::Hypernetwork),
    ("upscaler", Role::Upscaler),
];

impl Role {
    /// The role that `word` means; `_` and `-` are the same.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.replace('_', "-").to_ascii_lowercase();
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, role)| *role)
    }

    /// Every word that is known, separated by commas.
    pub fn words() -> String {
        WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
    }

    /// The word for messages.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(_, role)| *role == self).map_or("", |(word, _)| word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The model that a companion is to go with.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// What it is.
    pub identity: Identity,
    /// The names and widths of its weights; none when only the family is known.
    pub names: Option<ListingNames>,
    /// The language model that adapters go on.
    pub language: Option<Arc<LanguageBase>>,
}

/// A language model that adapters go on.
#[derive(Debug, PartialEq)]
pub struct LanguageBase {
    /// Its config: what runs with the adapter is this model.
    pub config: Config,
    /// Shapes by tensor name.
    shapes: BTreeMap<String, Vec<u64>>,
    /// Whether the shapes are those of packed weights.
    is_packed: bool,
}

/// Prefixes that one of two names may have more than the other.
static PREFIXES: [&str; 4] = ["model.", "transformer.", "language_model.", "model.language_model."];

impl LanguageBase {
    /// The model of these headers.
    pub fn new(config: Config, headers: &[SafetensorsFacts], is_packed: bool) -> Self {
        let tensors = headers.iter().flat_map(|header| header.tensors.iter());
        let shapes = tensors.map(|tensor| (tensor.name.to_owned(), tensor.shape.to_vec())).collect();
        Self { config, shapes, is_packed }
    }

    /// The module named `module`, as the base names it: `None` where there is none. With the shape of its weight, where
    /// that is known.
    pub fn module(&self, module: &str) -> Option<(String, Option<&[u64]>)> {
        let bare = PREFIXES.iter().filter_map(|prefix| module.strip_prefix(prefix)).map(str::to_owned);
        let longer = PREFIXES.iter().map(|prefix| format!("{prefix}{module}"));
        let mut names = std::iter::once(module.to_owned()).chain(bare).chain(longer);
        let found = names.find_map(|name| self.exact(&name).map(|shape| (name, shape)));
        found.or_else(|| self.tied_head(module).map(|shape| (module.to_owned(), shape)))
    }

    /// A head that is tied to the embeddings has no weight of its own on disk, and theirs in memory.
    fn tied_head(&self, module: &str) -> Option<Option<&[u64]>> {
        let is_head = module == "lm_head" || module.ends_with(".lm_head");
        let embeddings = |(name, _): &(&str, &[u64])| name.ends_with("embed_tokens") || name.ends_with("wte");
        is_head.then(|| self.modules().find(embeddings).map(|(_, shape)| shape))
    }

    /// Every module that has a weight of its own, with its shape; none where the weights are packed.
    pub fn modules(&self) -> impl Iterator<Item = (&str, &[u64])> {
        let plain = self.shapes.iter().filter(|_| !self.is_packed);
        plain.filter_map(|(name, shape)| Some((name.strip_suffix(".weight")?, shape.as_slice())))
    }

    fn exact(&self, module: &str) -> Option<Option<&[u64]>> {
        let start = format!("{module}.");
        let (first, _) = self.shapes.range(start.clone()..).next()?;
        first.starts_with(&start).then(|| {
            let weight = self.shapes.get(&format!("{module}.weight")).filter(|_| !self.is_packed);
            weight.map(Vec::as_slice)
        })
    }
}

impl Base {
    /// A sound model of `family`, of which no more is known: `flux`, `sdxl`, `wan`.
    pub fn of_family(family: &str) -> Option<Self> {
        crate::derive::image::family(family).map(|identity| Self { identity, names: None, language: None })
    }

    /// A language model.
    pub fn of_language(base: LanguageBase) -> Self {
        Self { identity: Identity::default(), names: None, language: Some(Arc::new(base)) }
    }

    /// The model in a listing.
    pub fn of_listing(identity: Identity, listing: &Listing<'_>) -> Self {
        Self { identity, names: Some(ListingNames::of(listing)), language: None }
    }
}

/// What the caller asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The place that the file is meant for; any that it is good for, when not stated.
    pub role: Option<Role>,
    /// The model that it is to go with.
    pub base: Option<&'a Base>,
}
