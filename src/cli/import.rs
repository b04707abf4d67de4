//! `modelgate import`

use super::{Outcome, Result, output};
use modelgate::{Error, ModelEntry};
use serde_json::Value;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Import {
    /// Where the answer comes from
    #[arg(value_enum)]
    hub: Hub,
    /// The API's answer (JSON): a model, a version, a list of them
    file: PathBuf,
    /// Hugging Face: the answer of the repository's /tree, for sizes
    #[arg(long)]
    tree: Option<PathBuf>,
    /// Hugging Face: which of the tree's files is meant, where there are several quantizations
    #[arg(long, requires = "tree")]
    file_name: Option<String>,
    /// CivitAI: the version's number [default: every version of a list, the newest one of a model]
    #[arg(long)]
    version: Option<u64>,
}

/// A hub whose answers are understood.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Hub {
    /// CivitAI
    Civitai,
    /// Hugging Face
    Huggingface,
}

impl Import {
    pub(super) fn run(&self) -> Result<Outcome> {
        let answer = read(&self.file)?;
        let imported = match self.hub {
            Hub::Civitai => self.civitai(&answer),
            Hub::Huggingface => self.huggingface(&answer),
        };
        let entries = imported.map_err(|error| named(&self.file, error))?;
        let json = if is_list(&answer) { serde_json::to_value(entries) } else { serde_json::to_value(entries.first()) };
        output::print_json(&json.unwrap_or_default())?;
        Ok(Outcome::Fine)
    }

    fn civitai(&self, answer: &Value) -> Result<Vec<ModelEntry>> {
        match self.version {
            Some(version) => Ok(vec![ModelEntry::from_civitai_version(answer, version)?]),
            None if is_list(answer) => ModelEntry::list_from_civitai(answer),
            None => Ok(vec![ModelEntry::from_civitai(answer)?]),
        }
    }

    fn huggingface(&self, answer: &Value) -> Result<Vec<ModelEntry>> {
        let entries = ModelEntry::list_from_huggingface(answer)?;
        let Some(tree) = &self.tree else { return Ok(entries) };
        let tree = read(tree)?;
        entries.into_iter().map(|entry| entry.with_huggingface_tree(&tree, self.file_name.as_deref())).collect()
    }
}

fn is_list(answer: &Value) -> bool {
    answer.is_array() || answer.get("items").is_some_and(Value::is_array)
}

fn read(path: &Path) -> Result<Value> {
    serde_json::from_str(&output::read(path)?).map_err(|error| Error::input(path.display().to_string(), error))
}

/// The error with the file's name in front.
fn named(path: &Path, error: Error) -> Error {
    match error {
        Error::Input { what, detail } => Error::input(format!("{}: {what}", path.display()), detail),
        other => other,
    }
}
