//! GGUF's words for architectures and the transformers classes that they were converted from.
//!
//! Where several classes become one word, the class that gave the word its name stands here: `llama` also holds Mistral
//! and others, and nothing in the file tells them apart.

/// The transformers class of a GGUF architecture.
pub(super) fn class_of(family: &str) -> Option<&'static str> {
    let at = CLASSES.binary_search_by(|(name, _)| (*name).cmp(family)).ok()?;
    CLASSES.get(at).map(|(_, class)| *class)
}

static CLASSES: &[(&str, &str)] = &[
    ("afmoe", "AfmoeForCausalLM"),
    ("apertus", "ApertusForCausalLM"),
    ("arcee", "ArceeForCausalLM"),
    ("arctic", "ArcticForCausalLM"),
    ("baichuan", "BaichuanForCausalLM"),
    ("bailingmoe", "BailingMoeForCausalLM"),
    ("bailingmoe2", "BailingMoeV2ForCausalLM"),
    ("bert", "BertModel"),
    ("bitnet", "BitnetForCausalLM"),
    ("bloom", "BloomForCausalLM"),
    ("chameleon", "ChameleonForConditionalGeneration"),
    ("chatglm", "ChatGLMModel"),
    ("codeshell", "CodeShellForCausalLM"),
    ("cogvlm", "CogVLMForCausalLM"),
    ("cohere2", "Cohere2ForCausalLM"),
    ("command-r", "CohereForCausalLM"),
    ("dbrx", "DbrxForCausalLM"),
    ("deci", "DeciLMForCausalLM"),
    ("deepseek", "DeepseekForCausalLM"),
    ("deepseek2", "DeepseekV2ForCausalLM"),
    ("dots1", "Dots1ForCausalLM"),
    ("dream", "DreamModel"),
    ("ernie4_5", "Ernie4_5ForCausalLM"),
    ("ernie4_5-moe", "Ernie4_5_MoeForCausalLM"),
    ("exaone", "ExaoneForCausalLM"),
    ("exaone4", "Exaone4ForCausalLM"),
    ("falcon", "FalconForCausalLM"),
    ("falcon-h1", "FalconH1ForCausalLM"),
    ("gemma", "GemmaForCausalLM"),
    ("gemma2", "Gemma2ForCausalLM"),
    ("gemma3", "Gemma3ForCausalLM"),
    ("gemma3n", "Gemma3nForConditionalGeneration"),
    ("glm4", "Glm4ForCausalLM"),
    ("glm4moe", "Glm4MoeForCausalLM"),
    ("gpt-oss", "GptOssForCausalLM"),
    ("gpt2", "GPT2LMHeadModel"),
    ("gptneox", "GPTNeoXForCausalLM"),
    ("granite", "GraniteForCausalLM"),
    ("granitehybrid", "GraniteMoeHybridForCausalLM"),
    ("granitemoe", "GraniteMoeForCausalLM"),
    ("grok", "Grok1ForCausalLM"),
    ("grovemoe", "GroveMoeForCausalLM"),
    ("hunyuan-dense", "HunYuanDenseV1ForCausalLM"),
    ("hunyuan-moe", "HunYuanMoEV1ForCausalLM"),
    ("internlm2", "InternLM2ForCausalLM"),
    ("jais", "JAISLMHeadModel"),
    ("jamba", "JambaForCausalLM"),
    ("jina-bert-v2", "JinaBertModel"),
    ("lfm2", "Lfm2ForCausalLM"),
    ("lfm2moe", "Lfm2MoeForCausalLM"),
    ("llada", "LLaDAModelLM"),
    ("llada-moe", "LLaDAMoEModelLM"),
    ("llama", "LlamaForCausalLM"),
    ("llama4", "Llama4ForConditionalGeneration"),
    ("mamba", "MambaForCausalLM"),
    ("mamba2", "Mamba2ForCausalLM"),
    ("minicpm", "MiniCPMForCausalLM"),
    ("minicpm3", "MiniCPM3ForCausalLM"),
    ("minimax-m2", "MiniMaxM2ForCausalLM"),
    ("mistral3", "Mistral3ForConditionalGeneration"),
    ("mpt", "MPTForCausalLM"),
    ("nemotron", "NemotronForCausalLM"),
    ("nemotron_h", "NemotronHForCausalLM"),
    ("nomic-bert", "NomicBertModel"),
    ("nomic-bert-moe", "NomicBertModel"),
    ("olmo", "OlmoForCausalLM"),
    ("olmo2", "Olmo2ForCausalLM"),
    ("olmoe", "OlmoeForCausalLM"),
    ("openelm", "OpenELMForCausalLM"),
    ("orion", "OrionForCausalLM"),
    ("phi2", "PhiForCausalLM"),
    ("phi3", "Phi3ForCausalLM"),
    ("phimoe", "PhiMoEForCausalLM"),
    ("plamo", "PlamoForCausalLM"),
    ("plamo2", "Plamo2ForCausalLM"),
    ("plm", "PLMForCausalLM"),
    ("qwen", "QWenLMHeadModel"),
    ("qwen2", "Qwen2ForCausalLM"),
    ("qwen2moe", "Qwen2MoeForCausalLM"),
    ("qwen2vl", "Qwen2VLForConditionalGeneration"),
    ("qwen3", "Qwen3ForCausalLM"),
    ("qwen3moe", "Qwen3MoeForCausalLM"),
    ("qwen3next", "Qwen3NextForCausalLM"),
    ("qwen3vl", "Qwen3VLForConditionalGeneration"),
    ("qwen3vlmoe", "Qwen3VLMoeForConditionalGeneration"),
    ("refact", "GPTRefactForCausalLM"),
    ("rwkv6", "Rwkv6ForCausalLM"),
    ("rwkv7", "Rwkv7ForCausalLM"),
    ("seed_oss", "SeedOssForCausalLM"),
    ("smallthinker", "SmallThinkerForCausalLM"),
    ("smollm3", "SmolLM3ForCausalLM"),
    ("stablelm", "StableLmForCausalLM"),
    ("starcoder", "GPTBigCodeForCausalLM"),
    ("starcoder2", "Starcoder2ForCausalLM"),
    ("t5", "T5ForConditionalGeneration"),
    ("t5encoder", "T5EncoderModel"),
    ("wavtokenizer-dec", "WavTokenizerDec"),
    ("xverse", "XverseForCausalLM"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(CLASSES.is_sorted_by(|left, right| left.0 < right.0));
        assert_eq!(class_of("llama"), Some("LlamaForCausalLM"));
        assert_eq!(class_of("no-such"), None);
    }
}
