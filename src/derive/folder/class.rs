//! Config classes: what transformers makes of a `config.json`, by its `model_type`.
//!
//! Tables were taken from transformers 5.23.0 itself. A class is named as the library names it (`LlamaConfig`); its
//! declared fields have defaults, other spellings (`n_positions` for `max_position_embeddings`) and nested configs.

use crate::derive::table::Table;
use crate::format::json::{self, Json};
use crate::limits::Limits;
use std::borrow::Cow;

/// `model_type` to config class; a third field where an instance shows another type.
pub static MODEL_TYPES: Table = Table(include_str!("data/model_types.tsv"));
/// Config class to its other spellings, `other=field`.
static ALIASES: Table = Table(include_str!("data/aliases.tsv"));
/// Config class to the defaults of the fields that matter here, `field=json`, and how absent ones are filled.
static DEFAULTS: Table = Table(include_str!("data/defaults.tsv"));
/// Config class, JSON types, declared fields.
static FIELDS: Table = Table(include_str!("data/fields.tsv"));
/// Config class to its nested configs, `key=class` or `key=auto:model_type`; `?` before it: may be null.
static SUB_CONFIGS: Table = Table(include_str!("data/sub_configs.tsv"));
/// Config class, nested config, what an absent one holds instead of its own class's defaults.
static SUB_DEFAULTS: Table = Table(include_str!("data/sub_defaults.tsv"));
/// Config class, nested config, a model type that it is taken for another one, the other one.
static SUB_TYPES: Table = Table(include_str!("data/sub_types.tsv"));
/// Config class to the path of its text model's config.
static TEXT_PATHS: Table = Table(include_str!("data/text_path.tsv"));

/// A config class of transformers, with what is asked of it for every key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// The library's name.
    pub name: &'static str,
    aliases: Aliases,
    /// Its row in [`DEFAULTS`].
    defaults: &'static str,
}

/// A nested config that a class declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubConfig {
    /// The key under which it stands.
    pub key: &'static str,
    /// Whether `null` leaves it out.
    pub optional: bool,
    /// The class, or the model type that it has unless it states another.
    pub kind: SubKind,
}

/// How the class of a nested config is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubKind {
    /// By its own `model_type`, or this one.
    Auto(&'static str),
    /// Always the class of this name, whatever its `model_type` says.
    Fixed(&'static str),
}

impl Class {
    /// The class of configs that are no config of a known class: no defaults, no other spellings.
    pub const UNKNOWN: Self = Self { name: "", aliases: Aliases(""), defaults: "" };

    /// The class of `model_type`: exact, case and all.
    pub fn of(model_type: &str) -> Option<Self> {
        MODEL_TYPES.fields(model_type).next().map(Self::named)
    }

    /// The class of this name.
    pub fn named(name: &'static str) -> Self {
        let row = |table: &Table| table.row(name).unwrap_or_default();
        Self { name, aliases: Aliases(row(&ALIASES)), defaults: row(&DEFAULTS) }
    }

    /// The `model_type` that an instance of the class shows.
    pub fn model_type(self) -> Option<&'static str> {
        let mut lines = MODEL_TYPES.lines().filter_map(|line| line.split_once('\t'));
        lines.find(|(_, class)| *class == self.name).map(|(model_type, _)| model_type)
    }

    /// The field that `key` is stored under.
    pub fn field<'k>(self, key: &'k str) -> &'k str
    where
        'static: 'k,
    {
        self.aliases.field(key)
    }

    /// The default of `field`, as JSON text.
    pub fn default(self, field: &str) -> Option<&'static str> {
        pairs(self.defaults).find(|(name, _)| *name == field).map(|(_, default)| default)
    }

    /// The default of `field`, read.
    pub fn literal(self, field: &str) -> Option<Cow<'static, Json>> {
        literal(self.default(field)?).map(Cow::Owned)
    }

    /// Whether the class has the trait `word`: how it fills or checks fields beyond their defaults.
    pub fn has(self, word: &str) -> bool {
        self.defaults.split(' ').any(|part| part == word)
    }

    /// The nested configs.
    pub fn sub_configs(self) -> impl Iterator<Item = SubConfig> {
        SUB_CONFIGS.row(self.name).into_iter().flat_map(pairs).map(|(key, kind)| {
            let optional = kind.starts_with('?');
            let kind = kind.trim_start_matches('?').trim_end_matches('+');
            let kind = kind.strip_prefix("auto:").map_or(SubKind::Fixed(kind), SubKind::Auto);
            SubConfig { key, optional, kind }
        })
    }

    /// What an absent nested config `key` holds, as JSON text.
    pub fn sub_default(self, key: &str) -> Option<&'static str> {
        SUB_DEFAULTS.rows(self.name).find_map(|row| row.strip_prefix(key)?.strip_prefix('\t'))
    }

    /// What the class takes a nested config's model type for.
    pub fn sub_type<'k>(self, key: &str, stated: &'k str) -> &'k str {
        let other =
            |row: &'static str| row.strip_prefix(key)?.strip_prefix('\t')?.strip_prefix(stated)?.strip_prefix('\t');
        SUB_TYPES.rows(self.name).find_map(other).unwrap_or(stated)
    }

    /// The keys that lead to the text model's config; none where it is the config itself.
    pub fn text_path(self) -> impl Iterator<Item = &'static str> {
        TEXT_PATHS.row(self.name).into_iter().flat_map(|path| path.split('.'))
    }

    /// The JSON types that the class declares for `field`, in the letters of `engine::transformers::strict`.
    pub fn declared(self, field: &str) -> Option<&'static str> {
        let of = |class: &str| {
            let mut rows = FIELDS.rows(class).filter_map(|row| row.split_once('\t'));
            rows.find(|(_, names)| names.split(' ').any(|name| name == field)).map(|(types, _)| types)
        };
        of(self.name).or_else(|| of("PreTrainedConfig"))
    }
}

/// A class's row in [`ALIASES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Aliases(&'static str);

impl Aliases {
    /// The field that `key` is stored under.
    fn field<'k>(self, key: &'k str) -> &'k str
    where
        'static: 'k,
    {
        pairs(self.0).find(|(other, _)| *other == key).map_or(key, |(_, field)| field)
    }
}

fn pairs(row: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    row.split(' ').filter_map(|pair| pair.split_once('='))
}

/// A table's JSON literal.
pub(super) fn literal(text: &str) -> Option<Json> {
    json::parse(text.as_bytes(), &Limits::default()).ok().map(|document| document.root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_knows_its_fields() {
        let llama = Class::of("llama").unwrap();
        assert_eq!(llama.default("vocab_size"), Some("32000"));
        assert!(llama.has("kv=heads"));
        assert_eq!(llama.declared("rms_norm_eps"), Some("f"));
        assert_eq!(llama.declared("no_such_field"), None);
        assert_eq!(Class::of("gpt2").unwrap().field("hidden_size"), "n_embd");
        assert_eq!(Class::of("LLAMA"), None);
    }

    #[test]
    fn nested_configs_are_declared() {
        let llava = Class::of("llava").unwrap();
        let text = llava.sub_configs().find(|sub| sub.key == "text_config").unwrap();
        assert_eq!(text.kind, SubKind::Auto("llama"));
        assert_eq!(llava.text_path().collect::<Vec<_>>(), ["text_config"]);
        assert_eq!(Class::of("qwen2_5_omni").unwrap().text_path().count(), 2);
    }
}
