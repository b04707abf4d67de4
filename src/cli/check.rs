//! `modelgate check`

use super::{Format, Outcome, Result, output};
use modelgate::{Error, Gate, ModelEntry, report};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Check {
    /// The model's file or folder [default: the entry's path]
    #[arg(required_unless_present = "entry")]
    path: Option<PathBuf>,
    /// llama-cpp, transformers, stable-diffusion, comfyui, or a profile such as vllm@0.33
    #[arg(long, short)]
    engine: String,
    /// A catalog entry (JSON) whose claims are held against the files
    #[arg(long)]
    entry: Option<PathBuf>,
    /// How to print the verdict
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Reject as well when something could not be told
    #[arg(long)]
    reject_unknown: bool,
}

impl Check {
    pub(super) fn run(&self) -> Result<Outcome> {
        let entry = self.entry.as_deref().map(|path| ModelEntry::from_json(&output::read(path)?)).transpose()?;
        let path = self.path.clone().or_else(|| entry.as_ref().map(|entry| entry.path.clone()));
        let path = path.ok_or_else(|| Error::input("arguments", "neither a path nor an entry"))?;
        let verdict = self.gate(entry.as_ref())?.check(&path)?;
        match self.format {
            Format::Json => output::print_json(&report::check_json(&verdict))?,
            Format::Text => output::print(&report::check_text(&verdict))?,
        }
        Ok(Outcome::accepted(verdict.is_accepted()))
    }

    fn gate(&self, entry: Option<&ModelEntry>) -> Result<Gate> {
        let gate = Gate::for_engine(&self.engine)?.reject_unknown(self.reject_unknown);
        Ok(match entry {
            Some(entry) => gate.against(entry),
            None => gate,
        })
    }
}
