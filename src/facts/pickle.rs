//! Facts of pickles: what they import and the tensors that they list. Nothing is ever executed.

use super::safetensors::Tensors;

/// What one pickle says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PickleFacts {
    /// The file.
    pub file: String,
    /// The tensors that it would rebuild, in order.
    pub tensors: Tensors,
}
