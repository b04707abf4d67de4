//! Which tensors a causal model of transformers has on disk, as data.
//!
//! Read off real instantiation of transformers 5.23.0 and checked on fresh geometries. Names hold `{i}` for a layer,
//! `{e}` for an expert, `{j}` for a further count; shapes are expressions over config keys.

use super::expression::{Scope, holds, value};
use super::scope::Config;
use crate::derive::table::Table;
use std::sync::Arc;

/// Model type; `exact` or `names` (shapes and conditions are not to be trusted); class; base model prefix.
pub(super) static TYPES: Table = Table(include_str!("data/types.tsv"));
/// Model type, key, `absent` or `default`, expression.
pub(super) static FIELDS: Table = Table(include_str!("data/fields.tsv"));
/// Model type, tensor, the tensor that it is tied to.
pub(super) static TIED: Table = Table(include_str!("data/tied.tsv"));
/// Model type; `start`, `part` or `missing`; text of a name that may be there, or not, without harm.
pub(super) static IGNORED: Table = Table(include_str!("data/ignored.tsv"));
/// Image-text model type, table of its text model, `exact` or `names`, prefixes.
pub(super) static IMAGE_TEXT: Table = Table(include_str!("data/image_text.tsv"));
/// Model type, name, shape, count of layers, count of experts, condition, condition without a list.
static TENSORS: Table = Table(include_str!("data/tensors.tsv"));
/// Model type, flag, `+` or `-`, then as in [`TENSORS`].
static VARIANTS: Table = Table(include_str!("data/variants.tsv"));

/// Most places that one row of the table is followed over: far above the largest real one (61 layers of 384 experts).
const MAX_PLACES: u64 = 1 << 16;
/// Most layers, of each of which it is asked whether the row's tensor is there: far above any real count.
const MAX_LAYERS: u64 = 1 << 12;

/// Whether a tensor is in each layer, where that is known.
type Present = Arc<[Option<bool>]>;

/// A tensor that the config promises: one for each layer and expert.
#[derive(Debug)]
pub(super) struct Row {
    /// The name with its counts.
    pub(super) name: &'static str,
    /// The dimensions, slowest-varying first; unknown ones are `None`. No dimensions at all where nothing is known.
    pub(super) shape: Option<Vec<Option<u64>>>,
    /// How many layers; 1 where the name has none.
    pub(super) layers: u64,
    /// How many experts; 1 where the name has none.
    pub(super) experts: u64,
    /// Whether the tensor is in the layer: one entry a layer.
    pub(super) present: Present,
}

/// The fields of a line, by name.
struct Line {
    name: &'static str,
    shape: &'static str,
    layers: &'static str,
    experts: &'static str,
    when: &'static str,
    otherwise: &'static str,
}

/// The rows of `model_type` under `config`; `None` where a count is unknown or absurd.
pub(super) fn rows(model_type: &str, config: &Config<'_>) -> Option<Vec<Row>> {
    let mut lines: Vec<Line> = TENSORS.rows(model_type).filter_map(line).collect();
    let mut added: Vec<Line> = Vec::new();
    let mut removed: Vec<&str> = Vec::new();
    for variant in VARIANTS.rows(model_type) {
        let Some((flag, rest)) = variant.split_once('\t') else { continue };
        let Some((sign, rest)) = rest.split_once('\t') else { continue };
        let Some(line) = line(rest).filter(|_| config.flag(flag)) else { continue };
        removed.push(line.name);
        if sign == "+" {
            added.push(line);
        }
    }
    lines.retain(|line| !removed.contains(&line.name));
    lines.extend(added);
    let mut layers = Layers::default();
    lines.into_iter().map(|line| row(&line, &mut layers, config)).collect()
}

fn line(row: &'static str) -> Option<Line> {
    let mut fields = row.split('\t');
    let mut next = || fields.next();
    Some(Line { name: next()?, shape: next()?, layers: next()?, experts: next()?, when: next()?, otherwise: next()? })
}

fn row(line: &Line, known: &mut Layers, config: &Config<'_>) -> Option<Row> {
    let layers = count(line.layers, config)?;
    let experts = count(line.experts, config)?;
    if layers > MAX_LAYERS || layers.checked_mul(experts)? > MAX_PLACES {
        return None;
    }
    let sizes = line.shape.split(',').filter(|text| !text.is_empty());
    let shape = (line.shape != "?").then(|| sizes.map(|text| size(text, config)).collect());
    let present = known.of(line, layers, config);
    Some(Row { name: line.name, shape, layers, experts, present })
}

fn count(text: &str, config: &dyn Scope) -> Option<u64> {
    if text == "-" { Some(1) } else { size(text, config) }
}

fn size(text: &str, config: &dyn Scope) -> Option<u64> {
    value(text, config).and_then(|number| u64::try_from(number).ok())
}

/// In which layers conditions hold: many lines of a type share theirs.
#[derive(Default)]
struct Layers(Vec<([&'static str; 2], Present)>);

impl Layers {
    fn of(&mut self, line: &Line, layers: u64, config: &dyn Scope) -> Present {
        let conditions = [line.when, line.otherwise];
        let is = |(other, present): &&([&str; 2], Present)| *other == conditions && present.len() as u64 == layers;
        if let Some((_, present)) = self.0.iter().find(is) {
            return Arc::clone(present);
        }
        let present: Present = (0..layers).map(|layer| present(conditions, layer, config)).collect();
        self.0.push((conditions, Arc::clone(&present)));
        present
    }
}

fn present([when, otherwise]: [&str; 2], layer: u64, config: &dyn Scope) -> Option<bool> {
    if when == "-" {
        return Some(true);
    }
    let layer = i64::try_from(layer).ok()?;
    holds(when, layer, config).or_else(|| holds(otherwise, layer, config))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::folder::view::View;
    use crate::format::json;
    use crate::limits::Limits;

    #[test]
    fn a_llama_has_its_tensors() {
        let text = br#"{"model_type":"llama","hidden_size":64,"num_attention_heads":4,"num_key_value_heads":2,
            "num_hidden_layers":2,"vocab_size":10,"intermediate_size":128,"tie_word_embeddings":true}"#;
        let document = json::parse(text, &Limits::default()).unwrap();
        let view = View::root(&document.root);
        let rows = rows("llama", &Config::new(&view, "llama", None)).unwrap();
        assert!(rows.iter().all(|row| row.name != "lm_head.weight"));
        let key = rows.iter().find(|row| row.name.ends_with("k_proj.weight")).unwrap();
        assert_eq!(key.shape.as_deref(), Some(&[Some(32), Some(64)][..]));
        assert_eq!((key.layers, key.experts), (2, 1));
    }

    #[test]
    fn every_exact_type_has_rows_by_its_defaults() {
        let mut open = Vec::new();
        for line in TYPES.lines().filter(|line| line.split('\t').nth(1) == Some("exact")) {
            let name = line.split('\t').next().unwrap();
            let document = json::parse(format!(r#"{{"model_type":"{name}"}}"#).as_bytes(), &Limits::default()).unwrap();
            let view = View::root(&document.root);
            let Some(rows) = rows(name, &Config::new(&view, name, None)) else {
                open.push(format!("{name}: no rows"));
                continue;
            };
            let unknown = |row: &&Row| row.shape.as_ref().is_none_or(|shape| shape.iter().any(Option::is_none));
            if let Some(row) = rows.iter().find(unknown) {
                open.push(format!("{name}: {}", row.name));
            }
        }
        println!("{open:#?}");
        assert!(open.len() <= 24, "{} types have open shapes", open.len());
    }

    #[test]
    fn every_line_is_whole_and_sorted() {
        let whole = |table: Table, fields: usize| {
            table.lines().for_each(|line| assert_eq!(line.split('\t').count(), fields, "{line}"));
            assert!(table.lines().is_sorted());
        };
        whole(TENSORS, 7);
        whole(VARIANTS, 9);
        whole(TYPES, 4);
        assert_eq!(TYPES.lines().count(), 161);
    }
}
