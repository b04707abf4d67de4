//! Architecture words: GGUF's and transformers' class names.

use crate::catalog::architecture::{gguf_word, stem};

/// How like two words are, from like to unlike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules::catalog) enum Likeness {
    /// They mean one architecture.
    Same,
    /// GGUF has one word for both, so that the file cannot tell.
    Possible,
    /// They mean two architectures.
    Other,
}

/// Compares a claimed word with the file's. In a `gguf`, several classes share a word.
pub(in crate::rules::catalog) fn compare(claimed: &str, fact: &str, gguf: bool) -> Likeness {
    let (claimed, fact) = (stem(claimed), stem(fact));
    if claimed == fact {
        return Likeness::Same;
    }
    match (gguf, gguf_word(&claimed) == gguf_word(&fact), shares_word(gguf_word(&fact))) {
        (true, true, true) => Likeness::Possible,
        (true, true, false) => Likeness::Same,
        _ => Likeness::Other,
    }
}

/// Whether classes that are no other's successor share this word.
fn shares_word(word: &str) -> bool {
    word == "llama"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_words_are_one() {
        for (claimed, fact) in [
            ("LlamaForCausalLM", "llama"),
            ("llama", "LlamaForCausalLM"),
            ("Llama", "llama"),
            ("GPT2LMHeadModel", "gpt2"),
            ("GPTNeoXForCausalLM", "gptneox"),
            ("Qwen2MoeForCausalLM", "qwen2moe"),
            ("DeepseekV3ForCausalLM", "deepseek2"),
            ("CohereForCausalLM", "command-r"),
            ("PhiForCausalLM", "phi2"),
            ("Ernie4_5ForCausalLM", "ernie4_5"),
            ("Gemma3ForConditionalGeneration", "gemma3"),
            ("GptOssForCausalLM", "gpt-oss"),
        ] {
            assert_eq!(compare(claimed, fact, true), Likeness::Same, "{claimed} {fact}");
        }
    }

    #[test]
    fn others_differ() {
        for (claimed, fact) in [("Qwen2ForCausalLM", "llama"), ("gpt2", "gptneox"), ("Gemma2ForCausalLM", "gemma3")] {
            assert_eq!(compare(claimed, fact, true), Likeness::Other, "{claimed} {fact}");
        }
    }

    #[test]
    fn a_shared_word_cannot_tell() {
        assert_eq!(compare("MistralForCausalLM", "llama", true), Likeness::Possible);
        assert_eq!(compare("MistralForCausalLM", "LlamaForCausalLM", false), Likeness::Other);
    }
}
