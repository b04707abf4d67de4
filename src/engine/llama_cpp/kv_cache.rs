//! What a context's cache of keys and values takes.

use super::RELEASE_0_5_0;
use super::load::{Outcome, State, load};
use super::tables::base;
use crate::facts::gguf::GgufFacts;
use crate::format::gguf::{GgmlType, ggml_type};
use serde_json::{Value, json};

/// Contexts are filled up to a multiple of this many cells.
const CELLS: u64 = 256;
/// The number of the element type F16, the engine's default for caches.
const F16: u32 = 1;

/// The bytes of the cache for a context of so many tokens, on llama.cpp v0.5.0; nothing where it does not load the model.
///
/// `key_type` and `value_type` are numbers of element types, as in GGUF files: 1 is F16, the engine's default. Every
/// layer has the full length, those with a window too, as the engine has it by default. Recurrent states come on top.
pub fn kv_cache_bytes(gguf: &GgufFacts, context: u64, key_type: u32, value_type: u32) -> Option<u64> {
    let types = (ggml_type(key_type)?, ggml_type(value_type)?);
    match load(gguf, RELEASE_0_5_0) {
        Outcome::Loaded(state) => bytes(&state, context, types),
        Outcome::Refused(_) | Outcome::Unknown(_) => None,
    }
}

/// What `inspect` shows: the cache of the whole training context in the default type.
pub(super) fn describe(state: &State<'_>) -> Value {
    let context = u64::try_from(state.value(base::N_CTX_TRAIN, 0)).unwrap_or_default();
    let types = ggml_type(F16).zip(ggml_type(F16));
    let size = types.and_then(|types| bytes(state, context, types));
    json!({ "context": context, "cells": cells(context), "key_type": "F16", "value_type": "F16", "bytes": size })
}

fn cells(context: u64) -> Option<u64> {
    context.checked_next_multiple_of(CELLS)
}

fn bytes(state: &State<'_>, context: u64, (key, value): (&GgmlType, &GgmlType)) -> Option<u64> {
    let cells = cells(context)?;
    (0..state.layers().min(512)).try_fold(0_u64, |sum, layer| {
        let (keys, values) = state.cached(layer);
        let row = row_bytes(keys, key)?.checked_add(row_bytes(values, value)?)?;
        sum.checked_add(row.checked_mul(cells)?)
    })
}

fn row_bytes(elements: i64, kind: &GgmlType) -> Option<u64> {
    let blocks = u64::try_from(elements).ok()?.checked_mul(kind.block_bytes)?;
    blocks.checked_div(kind.block_elements)
}
