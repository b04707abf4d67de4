//! Case recipes: a base model and what is done to it.

use super::edit::Edit;
use super::{Model, bases};
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// One case of `test-models/cases`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// What the case shows.
    pub about: String,
    /// The base model's name.
    pub base: String,
    /// What is done to it, in order.
    #[serde(default)]
    pub edits: Vec<Edit>,
}

impl Recipe {
    /// The model that the recipe makes.
    pub fn build(&self) -> Model {
        let mut model = bases::base(&self.base);
        self.edits.iter().for_each(|edit| edit.apply(&mut model));
        model
    }
}

/// Every case, by name.
pub fn recipes() -> Vec<(String, Recipe)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-models/cases");
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| {
        toml::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    let mut recipes: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(&path)))
        .collect();
    recipes.sort_by(|left: &(String, Recipe), right| left.0.cmp(&right.0));
    recipes
}
