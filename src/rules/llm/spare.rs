//! Layers behind the counted ones: those that predict further tokens are left alone by the class, others are lost ones.

use std::collections::BTreeMap;

/// Parts that only a layer for multi-token prediction has.
static MARKS: [&str; 5] = [".eh_proj.", ".enorm.", ".hnorm.", ".shared_head.", ".mtp"];

/// The names of one such layer.
#[derive(Debug, Default)]
struct Layer {
    is_prediction: bool,
    names: Vec<(String, String)>,
}

/// Layers behind the last one that the config counts, as many as it says that predict further tokens.
#[derive(Debug, Default)]
pub(super) struct Spare {
    counted: u64,
    extra: u64,
    seen: BTreeMap<u64, Layer>,
}

impl Spare {
    pub(super) fn new(counted: u64, extra: u64) -> Self {
        Self { counted, extra, seen: BTreeMap::new() }
    }

    /// How many layers the config counts.
    pub(super) fn layers(&self) -> u64 {
        self.counted
    }

    /// Takes a name of such a layer.
    pub(super) fn takes(&mut self, layer: Option<u64>, name: &str, file: &str) -> bool {
        let end = self.counted.saturating_add(self.extra);
        let Some(layer) = layer.filter(|layer| (self.counted..end).contains(layer)) else { return false };
        let seen = self.seen.entry(layer).or_default();
        seen.is_prediction |= MARKS.iter().any(|mark| name.contains(mark));
        seen.names.push((name.to_owned(), file.to_owned()));
        true
    }

    /// What turned out to be ordinary layers: layer, name, file.
    pub(super) fn ordinary(self) -> impl Iterator<Item = (u64, String, String)> {
        let ordinary = self.seen.into_iter().filter(|(_, layer)| !layer.is_prediction);
        ordinary.flat_map(|(number, layer)| layer.names.into_iter().map(move |(name, file)| (number, name, file)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_layer_is_told_from_a_lost_one() {
        let mut spare = Spare::new(2, 2);
        assert!(!spare.takes(Some(1), "a.1.q.weight", "f") && !spare.takes(Some(4), "a.4.q.weight", "f"));
        for name in ["a.2.q.weight", "a.2.eh_proj.weight"] {
            assert!(spare.takes(Some(2), name, "f"));
        }
        assert!(spare.takes(Some(3), "a.3.q.weight", "f"));
        let left: Vec<_> = spare.ordinary().map(|(layer, name, _)| (layer, name)).collect();
        assert_eq!(left, [(3, "a.3.q.weight".to_owned())]);
    }
}
