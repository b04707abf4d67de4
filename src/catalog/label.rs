//! Quantization labels in file names.

/// The label that a GGUF's file name ends in: `Q4_0` of `model-Q4_0.gguf` or `model.Q4_0-00001-of-00003.gguf`.
pub(super) fn of_file(name: &str) -> Option<String> {
    let stem = name.rsplit('/').next()?.strip_suffix(".gguf")?;
    let stem = without_part(stem);
    let last = stem.rsplit(['-', '.']).next()?.to_ascii_uppercase();
    is_label(&last).then_some(last)
}

/// A split file's name without `-00001-of-00003`.
pub(super) fn without_part(stem: &str) -> &str {
    let part = |stem: &str| {
        let (rest, count) = stem.rsplit_once("-of-")?;
        let (name, at) = rest.rsplit_once('-')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
        (digits(count) && digits(at)).then_some(name.len())
    };
    part(stem).and_then(|length| stem.get(..length)).unwrap_or(stem)
}

fn is_label(word: &str) -> bool {
    let numbered = ["IQ", "MXFP", "NVFP", "Q", "TQ"].iter().filter_map(|prefix| word.strip_prefix(prefix));
    let mut numbered = numbered.map(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
    matches!(word, "BF16" | "F16" | "F32" | "FP16" | "FP32") || numbered.any(|starts| starts)
}

#[cfg(test)]
mod tests {
    use super::of_file;

    #[test]
    fn labels_end_the_name() {
        for (name, label) in [
            ("gemma-4-E4B-it-Q4_0.gguf", Some("Q4_0")),
            ("a/model.q4_k_m.gguf", Some("Q4_K_M")),
            ("big-IQ2_XXS-00001-of-00003.gguf", Some("IQ2_XXS")),
            ("model-f16.gguf", Some("F16")),
            ("Qwen2.gguf", None),
            ("model.gguf", None),
            ("model-Q4_0.safetensors", None),
        ] {
            assert_eq!(of_file(name).as_deref(), label, "{name}");
        }
    }
}
