//! Learned tensors that the class does not have: a stray one, or a part of every layer.

use super::compare::is_float;
use crate::format::safetensors::Dtype;
use std::collections::{BTreeMap, BTreeSet};

/// How many kinds of names are followed: no layer has as many parts.
const KINDS: usize = 256;

/// Names that nothing promises, by kind: `#` stands for the layer.
#[derive(Debug, Default)]
pub(super) struct Extras(BTreeMap<String, BTreeSet<u64>>);

impl Extras {
    pub(super) fn note(&mut self, name: &str, dtype: Dtype) {
        let is_learned = is_float(dtype) && (name.ends_with(".weight") || name.ends_with(".bias"));
        let Some((kind, layer)) = split(name).filter(|_| is_learned) else { return };
        if self.0.len() < KINDS || self.0.contains_key(&kind) {
            self.0.entry(kind).or_default().insert(layer);
        }
    }

    /// The kinds that are there in each of `layers` layers. One layer proves nothing.
    pub(super) fn in_all(&self, layers: u64) -> Vec<String> {
        let all = |seen: &&BTreeSet<u64>| layers > 1 && (0..layers).all(|layer| seen.contains(&layer));
        self.0.iter().filter(|(_, seen)| all(seen)).map(|(kind, _)| kind.clone()).collect()
    }
}

/// The name with `#` for its first number, and that number.
fn split(name: &str) -> Option<(String, u64)> {
    let mut layer = None;
    let segments = name.split('.').map(|segment| match (layer, segment.parse::<u64>()) {
        (None, Ok(number)) => {
            layer = Some(number);
            "#"
        }
        _ => segment,
    });
    let kind = segments.collect::<Vec<_>>().join(".");
    layer.map(|layer| (kind, layer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_every_layer_counts() {
        let mut extras = Extras::default();
        for name in ["a.0.norm.weight", "a.1.norm.weight", "a.1.stray.bias", "a.0.scale", "a.1.scale", "b.weight"] {
            extras.note(name, Dtype::F32);
        }
        extras.note("a.0.packed.weight", Dtype::I8);
        extras.note("a.1.packed.weight", Dtype::I8);
        assert_eq!(extras.in_all(2), ["a.#.norm.weight"]);
        assert!(extras.in_all(3).is_empty() && extras.in_all(1).is_empty());
    }
}
