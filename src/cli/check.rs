//! `modelgate check`

use super::entry::Entry;
use super::{Outcome, Reading, Result, output};
use modelgate::rules::Role;
use modelgate::{Error, Gate, Verdict, report};
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
    /// Write the entry, corrected by the files, to a file that does not exist yet
    #[arg(long, requires = "entry")]
    fix_entry: Option<PathBuf>,
    /// How to print the verdict
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The place of the file in a picture pipeline: model, diffusion, vae, lora, controlnet, text-encoder, ...
    #[arg(long)]
    role: Option<String>,
    /// The model that a companion is to go with: a path, or a family such as sdxl, flux, wan
    #[arg(long)]
    base: Option<PathBuf>,
    /// Reject as well when something could not be told
    #[arg(long)]
    reject_unknown: bool,
    #[command(flatten)]
    reading: Reading,
}

/// How a verdict is printed.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For machines; the shape is versioned
    Json,
    /// For continuous integration: SARIF 2.1.0
    Sarif,
    /// For people
    Text,
}

fn unknown_role(word: &str) -> Error {
    Error::input("--role", format!("unknown role '{word}'; known roles: {}", Role::words()))
}

impl Check {
    pub(super) fn run(&self) -> Result<Outcome> {
        let entry = self.entry.as_deref().map(Entry::read).transpose()?;
        let path = self.path.clone().or_else(|| entry.as_ref().map(|entry| entry.entry.path.clone()));
        let path = path.ok_or_else(|| Error::input("arguments", "neither a path nor an entry"))?;
        let verdict = self.gate(entry.as_ref())?.check(&path)?;
        match self.format {
            Format::Json => output::print_json(&report::check_json(&verdict))?,
            Format::Sarif => output::print_json(&report::check_sarif(&[&verdict]))?,
            Format::Text => output::print(&report::check_text(&verdict))?,
        }
        self.fix(entry.as_ref(), &verdict)?;
        Ok(Outcome::accepted(verdict.is_accepted()))
    }

    fn gate(&self, entry: Option<&Entry>) -> Result<Gate> {
        let gate = Gate::for_engine(&self.engine)?.reject_unknown(self.reject_unknown).read_mode(self.reading.mode());
        let gate = match &self.role {
            Some(word) => gate.in_role(Role::from_word(word).ok_or_else(|| unknown_role(word))?),
            None => gate,
        };
        let gate = match &self.base {
            Some(base) => gate.beside(base)?,
            None => gate,
        };
        Ok(match entry {
            Some(entry) => gate.against(&entry.entry),
            None => gate,
        })
    }

    /// Writes the corrected entry where one is wanted.
    fn fix(&self, entry: Option<&Entry>, verdict: &Verdict) -> Result<()> {
        let (Some(out), Some(entry)) = (&self.fix_entry, entry) else { return Ok(()) };
        let corrected = verdict.judgement().corrected_document(&entry.entry, &entry.document);
        match corrected {
            Some(corrected) => output::create(out, &format!("{corrected:#}\n")),
            // The verdict, a rejection, has been given; it stands.
            None => {
                output::complain(&Error::input(
                    "--fix-entry",
                    "nothing written: the files do not tell what the model is",
                ));
                Ok(())
            }
        }
    }
}
