//! Findings of the walk.

use crate::diagnostic::{Cause, Diagnostic, Origin};
use crate::facts::gguf::{GgufFacts, TensorFacts};

/// A finding about a metadata key.
pub(super) fn stop(gguf: &GgufFacts, cause: &'static Cause, key: &str, message: String) -> Diagnostic {
    Diagnostic::new(cause, message).at(gguf.origin(key))
}

/// A finding about a tensor; `tensor` is it, where the files have it.
pub(super) fn of_tensor(
    file: &str,
    cause: &'static Cause,
    name: &str,
    tensor: Option<TensorFacts<'_>>,
    message: String,
) -> Diagnostic {
    let origin = Origin::file(file).key(name);
    Diagnostic::new(cause, message).at(match tensor {
        Some(tensor) => origin.offset(tensor.offset),
        None => origin,
    })
}

/// Dimensions as the engine prints them, without the ones that are 1 at the end.
pub(super) fn dimensions(shape: &[i64]) -> String {
    let last = shape.iter().rposition(|size| *size != 1).map_or(1, |at| at.saturating_add(1));
    let shown: Vec<_> = shape.iter().take(last).map(i64::to_string).collect();
    format!("[{}]", shown.join(", "))
}
