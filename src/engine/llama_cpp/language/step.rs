//! What a page says, line by line.

use super::changes::Changes;
use super::expression::{Node, Symbol, Template};
use super::series::AllSeries;
use std::sync::Arc;

/// A page, ready to be run.
#[derive(Debug)]
pub(in crate::engine::llama_cpp) struct Program {
    /// The architecture, as `general.architecture` names it.
    pub(in crate::engine::llama_cpp) architecture: &'static str,
    /// What the page says of the architecture as a whole.
    pub(in crate::engine::llama_cpp) traits: Traits,
    /// The names of the variables.
    #[cfg(test)]
    pub(in crate::engine::llama_cpp) symbols: Vec<&'static str>,
    /// What each variable holds before anything is read, by the variable's number.
    pub(in crate::engine::llama_cpp) starts: Vec<i64>,
    /// The texts that expressions compare with; text `n` is the number `n + 1`.
    pub(in crate::engine::llama_cpp) texts: Vec<&'static str>,
    /// The series of tensors' names.
    pub(in crate::engine::llama_cpp) series: AllSeries,
    /// What every architecture reads, then what this one reads.
    pub(in crate::engine::llama_cpp) keys: Vec<Step>,
    /// The tensors that it asks for.
    pub(in crate::engine::llama_cpp) tensors: Vec<Step>,
}

/// What kind of network it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) enum Kind {
    /// Attention in every layer.
    #[default]
    Attention,
    /// Attention in some layers, a recurrent state in others.
    Hybrid,
    /// A recurrent state in every layer.
    Recurrent,
}

/// How positions are rotated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) enum Rope {
    /// Interleaved sections of several position streams.
    Imrope,
    /// Sections of several position streams.
    Mrope,
    /// Halves.
    Neox,
    /// Not at all.
    #[default]
    None,
    /// Neighbouring pairs.
    Norm,
}

/// What a page says of the architecture as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) struct Traits {
    /// What kind of network it is.
    pub(in crate::engine::llama_cpp) kind: Kind,
    /// Whether it denoises instead of predicting the next token.
    pub(in crate::engine::llama_cpp) diffusion: bool,
    /// Whether it has an encoder.
    pub(in crate::engine::llama_cpp) encoder: bool,
    /// Whether it has no decoder.
    pub(in crate::engine::llama_cpp) encoder_only: bool,
    /// How positions are rotated.
    pub(in crate::engine::llama_cpp) rope: Rope,
    /// How they are where the file states position sections.
    pub(in crate::engine::llama_cpp) rope_with_sections: Option<Rope>,
    /// The last release that does not know it, where it is not in all.
    pub(in crate::engine::llama_cpp) after: Option<&'static str>,
}

/// One line: done where all conditions hold.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::llama_cpp) struct Step {
    /// The conditions, asked in order.
    pub(in crate::engine::llama_cpp) when: Vec<Arc<Node>>,
    /// What is done.
    pub(in crate::engine::llama_cpp) action: Action,
}

/// What one line does.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::llama_cpp) enum Action {
    /// The process dies where it is false.
    AbortUnless(Node),
    /// One layer shares another's weights.
    Alias { layer: Node, of: Node },
    /// Copies every layer's value.
    Copy { to: Symbol, from: Symbol },
    /// Only computes: a division by zero kills here.
    Evaluate(Node),
    /// Repeats for every number of a range, its end not included; `changes` says what may differ in each step.
    For { variable: Symbol, from: Node, to: Node, steps: Vec<Step>, changes: Vec<Changes> },
    /// Experts' gate and up weights, fused or apart.
    GateUp { width: Node, ff: Node, experts: Node, marks: RequestMarks },
    /// Which layers have a window or a recurrent state.
    Pattern { pattern: Pattern, every: Node, dense_first: bool },
    /// Query, key and value weights, fused or apart.
    Qkv { layer: Node, width: Node, query: Node, key: Node, value: Node, marks: RequestMarks },
    /// Reads a metadata key.
    Read(Read),
    /// The load is refused.
    Refuse(&'static str),
    /// Asks for one tensor.
    Request(Request),
    /// Assigns.
    Set { target: Target, value: Node },
}

/// Which pattern over layers is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) enum Pattern {
    /// `is_swa`, from the file's own pattern where it states one.
    LoadWindow,
    /// `is_recr`.
    Recurrent,
    /// `is_swa`.
    Window,
}

/// Where a value goes.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::llama_cpp) enum Target {
    /// Every layer, or a variable that has no layers.
    All(Symbol),
    /// One layer.
    Layer(Symbol, Node),
    /// The layers that an array key lists.
    Listed(Symbol, Box<str>),
}

/// How a key is read.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::llama_cpp) struct Read {
    /// The key.
    pub(in crate::engine::llama_cpp) key: Box<str>,
    /// What is read.
    pub(in crate::engine::llama_cpp) kind: Reading,
    /// The type of the value, or of an array's elements: `u32`.
    pub(in crate::engine::llama_cpp) element: &'static str,
    /// How many elements an array must have.
    pub(in crate::engine::llama_cpp) length: Option<Node>,
    /// Whether its absence refuses the load.
    pub(in crate::engine::llama_cpp) required: bool,
    /// The variable that takes the value.
    pub(in crate::engine::llama_cpp) to: Option<Symbol>,
    /// Whether the variable takes the array's length instead.
    pub(in crate::engine::llama_cpp) counts: bool,
    /// The value where the key is absent; without it the variable keeps its own.
    pub(in crate::engine::llama_cpp) otherwise: Option<Node>,
    /// The texts that are known; another one kills the process.
    pub(in crate::engine::llama_cpp) texts: Vec<(&'static str, i64)>,
}

/// What is read of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) enum Reading {
    /// An array of a fixed number of elements, at most.
    Fixed,
    /// An array of any length.
    Free,
    /// A value, or an array with one for each layer.
    Layers,
    /// An array's length alone.
    Length,
    /// A text.
    Text,
    /// A single value.
    Value,
}

impl Reading {
    /// What a page's word for it means, and the type in it: `u32`, `u32_or_arr`, `arr_u32` ...
    pub(super) fn of(word: &'static str) -> (Self, &'static str) {
        match (word.split_once('_'), word) {
            (Some(("arr", "n")), _) => (Self::Length, "n"),
            (Some(("arr", element)), _) => (Self::Fixed, element),
            (Some(("vec", element)), _) => (Self::Free, element),
            (Some((element, _)), _) => (Self::Layers, element),
            (None, "str") => (Self::Text, word),
            (None, _) => (Self::Value, word),
        }
    }

    /// Whether nothing but an array will do.
    pub(in crate::engine::llama_cpp) fn is_array(self) -> bool {
        matches!(self, Self::Fixed | Self::Free | Self::Length)
    }
}

/// Whether a mark holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::engine::llama_cpp) enum Mark {
    /// It holds.
    Always,
    /// It holds where the expression is not zero.
    If(Arc<Node>),
    /// It does not.
    #[default]
    Never,
}

/// A request for one tensor.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::llama_cpp) struct Request {
    /// The name.
    pub(in crate::engine::llama_cpp) name: Template,
    /// The dimensions, fastest-varying first, as the engine states them; the missing ones are 1.
    pub(in crate::engine::llama_cpp) shape: Vec<Node>,
    /// Its marks.
    pub(in crate::engine::llama_cpp) marks: RequestMarks,
    /// The weight's slot in its layer, where the scale pass knows it.
    pub(in crate::engine::llama_cpp) slot: Option<Slot>,
}

/// How a request is to be taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::engine::llama_cpp) struct RequestMarks {
    /// Its absence is no error.
    pub(in crate::engine::llama_cpp) optional: Mark,
    /// It re-uses a tensor that was counted already.
    pub(in crate::engine::llama_cpp) dup: Mark,
    /// It is counted but not loaded.
    pub(in crate::engine::llama_cpp) skip: Mark,
    /// Only the number of elements is compared.
    pub(in crate::engine::llama_cpp) reshape: bool,
    /// Neither absence nor a wrong shape is an error.
    pub(in crate::engine::llama_cpp) attempt: bool,
    /// The layer whose slot it fills, where that is not the one in its name.
    pub(in crate::engine::llama_cpp) slot_layer: Option<Arc<Node>>,
    /// The slot it fills, where the name does not say it; the empty word is no slot at all.
    pub(in crate::engine::llama_cpp) slot: Option<&'static str>,
}

/// A weight's place in its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) struct Slot {
    /// The bit of the weight's name.
    pub(in crate::engine::llama_cpp) bit: u32,
    /// What of the weight it is.
    pub(in crate::engine::llama_cpp) role: SlotRole,
}

/// What of a weight a tensor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) enum SlotRole {
    /// The scale of what goes in.
    InputScale,
    /// The scale of the weight.
    Scale,
    /// The weight itself.
    Weight,
}
