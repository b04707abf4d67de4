//! Names of pre-tokenizers: how text is cut before byte pairs are merged.

/// One name of `tokenizer.ggml.pre`.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::engine::llama_cpp) struct PreTokenizer {
    /// The name; case counts.
    pub(in crate::engine::llama_cpp) name: &'static str,
    /// Whether a sequence begins with the BOS token where the file does not say.
    pub(in crate::engine::llama_cpp) add_bos: bool,
    /// Whether there is a BOS token where the file names none.
    pub(in crate::engine::llama_cpp) bos: bool,
    /// The last release that does not know it, where it is not in all.
    pub(in crate::engine::llama_cpp) after: Option<&'static str>,
}

/// The pre-tokenizer called `name`, of any release.
pub(in crate::engine::llama_cpp) fn pre_tokenizer(name: &str) -> Option<&'static PreTokenizer> {
    let at = PRE_TOKENIZERS.binary_search_by(|row| row.name.cmp(name)).ok()?;
    PRE_TOKENIZERS.get(at)
}

const fn plain(name: &'static str) -> PreTokenizer {
    PreTokenizer { name, add_bos: false, bos: true, after: None }
}

const fn with_bos(name: &'static str) -> PreTokenizer {
    PreTokenizer { name, add_bos: true, bos: true, after: None }
}

const fn without_bos(name: &'static str) -> PreTokenizer {
    PreTokenizer { name, add_bos: false, bos: false, after: None }
}

const fn later(name: &'static str, after: &'static str) -> PreTokenizer {
    PreTokenizer { name, add_bos: false, bos: true, after: Some(after) }
}

/// Sorted by name.
pub(in crate::engine::llama_cpp) static PRE_TOKENIZERS: &[PreTokenizer] = &[
    plain("a.x-4.0"),
    plain("afmoe"),
    plain("bailingmoe"),
    plain("bailingmoe2"),
    plain("bloom"),
    with_bos("chameleon"),
    without_bos("chatglm-bpe"),
    plain("codeshell"),
    plain("cohere2moe"),
    plain("command-r"),
    plain("dbrx"),
    plain("deepseek-coder"),
    plain("deepseek-llm"),
    plain("deepseek-r1-qwen"),
    plain("deepseek-v3"),
    plain("default"),
    plain("exaone"),
    plain("exaone-moe"),
    plain("exaone4"),
    plain("f2llmv2"),
    plain("falcon"),
    with_bos("falcon-h1"),
    with_bos("falcon3"),
    with_bos("gemma4"),
    plain("gigachat"),
    without_bos("glm4"),
    later("glm5", "0.5.0"),
    plain("gpt-2"),
    plain("gpt-4o"),
    plain("gpt3-finnish"),
    plain("granite-docling"),
    with_bos("granite-embed-multi-311m"),
    plain("granite-embed-multi-97m"),
    plain("grok-2"),
    plain("hunyuan"),
    plain("hunyuan-dense"),
    plain("hy_v4"),
    plain("jais"),
    plain("jais-2"),
    plain("jina-de"),
    plain("jina-es"),
    plain("jina-v1-en"),
    plain("jina-v2-code"),
    plain("jina-v2-de"),
    plain("jina-v2-es"),
    with_bos("jina-v5-nano"),
    plain("joyai-llm"),
    plain("kanana2"),
    plain("kimi-k2"),
    plain("kormo"),
    plain("laguna"),
    with_bos("lfm2"),
    plain("llada-moe"),
    with_bos("llama-bpe"),
    with_bos("llama-v3"),
    with_bos("llama3"),
    plain("llama4"),
    plain("megrez"),
    plain("mellum"),
    plain("mellum2"),
    with_bos("midm-2.0"),
    plain("minerva-7b"),
    plain("minicpm5"),
    plain("minimax-m2"),
    plain("modern-bert"),
    plain("mpt"),
    plain("olmo"),
    plain("phi-2"),
    with_bos("pixtral"),
    plain("poro-chat"),
    plain("qwen2"),
    plain("qwen35"),
    plain("refact"),
    plain("roberta-bpe"),
    plain("sarvam-moe"),
    plain("seed-coder"),
    plain("smaug-bpe"),
    plain("smollm"),
    plain("solar-open"),
    plain("spark2_5"),
    plain("stablelm2"),
    plain("starcoder"),
    plain("superbpe"),
    plain("talkie"),
    with_bos("tekken"),
    plain("tiny_aya"),
    plain("trillion"),
    plain("ufakzeka"),
    plain("viking"),
    plain("whitespace"),
    plain("youtu"),
];
