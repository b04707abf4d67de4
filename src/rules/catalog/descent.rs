//! Whether a language model can have been made from the base model that is claimed, where the file names none: a
//! model keeps its base's architecture and, quantized or trained further, its number of parameters.

use crate::config::LlmConfig;
use crate::facts::{Facts, ModelFormat};
use crate::rules::Case;

/// Words of base models' names, with how the architectures of what is made from them begin, sorted. A word whose
/// models have had any architecture (`deepseek`, `yi`) is not here.
const FAMILIES: [(&str, &[&str]); 17] = [
    ("bert", &["bert", "distilbert", "modernbert", "nomicbert", "roberta"]),
    ("bloom", &["bloom"]),
    ("codellama", &["llama"]),
    ("falcon", &["falcon", "llama", "rw"]),
    ("gemma", &["gemma"]),
    ("gpt2", &["gpt2"]),
    ("llama", &["deci", "llama", "mllama", "nemotron"]),
    ("mistral", &["llama", "ministral", "mistral", "pixtral"]),
    ("mixtral", &["llama", "mixtral"]),
    ("mpt", &["mpt"]),
    ("olmo", &["olmo"]),
    ("phi", &["phi"]),
    ("pythia", &["gptneox"]),
    ("qwen", &["qwen"]),
    ("smollm", &["llama", "smollm"]),
    ("starcoder", &["gptbigcode", "starcoder"]),
    ("tinyllama", &["llama"]),
];

/// How many times as many parameters a model may have as its base's name says: names round, and vocabularies are cut.
const NEAR: f64 = 1.8;

/// What of the file contradicts the claimed base, in words: `the family llama`, `135 million parameters`.
pub(super) fn contradiction(case: &Case<'_>, config: &LlmConfig, claimed: &str) -> Option<String> {
    let name = claimed.rsplit('/').next().unwrap_or(claimed).to_ascii_lowercase();
    family(config, &name).or_else(|| size(case.facts, config, &name))
}

/// The file's family, where every family that the name speaks of is another.
fn family(config: &LlmConfig, name: &str) -> Option<String> {
    let fact = config.model_family.as_deref()?;
    let letters = crate::catalog::base_model::word(fact);
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let spoken: Vec<_> = words.filter_map(|word| FAMILIES.iter().find(|(family, _)| is_family(word, family))).collect();
    let other = spoken.iter().all(|(_, starts)| !starts.iter().any(|start| letters.starts_with(start)));
    (!spoken.is_empty() && other).then(|| format!("the family {fact}"))
}

/// Whether a word is the family's name, with or without its generation: `qwen2`, `gemma`.
fn is_family(word: &str, family: &str) -> bool {
    let rest = word.strip_prefix(family);
    rest.is_some_and(|rest| rest.bytes().all(|letter| letter.is_ascii_digit()))
}

/// The file's number of parameters, where the name says a very different one.
fn size(facts: &Facts, config: &LlmConfig, name: &str) -> Option<String> {
    let (said, counted) = (said(name)?, parameters(facts, config)?);
    let ratio = if said > counted { said / counted } else { counted / said };
    (ratio > NEAR).then(|| format!("{:.0} million parameters", counted / 1e6))
}

/// The number of parameters that a name says, in its only word of that kind: `7b`, `0.5b`, `135m`, `8x7b`.
fn said(name: &str) -> Option<f64> {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.');
    let mut sizes = words.filter_map(amount);
    let first = sizes.next()?;
    sizes.next().is_none().then_some(first)
}

fn amount(word: &str) -> Option<f64> {
    let (digits, unit) = match word.strip_suffix('b') {
        Some(digits) => (digits, 1e9),
        None => (word.strip_suffix('m')?, 1e6),
    };
    let plain = |digits: &str| -> Option<f64> {
        digits.starts_with(|letter: char| letter.is_ascii_digit()).then_some(())?;
        digits.parse().ok().filter(|number| *number > 0.0)
    };
    match digits.split_once('x') {
        Some((times, each)) => Some(plain(times)? * plain(each)? * unit),
        None => Some(plain(digits)? * unit),
    }
}

/// The elements of all tensors. Unknown of adapters, of split files and of packed weights, whose elements are not
/// parameters.
fn parameters(facts: &Facts, config: &LlmConfig) -> Option<f64> {
    let gguf = facts.gguf.as_ref()?;
    let whole = facts.format == ModelFormat::Gguf && !gguf.is_split() && gguf.text("general.type") != Some("adapter");
    (whole && config.model_family.is_some()).then_some(())?;
    #[allow(clippy::cast_precision_loss, reason = "a comparison of magnitudes")]
    let counted = gguf.tensors.iter().fold(0_u64, |sum, tensor| sum.saturating_add(tensor.elements())) as f64;
    (counted > 0.0).then_some(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_names() {
        for (name, wanted) in [
            ("mistral-7b-v0.1", Some(7e9)),
            ("qwen2.5-0.5b", Some(0.5e9)),
            ("smollm2-135m", Some(135e6)),
            ("mixtral-8x7b", Some(56e9)),
            ("qwen3-30b-a3b", Some(30e9)),
            ("gemma-4-e4b-it", None),
            ("phi-3-mini-128k", None),
            ("a-7b-and-a-13b", None),
        ] {
            assert_eq!(said(name), wanted, "{name}");
        }
    }

    #[test]
    fn families_are_read_from_names() {
        let of = |fact: &str, name: &str| {
            family(&LlmConfig { model_family: Some(fact.into()), ..LlmConfig::default() }, name)
        };
        assert_eq!(of("llama", "qwen2.5-0.5b").as_deref(), Some("the family llama"));
        assert_eq!(of("qwen2", "deepseek-r1-distill-qwen-7b"), None);
        assert_eq!(of("llama", "mistral-7b-v0.1"), None);
        assert_eq!(of("gemma3", "some-model-of-tomorrow"), None);
        assert_eq!(of("phi3", "gemma-2-2b").as_deref(), Some("the family phi3"));
    }
}
