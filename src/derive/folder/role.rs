//! What a model is for: told by its class name, never by its model type alone.

use super::effective::Effective;
use crate::config::ModelType;
use crate::derive::table::Table;

/// Class name to the tasks that transformers builds it for.
pub static ROLES: Table = Table(include_str!("data/roles.tsv"));
/// Model type, kind of generator, the class that transformers builds for it.
pub static GENERATORS: Table = Table(include_str!("data/generators.tsv"));

/// Tasks that generate text.
static TEXT: [&str; 5] = ["causal_lm", "image_text_to_text", "multimodal_lm", "seq_to_seq_causal_lm", "any_to_any"];
/// Tasks over sound.
static SOUND: [&str; 5] =
    ["audio_classification", "ctc", "speech_seq_2_seq", "text_to_spectrogram", "text_to_waveform"];

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It takes or makes sound.
    Audio,
    /// It generates text.
    Generator,
    /// It classifies, embeds, segments: anything that generates no text.
    Other,
    /// Nothing tells.
    Unknown,
}

impl Role {
    /// The word that is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Generator => "text-generation",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }

    /// The catalog's kind of model.
    pub fn model_type(self) -> Option<ModelType> {
        match self {
            Self::Audio => Some(ModelType::Audio),
            Self::Generator => Some(ModelType::Llm),
            Self::Other | Self::Unknown => None,
        }
    }
}

/// The class that transformers builds for a model type as a generator of text.
pub fn generator(model_type: &str, kind: &str) -> Option<&'static str> {
    let mut rows = GENERATORS.rows(model_type).filter_map(|row| row.split_once('\t'));
    rows.find(|(name, _)| *name == kind).map(|(_, class)| class)
}

/// The tasks of a class; none where transformers does not have it.
pub fn tasks(class: &str) -> Vec<&'static str> {
    ROLES.row(class).map(|row| row.split(' ').collect()).unwrap_or_default()
}

/// Whether a class of transformers generates text.
pub fn generates_text(class: &str) -> bool {
    tasks(class).iter().any(|task| TEXT.contains(task))
}

/// Whether transformers builds a generator of text for a model type.
pub fn is_generator(model_type: &str) -> bool {
    GENERATORS.contains(model_type)
}

/// What the model is for.
pub fn of(effective: &Effective) -> Role {
    let stated = effective.architectures.as_deref().and_then(<[_]>::first);
    match stated {
        Some(class) => of_class(class),
        None => effective.model_type.as_deref().map_or(Role::Unknown, of_model_type),
    }
}

fn of_class(class: &str) -> Role {
    let tasks = tasks(class);
    let any = |list: &[&str]| tasks.iter().any(|task| list.contains(task));
    match () {
        () if any(&SOUND) && !tasks.contains(&"causal_lm") && !tasks.contains(&"image_text_to_text") => Role::Audio,
        () if any(&TEXT) => Role::Generator,
        () if !tasks.is_empty() => Role::Other,
        () => by_ending(class),
    }
}

/// Classes that only their own code knows follow the library's habit of naming.
fn by_ending(class: &str) -> Role {
    let generates = ["ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "ForBlockDiffusion"];
    let classifies =
        ["ForSequenceClassification", "ForTokenClassification", "ForMaskedLM", "ForQuestionAnswering", "RewardModel"];
    if generates.iter().any(|ending| class.ends_with(ending)) {
        Role::Generator
    } else if classifies.iter().any(|ending| class.ends_with(ending)) {
        Role::Other
    } else {
        Role::Unknown
    }
}

fn of_model_type(model_type: &str) -> Role {
    match GENERATORS.contains(model_type) {
        true => Role::Generator,
        false if super::class::Class::of(model_type).is_some() => Role::Other,
        false => Role::Unknown,
    }
}
