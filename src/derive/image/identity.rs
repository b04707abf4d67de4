//! What an image, video or audio file turned out to be.

use serde::Serialize;

/// The kind of file, in CivitAI's words; IPAdapter, NotImage and Unknown are added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[allow(clippy::upper_case_acronyms, reason = "the variants are the catalog's own words")]
pub enum Kind {
    /// A backbone, with or without its companions.
    Checkpoint,
    /// The part of CLIP that looks at pictures.
    CLIPVision,
    /// A network that steers a backbone by a picture.
    Controlnet,
    /// An adapter with weight decomposition.
    DoRA,
    /// A hypernetwork.
    Hypernetwork,
    /// An adapter that feeds a picture to cross attention.
    IPAdapter,
    /// A low-rank adapter.
    LORA,
    /// Layers that make a picture model move.
    MotionModule,
    /// A model, but none for pictures.
    NotImage,
    /// The part that reads the prompt.
    TextEncoder,
    /// A learned word.
    TextualInversion,
    /// None that is known, or not enough of one.
    #[default]
    Unknown,
    /// Makes pictures larger.
    Upscaler,
    /// A variational autoencoder.
    VAE,
}

impl Kind {
    /// The word that is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Checkpoint => "Checkpoint",
            Self::CLIPVision => "CLIPVision",
            Self::Controlnet => "Controlnet",
            Self::DoRA => "DoRA",
            Self::Hypernetwork => "Hypernetwork",
            Self::IPAdapter => "IPAdapter",
            Self::LORA => "LORA",
            Self::MotionModule => "MotionModule",
            Self::NotImage => "NotImage",
            Self::TextEncoder => "TextEncoder",
            Self::TextualInversion => "TextualInversion",
            Self::Unknown => "Unknown",
            Self::Upscaler => "Upscaler",
            Self::VAE => "VAE",
        }
    }
}

/// What a model makes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Media {
    /// Sound.
    Audio,
    /// Pictures.
    #[default]
    Image,
    /// Moving pictures.
    Video,
}

/// Which parts of a pipeline the file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Components {
    /// The backbone.
    pub unet: bool,
    /// The autoencoder.
    pub vae: bool,
    /// A text encoder.
    pub text_encoder: bool,
}

/// A metadata text that the shapes contradict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The metadata key.
    pub key: String,
    /// What it says.
    pub says: String,
    /// The family that it means.
    pub means: String,
}

/// How much of the family's tensors is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Completeness {
    /// Tensors of the backbone that are there.
    pub present: u64,
    /// Tensors that the family has.
    pub expected: u64,
    /// What is missing or has another shape; empty where everything is there.
    pub defects: Vec<Defect>,
}

/// One thing that is not as the family has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Defect {
    /// The component: `unet`, `vae`, `text_encoder`.
    pub component: &'static str,
    /// What is wrong.
    pub kind: DefectKind,
    /// The tensor, or the block's stem.
    pub name: String,
    /// The shape or count that the family has.
    pub expected: String,
    /// The shape or count in the file.
    pub found: String,
}

/// What is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefectKind {
    /// Every tensor of a block is missing.
    MissingBlock,
    /// A tensor is missing.
    MissingTensor,
    /// A tensor has another shape.
    WrongShape,
}

/// What the file is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Identity {
    /// The kind of file.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What it makes.
    pub media: Media,
    /// The family's short name: `sdxl`.
    pub family: Option<&'static str>,
    /// The edition within the family: `inpaint`.
    pub variant: Option<&'static str>,
    /// The best single base, in CivitAI's spelling.
    pub base_model: Option<&'static str>,
    /// Every base that the header cannot rule out.
    pub base_model_candidates: Vec<&'static str>,
    /// What the base was decided by: `shapes`, or the metadata key.
    pub decided_by: String,
    /// Parts of a pipeline in the file.
    pub components: Components,
    /// What the backbone predicts; `None` where the header cannot tell.
    pub prediction: Option<&'static str>,
    /// Width and height, in pixels.
    pub resolution: Option<(u32, u32)>,
    /// Layers left out at the text encoder's end, plus one.
    pub clip_skip: Option<u32>,
    /// Channels of the latent picture.
    pub latent_channels: Option<u32>,
    /// How names and tensors are laid out: `ldm-checkpoint`, `lora-kohya`.
    pub format: &'static str,
    /// The precision of the weights: `fp16`, `Q4_K`.
    pub precision: Option<&'static str>,
    /// Words that call what was trained.
    pub trigger_words: Option<Vec<String>>,
    /// Which text encoder this is or holds.
    pub text_encoder: Option<&'static str>,
    /// The rank of an adapter.
    pub rank: Option<u64>,
    /// How many tensors the file holds.
    pub tensors: u64,
    /// Vectors of an embedding.
    pub vectors: Option<u64>,
    /// CivitAI's word, where it is finer than the kind: `LoCon`.
    pub civitai_type: Option<&'static str>,
    /// Metadata that the shapes contradict.
    pub conflicts: Vec<Conflict>,
    /// Whether everything of the family is there.
    pub complete: bool,
    /// The counts behind it.
    pub completeness: Completeness,
    /// What it really is, for kinds that are no image model.
    pub what: Option<String>,
    /// The prefix before the backbone's names.
    #[serde(skip)]
    pub prefix: String,
}

impl Identity {
    /// Whether this is no part of a picture, video or sound pipeline.
    pub fn is_foreign(&self) -> bool {
        matches!(self.kind, Kind::NotImage | Kind::Unknown)
    }
}
