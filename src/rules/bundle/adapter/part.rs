//! What the tensors of an adapter are, by their names.

/// What an adapter's tensor is to the base's weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// `lora_A`: rank by inputs.
    Down,
    /// `lora_B`: outputs by rank.
    Up,
    /// Learned rows of some tokens.
    Rows,
    /// `lora_embedding_A`: rank by tokens.
    TokensDown,
    /// `lora_embedding_B`: width by rank.
    TokensUp,
    /// A length for each output, as DoRA learns.
    Magnitude,
    /// A weight in place of the base's.
    Whole,
}

static PARTS: [(&str, Part); 8] = [
    (".lora_A", Part::Down),
    (".lora_B", Part::Up),
    (".lora_embedding_A", Part::TokensDown),
    (".lora_embedding_B", Part::TokensUp),
    (".lora_magnitude_vector", Part::Magnitude),
    (".modules_to_save", Part::Whole),
    (".base_layer", Part::Whole),
    (".token_adapter.trainable_tokens_delta", Part::Rows),
];

/// The base's module that a tensor changes, and how.
pub(super) fn part(name: &str) -> (&str, Part) {
    let name = name.strip_prefix("base_model.model.").unwrap_or(name);
    let found = PARTS.iter().find_map(|(word, part)| name.split_once(word).map(|(module, _)| (module, *part)));
    found.unwrap_or_else(|| (name.rsplit_once('.').map_or(name, |(module, _)| module), Part::Whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_module_and_part() {
        for (name, expected) in [
            ("base_model.model.model.layers.0.q_proj.lora_A.weight", ("model.layers.0.q_proj", Part::Down)),
            ("base_model.model.model.layers.0.q_proj.lora_B.default.weight", ("model.layers.0.q_proj", Part::Up)),
            ("base_model.model.model.embed_tokens.lora_embedding_A", ("model.embed_tokens", Part::TokensDown)),
            ("base_model.model.lm_head.weight", ("lm_head", Part::Whole)),
            ("base_model.model.model.embed_tokens.base_layer.weight", ("model.embed_tokens", Part::Whole)),
            (
                "base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta",
                ("model.embed_tokens", Part::Rows),
            ),
            ("base_model.model.score.modules_to_save.default.weight", ("score", Part::Whole)),
        ] {
            assert_eq!(part(name), expected, "{name}");
        }
    }
}
