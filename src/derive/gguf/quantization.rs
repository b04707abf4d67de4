//! The label of a file's weights: `Q4_K_M`.

use crate::facts::gguf::GgufFacts;
use crate::format::gguf::{ValueType, ggml_type};

/// The label and, where it is the file's own claim, the key that makes it.
pub(super) fn label(gguf: &GgufFacts) -> Option<(&'static str, Option<&'static str>)> {
    static KEY: &str = "general.file_type";
    let claim = gguf.key(KEY).filter(|key| key.kind == ValueType::U32).and_then(|key| key.integer());
    let claim = claim.and_then(label_of).filter(|label| is_of_a_tensor(gguf, label));
    match claim {
        Some(label) => Some((label, Some(KEY))),
        None => most_common(gguf).map(|label| (label, None)),
    }
}

/// Whether some tensor is of the label's family: a claim that no tensor bears out is not believed.
fn is_of_a_tensor(gguf: &GgufFacts, label: &str) -> bool {
    let family = label.get(..3).unwrap_or(label);
    let mut types =
        gguf.headers().flat_map(|header| header.tensors.iter()).filter_map(|tensor| ggml_type(tensor.type_id));
    types.any(|kind| kind.name.starts_with(family))
}

/// The label of the type that most elements have.
fn most_common(gguf: &GgufFacts) -> Option<&'static str> {
    let mut elements = [0_u64; 64];
    for tensor in gguf.headers().flat_map(|header| header.tensors.iter()) {
        if let Some(sum) = usize::try_from(tensor.type_id).ok().and_then(|id| elements.get_mut(id)) {
            *sum = sum.saturating_add(tensor.elements());
        }
    }
    let (id, _) = (0_u32..).zip(elements).filter(|(_, sum)| *sum > 0).max_by_key(|(_, sum)| *sum)?;
    let name = ggml_type(id)?.name;
    Some(guesses(name))
}

/// The usual mix that is built on a type.
fn guesses(name: &'static str) -> &'static str {
    match name {
        "Q3_K" => "Q3_K_M",
        "Q4_K" => "Q4_K_M",
        "Q5_K" => "Q5_K_M",
        "MXFP4" => "MXFP4_MOE",
        other => other,
    }
}

/// The label of `general.file_type` number `id`, unless it is unknown or was removed.
fn label_of(id: i64) -> Option<&'static str> {
    let id = usize::try_from(id).ok()?;
    LABELS.get(id).copied().filter(|label| !label.is_empty())
}

/// By number; removed ones are empty.
static LABELS: [&str; 42] = [
    "F32",
    "F16",
    "Q4_0",
    "Q4_1",
    "",
    "",
    "",
    "Q8_0",
    "Q5_0",
    "Q5_1",
    "Q2_K",
    "Q3_K_S",
    "Q3_K_M",
    "Q3_K_L",
    "Q4_K_S",
    "Q4_K_M",
    "Q5_K_S",
    "Q5_K_M",
    "Q6_K",
    "IQ2_XXS",
    "IQ2_XS",
    "Q2_K_S",
    "IQ3_XS",
    "IQ3_XXS",
    "IQ1_S",
    "IQ4_NL",
    "IQ3_S",
    "IQ3_M",
    "IQ2_S",
    "IQ2_M",
    "IQ4_XS",
    "IQ1_M",
    "BF16",
    "",
    "",
    "",
    "TQ1_0",
    "TQ2_0",
    "MXFP4_MOE",
    "NVFP4",
    "Q1_0",
    "Q2_0",
];
