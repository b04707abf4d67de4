//! What the engine knows, as data: one fact a line.

mod architectures;
pub(super) mod base;
mod file_types;
mod names;
mod pre_tokenizers;
mod sizes;

pub(super) use file_types::{GUESSED, file_type_name, guessed_file_type};
pub(super) use names::named_expression;
pub(super) use pre_tokenizers::pre_tokenizer;
pub(super) use sizes::size_name;

use super::language::{self, PageError, Program};
use crate::catalog::architecture::{gguf_word, stem};
use crate::catalog::base_model::word;
use crate::config::LlmConfig;
use architectures::ARCHITECTURES;
use std::sync::OnceLock;

/// One architecture and its page, which is read when a model of it is met for the first time.
#[derive(Debug)]
pub(super) struct Architecture {
    /// The name, as `general.architecture` has it; case counts.
    pub(super) name: &'static str,
    page: &'static str,
    program: OnceLock<Result<Program, PageError>>,
}

impl Architecture {
    /// The page, ready to be run.
    pub(super) fn program(&self) -> Result<&Program, &PageError> {
        self.program.get_or_init(|| language::compile(self.name, self.page)).as_ref()
    }
}

/// The architecture called `name`, of any release.
pub(super) fn architecture(name: &str) -> Option<&'static Architecture> {
    let at = ARCHITECTURES.binary_search_by(|row| row.name.cmp(name)).ok()?;
    ARCHITECTURES.get(at)
}

/// Whether the engine loads what a config names, by GGUF's word or by the class of transformers.
pub(super) fn runs(config: &LlmConfig) -> bool {
    let named = [config.model_family.as_deref(), config.architecture.as_deref()];
    let mut named = named.into_iter().flatten().peekable();
    named.peek().is_none() || named.any(loads)
}

fn loads(name: &str) -> bool {
    let stem = stem(name);
    let wanted = gguf_word(&stem);
    let never = NEVER_LOADED.iter().any(|(name, _)| word(name) == wanted);
    !never && ARCHITECTURES.iter().any(|row| word(row.name) == wanted)
}

/// All architectures.
#[cfg(test)]
pub(super) fn all() -> &'static [Architecture] {
    &ARCHITECTURES
}

/// The page of the architecture called `name`.
pub(super) fn page(name: &str) -> Option<&'static str> {
    architecture(name).map(|row| row.page)
}

/// Architectures without a page here that a later release added, with that release.
pub(super) static LATER: &[(&str, &str)] = &[("clef", "0.6.0")];

/// Architectures that the engine knows by name and never loads, with its words for that.
pub(super) static NEVER_LOADED: &[(&str, &str)] = &[
    ("clip", "CLIP cannot be used as main model, use it with --mmproj instead"),
    ("gptj", "unsupported model architecture: 'gptj'"),
];

/// What every architecture reads.
pub(super) static COMMON: &str = include_str!("common.txt");

static GROUPS: &str = include_str!("groups.txt");

/// The lines of the group called `name`.
pub(super) fn group(name: &str) -> Option<&'static str> {
    GROUPS.split("\ngroup ").find_map(|group| {
        let (found, body) = group.split_once('\n')?;
        (found == name).then_some(body)
    })
}

/// Tensors that must be F32 on a CPU: any other type kills the process.
pub(super) static MUST_BE_F32: [&str; 3] =
    ["rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"];

/// A weight that may have a scale beside it.
#[derive(Debug)]
pub(super) struct Scaled {
    /// The weight's name in the engine.
    pub(super) slot: &'static str,
    /// Its name in the file, between the layer and `.weight`.
    pub(super) tensor: &'static str,
    /// What stands behind the layer in the name of its scale.
    pub(super) scale: &'static str,
    /// The same of the scale of what goes in.
    pub(super) input_scale: &'static str,
    /// Whether there is a scale for each expert.
    pub(super) for_each_expert: bool,
}

macro_rules! scaled {
    ($($slot:literal $tensor:literal $for_each_expert:literal),+ $(,)?) => {
        /// The weights that may have a scale, in the order in which their scales are asked for: names in the engine and
        /// in the file, and whether there is a scale for each expert.
        pub(super) static SCALED: &[Scaled] = &[$(Scaled {
            slot: $slot,
            tensor: $tensor,
            scale: concat!(".", $tensor, ".scale"),
            input_scale: concat!(".", $tensor, ".input_scale"),
            for_each_expert: $for_each_expert,
        }),+];
    };
}

scaled! {
    "wq" "attn_q" false,
    "wk" "attn_k" false,
    "wv" "attn_v" false,
    "wo" "attn_output" false,
    "wqkv" "attn_qkv" false,
    "wqkv_gate" "attn_gate" false,
    "ffn_gate" "ffn_gate" false,
    "ffn_down" "ffn_down" false,
    "ffn_up" "ffn_up" false,
    "ffn_gate_shexp" "ffn_gate_shexp" false,
    "ffn_down_shexp" "ffn_down_shexp" false,
    "ffn_up_shexp" "ffn_up_shexp" false,
    "ffn_gate_exps" "ffn_gate_exps" true,
    "ffn_down_exps" "ffn_down_exps" true,
    "ffn_up_exps" "ffn_up_exps" true,
    "ssm_in" "ssm_in" false,
    "ssm_out" "ssm_out" false,
    "ssm_alpha" "ssm_alpha" false,
    "ssm_beta" "ssm_beta" false,
    "nextn.eh_proj" "nextn.eh_proj" false,
    "nextn.shared_head_head" "nextn.shared_head_head" false,
}

/// The order in which scales of inputs are asked for: places in [`SCALED`].
pub(super) static INPUT_SCALE_ORDER: [usize; 21] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 9, 10, 11, 15, 16, 17, 18, 19, 20];
