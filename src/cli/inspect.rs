//! `modelgate inspect`

use super::{Format, Outcome, Reading, Result, output};
use modelgate::{inspect, report};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Inspect {
    /// The model's file or folder
    path: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

impl Inspect {
    pub(super) fn run(&self) -> Result<Outcome> {
        let inspection = inspect::inspect(&self.path, &self.reading.limits())?;
        match self.format {
            Format::Json => output::print_json(&report::inspect_json(&inspection))?,
            Format::Text => output::print(&report::inspect_text(&inspection))?,
        }
        Ok(Outcome::accepted(inspection.facts.faults.is_empty()))
    }
}
