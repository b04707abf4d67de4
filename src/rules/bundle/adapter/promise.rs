//! What an adapter's config promises and its file does not have.

use super::part::Part;
use crate::format::json::Json;
use crate::rules::asked::LanguageBase;
use std::collections::{BTreeMap, BTreeSet};

/// The parts that were found, by the base's module.
#[derive(Debug, Default)]
pub(super) struct Found(BTreeMap<String, BTreeSet<Part>>);

impl Found {
    pub(super) fn note(&mut self, module: String, part: Part) {
        self.0.entry(module).or_default().insert(part);
    }

    fn has(&self, module: &str, part: Part) -> bool {
        self.0.get(module).is_some_and(|parts| parts.contains(&part))
    }

    fn any(&self, part: Part) -> bool {
        self.0.values().any(|parts| parts.contains(&part))
    }
}

/// Names of promised tensors that were not found.
pub(super) fn lost(config: &Json, base: &LanguageBase, found: &Found) -> Vec<String> {
    let mut lost = halves(config, found);
    lost.extend(targets(config, base, found));
    lost.extend(saved(config, base, found));
    if is_stated(config, "trainable_token_indices") && !found.any(Part::Rows) {
        lost.push("token_adapter.trainable_tokens_delta".to_owned());
    }
    lost
}

/// Matrices without their other half, and without the lengths that DoRA learns.
fn halves(config: &Json, found: &Found) -> Vec<String> {
    let dora = config.get("use_dora").and_then(Json::as_bool) == Some(true);
    let pairs = [
        (Part::Down, Part::Up, "lora_B.weight"),
        (Part::Up, Part::Down, "lora_A.weight"),
        (Part::TokensDown, Part::TokensUp, "lora_embedding_B"),
        (Part::TokensUp, Part::TokensDown, "lora_embedding_A"),
        (Part::Down, Part::Magnitude, "lora_magnitude_vector"),
    ];
    let wanted = pairs.into_iter().filter(|(_, other, _)| dora || *other != Part::Magnitude);
    let without = |(one, other, name): (Part, Part, &'static str)| {
        let halves = found.0.iter().filter(move |(_, parts)| parts.contains(&one) && !parts.contains(&other));
        halves.map(move |(module, _)| format!("{module}.{name}"))
    };
    wanted.flat_map(without).collect()
}

/// Targets that are listed by name, are in the base, and were left out.
fn targets(config: &Json, base: &LanguageBase, found: &Found) -> Vec<String> {
    let Some(listed) = names(config.get("target_modules")) else { return Vec::new() };
    let Some(excluded) = names(config.get("exclude_modules").filter(|value| !value.is_null()))
        .or_else(|| (!is_stated(config, "exclude_modules")).then(Vec::new))
    else {
        return Vec::new();
    };
    let Some(layers) = layers(config) else { return Vec::new() };
    let wanted = |module: &str| {
        listed.iter().any(|name| ends_in(module, name)) && !excluded.iter().any(|name| ends_in(module, name))
    };
    let of_layer = |module: &str| layers.is_empty() || number(module).is_some_and(|number| layers.contains(&number));
    // A class may hold its experts in one tensor, and have no modules of theirs.
    let plain = |module: &str| module.split('.').filter(|segment| segment.parse::<u64>().is_ok()).count() < 2;
    let modules = base.modules().filter(|(module, shape)| shape.len() == 2 && wanted(module) && plain(module));
    let adapted = |module: &str| found.has(module, Part::Down) || found.has(module, Part::TokensDown);
    let half = |module: &str| found.has(module, Part::Up) || found.has(module, Part::TokensUp);
    let lost = modules.filter(|(module, _)| of_layer(module) && !adapted(module) && !half(module));
    lost.map(|(module, _)| format!("{module}.lora_A.weight")).collect()
}

/// Whole modules that are listed and were left out.
fn saved(config: &Json, base: &LanguageBase, found: &Found) -> Vec<String> {
    let listed = names(config.get("modules_to_save")).unwrap_or_default();
    let wanted = |module: &str| listed.iter().any(|name| ends_in(module, name));
    let lost = base.modules().filter(|(module, _)| wanted(module) && !found.has(module, Part::Whole));
    // A tied head is a module without a weight on disk.
    let tied = listed.iter().filter(|name| {
        !base.modules().any(|(module, _)| ends_in(module, name))
            && base.module(name).is_some_and(|(module, _)| !found.has(&module, Part::Whole))
    });
    lost.map(|(module, _)| module).chain(tied.copied()).map(|module| format!("{module}.weight")).collect()
}

/// The layers that are changed; none where all are. `None` where that cannot be told.
fn layers(config: &Json) -> Option<Vec<u64>> {
    let number = |value: &Json| value.as_i64().and_then(|number| u64::try_from(number).ok());
    match config.get("layers_to_transform").filter(|value| !value.is_null()) {
        None => Some(Vec::new()),
        Some(_) if is_stated(config, "layers_pattern") => None,
        Some(Json::Array(list)) => list.iter().map(number).collect(),
        Some(value) => number(value).map(|number| vec![number]),
    }
}

fn number(module: &str) -> Option<u64> {
    module.split('.').find_map(|segment| segment.parse().ok())
}

fn is_stated(config: &Json, key: &str) -> bool {
    config.get(key).is_some_and(|value| !value.is_null() && (value.as_str().is_some() || !is_empty(value)))
}

fn is_empty(value: &Json) -> bool {
    value.elements().is_empty() && value.members().is_empty()
}

/// A list of names; nothing where it is no list: a string is a regular expression, or `all-linear`.
fn names(value: Option<&Json>) -> Option<Vec<&str>> {
    let Json::Array(list) = value? else { return None };
    list.iter().map(Json::as_str).collect()
}

/// Whether a pattern is a plain name, and no regular expression.
pub(super) fn is_name(pattern: &str) -> bool {
    pattern.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
}

/// Whether the last segments of `module` are those of `name`.
pub(super) fn ends_in(module: &str, name: &str) -> bool {
    module.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_by_whole_segments() {
        assert!(ends_in("a.q_proj", "q_proj") && ends_in("q_proj", "q_proj") && ends_in("a.0.b.c", "b.c"));
        assert!(!ends_in("a.xq_proj", "q_proj") && !ends_in("a.q_proj", "a"));
        assert!(is_name("layers.0.q_proj") && !is_name("^q_proj") && !is_name(r"layers\.\d+"));
    }

    #[test]
    fn halves_are_missed() {
        let mut found = Found::default();
        for (module, part) in [("a", Part::Down), ("a", Part::Up), ("b", Part::Down), ("c", Part::TokensUp)] {
            found.note(module.to_owned(), part);
        }
        let config = crate::format::json::parse(br#"{"use_dora":false}"#, &crate::limits::Limits::default()).unwrap();
        assert_eq!(halves(&config.root, &found), ["b.lora_B.weight", "c.lora_embedding_A"]);
    }
}
