//! Words for architectures: classes of transformers, and GGUF's.

use super::base_model::word;

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

/// The letters of a word without what its class is for: `LlamaForCausalLM` and `llama` are `llama`.
pub(crate) fn stem(name: &str) -> String {
    let name = word(name);
    let short = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).filter(|short| !short.is_empty());
    short.map_or(name.clone(), str::to_owned)
}

/// GGUF's word for a class's stem, letters and digits alone.
pub(crate) fn gguf_word(stem: &str) -> &str {
    GGUF_WORDS.iter().find(|(class, _)| *class == stem).map_or(stem, |(_, word)| word)
}
