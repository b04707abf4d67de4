//! Names of sizes, as the engine tells them by the number of layers.

/// The engine's name for the size of an architecture's model of so many layers; where it has none, it says `?B`.
pub(in crate::engine::llama_cpp) fn size_name(architecture: &str, layers: i64) -> Option<&'static str> {
    SIZES.iter().find(|(name, count, _)| *name == architecture && *count == layers).map(|(_, _, size)| *size)
}

/// Architecture, layers, name.
static SIZES: &[(&str, i64, &str)] = &[
    ("bert", 3, "17M"),
    ("gemma3", 18, "270M"),
    ("gemma3", 26, "1B"),
    ("gemma3", 34, "4B"),
    ("gemma3", 48, "12B"),
    ("gemma3", 62, "27B"),
    ("jina-bert-v2", 4, "33M"),
    ("jina-bert-v2", 12, "137M"),
    ("llama", 16, "1B"),
    ("llama", 22, "1B"),
    ("llama", 26, "3B"),
    ("llama", 28, "3B"),
    ("llama", 30, "256M"),
    ("llama", 36, "8B"),
    ("llama", 40, "13B"),
    ("llama", 48, "34B"),
    ("llama", 60, "30B"),
];
