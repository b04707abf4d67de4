//! A model's config as the tables' expressions see it: filled where keys are absent.

use super::expression::{self, Scope};
use super::table::FIELDS;
use crate::derive::folder::view::View;
use crate::format::json::Json;
use std::cell::{Cell, RefCell};

/// How deep a filled key may rest on another filled key.
const DEPTH: u8 = 4;

/// The text model's config under one table.
pub(super) struct Config<'a> {
    view: &'a View<'a>,
    model_type: &'static str,
    /// What the outer config says of the tie, where it is one.
    tied: Option<bool>,
    depth: Cell<u8>,
    /// Numbers that were asked for: conditions ask for them again in each layer.
    known: RefCell<Vec<(String, Option<i64>)>>,
}

impl<'a> Config<'a> {
    pub(super) fn new(view: &'a View<'a>, model_type: &'static str, tied: Option<bool>) -> Self {
        Self { view, model_type, tied, depth: Cell::new(DEPTH), known: RefCell::default() }
    }

    fn work_out(&self, key: &str) -> Option<i64> {
        if let Some(value) = self.written(key) {
            return value.as_i64();
        }
        let left = self.depth.get().checked_sub(1)?;
        self.depth.set(left);
        let value = self.filled(key).and_then(|filled| expression::value(filled, self));
        self.depth.set(left.saturating_add(1));
        value
    }

    fn written(&self, key: &str) -> Option<&Json> {
        self.view.written(key).filter(|value| !value.is_null())
    }

    /// The table's word on an absent key: `absent` before `default`.
    fn filled(&self, key: &str) -> Option<&'static str> {
        let rows = || FIELDS.rows(self.model_type).filter_map(move |row| row.strip_prefix(key)?.strip_prefix('\t'));
        let of = |kind: &str| rows().find_map(|row| row.strip_prefix(kind)?.strip_prefix('\t'));
        of("absent").or_else(|| of("default"))
    }

    /// Whether a flag of the tables holds: `key=value`. A number other than 0 stands for any number.
    pub(super) fn flag(&self, flag: &str) -> bool {
        let Some((key, wanted)) = flag.split_once('=') else { return false };
        let written = self.written(key);
        match wanted {
            "true" | "false" => self.truth(key) == Some(wanted == "true"),
            "null" => written.is_none() && self.filled(key).is_none_or(|filled| filled == "null"),
            "0" => self.number(key) == Some(0),
            _ => self.number(key).is_some_and(|number| number != 0),
        }
    }

    fn truth(&self, key: &str) -> Option<bool> {
        let tied = self.tied.filter(|_| key == "tie_word_embeddings");
        let written = || self.written(key).and_then(Json::as_bool);
        tied.or_else(written).or_else(|| match self.filled(key)? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    /// The kinds of layers under `key`, older words replaced.
    fn kind_at(&self, key: &str, at: i64) -> Option<String> {
        let place = usize::try_from(at).ok()?;
        let listed = self.view.written(key).map(Json::elements).filter(|list| !list.is_empty());
        if let Some(list) = listed {
            return list.get(place).and_then(Json::as_str).map(|kind| renamed(kind).to_owned());
        }
        match key {
            "mlp_layer_types" => {
                let dense = self.written("first_k_dense_replace").and_then(Json::as_i64)?;
                Some(if at < dense { "dense" } else { "sparse" }.to_owned())
            }
            _ => self.by_pattern(place).or_else(|| self.by_interval(at)),
        }
    }

    /// Nemotron-H writes one letter a layer.
    fn by_pattern(&self, place: usize) -> Option<String> {
        let pattern = self.written("hybrid_override_pattern").and_then(Json::as_str)?;
        let kind = match pattern.as_bytes().get(place)? {
            b'*' => "full_attention",
            b'-' => "mlp",
            b'E' => "moe",
            b'M' => "linear_attention",
            _ => return None,
        };
        Some(kind.to_owned())
    }

    /// Hybrids with full attention in every so-manieth layer.
    fn by_interval(&self, at: i64) -> Option<String> {
        let interval = self.written("full_attention_interval").and_then(Json::as_i64)?;
        let full = at.checked_add(1)?.checked_rem(interval)? == 0;
        Some(if full { "full_attention" } else { "linear_attention" }.to_owned())
    }
}

/// What transformers 5 calls an older kind of layer.
fn renamed(kind: &str) -> &str {
    match kind {
        "attention" => "full_attention",
        "deepseek_sparse_attention" | "qwen_sparse_attention" => "indexed_attention",
        "mamba" => "linear_attention",
        kind => kind,
    }
}

impl Scope for Config<'_> {
    fn number(&self, key: &str) -> Option<i64> {
        // Deeper down, less may be known of the same key.
        if self.depth.get() < DEPTH {
            return self.work_out(key);
        }
        let known = self.known.borrow().iter().find(|(name, _)| name == key).map(|(_, number)| *number);
        known.unwrap_or_else(|| {
            let number = self.work_out(key);
            self.known.borrow_mut().push((key.to_owned(), number));
            number
        })
    }

    fn length(&self, key: &str) -> Option<i64> {
        let list = self.view.written(key).map(Json::elements).filter(|list| !list.is_empty());
        let pattern = || self.written("hybrid_override_pattern").and_then(Json::as_str).map(str::len);
        list.map(<[_]>::len).or_else(pattern).and_then(|length| i64::try_from(length).ok())
    }

    fn is_at(&self, key: &str, at: i64, text: &str) -> Option<bool> {
        self.kind_at(key, at).map(|kind| kind == renamed(text))
    }

    fn holds(&self, key: &str, number: i64) -> Option<bool> {
        let list = self.written(key)?;
        matches!(list, Json::Array(_)).then(|| list.elements().iter().any(|element| element.as_i64() == Some(number)))
    }
}
