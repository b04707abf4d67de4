//! Quantization labels.

use std::collections::BTreeSet;

/// Words that say nothing of the quantization.
const EMPTY_WORDS: [&str; 10] =
    ["all", "bpw", "gguf", "guessed", "mostly", "quantization", "quantized", "ternary", "ud", "xl"];

/// Words that mean another one, sorted.
const SYNONYMS: [(&str, &str); 18] = [
    ("bfloat16", "bf16"),
    ("bitsandbytes", "bnb"),
    ("double", "f64"),
    ("f8", "fp8"),
    ("float16", "f16"),
    ("float32", "f32"),
    ("float8", "fp8"),
    ("fp16", "f16"),
    ("fp32", "f32"),
    ("full", "f32"),
    ("half", "f16"),
    ("int2", "2bit"),
    ("int3", "3bit"),
    ("int4", "4bit"),
    ("int8", "8bit"),
    ("large", "l"),
    ("medium", "m"),
    ("small", "s"),
];

/// Labels for weights that are not quantized at all.
const UNQUANTIZED: [&str; 4] = ["none", "no", "unquantized", "false"];

/// Whether two labels are one, or one is a less precise name of the other: `Q4` of `Q4_K_M`, `4-bit` of both.
pub(in crate::rules::catalog) fn same(left: &str, right: &str) -> bool {
    let (left, right) = (words(left), words(right));
    left.is_subset(&right) || right.is_subset(&left) || both_unquantized(&left, &right)
}

fn both_unquantized(left: &BTreeSet<String>, right: &BTreeSet<String>) -> bool {
    let none = |words: &BTreeSet<String>| words.iter().any(|word| UNQUANTIZED.contains(&word.as_str()));
    let float = |words: &BTreeSet<String>| words.iter().all(|word| matches!(word.as_str(), "bf16" | "f16" | "f32"));
    (none(left) && float(right)) || (none(right) && float(left))
}

/// A label's words, with the bits that they imply.
fn words(label: &str) -> BTreeSet<String> {
    let label = label.to_ascii_lowercase().replace("-bit", "bit").replace(" bit", "bit");
    // llama.cpp's own name of IQ3_M; its label of Q2_K is "Q2_K - Medium", of which there is no other size by that name.
    let label = label.replace("iq3_s mix", "iq3_m").replace("q2_k - medium", "q2_k").replace("q2_k_m", "q2_k");
    let parts = label.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.');
    let parts = parts.filter(|part| !part.is_empty() && !part.contains('.') && !EMPTY_WORDS.contains(part));
    parts.flat_map(|part| [Some(synonym(part).to_owned()), bits(part)]).flatten().collect()
}

fn synonym(word: &str) -> &str {
    SYNONYMS.iter().find(|(from, _)| *from == word).map_or(word, |(_, to)| to)
}

/// The bits of a weight that a word implies: `q4` and `nf4` are `4bit`.
fn bits(word: &str) -> Option<String> {
    let digits = ["iq", "q", "tq", "nf", "mxfp", "nvfp"].iter().find_map(|prefix| word.strip_prefix(prefix))?;
    matches!(digits, "1" | "2" | "3" | "4" | "5" | "6" | "8").then(|| format!("{digits}bit"))
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn one_label_has_many_spellings() {
        for (left, right) in [
            ("Q4_K_M", "q4_k_m"),
            ("Q4_K_M", "Q4_K - Medium"),
            ("Q4_K_M", "(guessed) Q4_K - Medium"),
            ("Q2_K", "Q2_K - Medium"),
            ("IQ2_XXS", "IQ2_XXS - 2.0625 bpw"),
            ("IQ3_M", "IQ3_S mix - 3.66 bpw"),
            ("TQ1_0", "TQ1_0 - 1.69 bpw ternary"),
            ("F32", "all F32"),
            ("MXFP4_MOE", "MXFP4 MoE"),
            ("fp16", "F16"),
            ("float16", "f16"),
            ("bfloat16", "BF16"),
            ("gptq-int4", "GPTQ-4bit (g128)"),
            ("GPTQ 4-bit", "gptq-int4"),
            ("Q4", "Q4_K_M"),
            ("4-bit", "Q4_0"),
            ("UD-Q4_K_XL", "Q4_K_M"),
            ("F8_E4M3", "fp8"),
            ("none", "bf16"),
            ("GGUF", "Q8_0"),
            ("bitsandbytes 4bit", "bnb-nf4"),
        ] {
            assert!(same(left, right) && same(right, left), "{left} {right}");
        }
    }

    #[test]
    fn different_labels_differ() {
        for (left, right) in [
            ("Q4_K_M", "Q4_K_S"),
            ("Q4_0", "Q4_1"),
            ("Q4_1", "Q4_K_M"),
            ("Q8_0", "Q4_K_M"),
            ("IQ3_S", "IQ3_M"),
            ("fp16", "bf16"),
            ("awq", "gptq-int4"),
            ("GPTQ-8bit", "gptq-int4"),
            ("none", "Q4_0"),
            ("5-bit", "Q4_0"),
            ("IQ4_NL", "IQ4_XS"),
        ] {
            assert!(!same(left, right) && !same(right, left), "{left} {right}");
        }
    }
}
