//! Architecture words: GGUF's and transformers' class names.

use crate::catalog::base_model::word;

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

/// Class names end in what the class is for.
const ENDINGS: [&str; 9] = [
    "forcausallm",
    "forconditionalgeneration",
    "formaskedlm",
    "forsequenceclassification",
    "lmheadmodel",
    "lmmodel",
    "decodermodel",
    "encodermodel",
    "model",
];

/// Stems of class names and model types whose GGUF word is not the same letters, sorted by stem.
const GGUF_WORDS: [(&str, &str); 45] = [
    ("bailingmoev2", "bailingmoe2"),
    ("baichuanm1", "baichuan"),
    ("cohere", "commandr"),
    ("deepseekv2", "deepseek2"),
    ("deepseekv3", "deepseek2"),
    ("deepseekv32", "deepseek2"),
    ("exaonemoe", "exaonemoe"),
    ("falconh1", "falconh1"),
    ("gemma3text", "gemma3"),
    ("gemma3ntext", "gemma3n"),
    ("gemma4text", "gemma4"),
    ("glm", "chatglm"),
    ("glm4moelite", "deepseek2"),
    ("gpt2lmhead", "gpt2"),
    ("gptbigcode", "starcoder"),
    ("gptrefact", "refact"),
    ("granitemoehybrid", "granitehybrid"),
    ("granitemoeshared", "granitemoe"),
    ("hunyuandensev1", "hunyuandense"),
    ("hunyuanmoev1", "hunyuanmoe"),
    ("hunyuanv1dense", "hunyuandense"),
    ("hunyuanv1moe", "hunyuanmoe"),
    ("internlm3", "llama"),
    ("kimik2", "deepseek2"),
    ("kimilinear", "kimilinear"),
    ("llama4text", "llama4"),
    ("llava", "llama"),
    ("mistral", "llama"),
    ("mistral3", "llama"),
    ("mixtral", "llama"),
    ("nemotronh", "nemotronh"),
    ("persimmon", "persimmon"),
    ("phi", "phi2"),
    ("phi3small", "phi3"),
    ("phimoe", "phimoe"),
    ("qwen25vl", "qwen2vl"),
    ("qwen3next", "qwen3next"),
    ("rw", "falcon"),
    ("rwkv6qwen2", "rwkv6qwen2"),
    ("stablelmalpha", "stablelm"),
    ("stablelmepoch", "stablelm"),
    ("umt5", "t5"),
    ("voxtral", "llama"),
    ("wavtokenizerdec", "wavtokenizerdec"),
    ("yi", "llama"),
];

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

/// The letters of a word without what its class is for: `LlamaForCausalLM` and `llama` are `llama`.
fn stem(name: &str) -> String {
    let name = word(name);
    let short = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).filter(|short| !short.is_empty());
    short.map_or(name.clone(), str::to_owned)
}

fn gguf_word(stem: &str) -> &str {
    GGUF_WORDS.iter().find(|(class, _)| *class == stem).map_or(stem, |(_, word)| word)
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
